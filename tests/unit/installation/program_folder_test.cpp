#include "service/installation/program_folder.h"

#include <gtest/gtest.h>

#include "tests/server/folder.h"

namespace overlap::installation {
namespace {

class WantedProgram : public testing::Test {
 protected:
  std::wstring file(const char* name) {
    folder_.write(name, "");
    return (folder_.path() / name).native();
  }
  std::wstring missing() const { return (folder_.path() / "missing.exe").native(); }

  test::Folder folder_;
  const std::wstring default_ = default_program_folder() + L"\\overlap-service.exe";
};

TEST_F(WantedProgram, is_the_registered_one_wherever_the_one_who_asks_lies) {
  const std::wstring registered = file("registered.exe");
  EXPECT_EQ(wanted_program(registered, file("beside.exe")), registered);
  EXPECT_EQ(wanted_program(registered, missing()), registered);
}

// Wine keeps no access lists, so that nobody knows who may write into any folder but the default.
TEST_F(WantedProgram, is_not_one_that_others_may_change) {
  EXPECT_EQ(wanted_program(missing(), file("beside.exe")), default_);
  EXPECT_EQ(wanted_program(L"", file("beside.exe")), default_);
  EXPECT_EQ(wanted_program(L"", missing()), default_);
  EXPECT_EQ(wanted_program(folder_.path().native(), missing()), default_) << "a folder";
}

}  // namespace
}  // namespace overlap::installation
