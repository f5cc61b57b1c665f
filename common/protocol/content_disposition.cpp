#include "common/protocol/content_disposition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/path/utf.h"
#include "common/protocol/grammar.h"
#include "common/protocol/plain_text.h"

namespace overlap::protocol {
namespace {

// attr-char (RFC 8187, 3.2.1): what stands for itself in an extended value.
constexpr bool is_attribute_char(char c) noexcept {
  return is_alpha(c) || is_digit(c) || std::string_view("!#$&+-.^_`|~").find(c) < 12;
}

// What every reader takes literally in a quoted string: neither the quote and the backslash, which
// readers unescape differently, nor '%', which some decode (RFC 6266, appendix D).
constexpr bool is_plain_char(char32_t c) noexcept {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%';
}

struct Parameter {
  std::string_view name;
  std::string value;
};

void skip_space(std::string_view& text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::string_view take_token(std::string_view& rest) noexcept {
  std::size_t end = 0;
  while (end < rest.size() && is_token_char(rest[end])) ++end;
  const std::string_view token = rest.substr(0, end);
  rest.remove_prefix(end);
  return token;
}

// The opening quote is taken (RFC 9110, 5.6.4).
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (rest[i] == '\\' && ++i == rest.size()) break;
    text += rest[i];
  }
  return std::nullopt;
}

// *( OWS ";" OWS name "=" value ), one at a time; spaces around '=' are not part of it.
std::optional<Parameter> take_parameter(std::string_view& rest) {
  Parameter parameter;
  parameter.name = take_token(rest);
  if (parameter.name.empty() || rest.empty() || rest.front() != '=') return std::nullopt;
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '"') {
    rest.remove_prefix(1);
    auto text = take_quoted(rest);
    if (!text) return std::nullopt;
    parameter.value = std::move(*text);
  } else {
    parameter.value = take_token(rest);
    if (parameter.value.empty()) return std::nullopt;
  }
  skip_space(rest);
  if (!rest.empty() && rest.front() != ';') return std::nullopt;
  return parameter;
}

// ext-value (RFC 8187, 3.2.1): UTF-8'language'percent-encoded.
std::optional<std::string> decode_extended(std::string_view text) {
  constexpr std::string_view charset = "UTF-8'";
  if (!equals_ignoring_case(text.substr(0, charset.size()), charset)) return std::nullopt;
  text.remove_prefix(charset.size());
  const std::size_t quote = text.find('\'');
  if (quote == std::string_view::npos) return std::nullopt;
  text.remove_prefix(quote + 1);
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_attribute_char(text[i])) {
      decoded += text[i];
      continue;
    }
    if (text[i] != '%' || i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

}  // namespace

bool is_inline_safe(std::string_view content_type) noexcept {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view kind = type.substr(0, slash);
  const std::string_view name = type.substr(slash + 1);
  const auto is_one_of = [](std::string_view text, const auto& list) {
    return std::any_of(list.begin(), list.end(),
                       [text](std::string_view one) { return equals_ignoring_case(text, one); });
  };
  // XML of any kind may be given a style sheet, or be XHTML, and then runs scripts.
  if (name.size() >= 4 && equals_ignoring_case(name.substr(name.size() - 4), "+xml")) return false;
  static constexpr std::array<std::string_view, 4> passive_kinds{"image", "audio", "video", "font"};
  static constexpr std::array<std::string_view, 3> passive_texts{"plain", "csv", "markdown"};
  // Browsers show a PDF outside of our origin, and JSON as text.
  static constexpr std::array<std::string_view, 11> passive_applications{
      "octet-stream",    "pdf",     "json", "zip", "gzip", "x-tar", "vnd.rar",
      "x-7z-compressed", "x-bzip2", "x-xz", "zstd"};
  if (is_one_of(kind, passive_kinds)) return true;
  if (equals_ignoring_case(kind, "text")) return is_one_of(name, passive_texts);
  return equals_ignoring_case(kind, "application") && is_one_of(name, passive_applications);
}

std::string attachment(std::string_view file_name) {
  std::string fallback;
  bool plain = true;
  for (std::string_view rest = file_name; !rest.empty();) {
    const auto code_point = take_code_point(rest);
    const bool literal = code_point && is_plain_char(*code_point);
    fallback += literal ? static_cast<char>(*code_point) : '_';
    plain = plain && literal;
    if (!code_point) rest.remove_prefix(1);
  }
  std::string field = "attachment; filename=\"" + fallback + '"';
  if (plain) return field;
  field += "; filename*=UTF-8''";
  for (const char c : file_name) {
    if (is_attribute_char(c)) {
      field += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    field += '%';
    field += "0123456789ABCDEF"[byte >> 4];
    field += "0123456789ABCDEF"[byte & 15];
  }
  return field;
}

std::optional<std::string> file_name_of(std::string_view content_disposition) {
  std::string_view rest = trimmed(content_disposition);
  if (take_token(rest).empty()) return std::nullopt;  // whatever the type
  skip_space(rest);
  std::optional<std::string> plain;
  std::optional<std::string> extended;
  while (!rest.empty()) {
    if (rest.front() != ';') return std::nullopt;
    rest.remove_prefix(1);
    skip_space(rest);
    auto parameter = take_parameter(rest);
    if (!parameter) return std::nullopt;
    const bool is_extended = equals_ignoring_case(parameter->name, "filename*");
    if (!is_extended && !equals_ignoring_case(parameter->name, "filename")) continue;
    auto& name = is_extended ? extended : plain;
    if (name) return std::nullopt;  // twice (RFC 6266, 4.1)
    name = is_extended ? decode_extended(parameter->value) : std::move(parameter->value);
    if (!name) return std::nullopt;
  }
  auto& name = extended ? extended : plain;
  return name && is_plain_text(*name) ? std::move(name) : std::nullopt;
}

}  // namespace overlap::protocol
