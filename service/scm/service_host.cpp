// Under the service manager. Source: Microsoft, "Service Control Handler Function", "Writing a
// ServiceMain Function".
#include <windows.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "service/scm/lifecycle.h"
#include "service/scm/run.h"
#include "service/scm/status_model.h"
#include "service/win/error.h"

namespace overlap::scm {
namespace {

static_assert(static_cast<DWORD>(State::stopped) == SERVICE_STOPPED);
static_assert(static_cast<DWORD>(State::start_pending) == SERVICE_START_PENDING);
static_assert(static_cast<DWORD>(State::stop_pending) == SERVICE_STOP_PENDING);
static_assert(static_cast<DWORD>(State::running) == SERVICE_RUNNING);
static_assert(static_cast<DWORD>(State::continue_pending) == SERVICE_CONTINUE_PENDING);
static_assert(static_cast<DWORD>(State::pause_pending) == SERVICE_PAUSE_PENDING);
static_assert(static_cast<DWORD>(State::paused) == SERVICE_PAUSED);
static_assert(static_cast<DWORD>(Control::stop) == SERVICE_CONTROL_STOP);
static_assert(static_cast<DWORD>(Control::pause) == SERVICE_CONTROL_PAUSE);
static_assert(static_cast<DWORD>(Control::resume) == SERVICE_CONTROL_CONTINUE);
static_assert(static_cast<DWORD>(Control::interrogate) == SERVICE_CONTROL_INTERROGATE);
static_assert(static_cast<DWORD>(Control::shutdown) == SERVICE_CONTROL_SHUTDOWN);
static_assert(static_cast<DWORD>(Control::param_change) == SERVICE_CONTROL_PARAMCHANGE);
static_assert(static_cast<DWORD>(Control::preshutdown) == SERVICE_CONTROL_PRESHUTDOWN);

class ServiceHost final : public Host {
 public:
  explicit ServiceHost(const std::wstring& name)
      : handle_(RegisterServiceCtrlHandlerExW(name.c_str(), &ServiceHost::handle_control, this)) {
    if (!handle_) win::throw_last_error("RegisterServiceCtrlHandlerEx");
    const std::lock_guard lock(mutex_);
    report();
  }

  Command next() override {
    std::unique_lock lock(mutex_);
    commanded_.wait(lock, [&] { return stop_ || other_ != Command::none || reload_; });
    if (stop_) return Command::stop;
    if (other_ != Command::none) return std::exchange(other_, Command::none);
    reload_ = false;
    return Command::reload;
  }

  void started() override {
    change([](auto& model) { return model.started(); });
  }
  void paused() override {
    change([](auto& model) { return model.paused(); });
  }
  void resumed() override {
    change([](auto& model) { return model.resumed(); });
  }
  void stopping() override {
    change([](auto& model) { return model.stop_begun(); });
  }
  void tick(std::chrono::milliseconds wait_hint) override {
    change([&](auto& model) { return model.progressed(wait_hint); });
  }

  std::string stop_reason() override {
    const std::lock_guard lock(mutex_);
    return reason_ == Control::stop ? "the service manager asked for it"
                                    : "the system is shutting down";
  }

  // The last call: the process may be ended at any moment after it.
  void stopped(ExitCode code) {
    change([&](auto& model) {
      model.stopped(code);
      return true;
    });
  }

 private:
  // Runs on the dispatcher's thread, which serves no other control meanwhile: decides, reports,
  // leaves the work to next(), and returns.
  static DWORD WINAPI handle_control(DWORD control, DWORD, void*, void* context) {
    return static_cast<ServiceHost*>(context)->on_control(control);
  }

  DWORD on_control(DWORD control) {
    const std::lock_guard lock(mutex_);
    const Decision decision = model_.on_control(control);
    if (decision.report) report();
    switch (decision.command) {
      case Command::none: return decision.result;
      case Command::stop:
        stop_ = true;
        reason_ = static_cast<Control>(control);
        break;
      case Command::pause:
      case Command::resume: other_ = decision.command; break;
      case Command::reload: reload_ = true; break;
    }
    commanded_.notify_one();
    return decision.result;
  }

  template <class Change>
  void change(Change make) {
    const std::lock_guard lock(mutex_);
    if (make(model_)) report();
  }

  // Requires the lock. A refusal (the service manager is gone) leaves nothing to be done.
  void report() {
    const Status& status = model_.status();
    SERVICE_STATUS native{};
    native.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    native.dwCurrentState = static_cast<DWORD>(status.state);
    native.dwControlsAccepted = status.accepted;
    native.dwWin32ExitCode = status.win32_exit_code;
    native.dwServiceSpecificExitCode = status.service_exit_code;
    native.dwCheckPoint = status.checkpoint;
    native.dwWaitHint = static_cast<DWORD>(status.wait_hint.count());
    SetServiceStatus(handle_, &native);
  }

  // The handler must report the new state before it returns, while the service's thread may be at
  // work for seconds: posting alone would not do, and two reports must not overtake each other.
  std::mutex mutex_;
  std::condition_variable commanded_;
  ServiceStatusModel model_;
  Control reason_ = Control::stop;
  // Commands not yet taken. One slot each is enough: a pause and a continue exclude each other,
  // and a repeated reload is one reload.
  bool stop_ = false;
  bool reload_ = false;
  Command other_ = Command::none;
  SERVICE_STATUS_HANDLE handle_ = nullptr;
};

// ServiceMain gets no context of ours, so the one service of the process is found here.
struct Service {
  std::wstring name;
  Factory factory;
  // Outlives service_main: a control that was under way when SERVICE_STOPPED was reported may
  // still reach its handler, on the dispatcher's thread.
  std::optional<ServiceHost> host;
  ExitCode code = ExitCode::internal;
};
Service* the_service = nullptr;

void WINAPI service_main(DWORD, wchar_t**) {
  Service& service = *the_service;
  try {
    service.host.emplace(service.name);
    const End end = run_lifecycle(service.factory, *service.host);
    service.code = end.code;
    service.host->stopped(end.code);
    if (end.stuck) TerminateProcess(GetCurrentProcess(), static_cast<UINT>(end.code));
  } catch (const std::system_error&) {
    // The service manager does not know this process as the service: there is nobody to tell.
  }
}

}  // namespace

ExitCode run_as_service(const std::wstring& name, Factory factory) {
  Service service{name, std::move(factory), {}};
  the_service = &service;
  const SERVICE_TABLE_ENTRYW table[] = {{service.name.data(), &service_main}, {nullptr, nullptr}};
  const BOOL dispatched = StartServiceCtrlDispatcherW(table);
  const DWORD error = GetLastError();
  the_service = nullptr;
  if (dispatched) return service.code;
  if (error == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) throw NotAService();
  win::throw_error(error, "StartServiceCtrlDispatcher");
}

}  // namespace overlap::scm
