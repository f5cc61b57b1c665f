// Structured field values (RFC 9651), as far as the fields that are read here need them: items and
// dictionaries. Strict where the RFC leaves a choice, and nothing is allocated: a value is a view
// into the field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/protocol/request_head.h"

namespace overlap::protocol {

enum class ItemKind : std::uint8_t {
  integer,
  decimal,
  string,  // `text` between the quotes, escapes kept
  token,
  bytes,  // `text` is canonical base64
  boolean,
  date,            // `integer` in Unix seconds
  display_string,  // `text` between the quotes, escapes kept
  inner_list,      // `text` between the parentheses
};

// RFC 9651, 3.3.1: 15 digits.
inline constexpr std::int64_t structured_integer_max = 999'999'999'999'999;

// An item or inner list. Its parameters are held to the grammar and dropped: none of the fields
// read here gives them a meaning.
struct StructuredItem {
  ItemKind kind = ItemKind::boolean;
  std::int64_t integer = 0;  // of an integer or a date
  bool boolean = false;
  std::string_view text;
};

// A field that is one item. Nothing if it is not well-formed.
std::optional<StructuredItem> parse_item(std::string_view field) noexcept;

// The same for a field of a request. Nothing if it is absent, malformed, or there twice: RFC 9651,
// 4.2 has a field that cannot be parsed ignored.
std::optional<StructuredItem> item_of(const RequestHead& head, std::string_view name) noexcept;
std::optional<bool> boolean_of(const RequestHead& head, std::string_view name) noexcept;
// Neither negative nor above structured_integer_max.
std::optional<std::uint64_t> count_of(const RequestHead& head, std::string_view name) noexcept;

struct DictionaryMember {
  std::string_view key;
  StructuredItem value;  // a key alone is the boolean true
};

// Reads a dictionary member by member. Of two members with one key the later counts; nothing counts
// if malformed() once next() has given nothing. A field in several lines is read line by line.
class DictionaryReader {
 public:
  explicit DictionaryReader(std::string_view field) noexcept;
  std::optional<DictionaryMember> next() noexcept;
  bool malformed() const noexcept { return malformed_; }

 private:
  std::optional<DictionaryMember> fail() noexcept;

  std::string_view rest_;
  bool malformed_ = false;
};

}  // namespace overlap::protocol
