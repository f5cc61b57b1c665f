#include "common/protocol/response_head.h"

#include <algorithm>
#include <charconv>

#include "common/protocol/grammar.h"
#include "common/protocol/status.h"

namespace overlap::protocol {

ResponseHead& ResponseHead::begin(int status) noexcept {
  length_ = 0;
  status_ = status;
  overflowed_ = false;
  put("HTTP/1.1 ");
  put(static_cast<std::uint64_t>(status));
  put(" ");
  put(reason_phrase(status));
  put("\r\n");
  return *this;
}

bool ResponseHead::put_name(std::string_view name) noexcept {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_char)) {
    overflowed_ = true;
    return false;
  }
  put(name);
  put(": ");
  return true;
}

ResponseHead& ResponseHead::add(std::string_view name, std::string_view value) noexcept {
  if (!std::all_of(value.begin(), value.end(), is_field_char)) {
    overflowed_ = true;
    return *this;
  }
  if (!put_name(name)) return *this;
  put(value);
  put("\r\n");
  return *this;
}

ResponseHead& ResponseHead::add(std::string_view name, std::uint64_t value) noexcept {
  if (!put_name(name)) return *this;
  put(value);
  put("\r\n");
  return *this;
}

ResponseHead& ResponseHead::add_content_range(std::uint64_t offset, std::uint64_t count,
                                              std::uint64_t size) noexcept {
  put("Content-Range: bytes ");
  put(offset);
  put("-");
  put(offset + count - 1);
  put("/");
  put(size);
  put("\r\n");
  return *this;
}

void ResponseHead::end() noexcept { put("\r\n"); }

void ResponseHead::put(std::string_view text) noexcept {
  if (text.size() > text_.size() - length_) {
    overflowed_ = true;
    return;
  }
  std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(length_));
  length_ += text.size();
}

void ResponseHead::put(std::uint64_t value) noexcept {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  put(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

}  // namespace overlap::protocol
