#include "service/installation/state_contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <vector>

#include "service/installation/plan.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "tests/server/folder.h"

namespace overlap::installation {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Access owned_by_administrators() {
  Access access;
  access.known = true;
  access.owner = "BUILTIN\\Administrators";
  access.owner_sid = L"S-1-5-32-544";
  access.owner_trusted = true;
  return access;
}

Access owned_by_eve() {
  Access access = owned_by_administrators();
  access.owner = "HOST\\eve";
  access.owner_sid = L"S-1-5-21-1-2-3-1001";
  access.owner_trusted = false;
  return access;
}

// The file system under test keeps no owners: `look` stands for one that does.
class StateContents : public testing::Test {
 protected:
  StateContents() {
    std::filesystem::create_directories(folder_.path() / "Files" / "sub");
    std::filesystem::create_directories(folder_.path() / "crashes");
    folder_.write("Files/sub/of-a-client", "1");
    folder_.write("crashes/one.dmp", "1");
    folder_.write("admin-token", "1");
    folder_.write("overlap.running", "1");
  }
  std::wstring path(const char* name) const { return (folder_.path() / name).native(); }

  std::string refusal(const std::wstring& account = {}) {
    looked_at_.clear();
    try {
      refuse_what_others_hold(
          folder_.path().native(), path("files"), account, [this](const std::wstring& path) {
            looked_at_.push_back(path);
            const auto found = otherwise_.find(path);
            return found == otherwise_.end() ? owned_by_administrators() : found->second;
          });
    } catch (const Refusal& refusal) {
      return refusal.what();
    }
    return "accepted";
  }

  test::Folder folder_;
  std::map<std::wstring, Access> otherwise_;
  std::vector<std::wstring> looked_at_;
};

TEST_F(StateContents, are_all_looked_at_but_what_is_served) {
  EXPECT_EQ(refusal(), "accepted");
  EXPECT_THAT(looked_at_, UnorderedElementsAre(path("crashes"), path("crashes") + L"\\one.dmp",
                                               path("admin-token"), path("overlap.running")));
}

TEST_F(StateContents, that_belong_to_another_are_refused_with_what_to_do) {
  for (const std::wstring& planted :
       {path("admin-token"), path("crashes"), path("crashes") + L"\\one.dmp"}) {
    otherwise_ = {{planted, owned_by_eve()}};
    EXPECT_THAT(refusal(), AllOf(HasSubstr(win::to_utf8(planted) + " belongs to HOST\\eve"),
                                 HasSubstr("/setowner *S-1-5-32-544 /T"), HasSubstr("/reset /T")));
  }
}

TEST_F(StateContents, that_others_may_still_change_are_refused) {
  Access access = owned_by_administrators();
  access.other_writers = {"BUILTIN\\Users"};
  otherwise_ = {{path("admin-token"), access}};
  EXPECT_THAT(refusal(), HasSubstr("admin-token may be changed by BUILTIN\\Users"));
}

TEST_F(StateContents, may_belong_to_the_account_of_the_service) {
  otherwise_ = {{path("admin-token"), owned_by_eve()}};
  EXPECT_EQ(refusal(owned_by_eve().owner_sid), "accepted");
  EXPECT_THAT(refusal(L"S-1-5-21-1-2-3-1002"), HasSubstr("belongs to"));
  otherwise_[path("admin-token")].owner_sid.clear();
  EXPECT_THAT(refusal(), HasSubstr("belongs to"));
}

TEST_F(StateContents, are_accepted_where_the_file_system_keeps_no_owners) {
  Access access = owned_by_eve();
  access.known = false;
  otherwise_ = {{path("admin-token"), access}};
  EXPECT_EQ(refusal(), "accepted");
}

TEST_F(StateContents, that_may_not_be_looked_at_are_an_error) {
  EXPECT_THROW(refuse_what_others_hold(folder_.path().native(), L"", L"",
                                       [](const std::wstring&) -> Access {
                                         win::throw_error(ERROR_ACCESS_DENIED, "cannot look");
                                       }),
               std::system_error);
}

TEST_F(StateContents, that_are_gone_meanwhile_are_not_known) {
  EXPECT_FALSE(access_to_entry(path("none")).known);
  EXPECT_FALSE(access_to_entry(path("admin-token")).owner.empty());
}

}  // namespace
}  // namespace overlap::installation
