#include "service/installation/inspection.h"

#include <windows.h>

#include <filesystem>
#include <system_error>

#include "service/installation/comparison.h"
#include "service/installation/configuration_file.h"
#include "service/installation/event_source.h"
#include "service/installation/firewall.h"
#include "service/installation/mending.h"
#include "service/installation/program_folder.h"
#include "service/installation/rights.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::installation {
namespace {

std::wstring folder_of(const std::wstring& file) {
  return std::filesystem::path(file).parent_path().native();
}

bool exists(const std::wstring& path) {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

std::wstring string_of(const Value& value) {
  const std::wstring text(reinterpret_cast<const wchar_t*>(value.bytes.data()),
                          value.bytes.size() / sizeof(wchar_t));
  return text.substr(0, text.find(L'\0'));
}

std::string text_of(const std::optional<Value>& value) {
  if (!value) return "missing";
  if (value->type == REG_DWORD && value->bytes.size() == sizeof(DWORD))
    return std::to_string(*reinterpret_cast<const DWORD*>(value->bytes.data()));
  return win::to_utf8(string_of(*value));
}

// Every text of the event source is the path of a file.
bool same_value(const std::optional<Value>& found, const Value& wanted) {
  if (!found || wanted.type == REG_DWORD) return found == wanted;
  return found->type == wanted.type && same_path(string_of(*found), string_of(wanted));
}

enum class Service : unsigned char { none, reads, writes };

struct Place {
  const char* id;
  const char* name;
  std::wstring path;
  Service service;  // what the service must be able to do there
  std::string mend;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Fact inspect_place(const Place& place) {
  const std::string path = win::to_utf8(place.path);
  Fact fact{place.id, std::string(place.name) + " " + path, "", "", "", Fact::State::right};
  fact.wanted = place.service == Service::writes
                    ? "the service may change what is in it, and nobody else but administrators"
                    : "only administrators may change it";
  const auto wrong = [&](std::string found, Fact::State state) {
    fact.found = std::move(found);
    fact.mend = place.mend;
    fact.state = state;
    return fact;
  };
  if (!exists(place.path)) return wrong("it is missing", Fact::State::wrong);
  const Access access = access_to(place.path);
  if (!access.known) {
    fact.found = "the access list cannot be read, or the file system keeps none";
    fact.state = Fact::State::unknown;
    return fact;
  }
  if (!access.owner_trusted) {
    fact.mend = own_command(place.path);
    fact.found = "it belongs to " + access.owner;
    fact.state = Fact::State::wrong;
    return fact;
  }
  if (!access.other_writers.empty())
    return wrong("others may change it: " + joined(access.other_writers), Fact::State::wrong);
  if (place.service != Service::none && !access.service_reads)
    return wrong("the service may not read it", Fact::State::wrong);
  if (place.service == Service::writes && !access.service_writes)
    return wrong("the service may not write there", Fact::State::wrong);
  fact.found = "as wanted";
  return fact;
}

// Clients may have their own rights on what is served, so only the service's are asked for.
Fact inspect_served(const std::wstring& root) {
  Fact fact{"folder.served",
            "the served folder " + win::to_utf8(root),
            "the service may read and write there",
            "as wanted",
            "",
            Fact::State::right};
  const Access access = exists(root) ? access_to(root) : Access{};
  if (!exists(root)) {
    fact = {fact.id,
            fact.name,
            fact.wanted,
            "it is missing",
            "mkdir \"" + win::to_utf8(root) + "\"",
            Fact::State::wrong};
  } else if (!access.known) {
    fact.found = "the access list cannot be read, or the file system keeps none";
    fact.state = Fact::State::unknown;
  } else if (!access.service_reads || !access.service_writes) {
    fact.found = access.service_reads ? "the service may only read" : "the service may not read it";
    fact.state = access.service_reads ? Fact::State::lesser : Fact::State::wrong;
    fact.mend = grant_command(root);
  }
  return fact;
}

}  // namespace

std::vector<Fact> inspect_event_source(const Plan& plan) {
  HKEY opened = nullptr;
  const LSTATUS status =
      RegOpenKeyExW(HKEY_LOCAL_MACHINE, event_source_key().c_str(), 0, KEY_QUERY_VALUE, &opened);
  const Key key(opened);
  if (status != ERROR_SUCCESS) {
    const bool is_missing = status == ERROR_FILE_NOT_FOUND;
    return {{"event_source", "the source \"Overlap\" of the Event Log", "registered",
             is_missing ? "missing" : win::error_code(static_cast<DWORD>(status)).message(),
             is_missing ? install_command(plan) : "",
             is_missing ? Fact::State::wrong : Fact::State::unknown}};
  }
  std::vector<Fact> facts;
  for (const auto& [name, value] : event_source_values(plan)) {
    const std::optional<Value> found = read_value(key.get(), name);
    const bool right = same_value(found, value);
    facts.push_back({"event_source." + win::to_utf8(name),
                     win::to_utf8(name) + " of the source \"Overlap\" of the Event Log",
                     text_of(value), text_of(found), right ? "" : install_command(plan),
                     right ? Fact::State::right : Fact::State::wrong});
  }
  return facts;
}

// In Program Files what is inherited is right. What another folder inherits is not known, and often
// lets users write: the program is to lie elsewhere then, as it is if it is missing.
std::string program_command(const Plan& plan) {
  const std::wstring folder = folder_of(plan.executable);
  if (exists(plan.executable) && same_path(folder, default_program_folder()))
    return "icacls \"" + win::to_utf8(folder) + "\" /reset /T";
  Plan there = plan;
  there.executable = default_program_folder() + L"\\overlap-service.exe";
  return install_command(there);
}

std::vector<Fact> inspect_folders(const Plan& plan) {
  const std::string mend = install_command(plan);
  const std::wstring state = folder_of(plan.config_file);
  const std::string mend_program = program_command(plan);
  std::vector<Fact> facts{
      inspect_place({"folder.program", "the folder of the program", folder_of(plan.executable),
                     Service::reads, mend_program}),
      inspect_place({"file.program", "the program", plan.executable, Service::reads, mend_program}),
      inspect_place({"folder.state", "the folder of the configuration", state, Service::writes,
                     has_default_config(plan) ? mend : grant_command(state)}),
      inspect_place({"file.config", "the configuration", plan.config_file, Service::reads, mend}),
  };
  const Configuration found = read_configuration(plan.config_file);
  if (!found.config) return facts;
  const std::wstring root = win::to_wide(found.config->store.root);
  facts.push_back(inspect_served(root));
  std::string contained;
  for (const std::wstring& path : found_inside(root, {folder_of(plan.executable), state}))
    contained += (contained.empty() ? "" : ", ") + win::to_utf8(path);
  if (!contained.empty())
    facts.push_back({"folder.served.contains", "what the served folder contains",
                     "neither the program nor the configuration", contained,
                     "notepad \"" + win::to_utf8(plan.config_file) + "\"", Fact::State::wrong});
  return facts;
}

std::vector<Fact> inspect_firewall(const Plan& plan) {
  const auto fact = [&](std::string found, Fact::State state, std::string mend = {}) {
    return std::vector<Fact>{{"firewall", "the rule of the firewall",
                              plan.firewall ? "clients may reach the listeners" : "as you wish",
                              std::move(found), std::move(mend), state}};
  };
  Plan with_rule = plan;
  with_rule.firewall = true;
  try {
    const std::optional<FirewallRule> rule = find_firewall_rule();
    if (!rule)
      return fact("there is none", plan.firewall ? Fact::State::wrong : Fact::State::right,
                  plan.firewall ? install_command(with_rule) : "");
    const bool right = rule->enabled && rule->ports == ports_of_listeners(plan) &&
                       same_path(rule->program, plan.executable);
    return fact(win::to_utf8(rule->program) + ", ports " + win::to_utf8(rule->ports) +
                    (rule->enabled ? "" : ", not enabled"),
                right ? Fact::State::right : Fact::State::lesser,
                right ? "" : install_command(with_rule));
  } catch (const std::system_error& error) {
    return fact(error.what(), Fact::State::unknown);
  }
}

std::vector<Fact> inspect(const Plan& plan) {
  std::vector<Fact> facts = inspect_service(plan);
  for (const auto part : {&inspect_event_source, &inspect_folders, &inspect_firewall}) {
    std::vector<Fact> more = part(plan);
    facts.insert(facts.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  }
  return facts;
}

}  // namespace overlap::installation
