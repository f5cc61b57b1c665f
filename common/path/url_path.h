// What a URL path may name on Windows: decided on the string alone, before any call to Windows.
//
// The store opens what is accepted here through wide calls with the \\?\ prefix, so Windows takes
// each name literally. The rules still refuse every name that another program, without the prefix,
// would read as another file: a file that cannot be reached by its own name is a trap.
//
// Full-width and other look-alike characters (U+FF0F, U+2215, U+FF0E ...) are plain characters of a
// name: NTFS does not normalise, and wide calls have no best-fit conversion that would turn them
// into the characters they resemble. Names are neither normalised nor folded here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "common/path/store_path.h"

namespace overlap {

// Bounds of a whole path. Windows allows 32767 units with the served folder in front; no tool that
// a person uses copes with more than a fraction of that.
inline constexpr std::size_t path_units_max = 4096;  // UTF-16 units, separators included
inline constexpr std::size_t path_segments_max = 1024;

enum class PathError : std::uint8_t {
  not_absolute,         // does not begin with '/'
  fragment,             // a bare '#': a client must not send a fragment (RFC 9112, 3.2.1)
  bad_escape,           // '%' without two hexadecimal digits
  bad_utf8,             // not UTF-8 once the escapes are decoded
  control_character,    // U+0000..U+001F, U+007F..U+009F
  separator,            // a backslash, or an escaped slash
  colon,                // drive letters, streams of a file
  forbidden_character,  // < > " | ? *
  empty_segment,        // "//": Windows would ignore one of them, and begin a server name with two
  dot_segment,          // "." or "..": a client resolves these itself (RFC 3986, 5.2.4)
  trailing_dot_or_space,  // Windows would drop it
  device_name,
  short_name,
  temporary_name,
  segment_too_long,  // more than segment_units_max
  path_too_long,     // more than path_units_max
  too_many_segments,
};
inline constexpr std::size_t path_errors = 17;

struct PathRefusal {
  PathError error;
  std::string_view segment;  // as it was sent; a view into the argument of parse_url_path()
};

// The path part of a request target: begins with '/', percent-encoded, without '?' and the query.
// Escapes are decoded once, after the path has been split at its slashes. Bytes above 0x7F that are
// not escaped are taken as they are, since some clients send UTF-8 bare.
std::variant<StorePath, PathRefusal> parse_url_path(std::string_view path);

// The path that leads back to it: absolute, percent-encoded, ASCII, with a '/' at the end if it
// names a folder. parse_url_path() of the result gives an equal StorePath.
std::string to_url_path(const StorePath& path);

// A name as one segment of such a path: percent-encoded ASCII, whatever bytes it holds.
std::string encode_segment(std::string_view name);

// One sentence for the body of an error response, without the segment. Static storage.
std::string_view describe(PathError error) noexcept;

// The same with the segment named, for a body in ASCII without control characters. The segment is
// cut at 80 bytes.
std::string describe(const PathRefusal& refusal);

}  // namespace overlap
