// Every way to crash, each in a process of its own: what is left of it. Few of them write a dump:
// Wine puts the unwind information of each function into it as a block of its own, some 15,000 of
// them, which takes seconds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <windows.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "service/crash/crash.h"
#include "service/crash/dump_files.h"
#include "service/crash/run_marker.h"
#include "service/log/wide.h"
#include "service/win/handle.h"
#include "service/win/read_file.h"

namespace overlap::crash {
namespace {

using testing::HasSubstr;
namespace files = std::filesystem;

constexpr DWORD end_ms_max = 300'000;

class Program {
 public:
  Program(const files::path& config, const std::string& arguments) {
    const char* program = std::getenv("OVERLAP_CRASH_PROGRAM");
    if (program == nullptr) throw std::runtime_error("OVERLAP_CRASH_PROGRAM is not set");
    std::wstring line = L"\"" + win::to_wide(program) + L"\" \"" + config.native() + L"\" " +
                        win::to_wide(arguments);
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION made{};
    if (!CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                        &startup, &made))
      throw std::runtime_error("CreateProcess: error " + std::to_string(GetLastError()));
    process_.reset(made.hProcess);
    CloseHandle(made.hThread);
    id_ = made.dwProcessId;
  }
  ~Program() { TerminateProcess(process_.get(), 99); }

  DWORD id() const { return id_; }
  void kill() { TerminateProcess(process_.get(), 99); }
  DWORD exit_status() {
    DWORD status = STILL_ACTIVE;
    if (WaitForSingleObject(process_.get(), end_ms_max) != WAIT_OBJECT_0) return status;
    GetExitCodeProcess(process_.get(), &status);
    return status;
  }

 private:
  win::KernelHandle process_;
  DWORD id_ = 0;
};

class AfterCrash : public testing::Test {
 protected:
  AfterCrash() {
    files::remove_all(folder_);
    files::create_directory(folder_);
  }
  ~AfterCrash() override { files::remove_all(folder_); }

  std::optional<RunRecord> last_run() const { return RunMarker(config_.native()).last(); }

  const files::path folder_ =
      files::temp_directory_path() / ("overlap-crash-" + std::to_string(GetCurrentProcessId()));
  const files::path config_ = folder_ / "overlap.toml";
  const files::path crashes_ = folder_ / "crashes";
};

struct Way {
  const char* name;
  const char* cause;  // a part of what the marker says
};

class EveryWay : public AfterCrash, public testing::WithParamInterface<Way> {};

TEST_P(EveryWay, leaves_an_exit_code_and_the_cause) {
  std::ofstream(crashes_) << "a file where the folder should be";
  Program program(config_, GetParam().name);
  ASSERT_EQ(program.exit_status(), exit_code);
  const auto last = last_run();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->process, program.id());
  EXPECT_EQ(last->version, "1.2.3");
  EXPECT_THAT(last->crash, HasSubstr(GetParam().cause));
  EXPECT_EQ(last->dump, "");
  EXPECT_THAT(last->no_dump, HasSubstr("CreateFile failed"));
}

// Of an exception on a stack with room, on one without, and of what the program found itself.
class SomeWays : public AfterCrash, public testing::WithParamInterface<const char*> {};

TEST_P(SomeWays, leave_a_dump) {
  Program program(config_, GetParam());
  ASSERT_EQ(program.exit_status(), exit_code);
  const auto last = last_run();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->no_dump, "");
  const files::path dump(win::to_wide(last->dump));
  EXPECT_EQ(dump.parent_path(), crashes_);
  EXPECT_TRUE(is_dump_name(dump.filename().native())) << last->dump;
  std::string magic(4, '\0');
  std::ifstream(dump, std::ios::binary).read(magic.data(), 4);
  EXPECT_EQ(magic, "MDMP");
  EXPECT_EQ(std::distance(files::directory_iterator(crashes_), files::directory_iterator()), 1);
}

INSTANTIATE_TEST_SUITE_P(AfterCrash, SomeWays,
                         testing::Values("access_violation_in_thread", "stack_overflow",
                                         "own_finding"),
                         [](const auto& test) { return std::string(test.param); });

#ifdef _MSC_VER  // its exceptions reach the filter, without their text
constexpr char uncaught[] = "a C++ exception that nobody caught";
constexpr char pure_call[] = "a call of a pure virtual function";
#else
constexpr char uncaught[] = "an exception that nobody caught: nobody wants this";
constexpr char pure_call[] = "an access violation";  // the entry of the table is null
#endif

const Way every_way[] = {
    {"access_violation", "an access violation (0xC0000005) at overlap-service.exe+0x"},
    {"access_violation_in_thread", "writing to 0x8"},
    {"stack_overflow", "a stack overflow"},
    {"stack_overflow_in_thread", "a stack overflow"},
    {"uncaught", uncaught},
    {"uncaught_in_thread", uncaught},
    {"uncaught_in_noexcept", "nobody"},
    {"pure_call", pure_call},
    {"terminate", "a call of std::terminate"},
    {"abort", "a call of abort"},
    {"division_by_zero", "a division by zero"},
    {"two_threads_at_once", "an access violation"},
    {"own_finding", "a condition did not hold"},
};

INSTANTIATE_TEST_SUITE_P(AfterCrash, EveryWay, testing::ValuesIn(every_way),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(AfterCrash, the_process_ends_if_the_dump_waits_for_ever_and_nobody_else_can_run) {
  Program program(config_, "heap_lock_held 3000");
  ASSERT_EQ(program.exit_status(), exit_code);
  const auto last = last_run();
  ASSERT_TRUE(last);
  EXPECT_THAT(last->crash, HasSubstr("an access violation"));
  EXPECT_EQ(last->no_dump, "writing it took too long");
}

TEST_F(AfterCrash, nothing_is_left_of_a_run_that_ends_well) {
  Program program(config_, "nothing");
  ASSERT_EQ(program.exit_status(), 0u);
  EXPECT_TRUE(files::is_empty(folder_));
}

TEST_F(AfterCrash, a_run_that_was_killed_has_left_its_marker_alone) {
  Program program(config_, "wait");
  const auto is_begun = [&] {
    try {  // as one that it may delete is read: std::ifstream shares it with no deleter
      return parse_run(win::read_file((folder_ / "overlap.running").native(), 1'000, {})).version ==
             "1.2.3";
    } catch (const std::system_error&) {
      return false;
    }
  };
  const ULONGLONG end = GetTickCount64() + end_ms_max;
  while (!is_begun() && GetTickCount64() < end) Sleep(20);
  ASSERT_TRUE(is_begun());
  program.kill();
  ASSERT_EQ(program.exit_status(), 99u);
  const auto last = last_run();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->process, program.id());
  EXPECT_EQ(last->crash, "");
  EXPECT_FALSE(files::exists(crashes_));
}

TEST(Mitigations, are_in_force_where_windows_knows_them) {
  Program program(files::temp_directory_path() / "overlap.toml", "mitigations");
  const DWORD status = program.exit_status();
  if (GetProcAddress(GetModuleHandleW(L"ntdll"), "wine_get_version")) {
    EXPECT_EQ(status, 77u) << "Wine has learnt some of them: expect them here";
    GTEST_SKIP() << "Wine accepts every policy and keeps none";
  }
  EXPECT_EQ(status, 0u);
}

}  // namespace
}  // namespace overlap::crash
