#include "service/store/upload_states.h"

#include <algorithm>
#include <set>

#include "service/store/folder_scan.h"
#include "service/store/store_error.h"
#include "service/store/temporary.h"
#include "service/store/work.h"

namespace overlap::store {

namespace {

constexpr std::wstring_view suffix = L".upload";
constexpr std::size_t state_bytes_max =
    4 * 1024 * 1024;  // read as a whole; of a longer one its ends
constexpr std::size_t tail_bytes = 64 * 1024;

// "<id>.upload"; empty for other names.
std::string id_of_state(std::wstring_view name) {
  if (!name.ends_with(suffix)) return {};
  name.remove_suffix(suffix.size());
  std::string id;
  to_utf8(name, id);
  return is_id(id) ? id : std::string();
}

// When this machine was started, by the wall clock.
std::int64_t boot_unix_seconds(std::int64_t now) noexcept {
  return now - static_cast<std::int64_t>(GetTickCount64() / 1000);
}

struct SavedState {
  UploadRecord record;
  UploadProgress progress;
};

// Nothing is saved if the file is torn before its first two lines are whole. An error says that the
// file could not be read, which tells nothing of what is in it.
DWORD read_state(const ServedFolder& folder, const std::wstring& path,
                 std::optional<SavedState>& saved) {
  saved.reset();
  std::string text;
  std::uint64_t size = 0;
  if (const DWORD code = read_part(folder, path, 0, state_bytes_max, text, size)) return code;
  const auto end = text.find('\n');
  if (end == std::string::npos) return ERROR_SUCCESS;
  auto record = read_record(std::string_view(text).substr(0, end));
  if (!record) return ERROR_SUCCESS;
  text.erase(0, end + 1);
  const bool whole = size <= state_bytes_max;
  if (!whole) {
    const DWORD code = read_part(folder, path, size - tail_bytes, tail_bytes, text, size);
    if (code != ERROR_SUCCESS) return code;
  }
  if (const auto progress = last_progress(text, whole)) {
    saved = SavedState{std::move(*record), *progress};
  }
  return ERROR_SUCCESS;
}

// Brings a saved state in line with the file that it speaks of. False if there is nothing to go on
// with, nor to remember.
bool reconcile(const Rooms& rooms, const std::string& id, SavedState& saved, std::int64_t now) {
  UploadProgress& progress = saved.progress;
  if (progress.phase == UploadPhase::complete) return true;
  std::optional<FileState> data;
  const std::wstring path = temporary_path(relative_path(saved.record.target), id);
  const DWORD code = rooms.folder.look(path, data);
  if (code != ERROR_SUCCESS && code != ERROR_PATH_NOT_FOUND) return true;  // ask again later
  if (!data) {
    // It was renamed, and the crash came before that could be written down.
    if (progress.phase != UploadPhase::renaming) return false;
    progress.phase = UploadPhase::complete;
    progress.length = progress.offset;
    return true;
  }
  progress.phase = UploadPhase::written;
  // What was written but not flushed survives a crash of the service, not one of the machine.
  const bool trusted = rooms.config.flush == config::FlushPolicy::none ||
                       progress.touched_unix_seconds >= boot_unix_seconds(now);
  if (!trusted) progress.offset = progress.flushed;
  progress.offset = std::min(progress.offset, data->info.size);
  progress.flushed = std::min(progress.flushed, progress.offset);
  return true;
}

// The states that could not be read: nothing of these uploads may be deleted.
struct Unread {
  bool all = false;  // not even which there are
  std::set<std::string> ids;

  bool any_of(const std::string& mark) const {
    const auto found = ids.lower_bound(mark);
    return all || (found != ids.end() && found->starts_with(mark));
  }
};

Unread read_states(Rooms& rooms, std::int64_t now, Deleted& deleted) {
  Unread unread;
  std::vector<std::string> ids;
  std::vector<std::wstring> unwanted;
  const DWORD scanned =
      scan_folder(rooms.folder, state_folder_path(), [&](const FolderEntry& entry) {
        if (auto id = id_of_state(entry.name); !id.empty()) {
          ids.push_back(std::move(id));
        } else if (entry.name.ends_with(L".new")) {
          unwanted.push_back(path_in(state_folder_path(), entry.name));
        }
      });
  unread.all = scanned != ERROR_SUCCESS;
  Retries retries;  // for all of them: a start must not take long
  for (std::string& id : ids) {
    const std::wstring path = state_path(id + ".upload");
    std::optional<SavedState> saved;
    std::chrono::milliseconds pause{0};
    DWORD code = read_state(rooms.folder, path, saved);
    while (code == ERROR_SHARING_VIOLATION && retries.again(pause)) {
      Sleep(static_cast<DWORD>(pause.count()));
      code = read_state(rooms.folder, path, saved);
    }
    if (code != ERROR_SUCCESS && !is_missing(code)) {
      unread.ids.insert(std::move(id));
    } else if (saved && reconcile(rooms, id, *saved, now)) {
      rooms.uploads.restore(std::move(id), std::move(saved->record), saved->progress);
    } else {
      unwanted.push_back(path);
    }
  }
  for (const std::wstring& path : unwanted) deleted += remove_file(rooms, path);
  return unread;
}

// Every temporary file of that run in that folder that no upload owns.
DWORD clean_folder(Rooms& rooms, const NotedFolder& noted, const Unread& unread, Deleted& deleted) {
  std::vector<std::wstring> unwanted;
  const DWORD code = scan_folder(rooms.folder, noted.folder, [&](const FolderEntry& entry) {
    const std::string id = id_of_temporary(entry.name);
    if (id.empty() || entry.is_folder || mark_of(id) != noted.mark) return;
    if (rooms.uploads.owns(id) || unread.ids.contains(id)) return;
    unwanted.push_back(path_in(noted.folder, entry.name));
  });
  for (const std::wstring& path : unwanted) deleted += remove_file(rooms, path);
  return code;
}

// Cleans the folders of earlier runs, and begins the list of them anew with those that must be
// looked into again.
void clean_folders(Rooms& rooms, const Unread& unread, Deleted& deleted) {
  std::vector<NotedFolder> noted;
  if (unread.all || rooms.state.read_list(noted) != ERROR_SUCCESS) {
    rooms.state.keep_list();
    return;
  }
  std::set<NotedFolder> again;
  for (const NotedFolder& entry : noted) {
    const DWORD code = clean_folder(rooms, entry, unread, deleted);
    const bool looked = code == ERROR_SUCCESS || code == ERROR_DIRECTORY || is_missing(code);
    if (!looked || unread.any_of(entry.mark)) again.insert(entry);
  }
  if (!again.empty()) rooms.state.keep_list();
  for (const Upload& upload : rooms.uploads.unfinished()) {
    const std::wstring folder = folder_of(relative_path(upload.record.target));
    again.insert({std::string(mark_of(upload.id)), folder});
  }
  // If it cannot be begun anew, the old list is added to.
  rooms.state.begin_list(again);
}

}  // namespace

Recovered recover(Rooms& rooms, std::int64_t now) {
  Recovered recovered;
  // Without the lock another process may be using all of it.
  if (!rooms.state.usable()) return recovered;
  Deleted left_over;
  const Unread unread = read_states(rooms, now, left_over);
  recovered.cleaning = remove_expired(rooms, now);
  clean_folders(rooms, unread, left_over);
  recovered.cleaning.left_over += left_over;
  recovered.unfinished = rooms.uploads.unfinished().size();
  recovered.unread = unread.ids.size();
  if (recovered.unread != 0) rooms.state.keep_list();
  return recovered;
}

Cleaning remove_expired(Rooms& rooms, std::int64_t now) {
  Cleaning cleaning;
  cleaning.let_go = rooms.state.remove_left_behind();
  for (const auto& upload : rooms.uploads.take_expired(now)) {
    const bool finished = upload->progress.phase == UploadPhase::complete;
    const Deleted deleted = remove_files(rooms, *upload);
    if (!finished) cleaning.expired += deleted;
  }
  return cleaning;
}

Deleted remove_files(Rooms& rooms, const Upload& upload) {
  Deleted deleted;
  if (upload.progress.phase != UploadPhase::complete) {
    deleted += remove_file(rooms, temporary_path(relative_path(upload.record.target), upload.id));
  }
  return deleted += remove_file(rooms, state_path(upload.id + ".upload"));
}

Deleted remove_file(Rooms& rooms, const std::wstring& path) {
  std::uint64_t bytes = 0;
  const DWORD code = rooms.folder.remove(path, bytes);
  if (code == ERROR_SUCCESS) return {1, bytes};
  if (!is_missing(code)) rooms.state.leave_behind(path);
  return {};
}

DWORD rewrite_state(Rooms& rooms, const Upload& upload) {
  LineFile next;
  const std::wstring path = state_path(upload.id + ".new");
  if (const DWORD code = LineFile::open(rooms.folder, path, FILE_SUPERSEDE, next)) return code;
  if (const DWORD code = next.append(to_line(upload.record) + to_line(upload.progress))) {
    return code;
  }
  return next.rename_to(rooms.folder.absolute(state_path(upload.id + ".upload")));
}

}  // namespace overlap::store
