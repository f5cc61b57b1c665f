#include "common/protocol/destination.h"

#include "common/protocol/grammar.h"
#include "common/protocol/head_meaning.h"

namespace overlap::protocol {
namespace {

struct Authority {
  std::string_view host;
  std::string_view port;  // digits; empty: the scheme's
};

Authority split_authority(std::string_view text) noexcept {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// Behind a proxy that ends TLS a client's scheme is https while ours is http: the scheme only tells
// which port is meant where none is named.
bool same_authority(std::string_view destination, bool https, std::string_view host) noexcept {
  const std::string_view usual = https ? "443" : "80";
  const Authority theirs = split_authority(destination);
  const Authority ours = split_authority(host);
  const std::string_view their_port = theirs.port.empty() ? usual : theirs.port;
  const std::string_view our_port = ours.port.empty() ? usual : ours.port;
  return equals_ignoring_case(theirs.host, ours.host) && their_port == our_port;
}

OrRefusal<std::string_view> check_path(std::string_view path) noexcept {
  if (path.empty() || path.front() != '/')
    return Refusal{400, "The Destination is neither a path nor an http address."};
  for (const char c : path) {
    if (!is_visible(c) || c == '?' || c == '#')
      return Refusal{400, "The Destination is more than a path."};
  }
  return path;
}

}  // namespace

OrRefusal<std::string_view> read_destination(const RequestHead& head) noexcept {
  const FieldLines field = head.lines("Destination");
  if (field.count != 1) return Refusal{400, "The request does not have exactly one Destination."};
  const std::string_view text = field.value;
  const std::size_t scheme_end = text.find("://");
  const std::string_view scheme = text.substr(0, scheme_end);
  const bool https = equals_ignoring_case(scheme, "https");
  if (scheme_end == std::string_view::npos || (!https && !equals_ignoring_case(scheme, "http")))
    return check_path(text);

  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t end = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, end);
  if (authority.empty() || !is_host_and_port(authority))
    return Refusal{400, "The Destination names no valid host."};
  if (!same_authority(authority, https, head.host))
    return Refusal{502, "The Destination is on another host."};
  return end == std::string_view::npos ? std::string_view("/") : check_path(rest.substr(end));
}

OrRefusal<bool> read_overwrite(const RequestHead& head) noexcept {
  const FieldLines field = head.lines("Overwrite");
  if (field.count == 0 || (field.count == 1 && field.value == "T")) return true;
  if (field.count == 1 && field.value == "F") return false;
  return Refusal{400, "The Overwrite is neither T nor F."};
}

}  // namespace overlap::protocol
