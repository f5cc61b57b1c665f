#include "admin/api/guard.h"

#include <algorithm>
#include <charconv>
#include <mutex>

#include "common/config/address.h"

namespace overlap::admin {
namespace {

constexpr std::string_view challenge = "Bearer realm=\"Overlap admin\"";

struct Authority {
  std::string_view name;  // an IPv6 address with its brackets
  std::string_view port;  // digits, or nothing
};

// "localhost:8100", "[::1]:8100" (RFC 3986, section 3.2). Absent if the port is not digits alone.
std::optional<Authority> split(std::string_view host) {
  const std::size_t literal_end = host.starts_with('[') ? host.find(']') : 0;
  if (literal_end == std::string_view::npos) return std::nullopt;
  const std::size_t colon = host.find(':', literal_end);
  if (colon == std::string_view::npos) return Authority{host, {}};
  const std::string_view port = host.substr(colon + 1);
  if (port.empty() || port.size() > 5 ||
      port.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return Authority{host.substr(0, colon), port};
}

std::vector<std::string> names_of(std::string_view hosts) {
  std::vector<std::string> names;
  while (!hosts.empty()) {
    const std::string_view name = hosts.substr(0, hosts.find(','));
    hosts.remove_prefix(std::min(name.size() + 1, hosts.size()));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& known) { return same_letters(known, name); });
}

// The names under which the address itself can be asked for. One that listens on all addresses is
// reached under names that it cannot know: admin.hosts has them.
std::vector<std::string> own_names(std::string_view address) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "[::1]"};
  if (address.empty() || address == "0.0.0.0" || address == "::") return names;
  const bool v6 = address.find(':') != std::string_view::npos;
  std::string own = v6 ? '[' + std::string{address} + ']' : std::string{address};
  if (!holds(names, own)) names.push_back(std::move(own));
  return names;
}

// The token of "Authorization: Bearer TOKEN" (RFC 6750, section 2.1); empty if there is none.
std::string_view token_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  std::string_view credentials = request.value("Authorization");
  if (!same_letters(credentials.substr(0, scheme.size()), scheme)) return {};
  credentials.remove_prefix(scheme.size());
  credentials.remove_prefix(std::min(credentials.find_first_not_of(' '), credentials.size()));
  return credentials;
}

bool is_json(std::string_view content_type) {
  std::string_view essence = content_type.substr(0, content_type.find(';'));
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  return same_letters(essence, "application/json");
}

std::optional<Response> check_length(const Request& request) {
  if (!request.values("Transfer-Encoding").empty())
    return problem(411, "Content must come with its Content-Length, not in pieces.");
  const auto lengths = request.values("Content-Length");
  if (lengths.empty()) return std::nullopt;
  const std::string_view text = lengths.front();
  if (lengths.size() > 1 || text.empty() ||
      text.find_first_not_of("0123456789") != std::string_view::npos)
    return problem(400, "The Content-Length must be one whole number.");
  std::size_t length = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), length).ec;
  if (error != std::errc{} || length > Guard::content_bytes_max)
    return problem(413, "The content must not exceed 65536 bytes.");
  return std::nullopt;
}

}  // namespace

bool is_loopback(std::string_view text) {
  const auto address = config::parse_address(text);
  return address && address->is_loopback();
}

bool has_content(const Request& request) {
  if (!request.values("Transfer-Encoding").empty()) return true;
  const auto lengths = request.values("Content-Length");
  return lengths.size() > 1 || (lengths.size() == 1 && lengths.front() != "0");
}

Guard::Guard(const config::Admin& config, const management::Commands& commands)
    : commands_(commands),
      own_scheme_(config.tls ? "https://" : "http://"),
      on_loopback_(is_loopback(config.address)),
      anonymous_read_(config.anonymous_read),
      own_names_(own_names(config.address)),
      other_names_(names_of(config.hosts)) {}

void Guard::apply(const config::Admin& config) {
  std::vector<std::string> names = names_of(config.hosts);
  const std::lock_guard lock{mutex_};
  other_names_.swap(names);
  anonymous_read_.store(config.anonymous_read);
}

bool Guard::may_name(std::string_view host) const {
  const auto authority = split(host);
  if (!authority) return false;
  if (holds(own_names_, authority->name))
    return authority->port.empty() || authority->port == std::to_string(port_.load());
  // Behind a proxy the port is the proxy's.
  const std::shared_lock lock{mutex_};
  return holds(other_names_, authority->name);
}

std::optional<Response> Guard::check_host(const Request& request) const {
  const auto hosts = request.values("Host");
  if (hosts.size() != 1) return problem(400, "The request must name one host.");
  if (may_name(hosts.front())) return std::nullopt;
  return problem(421,
                 "This endpoint answers under its own address, localhost and the names of "
                 "admin.hosts only.");
}

// The page has the same origin as the endpoint if it was reached under the same scheme, name and
// port. Under the names of admin.hosts there may be a proxy in front, which speaks TLS to the
// browser and not to us.
bool Guard::is_own(std::string_view origin, std::string_view host) const {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_letters(origin.substr(0, scheme.size()), scheme)) continue;
    if (!same_letters(origin.substr(scheme.size()), host)) return false;
    if (scheme == own_scheme_) return true;
    const auto authority = split(host);
    const std::shared_lock lock{mutex_};
    return authority && holds(other_names_, authority->name);
  }
  return false;
}

std::optional<Response> Guard::check_page(const Request& request) const {
  for (const std::string_view origin : request.values("Origin")) {
    if (!is_own(origin, request.value("Host")))
      return problem(403, "The request comes from a page of another origin.");
  }
  for (const std::string_view site : request.values("Sec-Fetch-Site"))
    if (site != "same-origin" && site != "none")
      return problem(403, "The request comes from a page of another site.");
  return std::nullopt;
}

std::optional<Response> Guard::check_token(const Request& request, Access access) const {
  if (access == Access::open) return std::nullopt;
  if (access == Access::read && on_loopback_ && anonymous_read_.load()) return std::nullopt;
  const std::string_view token = token_of(request);
  if (!token.empty() && commands_.admits(token)) return std::nullopt;
  Response refused = token.empty()
                         ? problem(401, "This needs the token of the service's administrators.")
                         : problem(401, "The token is not that of the service's administrators.");
  std::string field{challenge};
  if (!token.empty()) field += ", error=\"invalid_token\"";
  refused.fields.emplace_back("WWW-Authenticate", std::move(field));
  return refused;
}

std::optional<Response> Guard::check_content(const Request& request, Access access) {
  if (auto refused = check_length(request)) return refused;
  if (request.method != "POST" && has_content(request))
    return problem(400, "Only a POST brings content.");
  // What changes something needs the type even without content: a form cannot say it, and a script
  // of another origin must ask first (the Fetch standard, "CORS-safelisted request-header").
  if (access == Access::change && request.method == "POST" &&
      !is_json(request.value("Content-Type")))
    return problem(415, "The Content-Type must be application/json.");
  return std::nullopt;
}

}  // namespace overlap::admin
