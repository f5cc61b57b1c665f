#include "service/installation/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "service/installation/configuration_file.h"
#include "tests/server/folder.h"

namespace overlap::installation {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

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

// In a folder elsewhere, /reset would only bring back what users inherit there.
TEST_F(Inspection, rights_on_the_program_are_reset_in_program_files_alone) {
  EXPECT_THAT(find(inspect_folders(plan_), "folder.program")->mend,
              HasSubstr("overlapctl install --executable \"C:\\Program Files\\Overlap\\"));
}

TEST_F(Inspection, an_account_that_may_do_more_than_it_needs_is_told_with_its_command) {
  plan_.account = L"LocalSystem";  // what is registered does not count as wanted
  const auto state_of = [&](const wchar_t* account) { return account_fact(plan_, account).state; };
  EXPECT_EQ(state_of(L"NT SERVICE\\Overlap"), Fact::State::right);
  EXPECT_EQ(state_of(L"NT Service\\overlap"), Fact::State::right);
  EXPECT_EQ(state_of(L"NT SERVICE\\Overlap2"), Fact::State::lesser);
  EXPECT_EQ(state_of(L"NT AUTHORITY\\LocalService"), Fact::State::lesser);
  EXPECT_EQ(state_of(L"NT Authority\\NetworkService"), Fact::State::lesser);
  EXPECT_EQ(state_of(L"Administrator"), Fact::State::wrong);  // by its groups; Wine has no others
  EXPECT_EQ(state_of(L".\\Administrator"), Fact::State::wrong);
  for (const wchar_t* system : {L"", L"LocalSystem", L".\\localsystem", L"NT AUTHORITY\\System"})
    EXPECT_EQ(state_of(system), Fact::State::wrong) << std::wstring(system).size();
  const Fact fact = account_fact(plan_, L"LocalSystem");
  EXPECT_EQ(fact.found, "LocalSystem, which may do everything on this machine");
  EXPECT_THAT(fact.mend, EndsWith(" --account \"NT SERVICE\\Overlap\""));
  EXPECT_THAT(fact.mend, Not(HasSubstr("LocalSystem")));
  EXPECT_EQ(account_fact(plan_, L"NT SERVICE\\Overlap").mend, "");
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
