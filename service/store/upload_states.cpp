#include "service/store/upload_states.h"

#include <algorithm>
#include <set>

#include "service/store/folder_scan.h"
#include "service/store/store_error.h"
#include "service/store/temporary.h"

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

// Nothing if the file is torn before its first two lines are whole.
std::optional<SavedState> read_state(const ServedFolder& folder, const std::wstring& path) {
  std::string text;
  std::uint64_t size = 0;
  if (read_part(folder, path, 0, state_bytes_max, text, size)) return std::nullopt;
  const auto end = text.find('\n');
  if (end == std::string::npos) return std::nullopt;
  auto record = read_record(std::string_view(text).substr(0, end));
  if (!record) return std::nullopt;
  text.erase(0, end + 1);
  const bool whole = size <= state_bytes_max;
  if (!whole && read_part(folder, path, size - tail_bytes, tail_bytes, text, size)) {
    return std::nullopt;
  }
  const auto progress = last_progress(text, whole);
  if (!progress) return std::nullopt;
  return SavedState{std::move(*record), *progress};
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

void remove_counted(Rooms& rooms, const std::wstring& path, std::size_t& removed) {
  const DWORD code = rooms.folder.remove(path);
  if (code == ERROR_SUCCESS) ++removed;
  if (code != ERROR_SUCCESS && !is_missing(code)) rooms.state.leave_behind(path);
}

void read_states(Rooms& rooms, std::int64_t now, std::size_t& removed) {
  std::vector<std::string> ids;
  std::vector<std::wstring> unwanted;
  scan_folder(rooms.folder, state_folder_path(), [&](const FolderEntry& entry) {
    if (auto id = id_of_state(entry.name); !id.empty()) {
      ids.push_back(std::move(id));
    } else if (entry.name.ends_with(L".new")) {
      unwanted.push_back(path_in(state_folder_path(), entry.name));
    }
  });
  for (std::string& id : ids) {
    const std::wstring path = state_path(id + ".upload");
    auto saved = read_state(rooms.folder, path);
    if (saved && reconcile(rooms, id, *saved, now)) {
      rooms.uploads.restore(std::move(id), std::move(saved->record), saved->progress);
    } else {
      unwanted.push_back(path);
    }
  }
  for (const std::wstring& path : unwanted) remove_counted(rooms, path, removed);
}

// Every temporary file in the folder that no upload owns.
void clean_folder(Rooms& rooms, const std::wstring& folder, std::size_t& removed) {
  std::vector<std::wstring> unwanted;
  scan_folder(rooms.folder, folder, [&](const FolderEntry& entry) {
    const std::string id = id_of_temporary(entry.name);
    if (!id.empty() && !entry.is_folder && !rooms.uploads.owns(id)) {
      unwanted.push_back(path_in(folder, entry.name));
    }
  });
  for (const std::wstring& path : unwanted) remove_counted(rooms, path, removed);
}

}  // namespace

Recovered recover(Rooms& rooms, std::int64_t now) {
  Recovered recovered;
  read_states(rooms, now, recovered.removed);
  recovered.removed += remove_expired(rooms, now);
  for (const std::wstring& folder : rooms.state.noted_folders()) {
    clean_folder(rooms, folder, recovered.removed);
  }
  std::set<std::wstring> folders;
  for (const Upload& upload : rooms.uploads.unfinished()) {
    folders.insert(folder_of(relative_path(upload.record.target)));
    ++recovered.unfinished;
  }
  // If it cannot be begun anew, the old list is added to.
  rooms.state.begin_list({folders.begin(), folders.end()});
  return recovered;
}

std::size_t remove_expired(Rooms& rooms, std::int64_t now) {
  std::size_t removed = rooms.state.remove_left_behind();
  for (const auto& upload : rooms.uploads.take_expired(now)) {
    removed += remove_files(rooms, *upload);
  }
  return removed;
}

std::size_t remove_files(Rooms& rooms, const Upload& upload) {
  std::size_t removed = 0;
  if (upload.progress.phase != UploadPhase::complete) {
    remove_counted(rooms, temporary_path(relative_path(upload.record.target), upload.id), removed);
  }
  remove_counted(rooms, state_path(upload.id + ".upload"), removed);
  return removed;
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
