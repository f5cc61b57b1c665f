#include "service/installation/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "service/installation/configuration_file.h"
#include "tests/server/folder.h"

namespace overlap::installation {
namespace {

using testing::HasSubstr;

class Inspection : public testing::Test {
 protected:
  Inspection() {
    plan_.executable = (folder_.path() / "program" / "overlap-service.exe").native();
    plan_.config_file = (folder_.path() / "overlap.toml").native();
  }
  static const Fact* find(const std::vector<Fact>& facts, const std::string& id) {
    for (const Fact& fact : facts)
      if (fact.id == id) return &fact;
    return nullptr;
  }

  test::Folder folder_;
  Plan plan_;
};

TEST_F(Inspection, says_of_each_fact_what_it_should_be_and_how_what_is_wrong_is_mended) {
  std::set<std::string> ids;
  for (const Fact& fact : inspect(plan_)) {
    EXPECT_TRUE(ids.insert(fact.id).second) << fact.id;
    EXPECT_FALSE(fact.name.empty()) << fact.id;
    EXPECT_FALSE(fact.wanted.empty()) << fact.id;
    EXPECT_FALSE(fact.found.empty() && fact.state != Fact::State::lesser) << fact.id;
    const bool to_mend = fact.state == Fact::State::wrong || fact.state == Fact::State::lesser;
    EXPECT_EQ(fact.mend.empty(), !to_mend) << fact.id;
  }
  EXPECT_GE(ids.size(), 6u);
}

TEST_F(Inspection, finds_what_is_missing) {
  const std::vector<Fact> facts = inspect_folders(plan_);
  for (const char* id : {"folder.program", "file.program", "file.config"}) {
    const Fact* const fact = find(facts, id);
    ASSERT_NE(fact, nullptr) << id;
    EXPECT_EQ(fact->state, Fact::State::wrong) << id;
    EXPECT_EQ(fact->found, "it is missing") << id;
  }
  EXPECT_THAT(find(facts, "file.config")->mend, HasSubstr("overlapctl install"));
}

TEST_F(Inspection, finds_a_served_folder_that_is_missing_or_holds_what_it_must_not) {
  folder_.write("overlap.toml",
                filled_template((folder_.path() / "none").string(), default_first_port));
  const std::vector<Fact> missing = inspect_folders(plan_);
  ASSERT_NE(find(missing, "folder.served"), nullptr);
  EXPECT_EQ(find(missing, "folder.served")->state, Fact::State::wrong);
  EXPECT_THAT(find(missing, "folder.served")->mend, HasSubstr("mkdir"));
  EXPECT_EQ(find(missing, "folder.served.contains"), nullptr);
  folder_.write("overlap.toml", filled_template(folder_.path().string(), default_first_port));
  const std::vector<Fact> exposed = inspect_folders(plan_);
  ASSERT_NE(find(exposed, "folder.served.contains"), nullptr);
  EXPECT_EQ(find(exposed, "folder.served.contains")->state, Fact::State::wrong);
}

}  // namespace
}  // namespace overlap::installation
