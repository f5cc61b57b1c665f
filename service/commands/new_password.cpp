#include "service/commands/new_password.h"

#include <windows.h>

#include <array>

#include "common/protocol/authorization.h"
#include "service/commands/user_command.h"
#include "service/log/wide.h"

namespace overlap::commands {
namespace {

// What is typed is not shown while this lives.
class NoEcho {
 public:
  explicit NoEcho(HANDLE console) : console_(console) {
    GetConsoleMode(console_, &mode_);
    SetConsoleMode(console_, (mode_ & ~static_cast<DWORD>(ENABLE_ECHO_INPUT)) | ENABLE_LINE_INPUT |
                                 ENABLE_PROCESSED_INPUT);
  }
  ~NoEcho() { SetConsoleMode(console_, mode_); }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  HANDLE console_;
  DWORD mode_ = 0;
};

// To the console itself, so that the answer is asked for also when standard output is a file.
void ask(const std::wstring& text) {
  const HANDLE console = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_WRITE,
                                     nullptr, OPEN_EXISTING, 0, nullptr);
  if (console == INVALID_HANDLE_VALUE) return;
  DWORD written = 0;
  WriteConsoleW(console, text.data(), static_cast<DWORD>(text.size()), &written, nullptr);
  CloseHandle(console);
}

void cut_line_end(std::wstring& line) {
  while (line.ends_with(L'\n') || line.ends_with(L'\r')) line.pop_back();
}

std::string typed_line(HANDLE console) {
  std::array<wchar_t, protocol::password_bytes_max + 3> units{};  // and one more, and the line end
  DWORD count = 0;
  if (!ReadConsoleW(console, units.data(), static_cast<DWORD>(units.size()), &count, nullptr))
    throw NotValid("The password cannot be read from the console.");
  std::wstring line(units.data(), count);
  cut_line_end(line);
  return win::to_utf8(line);
}

std::string typed_twice(HANDLE console, const std::string& user) {
  const NoEcho no_echo(console);
  ask(L"New password for " + win::to_wide(user) + L": ");
  std::string first = typed_line(console);
  ask(L"\r\nThe same again: ");
  const std::string second = typed_line(console);
  ask(L"\r\n");
  if (first != second) throw NotValid("The two passwords differ.");
  return first;
}

std::string first_line_of_stdin() {
  std::string line;
  while (line.size() <= protocol::password_bytes_max + 1) {
    char byte = 0;
    DWORD count = 0;
    // The end of a pipe is an error, that of a file is not.
    if (!ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &count, nullptr) || count == 0) break;
    if (byte == '\n') break;
    line += byte;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

std::string read_new_password(const std::string& user, bool from_stdin) {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  DWORD mode = 0;
  if (!from_stdin && !GetConsoleMode(input, &mode))
    throw NotValid(
        "There is no console to ask for the password: give it on standard input with "
        "--password-stdin.");
  std::string password = from_stdin ? first_line_of_stdin() : typed_twice(input, user);
  if (const std::string problem = check_new_password(password); !problem.empty())
    throw NotValid(problem);
  return password;
}

}  // namespace overlap::commands
