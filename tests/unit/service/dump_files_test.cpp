#include "service/crash/dump_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace overlap::crash {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::wstring name(WORD second, DWORD process = 7) {
  const SYSTEMTIME utc{2026, 1, 0, 3, 4, 5, second, 999};
  return dump_name(utc, process).data();
}

TEST(DumpName, has_time_and_process) {
  EXPECT_EQ(name(6, 0), L"overlap-service-20260103T040506Z-0.dmp");
  EXPECT_EQ(name(6, 4'294'967'295), L"overlap-service-20260103T040506Z-4294967295.dmp");
}

TEST(DumpName, is_known_again) {
  EXPECT_TRUE(is_dump_name(name(6)));
  EXPECT_TRUE(is_dump_name(name(6, 4'294'967'295)));
  for (const wchar_t* other :
       {L"", L"overlap-service-.dmp", L"overlap-service-20260103T040506Z-.dmp",
        L"overlap-service-20260103T040506Z-7.dmp.txt", L"overlap-service-20260103T040506Z-7x.dmp",
        L"overlap-service-20260103_040506Z-7.dmp", L"my overlap-service-20260103T040506Z-7.dmp",
        L"overlap-service-20260103T040506Z7.dmp"})
    EXPECT_FALSE(is_dump_name(other)) << testing::PrintToString(std::wstring(other));
}

TEST(Superfluous, are_the_oldest_past_the_bound) {
  EXPECT_THAT(superfluous({name(3), name(1), name(2)}, 3), IsEmpty());
  EXPECT_THAT(superfluous({name(3), name(1), name(4), name(2)}, 3), ElementsAre(name(1)));
  EXPECT_THAT(superfluous({name(3), name(1)}, 0), ElementsAre(name(1), name(3)));
}

TEST(Superfluous, is_no_file_of_somebody_else) {
  EXPECT_THAT(superfluous({L"a.dmp", name(1), L"notes.txt"}, 0), ElementsAre(name(1)));
}

TEST(PruneDumps, keeps_the_newest_five) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("overlap-dumps-" + std::to_string(GetCurrentProcessId()));
  EXPECT_THAT(prune_dumps((folder / "missing").native()), IsEmpty());
  std::filesystem::create_directory(folder);
  for (WORD second = 0; second < 7; ++second) std::ofstream(folder / name(second)) << 'x';
  std::ofstream(folder / "notes.txt") << 'x';
  EXPECT_THAT(prune_dumps(folder.native()), IsEmpty());
  for (WORD second = 0; second < 7; ++second)
    EXPECT_EQ(std::filesystem::exists(folder / name(second)), second >= 2) << second;
  EXPECT_TRUE(std::filesystem::exists(folder / "notes.txt"));
  std::filesystem::remove_all(folder);
}

TEST(PruneDumps, says_what_it_cannot_remove) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("overlap-dumps-" + std::to_string(GetCurrentProcessId()));
  std::filesystem::create_directories(folder / name(0));  // a folder of that name
  for (WORD second = 1; second < 6; ++second) std::ofstream(folder / name(second)) << 'x';
  const std::vector<std::string> failed = prune_dumps(folder.native());
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_THAT(failed[0], testing::HasSubstr("overlap-service-20260103T040500Z-7.dmp"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace overlap::crash
