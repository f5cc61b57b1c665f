#include "service/store/file_store.h"

#include "service/log/log.h"
#include "service/store/commit.h"
#include "service/store/folder_page.h"
#include "service/store/names.h"
#include "service/store/reading.h"
#include "service/store/rooms.h"
#include "service/store/store_error.h"
#include "service/store/turns.h"
#include "service/store/upload_file.h"
#include "service/store/upload_states.h"

namespace overlap::store {

namespace {

StoreOutcome begin_upload(Rooms& rooms, FileJob& job) {
  StoreOutcome outcome;
  job.kept = job.ask.verb == StoreVerb::create
                 ? UploadFile::create(rooms, job.ask, outcome, job.file)
                 : UploadFile::append(rooms, job.ask, outcome, job.file);
  return outcome;
}

std::unique_ptr<UploadFile> take_upload(FileJob& job) {
  return std::unique_ptr<UploadFile>(static_cast<UploadFile*>(job.kept.release()));
}

StoreOutcome discard(FileJob& job) {
  if (const auto upload = take_upload(job)) upload->discard();
  return {};
}

StoreOutcome cancel(Rooms& rooms, const Ask& ask) {
  const auto upload = rooms.uploads.cancel(ask, unix_now());
  if (!upload) return refuse(StoreError::not_found);
  remove_files(rooms, *upload);
  return {};
}

bool needs_upload(StoreVerb verb) noexcept {
  return verb == StoreVerb::checkpoint || verb == StoreVerb::suspend || verb == StoreVerb::commit;
}

// Every verb once: what is answered at once in `job.outcome`, what takes turns as work.
std::unique_ptr<Work> begin(Rooms& rooms, FileJob& job) {
  const Ask& ask = job.ask;
  StoreOutcome& outcome = job.outcome;
  if (needs_upload(ask.verb) && !job.kept) {
    outcome = refuse(StoreError::failed, ERROR_INVALID_FUNCTION);
    return nullptr;
  }
  switch (ask.verb) {
    case StoreVerb::open:
      outcome = open_for_reading(rooms.folder, relative_path(ask.path), job.file, job.kept);
      return nullptr;
    case StoreVerb::verify: outcome = verify(job.kept.get()); return nullptr;
    case StoreVerb::digest:
      return digest_work(rooms.folder, rooms.digests, ask, rooms.config.digest_file_bytes_max);
    case StoreVerb::list: return list_work(rooms.folder, ask);
    case StoreVerb::create:
    case StoreVerb::append: outcome = begin_upload(rooms, job); return nullptr;
    case StoreVerb::checkpoint:
      outcome = static_cast<UploadFile&>(*job.kept).checkpoint(ask.offset);
      return nullptr;
    case StoreVerb::suspend: outcome = take_upload(job)->suspend(ask.offset); return nullptr;
    case StoreVerb::commit: return commit_work(rooms, ask, take_upload(job));
    case StoreVerb::discard: outcome = discard(job); return nullptr;
    case StoreVerb::query: outcome = rooms.uploads.query(ask, unix_now()); return nullptr;
    case StoreVerb::cancel: outcome = cancel(rooms, ask); return nullptr;
    case StoreVerb::make_folder: outcome = make_folder(rooms, ask); return nullptr;
    case StoreVerb::remove: return remove_work(rooms, ask);
    case StoreVerb::move: return move_work(rooms, ask);
    case StoreVerb::copy: return copy_work(rooms, ask);
  }
  outcome = refuse(StoreError::failed, ERROR_INVALID_FUNCTION);
  return nullptr;
}

}  // namespace

FileStore::FileStore(const config::Store& store, const config::Uploads& uploads)
    : rooms_(std::make_unique<Rooms>(store, uploads)) {
  const Recovered found = recover(*rooms_, unix_now());
  if (found.unfinished != 0) {
    log::write(log::Severity::info,
               "store: " + std::to_string(found.unfinished) + " unfinished uploads can go on");
  }
  report(found.cleaning);
  if (!rooms_->state.usable()) {
    log::write(log::Severity::warning,
               "store: the folder .overlap-uploads cannot be used, nothing can be uploaded");
  }
  if (found.unread != 0) {
    log::write(log::Severity::warning, "store: the states of " + std::to_string(found.unread) +
                                           " uploads cannot be read for now, they are kept");
  }
  look_at_volume();
  turns_ =
      std::make_unique<Turns>(store.threads, [this](FileJob& job) { return begin(*rooms_, job); });
}

FileStore::~FileStore() {
  stop();
  turns_.reset();
  try {
    if (rooms_->uploads.empty()) rooms_->state.close();
  } catch (const std::exception&) {
    // Out of memory: the next start looks into the folders again.
  }
}

void FileStore::stop() noexcept { turns_->stop(); }

void FileStore::submit(StoreJob<win::FileHandle>& job) noexcept { turns_->submit(job); }

void FileStore::sweep(std::int64_t unix_seconds) noexcept {
  turns_->post([this, unix_seconds] { report(remove_expired(*rooms_, unix_seconds)); });
}

std::vector<management::UploadState> FileStore::uploads(std::string_view after,
                                                        std::size_t limit) const {
  return rooms_->uploads.list(after, limit, unix_now());
}

bool FileStore::remove_upload(std::string_view id) {
  const auto upload = rooms_->uploads.cancel_unfinished(id, unix_now());
  if (!upload) return false;
  remove_files(*rooms_, *upload);
  return true;
}

void FileStore::measure() noexcept {
  if (measuring_.exchange(true)) return;
  turns_->post([this] {
    look_at_volume();
    measuring_.store(false);
  });
}

void FileStore::look_at_volume() noexcept {
  VolumeSpace found;
  const DWORD code = rooms_->folder.volume_bytes(found.free_bytes, found.total_bytes);
  const std::lock_guard hold(volume_mutex_);
  volume_ = code == ERROR_SUCCESS ? std::optional(found) : std::nullopt;
}

std::optional<VolumeSpace> FileStore::volume() const noexcept {
  const std::lock_guard hold(volume_mutex_);
  return volume_;
}

}  // namespace overlap::store
