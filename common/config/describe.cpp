#include "common/config/concat.h"
#include "common/config/keys.h"
#include "common/config/parse.h"

namespace overlap::config {
namespace {

template <class Section>
void write_keys(std::string& toml, const Section& section) {
  for (const auto& key : keys<Section>()) {
    toml += concat({key.name, " = ", key.write(section), "\n"});
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
