#include "service/installation/folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "service/installation/configuration_file.h"
#include "service/win/handle.h"
#include "tests/server/folder.h"

namespace overlap::installation {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class Folders : public testing::Test {
 protected:
  Folders() {
    plan_.executable = (folder_.path() / "program" / "overlap-service.exe").native();
    plan_.config_file = (folder_.path() / "a" / "state" / "overlap.toml").native();
    plan_.root = (folder_.path() / "b" / "served").native();
  }
  bool exists(const char* name) const { return std::filesystem::exists(folder_.path() / name); }

  test::Folder folder_;
  Plan plan_;
  std::vector<std::string> notes_;
  std::vector<std::string> warnings_;
  const Report report_{[this](const std::string& text) { notes_.push_back(text); },
                       [this](const std::string& text) { warnings_.push_back(text); }};
};

TEST_F(Folders, are_made_with_those_above_them_and_taken_back) {
  const auto state = make_state_folder_step(plan_);
  const auto configuration = make_configuration_step(plan_);
  const auto served = make_served_folder_step(plan_);
  state->make(report_);
  configuration->make(report_);
  served->make(report_);
  EXPECT_TRUE(exists("a/state/overlap.toml"));
  EXPECT_TRUE(exists("b/served"));
  EXPECT_THAT(warnings_, IsEmpty());
  served->undo();
  configuration->undo();
  state->undo();
  EXPECT_FALSE(exists("b"));
  EXPECT_FALSE(exists("a"));
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Folders, that_were_there_stay_when_the_installation_is_taken_back) {
  std::filesystem::create_directories(folder_.path() / "a" / "state");
  folder_.write("a/state/users.toml", "users");
  const auto state = make_state_folder_step(plan_);
  state->make(report_);
  state->undo();
  EXPECT_EQ(folder_.read("a/state/users.toml"), "users");
}

TEST_F(Folders, a_configuration_that_is_there_is_kept_when_made_and_when_taken_back) {
  std::filesystem::create_directories(folder_.path() / "a" / "state");
  folder_.write("a/state/overlap.toml", "nonsense");
  const auto configuration = make_configuration_step(plan_);
  configuration->make(report_);
  EXPECT_THAT(warnings_, Contains(HasSubstr("The configuration is not valid")));
  configuration->undo();
  EXPECT_EQ(folder_.read("a/state/overlap.toml"), "nonsense");
}

TEST_F(Folders, a_file_in_the_place_of_one_is_an_error_that_leaves_nothing) {
  folder_.write("b", "a file");
  std::filesystem::create_directories(folder_.path() / "a" / "state");
  const auto configuration = make_configuration_step(plan_);
  configuration->make(report_);
  const auto served = make_served_folder_step(plan_);
  EXPECT_THROW(served->make(report_), std::runtime_error);
  served->undo();
  EXPECT_EQ(folder_.read("b"), "a file");
}

TEST_F(Folders, a_served_folder_that_holds_the_program_or_the_configuration_is_a_warning) {
  plan_.root = folder_.path().native();
  const auto state = make_state_folder_step(plan_);
  const auto configuration = make_configuration_step(plan_);
  state->make(report_);
  configuration->make(report_);
  make_served_folder_step(plan_)->make(report_);
  EXPECT_THAT(warnings_, Contains(HasSubstr("program, which clients could")));
  EXPECT_THAT(warnings_, Contains(HasSubstr("overlap.toml, which clients could")));
}

TEST_F(Folders, are_removed_with_all_that_is_in_them) {
  std::filesystem::create_directories(folder_.path() / "x" / "y" / "z");
  folder_.write("x/y/z/deep", "1");
  folder_.write("x/read-only", "2");
  SetFileAttributesW((folder_.path() / "x" / "read-only").c_str(), FILE_ATTRIBUTE_READONLY);
  remove_folder((folder_.path() / "x").native());
  EXPECT_EQ(folder_.entries(), 0u);
  remove_folder((folder_.path() / "x").native());  // harmless
}

TEST_F(Folders, what_is_held_open_stays_and_is_named_and_the_rest_is_removed) {
  std::filesystem::create_directories(folder_.path() / "x" / "y");
  folder_.write("x/held", "1");
  folder_.write("x/y/free", "2");
  const std::wstring held = (folder_.path() / "x" / "held").native();
  const win::FileHandle open(
      CreateFileW(held.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr));
  ASSERT_TRUE(open);
  std::string failure;
  try {
    remove_folder((folder_.path() / "x").native());
  } catch (const std::system_error& error) {
    failure = error.what();
  }
  EXPECT_THAT(failure, HasSubstr("x\\held"));
  EXPECT_TRUE(exists("x/held"));
  EXPECT_FALSE(exists("x/y"));
}

}  // namespace
}  // namespace overlap::installation
