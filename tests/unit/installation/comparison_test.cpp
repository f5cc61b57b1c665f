#include "service/installation/comparison.h"

#include <gtest/gtest.h>
#include <windows.h>

#include "service/installation/plan.h"
#include "tests/server/folder.h"

namespace overlap::installation {
namespace {

TEST(SameName, letters_in_either_case_are_the_same) {
  EXPECT_TRUE(same_name(L"NT SERVICE\\Overlap", L"NT Service\\overlap"));
  EXPECT_FALSE(same_name(L"NT SERVICE\\Overlap", L"NT SERVICE\\Overlap2"));
  EXPECT_FALSE(same_name(L"", L"x"));
}

TEST(SamePath, a_short_name_is_the_long_one) {
  const test::Folder folder;
  const std::string name = "a name that is longer than eight.letters";
  folder.write(name, "");
  const std::wstring path = (folder.path() / name).native();
  std::wstring other(MAX_PATH, L'\0');
  other.resize(GetShortPathNameW(path.c_str(), other.data(), MAX_PATH));
  ASSERT_FALSE(other.empty());
  EXPECT_TRUE(same_path(path, other));
  EXPECT_FALSE(same_path(path + L"x", other));
}

TEST(SameCommandLine, needs_the_quotes_of_a_path_with_a_space_and_no_others) {
  EXPECT_TRUE(same_command_line(LR"("C:\a b\o.exe")", LR"("c:\A B\O.EXE")"));
  EXPECT_FALSE(same_command_line(LR"("C:\a b\o.exe")", LR"(C:\a b\o.exe)"));
  EXPECT_TRUE(same_command_line(LR"("C:\ab\o.exe")", LR"(C:\ab\o.exe)"));
  EXPECT_FALSE(same_command_line(LR"("C:\ab\o.exe")", L""));
  EXPECT_FALSE(same_command_line(LR"("C:\ab\o.exe")", LR"("C:\ab\o.exe" --console)"));
}

TEST(SameCommandLine, the_default_configuration_may_be_named) {
  const std::wstring line = LR"("C:\o.exe")";
  EXPECT_TRUE(same_command_line(line, line + L" --config \"" + default_config_file() + L"\""));
  EXPECT_FALSE(same_command_line(line, line + LR"( --config "D:\o.toml")"));
  EXPECT_FALSE(same_command_line(line, line + L" --config"));
  EXPECT_TRUE(
      same_command_line(line + LR"( --config "D:\o.toml")", line + LR"( --config "d:\O.toml")"));
}

}  // namespace
}  // namespace overlap::installation
