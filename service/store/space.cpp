#include "service/store/space.h"

#include <algorithm>

namespace overlap::store {

void Space::Promise::watch(HANDLE file) noexcept {
  if (!space_) return;
  const std::lock_guard hold(space_->mutex_);
  file_ = file;
}

void Space::Promise::end() noexcept {
  if (!space_) return;
  const std::lock_guard hold(space_->mutex_);
  space_->left_ -= size_ - held_;
  space_->promises_.erase(place_);
  space_ = nullptr;
}

DWORD Space::promise(std::uint64_t held, std::uint64_t size, Promise& promise) {
  std::uint64_t wanted = 0;
  {
    const std::lock_guard hold(mutex_);
    promise.place_ = promises_.insert(promises_.end(), &promise);
    promise.space_ = this;
    promise.held_ = std::min(held, size);
    promise.size_ = size;
    promise.file_ = nullptr;
    wanted = left_ += size - promise.held_;
  }
  // It is asked for before it is measured, and only what was asked for earlier counts against it:
  // of two that do not fit together the first one is let in.
  DWORD code = room_for(wanted);
  if (code == ERROR_DISK_FULL) code = room_for(left_up_to(&promise));
  if (code != ERROR_SUCCESS) promise.end();
  return code;
}

DWORD Space::check() {
  std::uint64_t left = 0;
  {
    const std::lock_guard hold(mutex_);
    left = left_;
  }
  const DWORD code = room_for(left);
  return code == ERROR_DISK_FULL ? room_for(left_up_to(nullptr)) : code;
}

DWORD Space::room_for(std::uint64_t bytes) const {
  std::uint64_t available = 0;
  if (const DWORD code = ask_free_(available)) return code;
  const bool fits = available >= kept_free_ && available - kept_free_ >= bytes;
  return fits ? ERROR_SUCCESS : ERROR_DISK_FULL;
}

// The files are looked at before the volume: what is written between counts twice, never not at
// all. One call for each open file, made only while room is scarce.
std::uint64_t Space::left_up_to(const Promise* last) {
  std::uint64_t sum = 0;
  const std::lock_guard hold(mutex_);
  for (Promise* promise : promises_) {
    LARGE_INTEGER bytes{};
    if (promise->file_ && GetFileSizeEx(promise->file_, &bytes)) {
      const auto held = std::min(static_cast<std::uint64_t>(bytes.QuadPart), promise->size_);
      left_ = left_ + promise->held_ - held;
      promise->held_ = held;
    }
    sum += promise->size_ - promise->held_;
    if (promise == last) break;
  }
  return sum;
}

}  // namespace overlap::store
