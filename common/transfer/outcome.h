// What became of an overlapped operation, in terms that every I/O model and the fake share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace overlap {

enum class OperationKind : std::uint8_t { accept, receive, send, send_file, read, write };
inline constexpr std::size_t operation_kinds = 6;
inline constexpr std::array<std::string_view, operation_kinds> operation_kind_names{
    "accept", "receive", "send", "send_file", "read", "write"};

enum class Result : std::uint8_t {
  ok,   // `bytes` were transferred; a receive of 0 bytes is reported as eof
  eof,  // the peer has shut down its sending side, or the read began at or past the end of the file
  error,      // refused or failed; `native` says why
  cancelled,  // ended by cancel(op, Cancel::stopping)
  timeout,    // ended by cancel(op, Cancel::deadline)
};
inline constexpr std::size_t results = 5;
inline constexpr std::array<std::string_view, results> result_names{"ok", "eof", "error",
                                                                    "cancelled", "timeout"};

struct Outcome {
  Result result = Result::ok;
  std::uint32_t native = 0;  // the system's error code, for logs; 0 when result is ok or eof
  std::size_t bytes = 0;  // transferred; may be less than asked for, also when the result is not ok
};

constexpr std::size_t index(OperationKind kind) noexcept { return static_cast<std::size_t>(kind); }
constexpr std::size_t index(Result result) noexcept { return static_cast<std::size_t>(result); }
constexpr std::string_view name_of(OperationKind kind) noexcept {
  return operation_kind_names[index(kind)];
}
constexpr std::string_view name_of(Result result) noexcept { return result_names[index(result)]; }

}  // namespace overlap
