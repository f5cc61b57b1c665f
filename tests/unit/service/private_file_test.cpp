#include "service/win/private_file.h"

#include <gtest/gtest.h>

#include <system_error>

#include "service/log/wide.h"
#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"
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

Kept kept(const std::wstring& rights) { return how_kept(make_descriptor(rights, "a test").get()); }

TEST(PrivateFileRights, keep_a_file_well_under_every_owner_who_is_trusted) {
  for (const std::wstring& owner : {std::wstring(L"SY"), std::wstring(L"BA"), service_sid()})
    EXPECT_EQ(kept(L"O:" + owner + private_file_rights()), Kept::well);
}

TEST(PrivateFileRights, do_not_help_if_the_owner_is_another) {
  EXPECT_EQ(kept(L"O:S-1-5-21-1-2-3-1001" + private_file_rights()), Kept::by_another);
  EXPECT_EQ(kept(L"O:BU" + private_file_rights()), Kept::by_another);
  EXPECT_EQ(kept(L"O:S-1-5-21-1-2-3-1001D:P(A;;FA;;;S-1-5-21-1-2-3-1001)"), Kept::by_another);
}

TEST(PrivateFileRights, that_let_others_read_are_told) {
  EXPECT_EQ(kept(L"O:BAD:P(A;;FA;;;BA)(A;;FR;;;BU)"), Kept::readable);
  EXPECT_EQ(kept(L"O:BAD:P(A;;FA;;;BA)(A;OICIIO;FR;;;BU)"), Kept::well);
  EXPECT_EQ(kept(L"O:WDD:P(A;;FA;;;WD)"), Kept::readable);  // where files have no owners
}

}  // namespace
}  // namespace overlap::win
