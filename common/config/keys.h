// The keys of the configuration file: one table row each, with its name, range and target. Internal
// to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/config/config.h"
#include "common/config/values.h"

namespace overlap::config {

// What a file gives for a key: a value, or something that none is.
struct OtherType {
  std::string_view name;  // "a table", "a date"
};
using Given = std::variant<bool, std::int64_t, double, std::string, OtherType>;

template <class Section>
struct Key {
  std::string_view name;
  // Checks the value and puts it into the section. Returns what is wrong with it ("must be ..., not
  // ..."), or nothing; a wrong value leaves the section as it was.
  std::string (*read)(const Given& given, Section& section);
  Value (*value)(const Section& section);
  bool required = false;
  bool restart = false;  // a running service cannot take another value over
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
std::span<const Key<Journal>> keys() noexcept;
template <>
std::span<const Key<Log>> keys() noexcept;
template <>
std::span<const Key<Listener>> keys() noexcept;

// Calls visit(name, member) for every table of the file that appears once, with a pointer to the
// member of Config that it fills.
template <class Visit>
void for_each_section_member(Visit visit) {
  visit(std::string_view("store"), &Config::store);
  visit(std::string_view("access"), &Config::access);
  visit(std::string_view("limits"), &Config::limits);
  visit(std::string_view("timeouts"), &Config::timeouts);
  visit(std::string_view("uploads"), &Config::uploads);
  visit(std::string_view("tls"), &Config::tls);
  visit(std::string_view("admin"), &Config::admin);
  visit(std::string_view("journal"), &Config::journal);
  visit(std::string_view("log"), &Config::log);
}
// Calls visit(name, section) for each of them.
template <class AnyConfig, class Visit>
void for_each_section(AnyConfig& config, Visit visit) {
  for_each_section_member([&](std::string_view name, auto member) { visit(name, config.*member); });
}
inline constexpr std::string_view listener_section = "listener";

// Text from the file in quotes, for an error: in one line, and cut if it is long.
std::string in_quotes(std::string_view text);

}  // namespace overlap::config
