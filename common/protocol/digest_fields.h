// The fields of RFC 9530: Content-Digest and Repr-Digest, and what a client wants of them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "common/protocol/digest.h"
#include "common/protocol/refusal.h"
#include "common/protocol/request_head.h"

namespace overlap::protocol {

// The digest that a Content-Digest or Repr-Digest field of the request promises; nothing if the
// field is absent or names no algorithm that is known here. Of two known ones the stronger: one
// that holds is proof enough. A field that is not well-formed is refused with 400, as is a digest
// of the wrong length: a client that asks for a check must not believe that it was made.
OrRefusal<std::optional<Digest>> read_digest(const RequestHead& head,
                                             std::string_view field_name) noexcept;

// The algorithm that a Want-Content-Digest or Want-Repr-Digest field prefers of those known here;
// nothing if it wants none of them, or is absent or malformed (RFC 9530, section 4: the field is a
// wish).
std::optional<DigestAlgorithm> wanted_digest(const RequestHead& head,
                                             std::string_view field_name) noexcept;

// The value of a Content-Digest or Repr-Digest field: "sha-256=:...:".
class DigestText {
 public:
  explicit DigestText(const Digest& digest) noexcept;
  std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, 7 + 2 + 88 + 1> text_;
  std::size_t length_ = 0;
};

}  // namespace overlap::protocol
