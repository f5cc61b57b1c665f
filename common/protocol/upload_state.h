// How far a resumable upload has come.
#pragma once

#include <cstdint>
#include <optional>

namespace overlap::protocol {

struct UploadState {
  std::uint64_t offset = 0;               // bytes that are stored and need not be sent again
  std::optional<std::uint64_t> length;    // of the whole; not every client knows it beforehand
  bool complete = false;                  // all of it has come: nothing more is taken
  std::int64_t expires_unix_seconds = 0;  // 0: never

  friend bool operator==(const UploadState&, const UploadState&) = default;
};

}  // namespace overlap::protocol
