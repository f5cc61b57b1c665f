#include "service/win/private_file.h"

#include <gtest/gtest.h>

#include <system_error>

#include "service/log/wide.h"
#include "tests/server/folder.h"

namespace overlap::win {
namespace {

class PrivateFile : public testing::Test {
 protected:
  std::wstring path(const char* name = "file") const { return (folder_.path() / name).wstring(); }
  DWORD refusal(const std::wstring& file, IfThere if_there) const {
    try {
      write_whole_file(file, "new", Readers::trusted, if_there);
    } catch (const std::system_error& error) {
      EXPECT_NE(std::string(error.what()).find(to_utf8(file)), std::string::npos) << error.what();
      return static_cast<DWORD>(error.code().value());
    }
    return ERROR_SUCCESS;
  }

  test::Folder folder_;
};

TEST_F(PrivateFile, is_written_whole_with_nothing_beside_it) {
  write_whole_file(path(), "secret", Readers::trusted, IfThere::fail);
  EXPECT_EQ(folder_.read("file"), "secret");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(PrivateFile, replaces_another_one_only_if_told_so) {
  write_whole_file(path(), "old", Readers::trusted, IfThere::fail);
  EXPECT_EQ(refusal(path(), IfThere::fail), static_cast<DWORD>(ERROR_ALREADY_EXISTS));
  EXPECT_EQ(folder_.read("file"), "old");
  EXPECT_EQ(folder_.entries(), 1u);
  EXPECT_EQ(refusal(path(), IfThere::replace), static_cast<DWORD>(ERROR_SUCCESS));
  EXPECT_EQ(folder_.read("file"), "new");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(PrivateFile, takes_the_place_of_a_draft_that_was_left_behind) {
  folder_.write("file.new", "half");
  write_whole_file(path(), "whole", Readers::trusted, IfThere::fail);
  EXPECT_EQ(folder_.read("file"), "whole");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(PrivateFile, in_a_folder_that_is_missing_is_an_error_that_names_it) {
  EXPECT_NE(refusal(path("none\\file"), IfThere::replace), static_cast<DWORD>(ERROR_SUCCESS));
}

TEST_F(PrivateFile, can_be_told_from_one_that_others_may_read) {
  write_whole_file(path("private"), "x", Readers::trusted, IfThere::fail);
  EXPECT_FALSE(others_may_read(path("private")));
  EXPECT_FALSE(others_may_read(path("missing")));
  folder_.write("shared", "x");
  EXPECT_TRUE(others_may_read(path("shared")));
}

}  // namespace
}  // namespace overlap::win
