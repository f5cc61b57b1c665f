// The keys of the configuration file: one table row each, with its name, range and target. Internal
// to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/config/config.h"

namespace overlap::config {

// The value of a key, as the file has it.
struct OtherType {
  std::string_view name;  // "a table", "a date"
};
using Value = std::variant<bool, std::int64_t, double, std::string, OtherType>;

template <class Section>
struct Key {
  std::string_view name;
  bool required;
  // Checks the value and puts it into the section. Returns what is wrong with it ("must be ..., not
  // ..."), or nothing; a wrong value leaves the section as it was.
  std::string (*read)(const Value& value, Section& section);
  std::string (*write)(const Section& section);  // the value as TOML
};

template <class Section>
std::span<const Key<Section>> keys() noexcept;

template <>
std::span<const Key<Store>> keys() noexcept;
template <>
std::span<const Key<Access>> keys() noexcept;
template <>
std::span<const Key<Limits>> keys() noexcept;
template <>
std::span<const Key<Timeouts>> keys() noexcept;
template <>
std::span<const Key<Uploads>> keys() noexcept;
template <>
std::span<const Key<Tls>> keys() noexcept;
template <>
std::span<const Key<Admin>> keys() noexcept;
template <>
std::span<const Key<Log>> keys() noexcept;
template <>
std::span<const Key<Listener>> keys() noexcept;

// Calls visit(name, section) for every table of the file that appears once.
template <class AnyConfig, class Visit>
void for_each_section(AnyConfig& config, Visit visit) {
  visit(std::string_view("store"), config.store);
  visit(std::string_view("access"), config.access);
  visit(std::string_view("limits"), config.limits);
  visit(std::string_view("timeouts"), config.timeouts);
  visit(std::string_view("uploads"), config.uploads);
  visit(std::string_view("tls"), config.tls);
  visit(std::string_view("admin"), config.admin);
  visit(std::string_view("log"), config.log);
}
inline constexpr std::string_view listener_section = "listener";

// Text from the file in quotes, for an error: in one line, and cut if it is long.
std::string in_quotes(std::string_view text);

}  // namespace overlap::config
