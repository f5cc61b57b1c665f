// The token of the management endpoint: who can read its file may manage the service.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "common/access/token.h"
#include "service/win/file_stamp.h"

namespace overlap::management {

// The file has the token alone, with or without a line break at its end. One that an administrator
// writes by hand must be as hard to guess.
inline constexpr std::size_t admin_token_bytes_min = 32;
inline constexpr std::size_t admin_token_bytes_max = 256;

// admits() may be called by any thread; refresh() by one.
class AdminToken {
 public:
  // Makes the file with a new token if there is none. True, and an event says so, if it was made.
  // `path` is absolute, in UTF-8. Throws std::system_error that names the file; std::runtime_error
  // if the system has no randomness.
  static bool ensure(const std::string& path);
  // Puts a new token in the place of the one that is there. Throws as ensure().
  static void rotate(const std::string& path);

  // Reads the file. Throws std::system_error or std::runtime_error with a sentence that names it.
  // A file that others may read too is a warning in the log; one that belongs to another is
  // refused.
  explicit AdminToken(std::string path);
  AdminToken(const AdminToken&) = delete;
  AdminToken& operator=(const AdminToken&) = delete;

  // Compares in constant time. False too if there is not enough memory to find out.
  bool admits(std::string_view token) const noexcept;

  // Once a second: reads the file again if it has changed. While it is gone or wrong, the token of
  // before stays, and one line of the log says so.
  void refresh() noexcept;

 private:
  access::TokenHash read() const;

  const std::string path_;
  win::FileStamp stamp_;  // of what was read last, good or bad; refresh() alone
  std::string problem_;   // what was said of it last; refresh() alone

  // Threads of the endpoint ask while the watch exchanges it. Held to copy it.
  mutable std::mutex mutex_;
  access::TokenHash hash_;  // all that is kept of it
};

}  // namespace overlap::management
