// What may be written to the volume without using up the bytes that are to stay free. What open
// uploads and copies are yet to write counts as written, so that many that begin at the same time
// cannot fill the disk together.
#pragma once

#include <windows.h>

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>

namespace overlap::store {

// Thread-safe. A mutex, since a worker needs the answer before it goes on.
class Space {
 public:
  // Gives the bytes that are free now, or why that cannot be told. Any thread.
  using AskFree = std::function<DWORD(std::uint64_t& bytes)>;

  // What one file is yet to take. Must end before its file is closed, and before its Space does.
  // One thread at a time.
  class Promise {
   public:
    Promise() = default;
    Promise(const Promise&) = delete;
    Promise& operator=(const Promise&) = delete;
    ~Promise() { end(); }

    // The file that grows to the promised size: until it is known, nothing counts as written.
    void watch(HANDLE file) noexcept;
    // All is written, or nothing more will be.
    void end() noexcept;

   private:
    friend class Space;
    Space* space_ = nullptr;  // null: nothing is promised
    std::list<Promise*>::iterator place_;
    std::uint64_t held_ = 0;  // bytes of it that were in the file when it was last looked at
    std::uint64_t size_ = 0;
    HANDLE file_ = nullptr;
  };

  Space(AskFree ask_free, std::uint64_t kept_free)
      : ask_free_(std::move(ask_free)), kept_free_(kept_free) {}

  // A file that holds `held` bytes is to grow to `size`. ERROR_DISK_FULL if that would leave too
  // little beside what was promised before; then, as after any other error, nothing is promised.
  DWORD promise(std::uint64_t held, std::uint64_t size, Promise& promise);

  // ERROR_DISK_FULL if there is too little left for what is promised: nothing else may be written.
  DWORD check();

 private:
  // Whether `bytes` more may be written.
  DWORD room_for(std::uint64_t bytes) const;
  // Looks at the files: what was promised up to `last` (null: in all) and is not yet written.
  std::uint64_t left_up_to(const Promise* last);

  const AskFree ask_free_;
  const std::uint64_t kept_free_;
  std::mutex mutex_;
  std::list<Promise*> promises_;  // the oldest in front
  std::uint64_t left_ = 0;        // the sum of what is not known to be written
};

}  // namespace overlap::store
