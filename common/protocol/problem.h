// Problem details (RFC 9457): the body of an error for programs, application/problem+json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overlap::protocol {

inline constexpr std::string_view problem_content_type = "application/problem+json";

// Appends `text` to `to` as a JSON string with its quotes (RFC 8259, section 7). Valid UTF-8 stays
// as it is; each byte that is not becomes U+FFFD. Throws std::bad_alloc.
void append_json_string(std::string& to, std::string_view text);

class Problem {
 public:
  // `type` is a URI, `title` says in a few words what kind of problem it is.
  Problem(std::string_view type, std::string_view title, int status);
  Problem& add(std::string_view name, std::string_view value);
  Problem& add(std::string_view name, std::uint64_t value);
  // With a line break at the end. Nothing may be added after it.
  std::string finish();

 private:
  std::string text_;
};

}  // namespace overlap::protocol
