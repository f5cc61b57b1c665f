// Lists of entity tags (RFC 9110, section 8.8.3), read without allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/protocol/write_condition.h"

namespace overlap::protocol {

struct EntityTagText {
  std::string_view opaque;  // with its quotes
  bool weak = false;
};

// Reads tag by tag; what it gave does not count if malformed() once next() has given nothing.
// A quoted string may hold commas; empty members are skipped (RFC 9110, 5.6.1.2).
class EntityTagReader {
 public:
  explicit EntityTagReader(std::string_view list) noexcept : rest_(list) {}
  std::optional<EntityTagText> next() noexcept;
  bool malformed() const noexcept { return malformed_; }

 private:
  std::string_view rest_;
  bool malformed_ = false;
};

// RFC 9110, 8.8.3.2: strong for If-Match and If-Range, weak for If-None-Match.
enum class Comparison : std::uint8_t { strong, weak };

enum class ListMatch : std::uint8_t { absent, different, same, malformed };

// "*", which any existing version is the same as, or a list of tags.
ListMatch match_list(std::string_view value, const std::optional<Validators>& current,
                     Comparison how) noexcept;

}  // namespace overlap::protocol
