// Whether a browser may show a file in place or must save it, and under which name (RFC 6266, RFC
// 8187).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace overlap::protocol {

// What attachment() gives for a name of 255 UTF-16 units, at most.
inline constexpr std::size_t content_disposition_bytes_max = 2600;

// False for types that a browser runs or renders as a document of our origin, where a script in an
// uploaded file could act for whoever opens it. Only types known to be inert are safe; a type may
// carry parameters.
bool is_inline_safe(std::string_view content_type) noexcept;

// attachment; filename="..." and, where that cannot hold the name, filename*=UTF-8''...
// `file_name` is one segment in valid UTF-8. ASCII without control characters whatever the name.
// Throws std::bad_alloc.
std::string attachment(std::string_view file_name);

// The name in a Content-Disposition of a request: filename*, or else filename. Nothing if there is
// none, the field is malformed, or the name is not valid UTF-8 or holds control characters. What it
// may name is for the path rules to say. Throws std::bad_alloc.
std::optional<std::string> file_name_of(std::string_view content_disposition);

}  // namespace overlap::protocol
