// Text that a client sends to be shown or stored: names of users and of files.
#pragma once

#include <string_view>

namespace overlap::protocol {

// Valid UTF-8 without control characters: U+0000..U+001F, U+007F..U+009F.
bool is_plain_text(std::string_view text) noexcept;

}  // namespace overlap::protocol
