// Names, sizes and times as text of a page. Internal to this folder; each function appends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overlap::listing {

// For the content of an element and for an attribute between quotes.
void append_html(std::string& out, std::string_view text);

// A file name for people. It stands in a <bdi>, so that its direction ends with it. A character
// that turns the direction of those behind it, and could so give "exe.txt" the looks of another
// extension, is shown by its number.
void append_name(std::string& out, std::string_view name);

// A file name as a relative link. More is percent-encoded than RFC 3986 demands: what is left needs
// no HTML escape, which not every program that follows links undoes.
void append_href(std::string& out, std::string_view name);

// With its quotes (RFC 8259, 7). `text` is UTF-8.
void append_json(std::string& out, std::string_view text);

// "17 B", "1.2 KiB", "345 MiB": three digits at most behind which a unit of 1024 stands.
void append_size(std::string& out, std::uint64_t bytes);
// "1,234,567 bytes"
void append_exact_size(std::string& out, std::uint64_t bytes);

// RFC 3339 in UTC: "2024-05-01T12:33:44Z". Years before 0 and behind 9999, which that cannot say,
// become the nearest moment that it can.
void append_rfc3339(std::string& out, std::int64_t unix_seconds);

}  // namespace overlap::listing
