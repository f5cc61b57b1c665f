#include "service/access/users_file.h"

#include <windows.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <thread>

#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/private_file.h"
#include "service/win/read_file.h"
#include "service/win/security_descriptor.h"

namespace overlap::access {
namespace {

// How long another program may hold the file, or its copy: a command of the same kind takes
// milliseconds, a virus scanner seconds.
constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds between_tries{20};

bool held_by_another(DWORD code) noexcept {
  return code == ERROR_SHARING_VIOLATION || code == ERROR_ACCESS_DENIED ||
         code == ERROR_LOCK_VIOLATION || code == ERROR_FILE_EXISTS ||
         code == ERROR_USER_MAPPED_FILE;
}

// Calls `attempt` until it gives ERROR_SUCCESS, fails for good, or patience is over. Returns the
// last code.
template <class Attempt>
DWORD with_patience(Attempt attempt) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    const DWORD code = attempt();
    if (!held_by_another(code) || std::chrono::steady_clock::now() >= end) return code;
    std::this_thread::sleep_for(between_tries);
  }
}

// Who may do what with the file, for the one that takes its place.
class AccessList {
 public:
  // Of the file if it exists, else of a new one.
  explicit AccessList(const std::wstring& file) {
    DWORD size = 0;
    GetFileSecurityW(file.c_str(), DACL_SECURITY_INFORMATION, nullptr, 0, &size);
    copy_.resize(size);
    if (size != 0 &&
        GetFileSecurityW(file.c_str(), DACL_SECURITY_INFORMATION, copy_.data(), size, &size))
      attributes_.lpSecurityDescriptor = copy_.data();
    else
      made_ = win::make_descriptor(win::private_file_rights(), "cannot say who may read a file");
    if (made_) attributes_.lpSecurityDescriptor = made_.get();
  }
  AccessList(const AccessList&) = delete;
  AccessList& operator=(const AccessList&) = delete;

  SECURITY_ATTRIBUTES* attributes() noexcept {
    return attributes_.lpSecurityDescriptor == nullptr ? nullptr : &attributes_;
  }

 private:
  std::vector<std::byte> copy_;
  win::Descriptor made_;
  SECURITY_ATTRIBUTES attributes_{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
};

// The new content beside the file, until it takes its place. While one program has it, no other
// can make it: that is what makes changes wait for each other.
class Draft {
 public:
  explicit Draft(const std::wstring& target) : target_(target), path_(target + L".new") {
    AccessList access(target_);
    const DWORD code = with_patience([&] { return create(access.attributes()); });
    if (code != ERROR_SUCCESS)
      win::throw_error(code, "cannot make the file " + win::to_utf8(path_));
  }
  ~Draft() {
    if (!file_) return;
    FILE_DISPOSITION_INFO gone{TRUE};
    SetFileInformationByHandle(file_.get(), FileDispositionInfo, &gone, sizeof gone);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // Writes, flushes and renames. Whoever reads the file meanwhile has the old one.
  void commit(std::string_view text) {
    const std::string what = "cannot write the file " + win::to_utf8(target_);
    DWORD written = 0;
    const auto size = static_cast<DWORD>(text.size());
    if (!WriteFile(file_.get(), text.data(), size, &written, nullptr) ||
        !FlushFileBuffers(file_.get())) {
      const DWORD code = GetLastError();
      win::throw_error(code, what);
    }
    const DWORD code = with_patience([&] { return rename(); });
    if (code != ERROR_SUCCESS) win::throw_error(code, what);
    file_.reset();
  }

 private:
  DWORD create(SECURITY_ATTRIBUTES* access) {
    // Shared for reading, since it already has its final name when it is closed. Not for deleting.
    file_.reset(CreateFileW(path_.c_str(), GENERIC_WRITE | DELETE, FILE_SHARE_READ, access,
                            CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (file_) return ERROR_SUCCESS;
    const DWORD code = GetLastError();
    // One that nobody holds was left behind by a program that was killed.
    if (code == ERROR_FILE_EXISTS) DeleteFileW(path_.c_str());
    return code;
  }

  DWORD rename() {
    const std::size_t name_bytes = target_.size() * sizeof(wchar_t);
    std::vector<std::byte> buffer(sizeof(FILE_RENAME_INFO) + name_bytes);
    auto* info = new (buffer.data()) FILE_RENAME_INFO{};
    info->ReplaceIfExists = TRUE;
    info->FileNameLength = static_cast<DWORD>(name_bytes);
    std::memcpy(buffer.data() + offsetof(FILE_RENAME_INFO, FileName), target_.data(), name_bytes);
    const BOOL done = SetFileInformationByHandle(file_.get(), FileRenameInfo, buffer.data(),
                                                 static_cast<DWORD>(buffer.size()));
    return done ? ERROR_SUCCESS : GetLastError();
  }

  std::wstring target_;
  std::wstring path_;
  win::FileHandle file_;
};

bool is_missing(DWORD code) noexcept {
  return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
}

std::string cannot_read(const std::string& path) { return "cannot read the file " + path; }

}  // namespace

win::FileStamp UsersFile::stamp() const {
  win::FileStamp found;
  if (const DWORD code = win::read_stamp(win::to_wide(path_), found))
    win::throw_error(code, cannot_read(path_));
  return found;
}

std::string UsersFile::text() const {
  return win::read_file(win::to_wide(path_), users_file_bytes_max + 1, cannot_read(path_));
}

std::vector<UserRecord> UsersFile::read() const {
  try {
    return parse_users(text(), path_);
  } catch (const std::system_error& error) {
    if (is_missing(static_cast<DWORD>(error.code().value()))) return {};
    throw;
  }
}

std::vector<UserRecord> UsersFile::read_again() const {
  const std::string found = text();
  check_first_line(found, path_);
  return parse_users(found, path_);
}

void UsersFile::update(const std::function<void(std::vector<UserRecord>&)>& edit) const {
  Draft draft(win::to_wide(path_));
  std::vector<UserRecord> users = read();
  edit(users);
  const std::string text = describe(users);
  // What cannot be read again is not written.
  parse_users(text, path_);
  draft.commit(text);
}

}  // namespace overlap::access
