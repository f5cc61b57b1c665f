#include "service/installation/event_source.h"

#include <windows.h>

#include "service/log/event_source.h"
#include "service/win/error.h"

namespace overlap::installation {
namespace {

constexpr char cannot_register[] = "cannot register the source of the Event Log";

void check(LSTATUS status, const char* what) {
  if (status != ERROR_SUCCESS) win::throw_error(static_cast<DWORD>(status), what);
}

class EventSourceStep final : public Step {
 public:
  explicit EventSourceStep(const Plan& plan) : plan_(plan) {}

  void make(const Report& report) override {
    try {
      write();
    } catch (const std::system_error& error) {
      if (error.code().value() == ERROR_ACCESS_DENIED) throw;
      report.warn("Overlap " + std::string(error.what()) +
                  ". Event Viewer shows numbers for sentences.");
    }
  }

  void undo() override {
    if (!key_) return;
    if (is_new_) {
      key_.reset();
      return remove_event_source();
    }
    for (const auto& [name, value] : before_) {
      const LSTATUS status =
          value ? write_value(key_.get(), name, *value) : RegDeleteValueW(key_.get(), name);
      if (status != ERROR_FILE_NOT_FOUND) check(status, cannot_register);
    }
  }

 private:
  void write() {
    HKEY opened = nullptr;
    DWORD disposition = 0;
    check(RegCreateKeyExW(HKEY_LOCAL_MACHINE, event_source_key().c_str(), 0, nullptr, 0,
                          KEY_SET_VALUE | KEY_QUERY_VALUE, nullptr, &opened, &disposition),
          cannot_register);
    key_.reset(opened);
    is_new_ = disposition == REG_CREATED_NEW_KEY;
    for (const auto& [name, value] : event_source_values(plan_)) {
      before_.emplace_back(name, read_value(key_.get(), name));
      check(write_value(key_.get(), name, value), cannot_register);
    }
  }

  const Plan& plan_;
  Key key_;
  bool is_new_ = false;
  std::vector<std::pair<const wchar_t*, std::optional<Value>>> before_;
};

}  // namespace

std::wstring event_source_key() {
  return std::wstring(LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)") +
         log::event_source_name;
}

std::vector<std::pair<const wchar_t*, Value>> event_source_values(const Plan& plan) {
  const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
  return {{L"EventMessageFile", text_value(REG_EXPAND_SZ, plan.executable)},
          {L"CategoryMessageFile", text_value(REG_EXPAND_SZ, plan.executable)},
          {L"CategoryCount", number_value(log::event_category_count)},
          {L"TypesSupported", number_value(types)}};
}

std::unique_ptr<Step> make_event_source_step(const Plan& plan) {
  return std::make_unique<EventSourceStep>(plan);
}

void remove_event_source() {
  const LSTATUS status = RegDeleteKeyW(HKEY_LOCAL_MACHINE, event_source_key().c_str());
  if (status != ERROR_FILE_NOT_FOUND) check(status, "cannot remove the source of the Event Log");
}

}  // namespace overlap::installation
