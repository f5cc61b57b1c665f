#include "common/config/rules.h"

#include <algorithm>
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

}  // namespace

std::vector<Problem> check_limits(const Limits& limits, const Lines& lines) {
  if (limits.target_bytes_max <= limits.head_bytes_max) return {};
  const bool target_is_given = lines.keys.contains("target_bytes_max");
  const std::string_view name = target_is_given ? "target_bytes_max" : "head_bytes_max";
  return {
      Problem{lines.of(name), concat({"limits.", name}),
              concat({"a request target is part of the head, so target_bytes_max (",
                      std::to_string(limits.target_bytes_max), ") must not exceed head_bytes_max (",
                      std::to_string(limits.head_bytes_max), ")"})}};
}

std::vector<Problem> check_listeners(const std::vector<PlacedListener>& listeners,
                                     const Access& access, const Admin& admin) {
  std::vector<Problem> problems;
  const auto note = [&](std::optional<Problem> problem) {
    if (problem) problems.push_back(std::move(*problem));
  };
  for (auto placed = listeners.begin(); placed != listeners.end(); ++placed) {
    note(check_exposure(*placed, access));
    note(check_admin_clash(*placed, admin));
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
