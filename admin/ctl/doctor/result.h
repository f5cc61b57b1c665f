// What one check of the doctor has found.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::ctl::doctor {

enum class State : std::uint8_t {
  ok,
  warning,  // the service works, and somebody should look
  failed,   // the service does not work, or others may do what only it should
  skipped,  // not looked at: `found` says why
};
inline constexpr std::array<std::string_view, 4> state_names{"ok", "warning", "failed", "skipped"};
constexpr std::string_view name_of(State state) noexcept {
  return state_names[static_cast<std::size_t>(state)];
}

// Text is UTF-8 and not yet printable: it may hold names that others have given.
struct Result {
  std::string id;     // for programs; keeps its meaning for ever: "port.device"
  std::string title;  // for people
  State state = State::ok;
  std::string found;              // sentences
  std::vector<std::string> mend;  // commands for an elevated cmd.exe, in their order; may be none
};

// Something cannot be known here. what() is a clause without a full stop: the check is skipped.
class NotKnown : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// Of these, what an administrator would be told.
class NotAllowed : public NotKnown {
 public:
  explicit NotAllowed(const std::string& what)
      : NotKnown(what + ": access is denied. Run overlapctl as an administrator") {}
};

}  // namespace overlap::ctl::doctor
