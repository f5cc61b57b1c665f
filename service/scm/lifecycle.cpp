#include "service/scm/lifecycle.h"

#include <exception>

#include "service/log/log.h"

namespace overlap::scm {
namespace {

ExitCode report_failure(ExitCode code, const std::string& sentence) {
  log::event(log::EventId::start_failed,
             {sentence, std::to_string(static_cast<std::uint32_t>(code))});
  return code;
}

ExitCode start(Hosted& hosted, Progress& progress) {
  try {
    hosted.start(progress);
    return ExitCode::ok;
  } catch (const StartError& error) {
    return report_failure(error.code(), error.what());
  } catch (const std::exception& error) {
    return report_failure(ExitCode::internal, std::string(error.what()) + ".");
  }
}

ExitCode stop(Hosted& hosted, Host& host) {
  try {
    hosted.stop(host.stop_reason(), host);
    return ExitCode::ok;
  } catch (const Stuck&) {
    throw;
  } catch (const std::exception& error) {
    log::event(log::EventId::control_failed, {"stop", error.what()});
    return ExitCode::internal;
  }
}

// A control that fails leaves the service as it was.
template <class Act, class Done, class Failed>
void obey(const char* control, Act act, Done done, Failed failed) {
  try {
    act();
    done();
  } catch (const std::exception& error) {
    log::event(log::EventId::control_failed, {control, error.what()});
    failed();
  }
}

void obey_until_stop(Hosted& hosted, Host& host) {
  for (;;) {
    switch (host.next()) {
      case Command::stop: return;
      case Command::pause:
        obey(
            "pause", [&] { hosted.pause(); }, [&] { host.paused(); }, [&] { host.resumed(); });
        break;
      case Command::resume:
        obey(
            "continue", [&] { hosted.resume(); }, [&] { host.resumed(); }, [&] { host.paused(); });
        break;
      case Command::reload:
        obey(
            "paramchange", [&] { hosted.reload(); }, [] {}, [] {});
        break;
      case Command::none: break;
    }
  }
}

ExitCode run(Hosted& hosted, Host& host) {
  if (const ExitCode code = start(hosted, host); code != ExitCode::ok) {
    host.stopping();
    return code;
  }
  host.started();
  obey_until_stop(hosted, host);
  host.stopping();
  return stop(hosted, host);
}

}  // namespace

End run_lifecycle(const Factory& factory, Host& host) noexcept {
  try {
    std::unique_ptr<Hosted> hosted = factory();
    try {
      return {run(*hosted, host)};
    } catch (const Stuck&) {
      static_cast<void>(hosted.release());
      return {ExitCode::internal, true};
    }
  } catch (const std::exception& error) {
    return {report_failure(ExitCode::internal, std::string(error.what()) + ".")};
  }
}

}  // namespace overlap::scm
