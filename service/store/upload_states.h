// The state files of resumable uploads, as a start finds them and as a move rewrites them.
#pragma once

#include <cstdint>

#include "service/store/rooms.h"

namespace overlap::store {

struct Recovered {
  std::size_t unfinished = 0;  // uploads that can go on
  Cleaning cleaning;
  std::size_t unread = 0;  // states that could not be read: they wait for the next start
};

// Before the first request: reads the state of every upload, deletes the temporary files that an
// earlier run has left behind, and what is expired by `now`. What cannot be read or looked into
// for now is left as it is.
Recovered recover(Rooms& rooms, std::int64_t now);

// Uploads that have expired, with their files, and files that could not be deleted before. What is
// only remembered of complete ones goes with them, and does not count. At any time.
Cleaning remove_expired(Rooms& rooms, std::int64_t now);

// Both files of an upload that is out of the register.
Deleted remove_files(Rooms& rooms, const Upload& upload);
// Nothing if it is not there. One that another program holds is tried again later.
Deleted remove_file(Rooms& rooms, const std::wstring& path);

// The whole state file anew, whatever happens meanwhile. Its upload must be held.
DWORD rewrite_state(Rooms& rooms, const Upload& upload);

}  // namespace overlap::store
