#include "service/store/names.h"

#include "service/store/folder_move.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

class RemoveWork final : public Work {
 public:
  RemoveWork(Rooms& rooms, const Ask& ask)
      : rooms_(rooms), ask_(ask), path_(relative_path(ask.path)) {}

  std::optional<StoreOutcome> turn() override {
    if (path_.empty()) return refuse(StoreError::access_denied);
    const auto hold = rooms_.names.hold(path_);
    win::FileHandle file;
    DWORD code = rooms_.folder.open(path_, {DELETE, share_all, FILE_OPEN, 0}, file);
    if (code == ERROR_SUCCESS) {
      std::optional<FileState> state(std::in_place);
      if (const DWORD error = read_file_state(file.get(), *state)) return failure(error);
      if (ask_.path.names_folder() && !state->is_folder()) return refuse(StoreError::is_file);
      if (!holds(ask_.condition, state)) return refuse(StoreError::condition_failed);
      if (state->is_read_only()) return refuse(StoreError::access_denied);
      code = mark_deleted(file.get());
    }
    if (code == ERROR_SHARING_VIOLATION && retries_.again(pause_)) return std::nullopt;
    return code == link_encountered ? write_failure(code) : failure(code);
  }

 private:
  Rooms& rooms_;
  const Ask& ask_;
  const std::wstring path_;
  Retries retries_;
};

class MoveWork final : public Work {
 public:
  MoveWork(Rooms& rooms, const Ask& ask)
      : rooms_(rooms),
        ask_(ask),
        from_(relative_path(ask.path)),
        to_(relative_path(ask.destination)),
        same_name_(fold_case(from_) == fold_case(to_)) {}

  std::optional<StoreOutcome> turn() override {
    if (from_.empty() || to_ == from_) return refuse(StoreError::access_denied);
    const auto hold = rooms_.names.hold(from_, to_);
    win::FileHandle file;
    const DWORD opened = rooms_.folder.open(from_, {DELETE, share_all, FILE_OPEN, 0}, file);
    if (opened == ERROR_SHARING_VIOLATION) return held(opened);
    if (opened) return opened == link_encountered ? write_failure(opened) : failure(opened);
    std::optional<FileState> source(std::in_place);
    if (const DWORD code = read_file_state(file.get(), *source)) return failure(code);
    if (const StoreError error = check_source(source); error != StoreError::none) {
      return refuse(error);
    }
    std::optional<FileState> there;
    if (const DWORD code = rooms_.folder.look(to_, there)) return write_failure(code);
    if (const StoreError error = check_destination(*source, there); error != StoreError::none) {
      return refuse(error);
    }
    if (source->is_folder()) return move_folder(std::move(file), there.has_value());
    const DWORD code = rename(file.get(), rooms_.folder.absolute(to_), there.has_value());
    return renamed(code, !there.has_value());
  }

 private:
  StoreError check_source(const std::optional<FileState>& source) const {
    const bool folder_wanted = ask_.path.names_folder() || ask_.destination.names_folder();
    if (folder_wanted && !source->is_folder()) return StoreError::is_file;
    if (!holds(ask_.condition, source)) return StoreError::condition_failed;
    if (source->is_read_only()) return StoreError::access_denied;
    const bool into_itself = fold_case(to_).starts_with(fold_case(from_) + L'\\');
    return into_itself ? StoreError::access_denied : StoreError::none;
  }

  StoreError check_destination(const FileState& source,
                               const std::optional<FileState>& there) const {
    if (to_.empty()) return StoreError::exists;
    if (!there || same_name_) return StoreError::none;
    if (!ask_.overwrite || source.is_folder()) return StoreError::exists;
    if (there->is_folder()) return StoreError::is_folder;
    return there->is_read_only() ? StoreError::access_denied : StoreError::none;
  }

  std::optional<StoreOutcome> move_folder(win::FileHandle folder, bool replace) {
    FolderMove uploads(rooms_);
    const DWORD taken = uploads.begin(ask_.path, ask_.destination);
    if (taken == ERROR_SHARING_VIOLATION) return held(taken);
    if (taken != ERROR_SUCCESS) return failure(taken);
    const DWORD code = rename(folder.get(), rooms_.folder.absolute(to_), replace);
    folder.reset();
    if (code == ERROR_SUCCESS) uploads.done();
    return renamed(code, !replace);
  }

  std::optional<StoreOutcome> renamed(DWORD code, bool created) {
    if (code == ERROR_SUCCESS) {
      StoreOutcome outcome;
      outcome.created = created || same_name_;
      return outcome;
    }
    // Somebody was faster, or holds one of them. A folder with an open file in it is refused as if
    // rights were missing.
    if (code == ERROR_ALREADY_EXISTS && !ask_.overwrite) return refuse(StoreError::exists, code);
    if (code == ERROR_ALREADY_EXISTS || held_by_another(code)) return held(code);
    return write_failure(code);
  }

  std::optional<StoreOutcome> held(DWORD code) {
    if (retries_.again(pause_)) return std::nullopt;
    return refuse(StoreError::in_use, code);
  }

  Rooms& rooms_;
  const Ask& ask_;
  const std::wstring from_;
  const std::wstring to_;
  const bool same_name_;  // but perhaps for its case
  Retries retries_;
};

}  // namespace

StoreOutcome make_folder(Rooms& rooms, const Ask& ask) {
  const std::wstring path = relative_path(ask.path);
  if (path.empty()) return refuse(StoreError::exists);
  const auto hold = rooms.names.hold(path);
  std::optional<FileState> there;
  if (const DWORD code = rooms.folder.look(path, there)) return write_failure(code);
  if (there) return refuse(there->is_folder() ? StoreError::exists : StoreError::is_file);
  if (!holds(ask.condition, there)) return refuse(StoreError::condition_failed);
  win::FileHandle made;
  const DWORD code = rooms.folder.open(
      path, {FILE_LIST_DIRECTORY, share_all, FILE_CREATE, FILE_DIRECTORY_FILE}, made);
  if (code != ERROR_SUCCESS) return write_failure(code);
  StoreOutcome outcome;
  outcome.created = true;
  return outcome;
}

std::unique_ptr<Work> remove_work(Rooms& rooms, const Ask& ask) {
  return std::make_unique<RemoveWork>(rooms, ask);
}

std::unique_ptr<Work> move_work(Rooms& rooms, const Ask& ask) {
  return std::make_unique<MoveWork>(rooms, ask);
}

}  // namespace overlap::store
