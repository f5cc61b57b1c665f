// Finds the end of a request head and holds every byte of it to the strict grammar of RFC 9112,
// sections 2 to 5. Byte by byte and never twice, so a head that arrives in small pieces costs no
// more than one that arrives at once, and a refusal comes with the first byte that deserves it.
//
// A server that is lenient here reads another message than the proxy in front of it, and that is
// how requests are smuggled: a bare CR or LF, whitespace before a colon and folded lines are
// errors.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/protocol/refusal.h"

namespace overlap::protocol {

struct HeadLimits {
  std::size_t head_bytes_max = 32 * 1024;   // all of it, the last empty line included; past it 431
  std::size_t headers_max = 100;            // field lines; past it 431
  std::size_t target_bytes_max = 8 * 1024;  // past it 414
};

// A longer method than any that exists is not implemented (RFC 9112, section 3).
inline constexpr std::size_t method_bytes_max = 32;

enum class HeadStatus : unsigned char { incomplete, complete, refused };

class HeadScan {
 public:
  explicit HeadScan(const HeadLimits& limits) noexcept : limits_(limits) {}

  // `bytes` begins with the head's first byte and holds at least what it held in the call before;
  // it may lie elsewhere in memory.
  HeadStatus scan(std::string_view bytes) noexcept;

  std::size_t size() const noexcept { return position_; }       // once complete
  const Refusal& refusal() const noexcept { return refusal_; }  // once refused
  void restart() noexcept { *this = HeadScan(limits_); }

 private:
  enum class Place : unsigned char {
    method,
    target,
    version,
    line_feed,   // after the CR that ends a line
    line_start,  // where a field line or the last empty line begins
    name,
    value,
    last_line_feed,
  };

  HeadStatus refuse(int status, std::string_view sentence) noexcept;
  HeadStatus refuse_overlong() noexcept;
  HeadStatus step(char c) noexcept;
  HeadStatus step_method(char c) noexcept;
  HeadStatus step_target(char c) noexcept;
  HeadStatus step_version(char c) noexcept;
  HeadStatus step_line_start(char c) noexcept;
  HeadStatus step_name(char c) noexcept;
  HeadStatus step_value(char c) noexcept;

  HeadLimits limits_;
  Refusal refusal_;
  std::size_t position_ = 0;
  std::size_t part_begin_ = 0;  // of the method, the target or the version
  std::size_t headers_ = 0;
  Place place_ = Place::method;
  HeadStatus status_ = HeadStatus::incomplete;
};

}  // namespace overlap::protocol
