#include "service/store/state_folder.h"

#include <algorithm>

#include "common/path/url_path.h"
#include "common/path/utf.h"
#include "service/store/folder_scan.h"
#include "service/store/store_error.h"
#include "service/store/temporary.h"
#include "service/win/error.h"

namespace overlap::store {

namespace {

constexpr std::wstring_view state_folder_name = L".overlap-uploads";
constexpr std::size_t list_bytes_max = 64 * 1024 * 1024;

// "01234567 photos/2024"; nothing after the blank for the served folder.
std::string line_of(std::string_view mark, const std::wstring& folder) {
  std::string path;
  // What came from a URL is UTF-16: the conversion cannot fail.
  if (!folder.empty()) to_utf8(folder, path);
  std::replace(path.begin(), path.end(), '\\', '/');
  return std::string(mark) + ' ' + path + '\n';
}

std::string line_of(const std::wstring& temporary) {
  const std::wstring folder = folder_of(temporary);
  const auto name = std::wstring_view(temporary).substr(folder.empty() ? 0 : folder.size() + 1);
  const std::string id = id_of_temporary(name);
  return line_of(mark_of(id), folder);
}

// "photos/2024", as StorePath has it. Nothing if it is no path.
std::optional<std::wstring> folder_of_text(std::string_view line) {
  if (line.empty()) return std::wstring();
  std::string url;
  while (!line.empty()) {
    const std::string_view segment = line.substr(0, line.find('/'));
    url += '/' + encode_segment(segment);
    line.remove_prefix(std::min(line.size(), segment.size() + 1));
  }
  const auto path = parse_url_path(url);
  if (!std::holds_alternative<StorePath>(path)) return std::nullopt;
  return relative_path(std::get<StorePath>(path));
}

// Nothing if the line makes no sense: it was torn.
std::optional<NotedFolder> read_line(std::string_view line) {
  const auto mark = line.substr(0, mark_digits);
  if (!is_mark(mark) || !line.substr(mark_digits).starts_with(' ')) return std::nullopt;
  auto folder = folder_of_text(line.substr(mark_digits + 1));
  if (!folder) return std::nullopt;
  return NotedFolder{std::string(mark), std::move(*folder)};
}

}  // namespace

std::wstring state_folder_path() { return std::wstring(state_folder_name); }

std::wstring state_path(std::string_view name) {
  return path_in(state_folder_path(), std::wstring(name.begin(), name.end()));
}

DWORD LineFile::open(const ServedFolder& folder, const std::wstring& path, ULONG disposition,
                     LineFile& file) {
  const Opening how{FILE_APPEND_DATA | DELETE, share_no_writer, disposition,
                    FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT};
  // A crash may have torn the last line of what is there.
  file.torn_ = disposition == FILE_OPEN || disposition == FILE_OPEN_IF;
  return folder.open(path, how, file.file_);
}

DWORD LineFile::append(std::string_view line) {
  std::string bytes;
  if (torn_) bytes += '\n';
  bytes += line;
  DWORD written = 0;
  const auto size = static_cast<DWORD>(bytes.size());
  torn_ = true;
  if (!WriteFile(file_.get(), bytes.data(), size, &written, nullptr)) return GetLastError();
  if (written != size) return ERROR_DISK_FULL;
  torn_ = false;
  return ERROR_SUCCESS;
}

DWORD LineFile::flush() const noexcept {
  return FlushFileBuffers(file_.get()) ? ERROR_SUCCESS : GetLastError();
}

StateFolder::StateFolder(const ServedFolder& folder, const std::string& root)
    : folder_(folder), mark_(make_mark()) {
  // Another store that ends just now may be removing the folder.
  for (int attempt = 0; attempt < 10; ++attempt) {
    lock(root);
    if (usable()) return;
    Sleep(10);
  }
}

void StateFolder::lock(const std::string& root) {
  win::FileHandle made;
  // Until the file is in it, nobody may remove the folder.
  unusable_ = folder_.open(
      state_folder_path(),
      {FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN_IF, FILE_DIRECTORY_FILE},
      made);
  if (unusable_) return;
  unusable_ = folder_.open(
      state_path("lock"),
      {GENERIC_WRITE | DELETE, 0, FILE_OPEN_IF, FILE_NON_DIRECTORY_FILE | FILE_DELETE_ON_CLOSE},
      lock_);
  if (unusable_ == ERROR_SHARING_VIOLATION) {
    win::throw_error(unusable_, "cannot serve the folder " + root + ", another process serves it");
  }
}

std::string StateFolder::make_id() const { return store::make_id(mark_); }

DWORD StateFolder::note(const std::wstring& path) {
  if (unusable_) return unusable_;
  std::string line = line_of(path);
  const std::lock_guard hold(mutex_);
  if (noted_.contains(line)) return ERROR_SUCCESS;
  if (!list_) {
    if (const DWORD code = LineFile::open(folder_, state_path("folders"), FILE_OPEN_IF, list_)) {
      return code;
    }
  }
  if (const DWORD code = list_.append(line)) return code;
  if (noted_.size() >= noted_max) noted_.clear();
  noted_.insert(std::move(line));
  return ERROR_SUCCESS;
}

DWORD StateFolder::read_list(std::vector<NotedFolder>& noted) const {
  std::string text;
  std::uint64_t size = 0;
  const DWORD code = read_part(folder_, state_path("folders"), 0, list_bytes_max, text, size);
  if (code != ERROR_SUCCESS) return is_missing(code) ? ERROR_SUCCESS : code;
  std::set<NotedFolder> found;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('\n');
    if (auto line = read_line(rest.substr(0, end))) found.insert(std::move(*line));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  noted.assign(found.begin(), found.end());
  return ERROR_SUCCESS;
}

DWORD StateFolder::begin_list(const std::set<NotedFolder>& noted) {
  if (unusable_) return unusable_;
  const std::lock_guard hold(mutex_);
  list_.close();
  noted_.clear();
  LineFile next;
  // FILE_SUPERSEDE: what an interrupted start has left counts for nothing.
  if (const DWORD code = LineFile::open(folder_, state_path("folders.new"), FILE_SUPERSEDE, next)) {
    return code;
  }
  std::set<std::string> lines;
  for (const NotedFolder& entry : noted) lines.insert(line_of(entry.mark, entry.folder));
  for (const std::wstring& path : left_behind_) lines.insert(line_of(path));
  for (const std::string& line : lines) {
    if (const DWORD code = next.append(line)) return code;
  }
  if (const DWORD code = next.rename_to(folder_.absolute(state_path("folders")))) return code;
  list_ = std::move(next);
  noted_ = std::move(lines);
  return ERROR_SUCCESS;
}

void StateFolder::close() {
  remove_left_behind();
  const std::lock_guard hold(mutex_);
  if (unusable_ || keep_list_ || !left_behind_.empty()) return;
  list_.close();
  const DWORD code = folder_.remove(state_path("folders"));
  if (code != ERROR_SUCCESS && !is_missing(code)) return;
  lock_.reset();
  // Fails if somebody else has put something there, or serves the folder already.
  folder_.remove(state_folder_path());
}

void StateFolder::leave_behind(std::wstring path) {
  const std::lock_guard hold(mutex_);
  if (left_behind_.size() < left_behind_max) {
    left_behind_.push_back(std::move(path));
  } else {
    keep_list();
  }
}

Deleted StateFolder::remove_left_behind() {
  std::vector<std::wstring> paths;
  {
    const std::lock_guard hold(mutex_);
    paths.swap(left_behind_);
  }
  Deleted deleted;
  for (std::wstring& path : paths) {
    std::uint64_t bytes = 0;
    const DWORD code = folder_.remove(path, bytes);
    if (code == ERROR_SUCCESS) deleted += {1, bytes};
    if (code != ERROR_SUCCESS && !is_missing(code)) leave_behind(std::move(path));
  }
  return deleted;
}

DWORD read_part(const ServedFolder& folder, const std::wstring& path, std::uint64_t offset,
                std::size_t bytes_max, std::string& content, std::uint64_t& size) {
  win::FileHandle file;
  const Opening how{GENERIC_READ, share_all, FILE_OPEN,
                    FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT};
  if (const DWORD code = folder.open(path, how, file)) return code;
  FileState state;
  if (const DWORD code = read_file_state(file.get(), state)) return code;
  size = state.info.size;
  const std::uint64_t left = size - std::min(size, offset);
  content.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes_max)));
  std::size_t done = 0;
  while (done < content.size()) {
    OVERLAPPED at{};
    at.Offset = static_cast<DWORD>(offset + done);
    at.OffsetHigh = static_cast<DWORD>((offset + done) >> 32);
    DWORD count = 0;
    const auto wanted = static_cast<DWORD>(content.size() - done);
    if (!ReadFile(file.get(), content.data() + done, wanted, &count, &at)) {
      const DWORD code = GetLastError();
      if (code != ERROR_HANDLE_EOF) return code;
      count = 0;
    }
    if (count == 0) break;
    done += count;
  }
  content.resize(done);
  return ERROR_SUCCESS;
}

}  // namespace overlap::store
