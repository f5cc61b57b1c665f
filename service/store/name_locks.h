// One writer at a time to a name: what is there is compared with a condition and replaced in one
// step, as far as this process goes. Of two uploads with "If-None-Match: *", exactly one wins.
#pragma once

#include <array>
#include <mutex>
#include <string>

namespace overlap::store {

// In the case that NTFS compares names in, as nearly as a documented function tells: two spellings
// that only NTFS takes for one name would be two names here, and could pass each other.
std::wstring fold_case(const std::wstring& path);

// Thread-safe. A mutex, since a name has no thread of its own to post to. It is held for a few file
// calls, never while another program is waited for. Names share locks: there are more names than a
// table should hold.
class NameLocks {
 public:
  using Hold = std::unique_lock<std::mutex>;

  Hold hold(const std::wstring& path);
  // Both, in an order of their own, so that two renames in opposite directions cannot block each
  // other.
  struct Both {
    Hold first;
    Hold second;  // empty if the names share a lock
  };
  Both hold(const std::wstring& one, const std::wstring& other);

 private:
  static constexpr std::size_t locks = 64;
  static std::size_t index(const std::wstring& path);

  std::array<std::mutex, locks> locks_;
};

}  // namespace overlap::store
