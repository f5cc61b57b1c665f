#include "common/config/rules.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "common/config/address.h"
#include "common/config/concat.h"

namespace overlap::config {
namespace {

// Whether Windows would refuse one of the two sockets, which are bound exclusively. Separate
// families never clash: IPv6 listeners take IPv6 connections only.
bool clash(std::string_view first_address, std::uint16_t first_port,
           std::string_view second_address, std::uint16_t second_port) {
  const auto first = parse_address(first_address);
  const auto second = parse_address(second_address);
  if (!first || !second || first_port != second_port || first->v6 != second->v6) return false;
  return *first == *second || first->is_any() || second->is_any();
}

std::string endpoint(const Listener& listener) {
  const bool v6 = listener.address.find(':') != std::string::npos;
  return concat({v6 ? "[" : "", listener.address, v6 ? "]:" : ":", std::to_string(listener.port)});
}

bool is_loopback(std::string_view text) {
  const auto address = parse_address(text);
  return address && address->is_loopback();
}

std::optional<Problem> check_exposure(const PlacedListener& placed, const Access& access) {
  if (!access.anonymous_write || is_loopback(placed.listener.address)) return std::nullopt;
  return Problem{
      placed.lines.of("address"), "listener.address",
      concat({"\"", placed.listener.address,
              "\" can be reached from the network while access.anonymous_write is true, so "
              "anyone there could write files: set access.anonymous_write to false, or "
              "listen on 127.0.0.1 or ::1"})};
}

std::optional<Problem> check_admin_clash(const PlacedListener& placed, const Admin& admin) {
  const auto& listener = placed.listener;
  if (!admin.enabled || !clash(listener.address, listener.port, admin.address, admin.port))
    return std::nullopt;
  return Problem{placed.lines.of("port"), "listener.port",
                 concat({endpoint(listener), " is already taken by the admin endpoint"})};
}

std::optional<Problem> check_name(const PlacedListener& placed, const PlacedListener& earlier) {
  if (placed.listener.name != earlier.listener.name) return std::nullopt;
  return Problem{
      placed.lines.of("name"), "listener.name",
      concat({"\"", placed.listener.name, "\" is already the name of the listener at line ",
              std::to_string(earlier.lines.table)})};
}

std::optional<Problem> check_clash(const PlacedListener& placed, const PlacedListener& earlier) {
  const auto& here = placed.listener;
  const auto& there = earlier.listener;
  if (!clash(here.address, here.port, there.address, there.port)) return std::nullopt;
  return Problem{placed.lines.of("port"), "listener.port",
                 concat({endpoint(here), " is already taken by the listener at line ",
                         std::to_string(earlier.lines.table)})};
}

// Passwords are no reason to demand TLS here: a listener without it refuses them off loopback, and
// bearer tokens and anonymous access may be all that it is for.
std::optional<Problem> check_certificate(const PlacedListener& placed, const Tls* tls) {
  if (!placed.listener.tls || tls == nullptr || !tls->certificate_file.empty()) return std::nullopt;
  return Problem{placed.lines.of("tls"), "listener.tls",
                 "needs tls.certificate_file and tls.key_file"};
}

// A value and the one that it must not exceed, by their keys.
struct Bounded {
  std::string_view name;
  std::uint64_t value;
  std::string_view bound_name;
  std::uint64_t bound;
  std::string_view reason;
};

std::optional<Problem> check_bound(const Bounded& pair, const Lines& lines) {
  if (pair.value <= pair.bound) return std::nullopt;
  // To blame is the one that was given; the other may be a default.
  const auto name = lines.keys.contains(pair.name) ? pair.name : pair.bound_name;
  return Problem{
      lines.of(name), concat({"limits.", name}),
      concat({pair.reason, ", so ", pair.name, " (", std::to_string(pair.value),
              ") must not exceed ", pair.bound_name, " (", std::to_string(pair.bound), ")"})};
}

constexpr std::uint64_t rate_bound(std::uint64_t maximum) noexcept {
  return maximum == 0 ? std::numeric_limits<std::uint64_t>::max() : maximum;
}

}  // namespace

std::vector<Problem> check_limits(const Limits& limits, const Lines& lines) {
  constexpr std::string_view cut = "a connection held to its maximum would be cut as too slow";
  const std::array pairs{
      Bounded{"target_bytes_max", limits.target_bytes_max, "head_bytes_max", limits.head_bytes_max,
              "a request target is part of the head"},
      Bounded{"receive_bytes_per_second_min", limits.receive_bytes_per_second_min,
              "receive_bytes_per_second_max", rate_bound(limits.receive_bytes_per_second_max), cut},
      Bounded{"send_bytes_per_second_min", limits.send_bytes_per_second_min,
              "send_bytes_per_second_max", rate_bound(limits.send_bytes_per_second_max), cut},
  };
  std::vector<Problem> problems;
  for (const auto& pair : pairs) {
    if (auto problem = check_bound(pair, lines)) problems.push_back(std::move(*problem));
  }
  return problems;
}

std::vector<Problem> check_tls(const Tls& tls, const Lines& lines) {
  const bool certificate = !tls.certificate_file.empty();
  const bool key = !tls.key_file.empty();
  std::vector<Problem> problems;
  const auto note = [&](std::string_view name, std::string_view text) {
    problems.push_back({lines.of(name), concat({"tls.", name}), std::string(text)});
  };
  if (certificate && !key) note("certificate_file", "needs tls.key_file");
  if (key && !certificate) note("key_file", "needs tls.certificate_file");
  if (!tls.client_ca_file.empty() && !certificate && !key)
    note("client_ca_file", "needs tls.certificate_file and tls.key_file");
  return problems;
}

std::vector<Problem> check_admin(const Admin& admin, const Tls* tls, const Lines& lines) {
  std::vector<Problem> problems;
  const auto note = [&](std::string_view name, std::string text) {
    problems.push_back({lines.of(name), concat({"admin.", name}), std::move(text)});
  };
  if (!admin.enabled) return problems;
  if (!is_loopback(admin.address)) {
    const std::string reached = concat({"\"", admin.address, "\" can be reached from the network"});
    if (!admin.tls)
      note("address", concat({reached,
                              ", where the token could be read on its way: set admin.tls "
                              "to true, or listen on 127.0.0.1 or ::1"}));
    if (admin.anonymous_read)
      note("anonymous_read", concat({"must be false while the address ", reached}));
  }
  if (admin.tls && tls != nullptr && tls->certificate_file.empty())
    note("tls", "needs tls.certificate_file and tls.key_file");
  return problems;
}

std::vector<Problem> check_listeners(const std::vector<PlacedListener>& listeners,
                                     const Surroundings& around) {
  std::vector<Problem> problems;
  const auto note = [&](std::optional<Problem> problem) {
    if (problem) problems.push_back(std::move(*problem));
  };
  for (auto placed = listeners.begin(); placed != listeners.end(); ++placed) {
    note(check_exposure(*placed, around.access));
    note(check_admin_clash(*placed, around.admin));
    note(check_certificate(*placed, around.tls));
    // One report is enough, however many earlier listeners are alike.
    const auto first = [&](auto check) {
      for (auto earlier = listeners.begin(); earlier != placed; ++earlier) {
        if (auto problem = check(*placed, *earlier)) return note(std::move(problem));
      }
    };
    first(check_name);
    first(check_clash);
  }
  return problems;
}

}  // namespace overlap::config
