#include "service/store/reading.h"

#include "service/store/hash_pass.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

constexpr ULONG file_options = FILE_NON_DIRECTORY_FILE | FILE_SEQUENTIAL_ONLY;

class ReadingFile final : public StoreFile {
 public:
  ReadingFile(win::FileHandle file, const FileInfo& info) : file_(std::move(file)), info_(info) {}

  StoreOutcome verify() const {
    // Opened such that nobody may write: fails while somebody does. Also for a file that has been
    // replaced or deleted meanwhile it is asked by the handle, not by the name.
    const win::FileHandle now(
        ReOpenFile(file_.get(), GENERIC_READ, share_no_writer, FILE_FLAG_OVERLAPPED));
    const DWORD code = now ? ERROR_SUCCESS : GetLastError();
    if (code == ERROR_SHARING_VIOLATION && !info_.unstable) return refuse(StoreError::changed);
    // Whatever else is wrong with opening it once more (it is being deleted, rights were taken
    // away), what is open tells its size and time.
    FileState state;
    if (const DWORD error = read_file_state(file_.get(), state)) return failure(error);
    const bool same =
        state.info.size == info_.size && state.info.modified_ticks == info_.modified_ticks;
    return refuse(same ? StoreError::none : StoreError::changed);
  }

 private:
  win::FileHandle file_;  // another handle of what the connection reads from
  FileInfo info_;         // as it was when it was opened
};

// First such that nobody can write, then, if somebody does, beside them.
DWORD open_file(const ServedFolder& folder, const std::wstring& path, win::FileHandle& file,
                bool& written_to) {
  Opening how{GENERIC_READ, share_no_writer, FILE_OPEN, file_options};
  DWORD code = folder.open(path, how, file);
  written_to = false;
  if (code == ERROR_SHARING_VIOLATION) {
    how.share = share_all;
    code = folder.open(path, how, file);
    written_to = true;
  }
  return code;
}

class DigestWork final : public Work {
 public:
  DigestWork(const ServedFolder& folder, DigestCache& cache, const Ask& ask,
             std::uint64_t bytes_max)
      : folder_(folder), cache_(cache), ask_(ask), bytes_max_(bytes_max) {}

  std::optional<StoreOutcome> turn() override {
    if (!pass_) {
      if (auto outcome = begin()) return outcome;
    }
    if (const DWORD code = pass_->turn(file_.get())) return failure(code);
    if (!pass_->finished()) return std::nullopt;
    outcome_.digest = pass_->digests().front();
    cache_.remember(outcome_.info, *outcome_.digest);
    return std::move(outcome_);
  }

 private:
  std::optional<StoreOutcome> begin() {
    bool written_to = false;
    if (const DWORD code = open_file(folder_, relative_path(ask_.path), file_, written_to)) {
      return failure(code);
    }
    FileState state;
    if (const DWORD code = read_file_state(file_.get(), state)) return failure(code);
    outcome_.info = state.info;
    outcome_.info.unstable = written_to;
    if (written_to || state.info.size > bytes_max_) return std::move(outcome_);
    outcome_.digest = cache_.find(state.info, ask_.algorithm);
    if (outcome_.digest) return std::move(outcome_);
    pass_.emplace(std::vector{ask_.algorithm}, state.info.size);
    return std::nullopt;
  }

  const ServedFolder& folder_;
  DigestCache& cache_;
  const Ask& ask_;
  const std::uint64_t bytes_max_;
  win::FileHandle file_;  // nobody writes while it is open
  StoreOutcome outcome_;
  std::optional<HashPass> pass_;
};

}  // namespace

StoreOutcome open_for_reading(const ServedFolder& folder, const std::wstring& path,
                              win::FileHandle& file, std::unique_ptr<StoreFile>& kept) {
  win::FileHandle opened;
  bool written_to = false;
  if (const DWORD code = open_file(folder, path, opened, written_to)) return failure(code);
  FileState state;
  if (const DWORD code = read_file_state(opened.get(), state)) return failure(code);
  StoreOutcome outcome;
  outcome.info = state.info;
  outcome.info.unstable = written_to;
  if (!written_to && state.info.size > held_bytes_max) {
    // Until here nobody could write; from here on they may.
    win::FileHandle shared(ReOpenFile(opened.get(), GENERIC_READ, share_all,
                                      FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN));
    if (!shared) {
      const DWORD code = GetLastError();
      return failure(code);
    }
    opened = std::move(shared);
  }
  if (written_to || state.info.size > held_bytes_max) {
    win::FileHandle mine;
    if (const DWORD code = win::duplicate(opened.get(), mine)) return failure(code);
    kept = std::make_unique<ReadingFile>(std::move(mine), outcome.info);
  }
  file = std::move(opened);
  return outcome;
}

StoreOutcome verify(const StoreFile* kept) {
  return kept ? static_cast<const ReadingFile*>(kept)->verify() : StoreOutcome{};
}

std::unique_ptr<Work> digest_work(const ServedFolder& folder, DigestCache& cache, const Ask& ask,
                                  std::uint64_t bytes_max) {
  return std::make_unique<DigestWork>(folder, cache, ask, bytes_max);
}

}  // namespace overlap::store
