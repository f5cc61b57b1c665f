// A rule of the Windows Firewall that lets clients reach the listeners. Source: Microsoft,
// "INetFwPolicy2 interface", "INetFwRule interface".
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "service/installation/steps.h"

namespace overlap::installation {

// If the plan has it: lets TCP connections in to the program on the ports of its listeners, in
// networks of the profiles "domain" and "private"; the management endpoint is not among them.
// Replaces a rule of that name. If not: a rule that is there follows the program to another folder,
// and is otherwise as somebody may have changed it.
// Never throws: without the rule the service works, and the warning says for whom.
std::unique_ptr<Step> make_firewall_step(const Plan& plan);

// False if there was none. Throws std::system_error.
bool remove_firewall_rule();

// As the system has it.
struct FirewallRule {
  std::wstring program;
  std::wstring ports;  // "8101,8102"
  bool enabled = false;
};
// Nothing if there is none. Throws std::system_error; ERROR_CALL_NOT_IMPLEMENTED where rules cannot
// be asked for (Wine).
std::optional<FirewallRule> find_firewall_rule();

// The ports of the listeners, in their order.
std::wstring ports_of_listeners(const Plan& plan);

}  // namespace overlap::installation
