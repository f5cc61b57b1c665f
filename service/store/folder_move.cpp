#include "service/store/folder_move.h"

#include "service/store/temporary.h"
#include "service/store/upload_states.h"

namespace overlap::store {

FolderMove::~FolderMove() {
  for (MovedUpload& moved : uploads_) {
    if (!rooms_.uploads.give_back(moved, done_)) continue;
    // It was cancelled meanwhile, by somebody who could not know which name its file had.
    try {
      remove_files(rooms_, *moved.upload);
      remove_file(rooms_, temporary_path(relative_path(moved.before), moved.upload->id));
    } catch (const std::exception&) {
      // Out of memory: the next start finds them.
      rooms_.state.keep_list();
    }
  }
}

DWORD FolderMove::begin(const StorePath& from, const StorePath& to) {
  if (!rooms_.uploads.take_along(from, to, mover_, uploads_)) return ERROR_SHARING_VIOLATION;
  for (const MovedUpload& moved : uploads_) {
    const std::wstring target = relative_path(moved.upload->record.target);
    const DWORD code = rooms_.state.note(temporary_path(target, moved.upload->id));
    if (code != ERROR_SUCCESS) return code;
  }
  return ERROR_SUCCESS;
}

void FolderMove::done() {
  done_ = true;
  // What cannot be written down is forgotten at the next start, and goes on until then.
  for (const MovedUpload& moved : uploads_) rewrite_state(rooms_, *moved.upload);
}

}  // namespace overlap::store
