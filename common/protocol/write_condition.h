// What must be true of a file for a write to it to go ahead (RFC 9110, section 13), as a value: the
// session reads it from the request and the store asks it again at the moment of the rename, when
// another writer may have been faster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overlap::protocol {

// What is known of the current version of a file.
struct Validators {
  std::string_view etag;  // with its quotes, without W/; empty: it has none
  bool weak = false;      // the tag is a weak one: it satisfies no strong comparison
  std::int64_t modified_unix_seconds = 0;
};

class WriteCondition {
 public:
  WriteCondition() = default;  // nothing is asked

  // The fields by their value, empty if absent: a list of tags that has been found well-formed, or
  // "*" for any version. A list without a tag is ",". If-Unmodified-Since counts only without
  // If-Match (RFC 9110, 13.1.4).
  WriteCondition(std::string if_match, std::string if_none_match,
                 std::optional<std::int64_t> unmodified_since);

  bool empty() const noexcept;

  // What the constructor was given, for whoever keeps a condition longer than the process lives.
  const std::string& if_match() const noexcept { return if_match_; }
  const std::string& if_none_match() const noexcept { return if_none_match_; }
  std::optional<std::int64_t> unmodified_since() const noexcept { return unmodified_since_; }

  // `current` is empty if there is no such file. Where false, the write must not happen: 412.
  bool holds(const std::optional<Validators>& current) const noexcept;

  friend bool operator==(const WriteCondition&, const WriteCondition&) = default;

 private:
  std::string if_match_;
  std::string if_none_match_;
  std::optional<std::int64_t> unmodified_since_;
};

}  // namespace overlap::protocol
