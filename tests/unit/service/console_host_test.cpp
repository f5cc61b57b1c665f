#include <gtest/gtest.h>
#include <windows.h>

#include <future>
#include <string>
#include <thread>

#include "service/scm/run.h"
#include "service/win/handle.h"

namespace overlap::scm {
namespace {

// Says when it has started, and why it was stopped.
class Waiting : public Hosted {
 public:
  Waiting(std::promise<void>& started, std::string& stopped_because)
      : started_(started), stopped_because_(stopped_because) {}
  void start(Progress&) override { started_.set_value(); }
  void pause() override {}
  void resume() override {}
  void reload() override {}
  void stop(std::string_view why, Progress&) override { stopped_because_ = why; }

 private:
  std::promise<void>& started_;
  std::string& stopped_because_;
};

TEST(ConsoleHost, with_until_stdin_closes_runs_until_the_writer_of_standard_input_is_gone) {
  HANDLE reader = nullptr;
  HANDLE writer = nullptr;
  ASSERT_TRUE(CreatePipe(&reader, &writer, nullptr, 0));
  win::KernelHandle write_end(writer);
  const win::KernelHandle read_end(reader);
  const HANDLE old = GetStdHandle(STD_INPUT_HANDLE);
  SetStdHandle(STD_INPUT_HANDLE, reader);

  std::promise<void> started;
  std::string why;
  const Factory factory = [&] { return std::make_unique<Waiting>(started, why); };
  std::future<ExitCode> ended =
      std::async(std::launch::async, [&] { return run_in_console(factory, true); });
  started.get_future().wait();
  // What is written is not the end.
  DWORD bytes = 0;
  ASSERT_TRUE(WriteFile(writer, "text\n", 5, &bytes, nullptr));
  EXPECT_EQ(ended.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  write_end.reset();
  EXPECT_EQ(ended.get(), ExitCode::ok);
  EXPECT_EQ(why, "standard input was closed");
  SetStdHandle(STD_INPUT_HANDLE, old);
}

TEST(ConsoleHost, gives_the_exit_code_of_a_failed_start) {
  class Failing : public Hosted {
   public:
    void start(Progress&) override { throw StartError(ExitCode::root, "a scripted failure."); }
    void pause() override {}
    void resume() override {}
    void reload() override {}
    void stop(std::string_view, Progress&) override { ADD_FAILURE() << "it never started"; }
  };
  EXPECT_EQ(run_in_console([] { return std::make_unique<Failing>(); }, false), ExitCode::root);
}

// A destructor that waits for what never comes would keep the process for ever.
TEST(ConsoleHostDeathTest, ends_the_process_around_what_is_stuck) {
  class Hanging : public Hosted {
   public:
    ~Hanging() override { Sleep(INFINITE); }
    void start(Progress&) override {
      std::thread([] { Sleep(INFINITE); }).detach();
    }
    void pause() override {}
    void resume() override {}
    void reload() override {}
    void stop(std::string_view, Progress&) override { throw Stuck("scripted"); }
  };
  const auto stop_at_once = [] {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    CreatePipe(&reader, &writer, nullptr, 0);
    CloseHandle(writer);
    SetStdHandle(STD_INPUT_HANDLE, reader);
    run_in_console([] { return std::make_unique<Hanging>(); }, true);
  };
  EXPECT_EXIT(stop_at_once(), testing::ExitedWithCode(static_cast<int>(ExitCode::internal)), "");
}

TEST(ServiceHost, says_when_the_service_manager_did_not_start_the_process) {
  const Factory factory = []() -> std::unique_ptr<Hosted> { return nullptr; };
  EXPECT_THROW(run_as_service(L"Overlap", factory), NotAService);
}

}  // namespace
}  // namespace overlap::scm
