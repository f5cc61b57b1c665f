#include "common/protocol/plain_text.h"

#include "common/path/utf.h"

namespace overlap::protocol {

bool is_plain_text(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto code_point = take_code_point(text);
    if (!code_point || *code_point < 0x20 || (*code_point >= 0x7f && *code_point < 0xa0))
      return false;
  }
  return true;
}

}  // namespace overlap::protocol
