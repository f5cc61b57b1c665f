// The unfinished uploads in a folder that gets another name: they go along with it.
//
// They are taken before the folder is renamed and let go of after their state is written down:
// nobody opens or closes one of them meanwhile, and their temporary files are known under their new
// names before they have them.
#pragma once

#include "service/store/rooms.h"
#include "service/store/upload_register.h"

namespace overlap::store {

// One attempt. On one thread. Lets go when it is destroyed: the uploads are where they were unless
// it was done.
class FolderMove {
 public:
  explicit FolderMove(Rooms& rooms) noexcept : rooms_(rooms) {}
  FolderMove(const FolderMove&) = delete;
  FolderMove& operator=(const FolderMove&) = delete;
  ~FolderMove();

  // Before the rename. ERROR_SHARING_VIOLATION if somebody writes to one of them: on Windows the
  // folder could not be renamed either.
  DWORD begin(const StorePath& from, const StorePath& to);
  // After it. A crash between the rename and this loses the uploads, and leaves nothing of them.
  void done();

 private:
  Rooms& rooms_;
  StoreFile mover_;  // their holder
  std::vector<MovedUpload> uploads_;
  bool done_ = false;
};

}  // namespace overlap::store
