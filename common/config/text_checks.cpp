#include "common/config/text_checks.h"

#include <algorithm>
#include <string_view>

#include "common/config/address.h"
#include "common/config/concat.h"
#include "common/config/keys.h"

namespace overlap::config {
namespace {

constexpr std::size_t path_bytes_max = 1024;  // leaves most of what Windows allows to the client
constexpr std::size_t listener_name_bytes_max = 32;
constexpr std::size_t realm_bytes_max = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_bad_in_paths(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F ||
         std::string_view("<>\"|?*:").find(c) != std::string_view::npos;
}

// A folder or file name that Windows takes as it stands, also behind the \\?\ prefix.
bool is_plain_name(std::string_view name) {
  return !name.empty() && !name.ends_with('.') && !name.ends_with(' ') &&
         std::none_of(name.begin(), name.end(), is_bad_in_paths);
}

// Every part between backslashes is plain, and there are at least `parts_min`.
bool is_plain_path(std::string_view path, std::size_t parts_min) {
  std::size_t parts = 0;
  while (!path.empty()) {
    const auto slash = path.find('\\');
    if (!is_plain_name(path.substr(0, slash))) return false;
    ++parts;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
    if (path.empty()) return false;
  }
  return parts >= parts_min;
}

bool has_drive(std::string_view path) {
  return path.size() >= 3 && is_letter(path[0]) && path[1] == ':' && path[2] == '\\';
}

// "C:\a\b", "C:\" or "\\server\share\a". The \\?\ and \\.\ forms fall out, as '?' and '.' are no
// plain names: the store adds such a prefix itself.
bool is_absolute(std::string_view path) {
  if (has_drive(path)) return is_plain_path(path.substr(3), 0);
  return path.starts_with("\\\\") && is_plain_path(path.substr(2), 2);
}

std::string with_backslashes(std::string path) {
  std::replace(path.begin(), path.end(), '/', '\\');
  return path;
}

// Empty, absolute, or relative to the folder of the configuration file.
std::string check_file(std::string& value, std::string_view example) {
  if (value.empty()) return {};
  std::string path = with_backslashes(value);
  if (path.size() > path_bytes_max) return "must be at most 1024 bytes long";
  if (path.ends_with('\\') || !(is_absolute(path) || is_plain_path(path, 1))) {
    return concat({"must be the path of a file such as '", example, "', in single quotes, not ",
                   in_quotes(value)});
  }
  value = std::move(path);
  return {};
}

// Labels of letters, digits and hyphens (RFC 1123, section 2.1), with dots between.
bool is_host_name(std::string_view name) {
  constexpr std::size_t host_name_bytes_max = 253;
  constexpr std::size_t label_bytes_max = 63;
  if (name.empty() || name.size() > host_name_bytes_max) return false;
  for (;;) {
    const std::string_view label = name.substr(0, name.find('.'));
    const auto may_appear = [](char c) {
      return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
    };
    if (label.empty() || label.size() > label_bytes_max || label.starts_with('-') ||
        label.ends_with('-') || !std::all_of(label.begin(), label.end(), may_appear))
      return false;
    if (label.size() == name.size()) return true;
    name.remove_prefix(label.size() + 1);
  }
}

}  // namespace

std::string check_root(std::string& value) {
  constexpr std::size_t drive_bytes = 3;  // "C:\"
  std::string path = with_backslashes(value);
  if (path.size() > drive_bytes && path.ends_with('\\')) path.pop_back();
  if (path.size() > path_bytes_max) return "must be at most 1024 bytes long";
  if (!is_absolute(path)) {
    return concat({"must be an absolute Windows path such as 'C:\\Files', in single quotes, not ",
                   in_quotes(value)});
  }
  value = std::move(path);
  return {};
}

std::string check_log_file(std::string& value) {
  return check_file(value, "C:\\Logs\\overlap.log");
}

std::string check_users_file(std::string& value) { return check_file(value, "users.toml"); }

std::string check_pem_file(std::string& value) { return check_file(value, "certificate.pem"); }

std::string check_token_file(std::string& value) {
  if (value.empty()) return "must name a file";
  return check_file(value, "admin-token");
}

std::string check_journal_file(std::string& value) {
  if (value.empty()) return "must name a file";
  return check_file(value, "journal.db");
}

std::string check_realm(std::string& value) {
  const auto may_appear = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  if (!value.empty() && value.size() <= realm_bytes_max &&
      std::all_of(value.begin(), value.end(), may_appear))
    return {};
  return concat(
      {"must be 1 to 64 printable ASCII characters other than \" and \\, not ", in_quotes(value)});
}

std::string check_address(std::string& value) {
  const auto address = parse_address(value);
  if (!address) return concat({"must be a literal IPv4 or IPv6 address, not ", in_quotes(value)});
  // Bound to an IPv6 socket it would be an IPv4 address that the rules for those do not see.
  if (address->is_mapped_ipv4())
    return concat({"must be written as an IPv4 address, not ", in_quotes(value)});
  return {};
}

std::string check_hosts(std::string& value) {
  std::string hosts;
  for (std::size_t begin = 0; !value.empty() && begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    std::string_view host = std::string_view(value).substr(begin, end - begin);
    begin = end + 1;
    while (host.starts_with(' ')) host.remove_prefix(1);
    while (host.ends_with(' ')) host.remove_suffix(1);
    if (!is_host_name(host)) {
      return concat(
          {"must be host names without ports, with commas between, not ", in_quotes(value)});
    }
    hosts += concat({hosts.empty() ? "" : ",", host});
  }
  value = std::move(hosts);
  return {};
}

std::string check_listener_name(std::string& value) {
  const auto may_appear = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!value.empty() && value.size() <= listener_name_bytes_max &&
      std::all_of(value.begin(), value.end(), may_appear))
    return {};
  return concat({"must be 1 to 32 of the characters a-z 0-9 - _, not ", in_quotes(value)});
}

}  // namespace overlap::config
