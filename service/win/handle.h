// Owners of Windows resources: one alias per resource, with its invalid value in the type.
#pragma once

#include <windows.h>
#include <winsock2.h>

#include <utility>

namespace overlap::win {

// Traits give: Type, invalid(), close(Type) noexcept.
template <class Traits>
class Unique {
 public:
  using Type = typename Traits::Type;
  Unique() noexcept = default;
  explicit Unique(Type value) noexcept : value_(value) {}
  Unique(Unique&& other) noexcept : value_(other.release()) {}
  Unique& operator=(Unique&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Unique() { reset(); }

  Type get() const noexcept { return value_; }
  explicit operator bool() const noexcept { return value_ != Traits::invalid(); }
  Type release() noexcept { return std::exchange(value_, Traits::invalid()); }
  void reset(Type value = Traits::invalid()) noexcept {
    if (value_ != Traits::invalid()) Traits::close(value_);
    value_ = value;
  }

 private:
  Type value_ = Traits::invalid();
};

// CreateFile and friends: the invalid value is INVALID_HANDLE_VALUE.
struct FileTraits {
  using Type = HANDLE;
  static HANDLE invalid() noexcept { return INVALID_HANDLE_VALUE; }
  static void close(HANDLE handle) noexcept { CloseHandle(handle); }
};
using FileHandle = Unique<FileTraits>;

// Another handle of what `file` is one of, with the same rights. ERROR_SUCCESS, or why not.
inline DWORD duplicate(HANDLE file, FileHandle& copy) noexcept {
  HANDLE made = nullptr;
  const HANDLE process = GetCurrentProcess();
  if (!DuplicateHandle(process, file, process, &made, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
    return GetLastError();
  }
  copy.reset(made);
  return ERROR_SUCCESS;
}

// CreateEvent, DuplicateHandle and friends: the invalid value is null.
struct KernelTraits {
  using Type = HANDLE;
  static HANDLE invalid() noexcept { return nullptr; }
  static void close(HANDLE handle) noexcept { CloseHandle(handle); }
};
using KernelHandle = Unique<KernelTraits>;

struct SocketTraits {
  using Type = SOCKET;
  static SOCKET invalid() noexcept { return INVALID_SOCKET; }
  static void close(SOCKET socket) noexcept { closesocket(socket); }
};
using Socket = Unique<SocketTraits>;

}  // namespace overlap::win
