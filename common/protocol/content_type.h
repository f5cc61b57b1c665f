// The media type of a file, by the extension of its name.
#pragma once

#include <string_view>

namespace overlap::protocol {

// `file_name` may be a whole path. application/octet-stream if the extension says nothing. Static
// storage.
std::string_view content_type_of(std::string_view file_name) noexcept;

}  // namespace overlap::protocol
