#include "service/installation/firewall.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <netfw.h>

#include "service/installation/comparison.h"
#include "service/installation/configuration_file.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::installation {
namespace {

void check(HRESULT result, const char* what) {
  if (FAILED(result)) {
    const DWORD code = HRESULT_FACILITY(result) == FACILITY_WIN32
                           ? static_cast<DWORD>(HRESULT_CODE(result))
                           : static_cast<DWORD>(result);
    win::throw_error(result == E_NOTIMPL ? DWORD{ERROR_CALL_NOT_IMPLEMENTED} : code, what);
  }
}

class Com {
 public:
  // A thread that is in another apartment already can be used as it is.
  Com() : begun_(SUCCEEDED(CoInitializeEx(nullptr, COINIT_MULTITHREADED))) {}
  ~Com() {
    if (begun_) CoUninitialize();
  }
  Com(const Com&) = delete;
  Com& operator=(const Com&) = delete;

 private:
  bool begun_;
};

template <class Interface>
struct ComTraits {
  using Type = Interface*;
  static Interface* invalid() noexcept { return nullptr; }
  static void close(Interface* object) noexcept { object->Release(); }
};
template <class Interface>
using ComObject = win::Unique<ComTraits<Interface>>;

struct TextTraits {
  using Type = BSTR;
  static BSTR invalid() noexcept { return nullptr; }
  static void close(BSTR text) noexcept { SysFreeString(text); }
};
using Text = win::Unique<TextTraits>;

Text make_text(const std::wstring& text) { return Text(SysAllocString(text.c_str())); }

template <class Interface>
ComObject<Interface> make_object(const wchar_t* program_id, const char* what) {
  CLSID id{};
  check(CLSIDFromProgID(program_id, &id), what);
  void* made = nullptr;
  check(CoCreateInstance(id, nullptr, CLSCTX_INPROC_SERVER, __uuidof(Interface), &made), what);
  return ComObject<Interface>(static_cast<Interface*>(made));
}

class Rules {
 public:
  Rules() {
    constexpr char what[] = "cannot open the rules of the firewall";
    const auto policy = make_object<INetFwPolicy2>(L"HNetCfg.FwPolicy2", what);
    INetFwRules* found = nullptr;
    check(policy.get()->get_Rules(&found), what);
    rules_.reset(found);
  }

  ComObject<INetFwRule> find() const {
    INetFwRule* found = nullptr;
    const HRESULT result = rules_.get()->Item(name_.get(), &found);
    if (result == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)) return {};
    check(result, "cannot look for the rule of the firewall");
    return ComObject<INetFwRule>(found);
  }
  void add(INetFwRule* rule) const {
    check(rules_.get()->Add(rule), "cannot add the rule to the firewall");
  }
  void remove() const {
    check(rules_.get()->Remove(name_.get()), "cannot remove the rule from the firewall");
  }
  BSTR name() const noexcept { return name_.get(); }

 private:
  Com com_;
  ComObject<INetFwRules> rules_;
  Text name_ = make_text(firewall_rule_name);
};

// `ports` is not empty: that would be all of them.
ComObject<INetFwRule> make_rule(const Rules& rules, const std::wstring& program,
                                const std::wstring& ports) {
  constexpr char what[] = "cannot make the rule of the firewall";
  auto rule = make_object<INetFwRule>(L"HNetCfg.FWRule", what);
  INetFwRule* const to = rule.get();
  check(to->put_Name(rules.name()), what);
  check(to->put_Description(make_text(description).get()), what);
  check(to->put_ApplicationName(make_text(program).get()), what);
  check(to->put_Protocol(NET_FW_IP_PROTOCOL_TCP), what);
  check(to->put_LocalPorts(make_text(ports).get()), what);
  check(to->put_Direction(NET_FW_RULE_DIR_IN), what);
  check(to->put_Profiles(NET_FW_PROFILE2_DOMAIN | NET_FW_PROFILE2_PRIVATE), what);
  check(to->put_Action(NET_FW_ACTION_ALLOW), what);
  check(to->put_Enabled(VARIANT_TRUE), what);
  return rule;
}

std::wstring text_of(INetFwRule* rule, HRESULT (STDMETHODCALLTYPE INetFwRule::*get)(BSTR*)) {
  BSTR found = nullptr;
  check((rule->*get)(&found), "cannot read the rule of the firewall");
  const Text text(found);
  return found ? std::wstring(found, SysStringLen(found)) : std::wstring();
}

class FirewallStep final : public Step {
 public:
  explicit FirewallStep(const Plan& plan) : plan_(plan) {}

  void make(const Report& report) override {
    if (!plan_.firewall) return follow(report);
    const std::wstring ports = ports_of_listeners(plan_);
    if (ports.empty())
      return warn(report, "the configuration is not valid and does not say which ports");
    try {
      const Rules rules;
      const auto rule = make_rule(rules, plan_.executable, ports);
      // The system keeps several of one name.
      remove_firewall_rule();
      rules.add(rule.get());
      made_ = true;
      report.note("The firewall lets clients in to the ports " + win::to_utf8(ports) + ".");
    } catch (const std::system_error& error) {
      warn(report, error.what());
    }
  }

  void undo() override {
    if (made_) remove_firewall_rule();
    if (program_before_.empty()) return;
    const Rules rules;
    if (const auto rule = rules.find()) put_program(rule.get(), program_before_);
  }

 private:
  static void warn(const Report& report, const std::string& why) {
    report.warn("There is no rule in the firewall: " + why +
                ". Clients on other machines may not reach the service.");
  }

  static void put_program(INetFwRule* rule, const std::wstring& program) {
    check(rule->put_ApplicationName(make_text(program).get()),
          "cannot change the rule of the firewall");
  }

  void follow(const Report& report) {
    try {
      const Rules rules;
      const auto rule = rules.find();
      if (!rule) return;
      const std::wstring program = text_of(rule.get(), &INetFwRule::get_ApplicationName);
      if (same_path(program, plan_.executable)) return;
      put_program(rule.get(), plan_.executable);
      program_before_ = program;
      report.note("The rule of the firewall is for the program in its new folder.");
    } catch (const std::system_error& error) {
      if (error.code().value() != ERROR_CALL_NOT_IMPLEMENTED)
        report.warn("A rule of the firewall may still be for the program in another folder: " +
                    std::string(error.what()) + ".");
    }
  }

  const Plan& plan_;
  bool made_ = false;
  std::wstring program_before_;
};

}  // namespace

std::unique_ptr<Step> make_firewall_step(const Plan& plan) {
  return std::make_unique<FirewallStep>(plan);
}

bool remove_firewall_rule() {
  constexpr int of_one_name_max = 16;  // an earlier hand may have made several
  const Rules rules;
  int removed = 0;
  for (; removed < of_one_name_max && rules.find(); ++removed) rules.remove();
  return removed != 0;
}

std::optional<FirewallRule> find_firewall_rule() {
  const Rules rules;
  const auto rule = rules.find();
  if (!rule) return std::nullopt;
  VARIANT_BOOL enabled = VARIANT_FALSE;
  check(rule.get()->get_Enabled(&enabled), "cannot read the rule of the firewall");
  return FirewallRule{text_of(rule.get(), &INetFwRule::get_ApplicationName),
                      text_of(rule.get(), &INetFwRule::get_LocalPorts), enabled == VARIANT_TRUE};
}

std::wstring ports_of_listeners(const Plan& plan) {
  std::wstring ports;
  const Configuration found = read_configuration(plan.config_file);
  if (!found.config) return ports;
  for (const config::Listener& listener : found.config->listeners)
    ports += (ports.empty() ? L"" : L",") + std::to_wstring(listener.port);
  return ports;
}

}  // namespace overlap::installation
