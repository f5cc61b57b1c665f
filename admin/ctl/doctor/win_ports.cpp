// Who listens where. Source: Microsoft, "GetExtendedTcpTable function".
#include <windows.h>
#include <winsock2.h>
// windows.h comes before everything that needs its types.
#include <iphlpapi.h>
#include <ws2tcpip.h>

#include <array>
#include <cstddef>
#include <filesystem>

#include "admin/ctl/doctor/win_facts.h"
#include "admin/ctl/doctor/win_library.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::ctl::doctor {
namespace {

std::string program_of(DWORD process) {
  const win::KernelHandle opened(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process));
  if (!opened) return {};
  std::wstring path(32'768, L'\0');
  auto units = static_cast<DWORD>(path.size());
  if (!QueryFullProcessImageNameW(opened.get(), 0, path.data(), &units)) return {};
  path.resize(units);
  return win::to_utf8(std::filesystem::path(path).filename().native());
}

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, const_cast<void*>(address), text.data(), text.size()) ? text.data() : "";
}

// The port is in the byte order of the network, in the low half.
std::uint16_t port_of(DWORD port) noexcept {
  return static_cast<std::uint16_t>((port & 0xFF) << 8 | (port >> 8 & 0xFF));
}

// The table grows while it is asked for: then again, with room for what it has become.
template <class Table>
std::vector<std::byte> table_of(const Library& library, ULONG family) {
  const auto ask = library.function<decltype(&GetExtendedTcpTable)>("GetExtendedTcpTable");
  std::vector<std::byte> buffer(sizeof(Table));
  for (int i = 0; i < 10; ++i) {
    auto bytes = static_cast<DWORD>(buffer.size());
    const DWORD code = ask(buffer.data(), &bytes, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0);
    if (code == ERROR_SUCCESS) return buffer;
    if (code != ERROR_INSUFFICIENT_BUFFER)
      win::throw_error(code, "cannot ask for the ports that are taken");
    buffer.resize(bytes + sizeof(Table));
  }
  throw NotKnown("the table of ports changes all the time");
}

}  // namespace

std::vector<Listening> listening_ports() {
  const Library library(L"iphlpapi.dll");
  std::vector<Listening> ports;
  const auto add = [&](std::string address, DWORD port, DWORD process) {
    ports.push_back({std::move(address), port_of(port), process, program_of(process)});
  };
  const auto four = table_of<MIB_TCPTABLE_OWNER_PID>(library, AF_INET);
  const auto* const rows = reinterpret_cast<const MIB_TCPTABLE_OWNER_PID*>(four.data());
  for (DWORD i = 0; i < rows->dwNumEntries; ++i) {
    const MIB_TCPROW_OWNER_PID& row = rows->table[i];
    add(text_of(AF_INET, &row.dwLocalAddr), row.dwLocalPort, row.dwOwningPid);
  }
  const auto six = table_of<MIB_TCP6TABLE_OWNER_PID>(library, AF_INET6);
  const auto* const rows6 = reinterpret_cast<const MIB_TCP6TABLE_OWNER_PID*>(six.data());
  for (DWORD i = 0; i < rows6->dwNumEntries; ++i) {
    const MIB_TCP6ROW_OWNER_PID& row = rows6->table[i];
    add(text_of(AF_INET6, row.ucLocalAddr), row.dwLocalPort, row.dwOwningPid);
  }
  return ports;
}

}  // namespace overlap::ctl::doctor
