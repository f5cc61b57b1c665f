// Why a message, or a field of it, is refused.
#pragma once

#include <string_view>
#include <variant>

namespace overlap::protocol {

// The sentence has static storage and ends without a line break.
struct Refusal {
  int status = 400;
  std::string_view sentence;
};

// What a reader of a field gives back: its meaning, or why the request must be refused.
template <class Meaning>
using OrRefusal = std::variant<Meaning, Refusal>;

}  // namespace overlap::protocol
