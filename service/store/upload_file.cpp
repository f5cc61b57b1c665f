#include "service/store/upload_file.h"

#include <algorithm>
#include <chrono>

#include "service/store/file_bytes.h"
#include "service/store/placement.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

std::wstring log_path(const std::string& id) { return state_path(id + ".upload"); }

// Refuses early what the commit would refuse.
StoreOutcome check_target(const Rooms& rooms, const Ask& ask) {
  if (ask.path.names_folder()) return refuse(StoreError::is_folder);
  std::optional<FileState> there;
  if (const DWORD code = rooms.folder.look(relative_path(ask.path), there)) {
    return write_failure(code);
  }
  if (there && there->is_folder()) return refuse(StoreError::is_folder);
  if (!holds(ask.condition, there)) return refuse(StoreError::condition_failed);
  if (there && there->is_read_only()) return refuse(StoreError::access_denied);
  return {};
}

}  // namespace

std::int64_t unix_now() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

void UploadFile::name(std::string id, UploadRecord record) {
  id_ = std::move(id);
  record_ = std::move(record);
  path_ = temporary_path(relative_path(record_.target), id_);
}

UploadFile::~UploadFile() {
  try {
    if (!upload_) discard();
  } catch (const std::exception&) {
    // Out of memory: the file stays behind until the next start.
    rooms_.state.keep_list();
  }
  promise_.end();
  // The next one opens both: they must be closed before it may.
  file_.reset();
  log_.close();
  if (upload_) rooms_.uploads.release(*upload_);
}

std::unique_ptr<UploadFile> UploadFile::create(Rooms& rooms, const Ask& ask, StoreOutcome& outcome,
                                               win::FileHandle& file) {
  outcome = check_target(rooms, ask);
  if (outcome.error != StoreError::none) return nullptr;
  std::unique_ptr<UploadFile> upload(new UploadFile(rooms));
  upload->name(rooms.state.make_id(),
               {ask.path, ask.user, ask.terms.digests, ask.condition, ask.terms.metadata});
  DWORD code = rooms.space.promise(0, ask.terms.length.value_or(0), upload->promise_);
  if (code == ERROR_SUCCESS) code = rooms.state.note(upload->path_);
  if (code == ERROR_SUCCESS)
    code = rooms.folder.open(upload->path_, temporary_opening, upload->file_);
  if (code == ERROR_SUCCESS) code = win::duplicate(upload->handle(), file);
  if (code != ERROR_SUCCESS) {
    outcome = write_failure(code);
    return nullptr;
  }
  upload->promise_.watch(upload->handle());
  upload->progress_.length = ask.terms.length;
  upload->progress_.touched_unix_seconds = unix_now();
  if (ask.terms.resumable) outcome = upload->begin_resumable();
  if (outcome.error != StoreError::none) {
    file.reset();
    return nullptr;
  }
  outcome.upload = upload->state();
  return upload;
}

StoreOutcome UploadFile::begin_resumable() {
  const DWORD code = LineFile::open(rooms_.folder, log_path(id_), FILE_CREATE, log_);
  if (code != ERROR_SUCCESS) return failure(code);
  DWORD written = log_.append(to_line(record_) + to_line(progress_));
  if (written == ERROR_SUCCESS && rooms_.config.flush == config::FlushPolicy::file) {
    written = log_.flush();
  }
  if (written == ERROR_SUCCESS) {
    upload_ = rooms_.uploads.begin(id_, record_, progress_, this);
  }
  if (!upload_) {
    log_.remove();
    log_.close();
    return written != ERROR_SUCCESS ? failure(written) : refuse(StoreError::too_many);
  }
  StoreOutcome outcome;
  outcome.upload_id = id_;
  return outcome;
}

std::unique_ptr<UploadFile> UploadFile::append(Rooms& rooms, const Ask& ask, StoreOutcome& outcome,
                                               win::FileHandle& file) {
  std::unique_ptr<UploadFile> upload(new UploadFile(rooms));
  outcome = rooms.uploads.claim(ask, unix_now(), *upload, upload->upload_);
  if (outcome.error != StoreError::none) return nullptr;
  // Nobody else changes what has a holder.
  upload->name(upload->upload_->id, upload->upload_->record);
  upload->progress_ = upload->upload_->progress;
  const std::uint64_t size = upload->progress_.length.value_or(ask.offset);
  DWORD code = rooms.space.promise(ask.offset, size, upload->promise_);
  if (code == ERROR_SUCCESS) code = upload->open_existing(file);
  if (code == ERROR_SUCCESS) return upload;
  // Somebody has deleted its file: there is nothing to go on with.
  if (is_missing(code)) upload->discard();
  outcome.error = store_error(code);
  outcome.native = code;
  file.reset();
  return nullptr;
}

DWORD UploadFile::open_existing(win::FileHandle& file) {
  Opening how = temporary_opening;
  how.disposition = FILE_OPEN;
  if (const DWORD code = rooms_.folder.open(path_, how, file_)) return code;
  FileState state;
  if (const DWORD code = read_file_state(handle(), state)) return code;
  if (state.info.size < progress_.offset) return ERROR_FILE_NOT_FOUND;
  // What was written past the last checkpoint is sent again.
  if (const DWORD code = set_file_size(handle(), progress_.offset)) return code;
  if (const DWORD code = LineFile::open(rooms_.folder, log_path(id_), FILE_OPEN, log_)) return code;
  if (const DWORD code = write_down(UploadPhase::written, progress_.offset)) return code;
  promise_.watch(handle());
  return win::duplicate(handle(), file);
}

DWORD UploadFile::flush() noexcept {
  if (rooms_.config.flush != config::FlushPolicy::file) return ERROR_SUCCESS;
  return FlushFileBuffers(handle()) ? ERROR_SUCCESS : GetLastError();
}

DWORD UploadFile::write_down(UploadPhase phase, std::uint64_t offset) {
  progress_.phase = phase;
  progress_.offset = offset;
  progress_.flushed = std::min(progress_.flushed, offset);
  progress_.touched_unix_seconds = unix_now();
  if (!rooms_.uploads.advance(*upload_, progress_)) return ERROR_FILE_NOT_FOUND;
  return log_.append(to_line(progress_));
}

StoreOutcome UploadFile::checkpoint(std::uint64_t offset) {
  if (!progress_.length) {
    if (const DWORD code = rooms_.space.check()) return failure(code);
  }
  if (!upload_) return {};
  if (offset - progress_.flushed >= flush_bytes) {
    if (const DWORD code = flush()) return failure(code);
    progress_.flushed = offset;
  }
  if (const DWORD code = write_down(UploadPhase::written, offset)) return failure(code);
  StoreOutcome outcome;
  outcome.upload_id = id_;
  outcome.upload = state();
  return outcome;
}

StoreOutcome UploadFile::suspend(std::uint64_t offset) {
  if (!upload_) return refuse(StoreError::failed, ERROR_INVALID_FUNCTION);
  DWORD code = flush();
  if (code == ERROR_SUCCESS) {
    progress_.flushed = offset;
    code = write_down(UploadPhase::written, offset);
  }
  if (code == ERROR_SUCCESS && rooms_.config.flush == config::FlushPolicy::file) {
    code = log_.flush();
  }
  StoreOutcome outcome = failure(code);
  outcome.upload_id = id_;
  outcome.upload = state();
  return outcome;
}

void UploadFile::discard() {
  if (upload_) {
    rooms_.uploads.forget(*upload_);
    if (log_) {
      log_.remove();
      log_.close();
    } else {
      rooms_.folder.remove(log_path(id_));
    }
    rooms_.uploads.release(*upload_);
    upload_.reset();
  }
  promise_.end();
  if (!file_) return;
  if (mark_deleted(handle()) != ERROR_SUCCESS) rooms_.state.leave_behind(path_);
  file_.reset();
}

DWORD UploadFile::settle(std::uint64_t size, FileState& state) {
  if (upload_ && rooms_.uploads.is_gone(*upload_)) return ERROR_FILE_NOT_FOUND;
  if (const DWORD code = flush()) return code;
  if (const DWORD code = fix_time(handle())) return code;
  if (const DWORD code = read_file_state(handle(), state)) return code;
  if (state.info.size != size) return ERROR_INVALID_DATA;
  promise_.end();
  progress_.offset = progress_.flushed = size;
  return ERROR_SUCCESS;
}

bool UploadFile::about_to_rename() {
  // If it cannot be written down (the disk is full), a crash within the next moment makes a
  // complete upload look like one that was lost. The client sends it again.
  if (upload_ && write_down(UploadPhase::renaming, progress_.offset) == ERROR_FILE_NOT_FOUND)
    return false;
  give_up_writing(file_);
  return true;
}

void UploadFile::renamed() {
  file_.reset();
  if (!upload_) return;
  progress_.phase = UploadPhase::complete;
  progress_.length = progress_.offset;
  progress_.touched_unix_seconds = unix_now();
  std::string forgotten;
  if (rooms_.uploads.complete(*upload_, progress_, forgotten)) log_.append(to_line(progress_));
  if (!forgotten.empty()) rooms_.folder.remove(log_path(forgotten));
}

StoreOutcome UploadFile::keep(DWORD native) {
  progress_.length = progress_.offset;
  StoreOutcome outcome = refuse(StoreError::in_use, native);
  if (upload_) {
    write_down(UploadPhase::written, progress_.offset);
  } else if (!rooms_.resumable || begin_resumable().error != StoreError::none) {
    discard();
    return outcome;
  }
  outcome.upload_id = id_;
  outcome.upload = state();
  return outcome;
}

}  // namespace overlap::store
