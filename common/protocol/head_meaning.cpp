#include "common/protocol/head_meaning.h"

#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

using MaybeRefusal = std::optional<Refusal>;

constexpr bool is_unreserved_or_sub_delim(char c) noexcept {
  return is_alpha(c) || is_digit(c) || std::string_view("-._~!$&'()*+,;=").find(c) < 15;
}

bool is_registered_name(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_unreserved_or_sub_delim(text[i])) continue;
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (!escape) return false;
    i += 2;
  }
  return true;
}

// "[" ( IPv6address / IPvFuture ) "]": the characters only, since no address is looked up.
bool is_literal_address(std::string_view text) noexcept {
  if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
  for (const char c : text.substr(1, text.size() - 2)) {
    if (!is_unreserved_or_sub_delim(c) && c != ':') return false;
  }
  return true;
}

MaybeRefusal split_path(RequestHead& head, std::string_view text) noexcept {
  const std::size_t mark = text.find('?');
  head.path = text.substr(0, mark);
  head.query = mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
  return std::nullopt;
}

// RFC 9112, 3.2.2: scheme "://" authority path-abempty [ "?" query ]. A proxy that ends TLS passes
// on https.
MaybeRefusal read_absolute_form(RequestHead& head) noexcept {
  const std::size_t scheme_end = head.target.find("://");
  const std::string_view scheme = head.target.substr(0, scheme_end);
  if (scheme_end == std::string_view::npos ||
      (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")))
    return Refusal{400, "The request target is neither a path nor an http address."};
  const std::string_view rest = head.target.substr(scheme_end + 3);
  const std::size_t end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, end);
  if (authority.empty() || authority.front() == ':' || !is_host_and_port(authority))
    return Refusal{400, "The request target names no valid host."};
  head.host = authority;
  split_path(head, end == std::string_view::npos ? std::string_view{} : rest.substr(end));
  if (head.path.empty())
    head.path = head.method == Method::options && head.query.empty() ? "*" : "/";
  return std::nullopt;
}

MaybeRefusal read_target(RequestHead& head) noexcept {
  if (head.method == Method::connect) {
    if (head.target.empty() || !is_host_and_port(head.target))
      return Refusal{400, "CONNECT names no host and port."};
    return std::nullopt;
  }
  if (head.target == "*") {
    if (head.method != Method::options)
      return Refusal{400, "Only OPTIONS may have the request target *."};
    head.path = head.target;
    return std::nullopt;
  }
  if (head.target.front() == '/') return split_path(head, head.target);
  return read_absolute_form(head);
}

MaybeRefusal read_host(RequestHead& head, const HeaderField& field, bool& seen) noexcept {
  if (seen) return Refusal{400, "The request has more than one Host."};
  seen = true;
  if (!is_host_and_port(field.value)) return Refusal{400, "The Host is not a host name."};
  if (head.host.empty()) head.host = field.value;  // an absolute target goes before it
  return std::nullopt;
}

MaybeRefusal read_content_length(RequestHead& head, const HeaderField& field) noexcept {
  if (head.framing == Framing::chunked)
    return Refusal{400, "The request has both Content-Length and Transfer-Encoding."};
  if (head.framing == Framing::length)
    return Refusal{400, "The request has more than one Content-Length."};
  // A leading zero is in the grammar, but nobody sends one, and a reader that takes the number for
  // octal would see another body.
  const bool padded = field.value.size() > 1 && field.value.front() == '0';
  const std::optional<std::uint64_t> length = padded ? std::nullopt : parse_decimal(field.value);
  if (!length) return Refusal{400, "The Content-Length is not one whole number."};
  head.framing = Framing::length;
  head.content_length = *length;
  return std::nullopt;
}

MaybeRefusal read_transfer_encoding(RequestHead& head, const HeaderField& field) noexcept {
  if (head.minor_version == 0)
    return Refusal{400, "HTTP/1.0 has no Transfer-Encoding."};  // RFC 9112, 6.1
  if (head.framing == Framing::length)
    return Refusal{400, "The request has both Content-Length and Transfer-Encoding."};
  if (head.framing == Framing::chunked)
    return Refusal{400, "The request has more than one Transfer-Encoding."};
  if (!equals_ignoring_case(field.value, "chunked"))
    return Refusal{501, "The only Transfer-Encoding understood is chunked."};
  head.framing = Framing::chunked;
  return std::nullopt;
}

void read_expectation(RequestHead& head, std::string_view value) noexcept {
  for_each_member(value, [&head](std::string_view member) {
    const bool known = equals_ignoring_case(member, "100-continue");
    if (!known) head.expectation = Expectation::unknown;
    if (known && head.expectation == Expectation::none)
      head.expectation = Expectation::continue_100;
  });
}

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
};

void read_connection(ConnectionOptions& options, std::string_view value) noexcept {
  for_each_member(value, [&options](std::string_view member) {
    if (equals_ignoring_case(member, "close")) options.close = true;
    if (equals_ignoring_case(member, "keep-alive")) options.keep_alive = true;
  });
}

}  // namespace

bool is_host_and_port(std::string_view text) noexcept {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    for (const char c : text.substr(colon + 1)) {
      if (!is_digit(c)) return false;
    }
  }
  return !host.empty() && host.front() == '[' ? is_literal_address(host) : is_registered_name(host);
}

std::optional<Refusal> interpret(RequestHead& head) noexcept {
  if (head.minor_version != 0 && head.minor_version != 1)
    return Refusal{505, "Only HTTP/1.0 and HTTP/1.1 are understood."};
  head.method = method_of(head.method_text);
  MaybeRefusal refusal = read_target(head);
  if (refusal) return refusal;

  bool host_seen = false;
  ConnectionOptions options;
  for (const HeaderField& field : head.fields) {
    if (equals_ignoring_case(field.name, "Host"))
      refusal = read_host(head, field, host_seen);
    else if (equals_ignoring_case(field.name, "Content-Length"))
      refusal = read_content_length(head, field);
    else if (equals_ignoring_case(field.name, "Transfer-Encoding"))
      refusal = read_transfer_encoding(head, field);
    else if (equals_ignoring_case(field.name, "Expect"))
      read_expectation(head, field.value);
    else if (equals_ignoring_case(field.name, "Connection"))
      read_connection(options, field.value);
    if (refusal) return refusal;
  }
  if (head.minor_version == 1 && !host_seen) return Refusal{400, "The request has no Host."};
  // A server must ignore 100-continue from an HTTP/1.0 client (RFC 9110, 10.1.1).
  if (head.minor_version == 0) head.expectation = Expectation::none;
  head.keep_alive = !options.close && (head.minor_version == 1 || options.keep_alive);
  return std::nullopt;
}

}  // namespace overlap::protocol
