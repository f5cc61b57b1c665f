#include "service/scm/status_model.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace overlap::scm {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t not_implemented = 120;
constexpr std::uint32_t cannot_accept = 1061;
constexpr std::uint32_t service_specific_error = 1066;
constexpr std::uint32_t accept_ends = 0x1 | 0x4 | 0x100;       // stop, shutdown, preshutdown
constexpr std::uint32_t accept_all = accept_ends | 0x2 | 0x8;  // pause and continue, paramchange

constexpr Control ends[] = {Control::stop, Control::shutdown, Control::preshutdown};

Decision send(ServiceStatusModel& model, Control control) {
  return model.on_control(static_cast<std::uint32_t>(control));
}

ServiceStatusModel running() {
  ServiceStatusModel model;
  EXPECT_TRUE(model.started());
  return model;
}

ServiceStatusModel paused() {
  ServiceStatusModel model = running();
  send(model, Control::pause);
  EXPECT_TRUE(model.paused());
  return model;
}

TEST(ServiceStatusModel, begins_as_start_pending_and_accepts_nothing) {
  ServiceStatusModel model;
  EXPECT_EQ(model.status().state, State::start_pending);
  EXPECT_EQ(model.status().accepted, 0u);
  EXPECT_GT(model.status().wait_hint, 0ms);
  for (const Control control : {Control::stop, Control::pause, Control::resume, Control::shutdown,
                                Control::param_change, Control::preshutdown}) {
    const Decision decision = send(model, control);
    EXPECT_EQ(decision.result, cannot_accept);
    EXPECT_EQ(decision.command, Command::none);
  }
  EXPECT_EQ(model.status().state, State::start_pending);
}

TEST(ServiceStatusModel, each_sign_of_progress_advances_the_checkpoint_while_pending) {
  ServiceStatusModel model;
  std::uint32_t last = model.status().checkpoint;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(model.progressed(3s));
    EXPECT_EQ(model.status().checkpoint, ++last);
    EXPECT_EQ(model.status().wait_hint, 3s);
  }
}

TEST(ServiceStatusModel, running_has_no_checkpoint_and_accepts_every_control) {
  ServiceStatusModel model = running();
  EXPECT_EQ(model.status().state, State::running);
  EXPECT_EQ(model.status().accepted, accept_all);
  EXPECT_EQ(model.status().checkpoint, 0u);
  EXPECT_EQ(model.status().wait_hint, 0ms);
  EXPECT_FALSE(model.progressed(3s));
  EXPECT_EQ(model.status().checkpoint, 0u);
}

TEST(ServiceStatusModel, stop_shutdown_and_preshutdown_stop_from_running_and_paused) {
  for (const Control control : ends) {
    for (ServiceStatusModel model : {running(), paused()}) {
      const Decision decision = send(model, control);
      EXPECT_EQ(decision.result, 0u);
      EXPECT_EQ(decision.command, Command::stop);
      EXPECT_TRUE(decision.report);
      EXPECT_EQ(model.status().state, State::stop_pending);
      EXPECT_EQ(model.status().accepted, 0u);
      EXPECT_EQ(model.status().checkpoint, 1u);
      EXPECT_TRUE(model.progressed(1s));
      EXPECT_EQ(model.status().checkpoint, 2u);
    }
  }
}

TEST(ServiceStatusModel, a_second_stop_is_accepted_and_gives_no_second_command) {
  for (const Control first : ends)
    for (const Control second : ends) {
      ServiceStatusModel model = running();
      send(model, first);
      const Decision decision = send(model, second);
      EXPECT_EQ(decision.result, 0u);
      EXPECT_EQ(decision.command, Command::none);
      EXPECT_FALSE(decision.report);
    }
}

TEST(ServiceStatusModel, pauses_and_continues) {
  ServiceStatusModel model = running();
  EXPECT_EQ(send(model, Control::pause).command, Command::pause);
  EXPECT_EQ(model.status().state, State::pause_pending);
  EXPECT_EQ(model.status().accepted, accept_ends);
  EXPECT_EQ(send(model, Control::pause).result, cannot_accept);
  EXPECT_TRUE(model.paused());
  EXPECT_EQ(model.status().state, State::paused);
  EXPECT_EQ(model.status().accepted, accept_all);
  EXPECT_EQ(send(model, Control::resume).command, Command::resume);
  EXPECT_EQ(model.status().state, State::continue_pending);
  EXPECT_EQ(send(model, Control::resume).result, cannot_accept);
  EXPECT_TRUE(model.resumed());
  EXPECT_EQ(model.status().state, State::running);
}

TEST(ServiceStatusModel, pausing_what_is_paused_and_continuing_what_runs_changes_nothing) {
  ServiceStatusModel model = paused();
  EXPECT_EQ(send(model, Control::pause).command, Command::none);
  EXPECT_EQ(send(model, Control::pause).result, 0u);
  EXPECT_EQ(model.status().state, State::paused);
  model = running();
  EXPECT_EQ(send(model, Control::resume).command, Command::none);
  EXPECT_EQ(model.status().state, State::running);
}

TEST(ServiceStatusModel, a_failed_pause_leaves_it_running_and_a_failed_continue_leaves_it_paused) {
  ServiceStatusModel model = running();
  send(model, Control::pause);
  EXPECT_TRUE(model.resumed());
  EXPECT_EQ(model.status().state, State::running);
  model = paused();
  send(model, Control::resume);
  EXPECT_TRUE(model.paused());
  EXPECT_EQ(model.status().state, State::paused);
}

TEST(ServiceStatusModel, a_stop_during_a_pause_is_not_undone_by_its_end) {
  for (const Control control : ends) {
    ServiceStatusModel model = running();
    send(model, Control::pause);
    EXPECT_EQ(send(model, control).command, Command::stop);
    EXPECT_FALSE(model.paused());
    EXPECT_FALSE(model.resumed());
    EXPECT_EQ(model.status().state, State::stop_pending);
  }
}

TEST(ServiceStatusModel, interrogate_reports_in_every_state) {
  ServiceStatusModel starting;
  ServiceStatusModel stopping = running();
  send(stopping, Control::stop);
  for (ServiceStatusModel model : {starting, running(), paused(), stopping}) {
    const State before = model.status().state;
    const Decision decision = send(model, Control::interrogate);
    EXPECT_EQ(decision.result, 0u);
    EXPECT_TRUE(decision.report);
    EXPECT_EQ(decision.command, Command::none);
    EXPECT_EQ(model.status().state, before);
  }
}

TEST(ServiceStatusModel, paramchange_reloads_when_running_or_paused_and_only_then) {
  for (ServiceStatusModel model : {running(), paused()}) {
    const State before = model.status().state;
    EXPECT_EQ(send(model, Control::param_change).command, Command::reload);
    EXPECT_EQ(model.status().state, before);
  }
  ServiceStatusModel stopping = running();
  send(stopping, Control::stop);
  EXPECT_EQ(send(stopping, Control::param_change).result, cannot_accept);
}

TEST(ServiceStatusModel, a_control_that_it_does_not_know_is_not_implemented) {
  for (const std::uint32_t control : {0u, 7u, 14u, 16u, 127u, 128u, 255u, 256u}) {
    ServiceStatusModel model = running();
    const Decision decision = model.on_control(control);
    EXPECT_EQ(decision.result, not_implemented) << control;
    EXPECT_EQ(decision.command, Command::none);
    EXPECT_EQ(model.status().state, State::running);
  }
}

TEST(ServiceStatusModel, a_clean_end_has_no_exit_code) {
  ServiceStatusModel model = running();
  send(model, Control::stop);
  model.stopped(ExitCode::ok);
  EXPECT_EQ(model.status().state, State::stopped);
  EXPECT_EQ(model.status().win32_exit_code, 0u);
  EXPECT_EQ(model.status().service_exit_code, 0u);
  EXPECT_EQ(model.status().checkpoint, 0u);
  EXPECT_EQ(model.status().accepted, 0u);
}

TEST(ServiceStatusModel, a_failed_start_stops_with_its_service_specific_exit_code) {
  ServiceStatusModel model;
  EXPECT_TRUE(model.stop_begun());
  EXPECT_FALSE(model.stop_begun());
  EXPECT_FALSE(model.started());
  model.stopped(ExitCode::listener);
  EXPECT_EQ(model.status().win32_exit_code, service_specific_error);
  EXPECT_EQ(model.status().service_exit_code, 3u);
}

}  // namespace
}  // namespace overlap::scm
