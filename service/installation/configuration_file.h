// The configuration file of an installation: made from the template, never changed once it is
// there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "service/installation/steps.h"

namespace overlap::installation {

// installer/overlap.toml, as it was when the program was built.
std::string_view configuration_template() noexcept;

// The template with this root and these ports: the management endpoint has `first_port`, the
// listeners those that follow. `first_port` is 1 to first_port_max.
std::string filled_template(const std::string& root, std::uint16_t first_port);

// The folder of a new configuration file that clients will read and write.
std::wstring root_of(const Plan& plan);

// What the file says, or why it says nothing, in sentences.
struct Configuration {
  std::optional<config::Config> config;
  bool exists = false;
  bool is_folder = false;
  std::string problem;
};
Configuration read_configuration(const std::wstring& file);

// Makes the file if it is missing, and gives it its rights. What a file that is there says
// otherwise than the plan, and that it is not valid, are warnings.
std::unique_ptr<Step> make_configuration_step(const Plan& plan);

// What the served folder must not contain: the path of one of `kept` that lies in `root`, or is it.
// Paths without . and .. and with backslashes; letters are compared as NTFS does, without case.
std::vector<std::wstring> found_inside(const std::wstring& root,
                                       const std::vector<std::wstring>& kept);

}  // namespace overlap::installation
