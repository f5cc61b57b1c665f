#include "service/crash/run_marker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace overlap::crash {
namespace {

class Marker : public testing::Test {
 protected:
  Marker() { std::filesystem::create_directory(folder_); }
  ~Marker() override { std::filesystem::remove_all(folder_); }
  std::unique_ptr<RunMarker> open() {
    return std::make_unique<RunMarker>((folder_ / "overlap.toml").native());
  }
  void leave(const char* text) { std::ofstream(file_, std::ios::binary) << text; }

  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                        ("overlap-marker-" + std::to_string(GetCurrentProcessId()));
  const std::filesystem::path file_ = folder_ / "overlap.running";
};

TEST_F(Marker, is_there_while_the_service_runs_and_gone_afterwards) {
  auto marker = open();
  EXPECT_FALSE(marker->last());
  marker->begin("1.2.3");
  EXPECT_TRUE(std::filesystem::exists(file_));
  marker.reset();
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Marker, of_a_start_that_failed_early_is_gone) {
  open();
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Marker, tells_of_the_run_that_left_it) {
  leave("process = 12\nstarted = then\nversion = 1\ncrash = a stack overflow\ndump = C:\\x.dmp\n");
  const auto marker = open();
  ASSERT_TRUE(marker->last());
  EXPECT_EQ(marker->last()->process, 12u);
  EXPECT_EQ(marker->last()->dump, "C:\\x.dmp");
}

TEST_F(Marker, that_lost_its_text_with_the_power_is_one_nevertheless) {
  leave("");
  EXPECT_TRUE(open()->last());
}

TEST_F(Marker, that_nobody_was_told_of_stays) {
  leave("process = 12\n");
  open();
  const auto marker = open();
  ASSERT_TRUE(marker->last());
  EXPECT_EQ(marker->last()->process, 12u);
}

TEST_F(Marker, says_who_runs_now) {
  leave("process = 12\nstarted = then\ncrash = a long story of a crash that was told before\n");
  auto marker = open();
  marker->begin("1.2.3");
  try {
    open();
    FAIL() << "a second one was given";
  } catch (const AlreadyRunning& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(GetCurrentProcessId())));
    EXPECT_THAT(error.what(), testing::HasSubstr("overlap.toml"));
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("unknown")));
  }
  marker.reset();
  EXPECT_FALSE(open()->last());
}

// As a backup does, which lets others read at most.
TEST_F(Marker, held_by_another_program_does_not_keep_the_service_from_running) {
  for (const DWORD sharing : {DWORD{FILE_SHARE_READ}, DWORD{0}}) {
    leave("process = 4294967292\nstarted = then\n");
    const win::FileHandle held(CreateFileW(file_.c_str(), GENERIC_READ, sharing, nullptr,
                                           OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    ASSERT_TRUE(held);
    try {
      open();
      FAIL() << "it was given";
    } catch (const std::system_error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("overlap.running"));
    }
  }
}

TEST_F(Marker, belongs_to_one_configuration) {
  const auto marker = open();
  const RunMarker other((folder_ / "other.toml").native());
  EXPECT_FALSE(other.last());
}

TEST_F(Marker, that_cannot_be_made_is_named) {
  try {
    const RunMarker marker((folder_ / "missing" / "overlap.toml").native());
    FAIL() << "it was made";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("overlap.running"));
  }
}

}  // namespace
}  // namespace overlap::crash
