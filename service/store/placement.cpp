#include "service/store/placement.h"

#include "service/store/store_error.h"

namespace overlap::store {

namespace {

// A rename over a file is refused alike if the file is open and if rights are missing. Opening it
// for deletion tells which.
bool is_forbidden(const Rooms& rooms, const std::wstring& target) {
  win::FileHandle file;
  const DWORD code = rooms.folder.open(target, {DELETE, share_all, FILE_OPEN, 0}, file);
  return code == ERROR_ACCESS_DENIED;
}

}  // namespace

std::optional<StoreOutcome> place(Rooms& rooms, HANDLE file, const std::wstring& target,
                                  const protocol::WriteCondition& condition, bool overwrite,
                                  DWORD& held) {
  const auto hold = rooms.names.hold(target);
  std::optional<FileState> there;
  if (const DWORD code = rooms.folder.look(target, there)) {
    // A file that is being deleted answers so until its last handle is closed.
    if (code == ERROR_ACCESS_DENIED) {
      held = code;
      return std::nullopt;
    }
    return write_failure(code);
  }
  if (there && there->is_folder()) return refuse(StoreError::is_folder);
  if (!holds(condition, there)) return refuse(StoreError::condition_failed);
  if (there && !overwrite) return refuse(StoreError::exists);
  if (there && there->is_read_only()) return refuse(StoreError::access_denied);
  // Nothing is replaced that was not seen: other programs do not take our locks.
  const DWORD code = rename(file, rooms.folder.absolute(target), there.has_value());
  if (code == ERROR_SUCCESS) {
    StoreOutcome outcome;
    outcome.created = !there;
    return outcome;
  }
  if (code != ERROR_ALREADY_EXISTS && !held_by_another(code)) return write_failure(code);
  if (code == ERROR_ACCESS_DENIED && (!there || is_forbidden(rooms, target))) return failure(code);
  held = code;
  return std::nullopt;
}

void give_up_writing(win::FileHandle& file) noexcept {
  win::FileHandle renaming(
      ReOpenFile(file.get(), DELETE | FILE_READ_ATTRIBUTES, share_all, FILE_FLAG_OVERLAPPED));
  if (renaming) file = std::move(renaming);
}

}  // namespace overlap::store
