#include <array>
#include <charconv>
#include <type_traits>

#include "common/config/concat.h"
#include "common/config/keys.h"
#include "common/config/parse.h"
#include "common/config/toml_text.h"
#include "common/config/values.h"

namespace overlap::config {
namespace {

std::string to_toml(const Value& value) {
  return std::visit(
      []<class Type>(const Type& known) -> std::string {
        if constexpr (std::is_same_v<Type, bool>)
          return known ? "true" : "false";
        else if constexpr (std::is_same_v<Type, std::string>)
          return toml_string(known);
        else {
          std::array<char, 32> digits{};
          return {digits.data(),
                  std::to_chars(digits.data(), digits.data() + digits.size(), known).ptr};
        }
      },
      value);
}

template <class Section>
void write_keys(std::string& toml, const Section& section) {
  for (const auto& key : keys<Section>()) {
    toml += concat({key.name, " = ", to_toml(key.value(section)), "\n"});
  }
}

template <class Section>
void add_names(std::vector<std::string>& names, std::string_view section_name) {
  for (const auto& key : keys<Section>()) {
    names.push_back(concat({section_name, ".", key.name}));
  }
}

}  // namespace

std::string describe(const Config& config) {
  std::string toml;
  for_each_section(config, [&](std::string_view name, const auto& section) {
    toml += concat({"[", name, "]\n"});
    write_keys(toml, section);
    toml += "\n";
  });
  for (const auto& listener : config.listeners) {
    toml += concat({"[[", listener_section, "]]\n"});
    write_keys(toml, listener);
    toml += "\n";
  }
  return toml;
}

void for_each_value(
    const Config& config,
    const std::function<void(std::string_view, std::string_view, const Value&)>& visit) {
  for_each_section(config, [&]<class Section>(std::string_view name, const Section& section) {
    for (const auto& key : keys<Section>()) visit(name, key.name, key.value(section));
  });
}

void for_each_value(const Listener& listener,
                    const std::function<void(std::string_view, const Value&)>& visit) {
  for (const auto& key : keys<Listener>()) visit(key.name, key.value(listener));
}

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  Config config;
  for_each_section(config, [&]<class Section>(std::string_view name, Section&) {
    add_names<Section>(names, name);
  });
  add_names<Listener>(names, listener_section);
  return names;
}

}  // namespace overlap::config
