// The file of users on disk: read by the service, changed by `overlap-service user`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/access/users.h"
#include "service/win/file_stamp.h"

namespace overlap::access {

class UsersFile {
 public:
  // An absolute path in UTF-8.
  explicit UsersFile(std::string path) : path_(std::move(path)) {}

  const std::string& path() const noexcept { return path_; }

  // Throws std::system_error that names the file; one that does not exist is none.
  win::FileStamp stamp() const;
  // Throws UsersError, and std::system_error that names the file. No users if it does not exist.
  std::vector<UserRecord> read() const;
  // As read(), for who has read users before: a file that is gone is a std::system_error too, and
  // one that is empty or has not the first line of describe() a UsersError. A program that saves in
  // place empties it first: found so, it must not take the users away.
  std::vector<UserRecord> read_again() const;

  // Hands the users to `edit` and writes them back as it leaves them: whole or not at all, one
  // after another if several programs do so at once, and durably. A new file may be read by the
  // service and changed by administrators and who made it; one that exists keeps its access list
  // (Windows; Wine has no such lists). If `edit` throws, nothing changes. Throws as read(), and
  // std::system_error if it cannot be written.
  void update(const std::function<void(std::vector<UserRecord>&)>& edit) const;

 private:
  std::string text() const;

  std::string path_;
};

}  // namespace overlap::access
