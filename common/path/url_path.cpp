#include "common/path/url_path.h"

#include <array>
#include <optional>
#include <utility>

#include "common/path/utf.h"
#include "common/path/windows_name.h"

namespace overlap {
namespace {

constexpr std::array<std::string_view, path_errors> sentences{
    "The path must begin with a slash.",
    "The path contains a '#', which must be sent as %23.",
    "The path contains a '%' that two hexadecimal digits do not follow.",
    "The path is not valid UTF-8.",
    "The path contains a control character.",
    "The path contains a backslash or an escaped slash.",
    "The path contains a colon.",
    "The path contains one of the characters < > \" | ? *, which no Windows file name may contain.",
    "The path contains an empty segment.",
    "The path contains a '.' or '..' segment.",
    "A segment of the path ends in a dot or a space.",
    "A segment of the path is the name of a Windows device.",
    "A segment of the path has the form of a Windows short name, such as PROGRA~1.",
    "A segment of the path is a name that is kept for unfinished uploads.",
    "A segment of the path is longer than 255 UTF-16 units.",
    "The path is longer than 4096 UTF-16 units.",
    "The path has more than 1024 segments.",
};
static_assert(static_cast<std::size_t>(PathError::too_many_segments) + 1 == path_errors);
static_assert(segment_units_max == 255 && path_units_max == 4096 && path_segments_max == 1024,
              "the sentences name these numbers");

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<PathError> check_character(char32_t c) noexcept {
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return PathError::control_character;
  if (c == U'/' || c == U'\\') return PathError::separator;
  if (c == U':') return PathError::colon;
  if (c < 0x80 && std::string_view("<>\"|?*").find(static_cast<char>(c)) != std::string_view::npos)
    return PathError::forbidden_character;
  return std::nullopt;
}

// Rules about a decoded segment as a whole, the characters of which have been found good.
std::optional<PathError> check_name(std::string_view name) noexcept {
  if (name == "." || name == "..") return PathError::dot_segment;
  if (name.ends_with('.') || name.ends_with(' ')) return PathError::trailing_dot_or_space;
  if (is_device_name(name)) return PathError::device_name;
  if (is_short_name(name)) return PathError::short_name;
  if (is_temporary_name(name)) return PathError::temporary_name;
  return std::nullopt;
}

// RFC 3986, 2.3 and 3.3: what a path segment may hold unescaped. The colon is left out because a
// StorePath has none.
constexpr bool may_stand_bare(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~!$&'()*+,;=@").find(c) != std::string_view::npos;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

}  // namespace

class UrlPathParser {
 public:
  std::variant<StorePath, PathRefusal> parse(std::string_view path) {
    if (!path.starts_with('/')) return PathRefusal{PathError::not_absolute, {}};
    std::string_view rest = path.substr(1);
    text_.reserve(rest.size());
    while (!rest.empty()) {
      const std::string_view segment = rest.substr(0, rest.find('/'));
      if (const auto error = append(segment)) return PathRefusal{*error, segment};
      rest.remove_prefix(segment.size());
      if (rest.empty()) return StorePath(std::move(text_), false);
      rest.remove_prefix(1);
    }
    return StorePath(std::move(text_), true);
  }

 private:
  std::optional<PathError> append(std::string_view segment) {
    if (segment.empty()) return PathError::empty_segment;
    if (++segments_ > path_segments_max) return PathError::too_many_segments;
    if (segments_ > 1) {
      text_ += '/';
      ++units_;
    }
    const std::size_t begin = text_.size();
    if (const auto error = decode(segment)) return error;
    const std::string_view name = std::string_view(text_).substr(begin);
    if (const auto error = measure(name)) return error;
    return check_name(name);
  }

  std::optional<PathError> decode(std::string_view segment) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
      if (segment[i] == '#') return PathError::fragment;
      if (segment[i] != '%') {
        text_ += segment[i];
        continue;
      }
      if (segment.size() - i < 3) return PathError::bad_escape;
      const int high = hex_value(segment[i + 1]);
      const int low = hex_value(segment[i + 2]);
      if (high < 0 || low < 0) return PathError::bad_escape;
      text_ += static_cast<char>(high * 16 + low);
      i += 2;
    }
    return std::nullopt;
  }

  // Checks every character, and counts in the units of Windows.
  std::optional<PathError> measure(std::string_view name) {
    std::size_t units = 0;
    while (!name.empty()) {
      const auto taken = take_code_point(name);
      if (!taken) return PathError::bad_utf8;
      if (const auto error = check_character(*taken)) return error;
      units += utf16_units(*taken);
    }
    units_ += units;
    if (units > segment_units_max) return PathError::segment_too_long;
    if (units_ > path_units_max) return PathError::path_too_long;
    return std::nullopt;
  }

  std::string text_;
  std::size_t units_ = 0;
  std::size_t segments_ = 0;
};

std::variant<StorePath, PathRefusal> parse_url_path(std::string_view path) {
  return UrlPathParser().parse(path);
}

std::string to_url_path(const StorePath& path) {
  std::string url = "/";
  for (const char c : path.text()) {
    if (c == '/' || may_stand_bare(c)) {
      url += c;
    } else {
      append_escape(url, c);
    }
  }
  if (path.names_folder() && !path.text().empty()) url += '/';
  return url;
}

std::string encode_segment(std::string_view name) {
  std::string segment;
  for (const char c : name) {
    if (may_stand_bare(c)) {
      segment += c;
    } else {
      append_escape(segment, c);
    }
  }
  return segment;
}

std::string_view describe(PathError error) noexcept {
  return sentences[static_cast<std::size_t>(error)];
}

std::string describe(const PathRefusal& refusal) {
  constexpr std::size_t shown_bytes_max = 80;
  std::string text(describe(refusal.error));
  if (refusal.segment.empty()) return text;
  text += " The segment is \"";
  for (const char c : refusal.segment.substr(0, shown_bytes_max)) {
    // A quote would seem to end the segment; the other bytes could harm a terminal or a log.
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || byte == '"') {
      append_escape(text, c);
    } else {
      text += c;
    }
  }
  text += refusal.segment.size() > shown_bytes_max ? "\"..." : "\".";
  return text;
}

}  // namespace overlap
