#include "service/store/file_bytes.h"
#include "service/store/names.h"
#include "service/store/placement.h"
#include "service/store/store_error.h"
#include "service/store/temporary.h"

namespace overlap::store {

namespace {

constexpr ULONG file_options = FILE_NON_DIRECTORY_FILE | FILE_SEQUENTIAL_ONLY;

class CopyWork final : public Work {
 public:
  CopyWork(Rooms& rooms, const Ask& ask)
      : rooms_(rooms), ask_(ask), to_(relative_path(ask.destination)) {}

  ~CopyWork() override {
    promise_.end();
    // Nothing is left of what did not become the destination.
    if (!copy_ || mark_deleted(copy_.get()) == ERROR_SUCCESS) return;
    copy_.reset();
    try {
      rooms_.state.leave_behind(copy_path_);
    } catch (const std::exception&) {
      // Out of memory: the file stays behind until the next start.
      rooms_.state.keep_list();
    }
  }

  std::optional<StoreOutcome> turn() override {
    switch (step_) {
      case Step::begin: return begin();
      case Step::copy: return copy();
      case Step::place: return attempt();
    }
    return refuse(StoreError::failed);
  }

 private:
  enum class Step : std::uint8_t { begin, copy, place };

  std::optional<StoreOutcome> begin() {
    const std::wstring from = relative_path(ask_.path);
    if (from.empty()) return refuse(StoreError::is_folder);
    if (fold_case(from) == fold_case(to_)) return refuse(StoreError::access_denied);
    const Opening how{GENERIC_READ, share_no_writer, FILE_OPEN, file_options};
    if (const DWORD code = rooms_.folder.open(from, how, source_)) return failure(code);
    std::optional<FileState> source(std::in_place);
    if (const DWORD code = read_file_state(source_.get(), *source)) return failure(code);
    if (ask_.path.names_folder()) return refuse(StoreError::is_file);
    if (!holds(ask_.condition, source)) return refuse(StoreError::condition_failed);
    size_ = source->info.size;
    if (auto outcome = make_copy()) return outcome;
    piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size_, piece_bytes)));
    step_ = Step::copy;
    return std::nullopt;
  }

  // Refuses early what placing it would refuse.
  std::optional<StoreOutcome> make_copy() {
    if (to_.empty() || ask_.destination.names_folder()) return refuse(StoreError::is_folder);
    std::optional<FileState> there;
    if (const DWORD code = rooms_.folder.look(to_, there)) return write_failure(code);
    if (there && there->is_folder()) return refuse(StoreError::is_folder);
    if (there && !ask_.overwrite) return refuse(StoreError::exists);
    if (there && there->is_read_only()) return refuse(StoreError::access_denied);
    DWORD code = rooms_.space.promise(0, size_, promise_);
    copy_path_ = temporary_path(to_, rooms_.state.make_id());
    if (code == ERROR_SUCCESS) code = rooms_.state.note(copy_path_);
    if (code == ERROR_SUCCESS) code = rooms_.folder.open(copy_path_, temporary_opening, copy_);
    if (code != ERROR_SUCCESS) return write_failure(code);
    promise_.watch(copy_.get());
    return std::nullopt;
  }

  std::optional<StoreOutcome> copy() {
    for (std::size_t done = 0; done < turn_bytes && offset_ < size_;) {
      std::size_t count = 0;
      DWORD code = bytes_.read(source_.get(), offset_, piece_, count);
      const auto read = std::span(piece_).first(count);
      if (code == ERROR_SUCCESS && count == 0) code = ERROR_HANDLE_EOF;
      if (code == ERROR_SUCCESS) code = bytes_.write(copy_.get(), offset_, read);
      if (code != ERROR_SUCCESS) return failure(code);
      offset_ += count;
      done += count;
    }
    return offset_ < size_ ? std::nullopt : finish();
  }

  std::optional<StoreOutcome> finish() {
    source_.reset();
    promise_.end();
    if (rooms_.config.flush == config::FlushPolicy::file && !FlushFileBuffers(copy_.get())) {
      const DWORD code = GetLastError();
      return failure(code);
    }
    if (const DWORD code = fix_time(copy_.get())) return failure(code);
    FileState state;
    if (const DWORD code = read_file_state(copy_.get(), state)) return failure(code);
    info_ = state.info;
    step_ = Step::place;
    give_up_writing(copy_);
    return attempt();
  }

  std::optional<StoreOutcome> attempt() {
    DWORD held = ERROR_SUCCESS;
    auto outcome = place(rooms_, copy_.get(), to_, {}, ask_.overwrite, held);
    if (!outcome) {
      if (retries_.again(pause_)) return std::nullopt;
      return refuse(StoreError::in_use, held);
    }
    if (outcome->error != StoreError::none) return outcome;
    copy_.reset();
    outcome->info = info_;
    return outcome;
  }

  Rooms& rooms_;
  const Ask& ask_;
  const std::wstring to_;
  Step step_ = Step::begin;
  win::FileHandle source_;
  win::FileHandle copy_;  // the temporary file until it has its name
  std::wstring copy_path_;
  Space::Promise promise_;  // of what is yet to be written to `copy_`
  FileBytes bytes_;
  std::vector<std::byte> piece_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
  FileInfo info_;
  Retries retries_;
};

}  // namespace

std::unique_ptr<Work> copy_work(Rooms& rooms, const Ask& ask) {
  return std::make_unique<CopyWork>(rooms, ask);
}

}  // namespace overlap::store
