// Source: Microsoft, "Console Virtual Terminal Sequences", "Low-Level Console I/O".
#include <windows.h>

#include <algorithm>
#include <chrono>

#include "admin/ctl/terminal.h"
#include "service/log/wide.h"

namespace overlap::ctl {
namespace {

class WindowsTerminal final : public Terminal {
 public:
  WindowsTerminal() {
    // Since Windows 10 consoles follow control sequences, once that is asked for.
    interactive_ = GetConsoleMode(output_, &output_mode_) != 0 &&
                   SetConsoleMode(output_, output_mode_ | ENABLE_PROCESSED_OUTPUT |
                                               ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
    const DWORD units = GetEnvironmentVariableW(L"NO_COLOR", nullptr, 0);
    no_colour_ = units > 1;  // of an empty one only the zero at its end
  }
  ~WindowsTerminal() override {
    WindowsTerminal::end_keys();
    if (interactive_) SetConsoleMode(output_, output_mode_);
  }

  void out(std::string_view text) override { write_all(output_, text); }
  void err(std::string_view text) override { write_all(GetStdHandle(STD_ERROR_HANDLE), text); }
  bool interactive() const override { return interactive_; }
  bool colour() const override { return interactive_ && !no_colour_; }

  Size size() const override {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (!GetConsoleScreenBufferInfo(output_, &info)) return {};
    const auto extent = [](SHORT first, SHORT last) {
      return last < first ? std::size_t{1} : static_cast<std::size_t>(last - first) + 1;
    };
    return {extent(info.srWindow.Left, info.srWindow.Right),
            extent(info.srWindow.Top, info.srWindow.Bottom)};
  }

  void begin_keys() override {
    if (!GetConsoleMode(input_, &input_mode_)) return;
    constexpr DWORD cooked = ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT |
                             ENABLE_QUICK_EDIT_MODE | ENABLE_MOUSE_INPUT;
    keys_ = SetConsoleMode(input_, (input_mode_ & ~cooked) | ENABLE_EXTENDED_FLAGS) != 0;
  }
  void end_keys() noexcept override {
    if (keys_) SetConsoleMode(input_, input_mode_);
    keys_ = false;
  }

  std::optional<char> key(std::chrono::milliseconds wait) override {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + wait;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
      if (!keys_) {
        Sleep(static_cast<DWORD>(wait.count()));
        return std::nullopt;
      }
      if (left.count() <= 0) return std::nullopt;
      if (WaitForSingleObject(input_, static_cast<DWORD>(left.count())) != WAIT_OBJECT_0)
        return std::nullopt;
      INPUT_RECORD record{};
      DWORD count = 0;
      if (!ReadConsoleInputW(input_, &record, 1, &count)) return 'q';
      // Releases of keys, changes of the focus and of the window come here too.
      if (count == 0 || record.EventType != KEY_EVENT || !record.Event.KeyEvent.bKeyDown) continue;
      const wchar_t unit = record.Event.KeyEvent.uChar.UnicodeChar;
      if (unit != 0 && unit <= 0x7F) return static_cast<char>(unit);
    }
  }

  bool wait(std::chrono::milliseconds duration) override {
    Sleep(static_cast<DWORD>(duration.count()));
    return !gone_;
  }

 private:
  void write_all(HANDLE to, std::string_view text) {
    constexpr std::size_t piece_bytes = 16 * 1024;
    DWORD mode = 0;
    const bool console = GetConsoleMode(to, &mode) != 0;
    // In UTF-16 a console needs no code page, and no piece may end amid a character.
    const std::wstring wide = console ? win::to_wide(text) : std::wstring();
    std::size_t done = 0;
    while (done < (console ? wide.size() : text.size())) {
      DWORD count = 0;
      const BOOL written =
          console ? WriteConsoleW(to, wide.data() + done,
                                  static_cast<DWORD>(std::min(piece_bytes, wide.size() - done)),
                                  &count, nullptr)
                  : WriteFile(to, text.data() + done,
                              static_cast<DWORD>(std::min(piece_bytes, text.size() - done)), &count,
                              nullptr);
      if (!written || count == 0) {
        gone_ = gone_ || to == output_;
        return;
      }
      done += count;
    }
  }

  const HANDLE output_ = GetStdHandle(STD_OUTPUT_HANDLE);
  const HANDLE input_ = GetStdHandle(STD_INPUT_HANDLE);
  DWORD output_mode_ = 0;
  DWORD input_mode_ = 0;
  bool interactive_ = false;
  bool no_colour_ = false;
  bool keys_ = false;
  bool gone_ = false;
};

}  // namespace

std::unique_ptr<Terminal> make_terminal() { return std::make_unique<WindowsTerminal>(); }

}  // namespace overlap::ctl
