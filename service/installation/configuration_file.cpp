#include "service/installation/configuration_file.h"

#include <windows.h>

#include <filesystem>
#include <stdexcept>

#include "common/config/parse.h"
#include "service/installation/mending.h"
#include "service/installation/rights.h"
#include "service/installation/template.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/private_file.h"
#include "service/win/read_file.h"

namespace overlap::installation {
namespace {

// Literal, so that backslashes stay; but for a name with a quote, which only a basic string can
// hold (TOML 1.0, "String").
std::string toml_string(const std::string& text) {
  if (text.find('\'') == std::string::npos) return "'" + text + "'";
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '\\' || character == '"') quoted += '\\';
    quoted += character;
  }
  return quoted + "\"";
}

// Replaces the first such line from `at` on, and returns where the text goes on.
std::size_t replace_line(std::string& text, std::size_t at, const std::string& line,
                         const std::string& by) {
  at = text.find("\n" + line + "\n", at);
  if (at == std::string::npos)
    throw std::logic_error("the template of the configuration has no line " + line);
  text.replace(at + 1, line.size(), by);
  return at + 1 + by.size();
}

class ConfigurationStep final : public Step {
 public:
  explicit ConfigurationStep(const Plan& plan) : plan_(plan) {}

  void make(const Report& report) override {
    const std::string name = win::to_utf8(plan_.config_file);
    const Configuration found = read_configuration(plan_.config_file);
    if (found.is_folder) throw Refusal(found.problem);
    if (found.exists) {
      keep(name, found, report);
    } else {
      win::write_whole_file(plan_.config_file,
                            filled_template(win::to_utf8(root_of(plan_)), plan_.first_port),
                            win::Readers::of_folder, win::IfThere::fail);
      made_ = true;
      report.note("Made the configuration file " + name + ".");
    }
    set_rights(plan_.config_file, config_file_rights());
  }

  void undo() override {
    if (made_ && !DeleteFileW(plan_.config_file.c_str()))
      win::throw_error(GetLastError(), "cannot delete " + win::to_utf8(plan_.config_file));
    if (!made_ && !rights_before_.empty()) set_rights(plan_.config_file, rights_before_);
  }

 private:
  void keep(const std::string& name, const Configuration& found, const Report& report) {
    const Access access = access_to(plan_.config_file);
    if (access.known && !access.owner_trusted)
      throw Refusal("The configuration file " + name + " belongs to " + access.owner +
                    ", who can change it at any time. If you trust what it says, make it the "
                    "administrators' and install again: " +
                    own_command(plan_.config_file));
    rights_before_ = rights_of(plan_.config_file);
    if (!found.config) {
      report.warn("The service cannot start yet. " + found.problem);
    } else if (!plan_.root.empty() && win::to_wide(found.config->store.root) != plan_.root) {
      report.warn("The configuration file " + name + " is kept as it is: it serves " +
                  found.config->store.root + ", not " + win::to_utf8(plan_.root) + ".");
    }
    if (found.config && plan_.first_port != default_first_port &&
        found.config->admin.port != plan_.first_port)
      report.warn("The configuration file " + name +
                  " is kept as it is: its management endpoint has the port " +
                  std::to_string(found.config->admin.port) + ", not " +
                  std::to_string(plan_.first_port) + ".");
  }

  const Plan& plan_;
  bool made_ = false;
  std::wstring rights_before_;
};

}  // namespace

std::string_view configuration_template() noexcept { return template_text; }

std::string filled_template(const std::string& root, std::uint16_t first_port) {
  std::string text(configuration_template());
  std::size_t at = replace_line(text, 0, R"(root = 'C:\ProgramData\Overlap\Files')",
                                "root = " + toml_string(root));
  if (first_port == default_first_port) return text;
  const auto port = [](int number) { return "port = " + std::to_string(number); };
  at = replace_line(text, at, "# " + port(default_first_port), port(first_port));
  for (int i = 1; i < ports_of_template; ++i)
    at = replace_line(text, at, port(default_first_port + i), port(first_port + i));
  return text;
}

std::wstring root_of(const Plan& plan) {
  if (!plan.root.empty()) return plan.root;
  return (std::filesystem::path(plan.config_file).parent_path() / L"Files").native();
}

Configuration read_configuration(const std::wstring& file) {
  const std::string name = win::to_utf8(file);
  Configuration found;
  const DWORD attributes = GetFileAttributesW(file.c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) {
    found.problem = "There is no configuration file " + name + ".";
    return found;
  }
  found.exists = true;
  found.is_folder = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  if (found.is_folder) {
    found.problem =
        "There is a folder in the place of the configuration file " + name + ". Move it away.";
    return found;
  }
  try {
    found.config = config::parse(win::read_file(file, config::file_bytes_max + 1, name), name);
  } catch (const config::ConfigError& error) {
    found.problem = "The configuration is not valid: ";
    const char* separator = "";
    for (const std::string& problem : error.problems()) {
      found.problem += separator + problem;
      separator = "; ";
    }
    found.problem += ".";
  } catch (const std::system_error& error) {
    found.problem = "The configuration cannot be read: " + std::string(error.what()) + ".";
  }
  return found;
}

std::unique_ptr<Step> make_configuration_step(const Plan& plan) {
  return std::make_unique<ConfigurationStep>(plan);
}

std::vector<std::wstring> found_inside(const std::wstring& root,
                                       const std::vector<std::wstring>& kept) {
  std::vector<std::wstring> found;
  std::wstring folder = root;
  if (!folder.ends_with(L'\\')) folder += L'\\';
  for (const std::wstring& path : kept) {
    const std::wstring with_end = path + L"\\";
    const auto units = static_cast<int>(folder.size());
    if (with_end.size() >= folder.size() &&
        CompareStringOrdinal(with_end.c_str(), units, folder.c_str(), units, TRUE) == CSTR_EQUAL)
      found.push_back(path);
  }
  return found;
}

}  // namespace overlap::installation
