#include "service/scm/lifecycle.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace overlap::scm {
namespace {

using Calls = std::vector<std::string>;

// Writes what is called, and fails where it is told to.
class ScriptedHosted : public Hosted {
 public:
  ScriptedHosted(Calls& calls, std::string failing) : calls_(calls), failing_(std::move(failing)) {}
  ~ScriptedHosted() override { calls_.push_back("destroyed"); }
  void start(Progress& progress) override {
    progress.tick(std::chrono::seconds(1));
    call("start");
  }
  void pause() override { call("pause"); }
  void resume() override { call("resume"); }
  void reload() override { call("reload"); }
  void stop(std::string_view why, Progress& progress) override {
    progress.tick(std::chrono::seconds(1));
    call("stop: " + std::string(why));
  }

 private:
  void call(const std::string& name) {
    calls_.push_back(name);
    if (failing_ == "start as port" && name == "start")
      throw StartError(ExitCode::listener, "The port is taken.");
    if (failing_ == "stop for ever" && name.starts_with("stop")) throw Stuck("scripted");
    if (name.starts_with(failing_) && !failing_.empty()) throw std::runtime_error("scripted");
  }
  Calls& calls_;
  std::string failing_;
};

class ScriptedHost : public Host {
 public:
  ScriptedHost(Calls& calls, std::deque<Command> commands)
      : calls_(calls), commands_(std::move(commands)) {}
  Command next() override {
    const Command command = commands_.front();
    commands_.pop_front();
    return command;
  }
  void started() override { calls_.push_back("= running"); }
  void paused() override { calls_.push_back("= paused"); }
  void resumed() override { calls_.push_back("= running"); }
  void stopping() override { calls_.push_back("= stopping"); }
  void tick(std::chrono::milliseconds) override { calls_.push_back("tick"); }
  std::string stop_reason() override { return "told so"; }

 private:
  Calls& calls_;
  std::deque<Command> commands_;
};

struct Ran {
  Calls calls;
  ExitCode code;
  bool stuck;
};

Ran run(std::deque<Command> commands, const std::string& failing = {}) {
  Ran result{{}, ExitCode::ok, false};
  ScriptedHost host(result.calls, std::move(commands));
  const End end =
      run_lifecycle([&] { return std::make_unique<ScriptedHosted>(result.calls, failing); }, host);
  result.code = end.code;
  result.stuck = end.stuck;
  return result;
}

TEST(Lifecycle, starts_obeys_and_stops_and_destroys_last) {
  const Ran result =
      run({Command::pause, Command::reload, Command::resume, Command::none, Command::stop});
  EXPECT_EQ(result.code, ExitCode::ok);
  EXPECT_EQ(result.calls,
            (Calls{"tick", "start", "= running", "pause", "= paused", "reload", "resume",
                   "= running", "= stopping", "tick", "stop: told so", "destroyed"}));
}

TEST(Lifecycle, a_start_error_gives_its_exit_code_and_is_never_running) {
  const Ran result = run({Command::stop}, "start as port");
  EXPECT_EQ(result.code, ExitCode::listener);
  EXPECT_EQ(result.calls, (Calls{"tick", "start", "= stopping", "destroyed"}));
}

TEST(Lifecycle, any_other_exception_while_starting_is_internal) {
  const Ran result = run({Command::stop}, "start");
  EXPECT_EQ(result.code, ExitCode::internal);
  EXPECT_EQ(result.calls, (Calls{"tick", "start", "= stopping", "destroyed"}));
}

TEST(Lifecycle, a_control_that_fails_leaves_the_service_as_it_was) {
  EXPECT_EQ(run({Command::pause, Command::stop}, "pause").calls[4], "= running");
  EXPECT_EQ(run({Command::resume, Command::stop}, "resume").calls[4], "= paused");
  const Ran reloaded = run({Command::reload, Command::stop}, "reload");
  EXPECT_EQ(reloaded.calls[4], "= stopping");
  EXPECT_EQ(reloaded.code, ExitCode::ok);
}

TEST(Lifecycle, a_stop_that_fails_is_internal_and_still_destroys) {
  const Ran result = run({Command::stop}, "stop");
  EXPECT_EQ(result.code, ExitCode::internal);
  EXPECT_EQ(result.calls.back(), "destroyed");
  EXPECT_FALSE(result.stuck);
}

TEST(Lifecycle, a_stop_that_is_stuck_destroys_nothing_and_says_so) {
  const Ran result = run({Command::stop}, "stop for ever");
  EXPECT_EQ(result.code, ExitCode::internal);
  EXPECT_TRUE(result.stuck);
  EXPECT_EQ(result.calls.back(), "stop: told so");
}

TEST(Lifecycle, a_factory_that_fails_is_internal) {
  Calls calls;
  ScriptedHost host(calls, {});
  const Factory factory = []() -> std::unique_ptr<Hosted> { throw std::bad_alloc(); };
  EXPECT_EQ(run_lifecycle(factory, host).code, ExitCode::internal);
}

}  // namespace
}  // namespace overlap::scm
