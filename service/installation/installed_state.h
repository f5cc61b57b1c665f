// What an installation of Overlap is, said once: whichever way it was installed, these are the
// values. Source: Microsoft, "CreateServiceW function", "ChangeServiceConfig2W function".
#pragma once

#include <windows.h>

#include <array>
#include <cstdint>

#include "service/win/service_identity.h"

namespace overlap::installation {

inline constexpr wchar_t display_name[] = L"Overlap file transfer";
inline constexpr wchar_t description[] =
    L"Moves files over HTTP on four Windows I/O models. Manage it with overlapctl.";

inline constexpr std::array<DWORD, 3> restart_after_ms{5'000, 30'000, 60'000};
inline constexpr DWORD failures_forgotten_after_seconds = 24 * 3600;
// The drain of timeouts.drain_seconds (20 by default), and as much again and more to close the
// journal, the log and the listeners. Windows' own default is 10 s.
inline constexpr DWORD preshutdown_timeout_ms = 60'000;

// Lists as the service manager takes them: each name ends with a zero, the list with another.
inline constexpr wchar_t depends_on[] = L"Tcpip\0";
// To open files below folders that it may not list. Nothing in the service needs another one: all
// that it may do is said by access lists.
inline constexpr wchar_t required_privileges[] = L"SeChangeNotifyPrivilege\0";

inline constexpr wchar_t firewall_rule_name[] = L"Overlap file transfer";

// The management endpoint; the listeners have the next four ports, in the template's order.
inline constexpr std::uint16_t default_first_port = 8100;
inline constexpr std::uint16_t ports_of_template = 5;
inline constexpr std::uint16_t first_port_max = 65535 - (ports_of_template - 1);

}  // namespace overlap::installation
