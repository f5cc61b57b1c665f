// What a pass over the files of unfinished uploads has deleted, and why.
#pragma once

#include <cstddef>
#include <cstdint>

namespace overlap::store {

struct Deleted {
  std::size_t files = 0;
  std::uint64_t bytes = 0;  // that were in them

  Deleted& operator+=(const Deleted& more) noexcept {
    files += more.files;
    bytes += more.bytes;
    return *this;
  }
};

struct Cleaning {
  Deleted expired;    // of uploads that nobody has touched for uploads.expire_seconds
  Deleted left_over;  // by an earlier run: they belong to no upload
  Deleted let_go;     // that could not be deleted before, since another program held them
};

// One event for all of it; none if nothing was deleted.
void report(const Cleaning& cleaning);

}  // namespace overlap::store
