#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "admin/ctl/terminal.h"

namespace overlap::ctl {
namespace {

class PosixTerminal final : public Terminal {
 public:
  ~PosixTerminal() override { PosixTerminal::end_keys(); }

  void out(std::string_view text) override { write_all(STDOUT_FILENO, text); }
  void err(std::string_view text) override { write_all(STDERR_FILENO, text); }
  bool interactive() const override { return isatty(STDOUT_FILENO) == 1; }
  bool colour() const override {
    const char* const wish = std::getenv("NO_COLOR");
    return interactive() && (!wish || *wish == '\0');
  }

  Size size() const override {
    winsize window{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return {};
    return {window.ws_col, window.ws_row};
  }

  void begin_keys() override {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    keys_ = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
  }
  void end_keys() noexcept override {
    if (keys_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    keys_ = false;
  }

  std::optional<char> key(std::chrono::milliseconds wait) override {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, static_cast<int>(wait.count())) != 1) return std::nullopt;
    char byte = 0;
    if (read(STDIN_FILENO, &byte, 1) == 1) return byte;
    return 'q';  // nobody can press a key any more
  }

  bool wait(std::chrono::milliseconds duration) override {
    pollfd output{STDOUT_FILENO, 0, 0};
    poll(&output, 1, static_cast<int>(duration.count()));
    return !gone_ && (output.revents & (POLLERR | POLLHUP)) == 0;
  }

 private:
  void write_all(int file, std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = write(file, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        gone_ = true;
        return;
      }
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  termios before_{};
  bool keys_ = false;
  bool gone_ = false;
};

}  // namespace

std::unique_ptr<Terminal> make_terminal() { return std::make_unique<PosixTerminal>(); }

}  // namespace overlap::ctl
