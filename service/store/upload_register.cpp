#include "service/store/upload_register.h"

#include <algorithm>
#include <chrono>

#include "common/path/url_path.h"
#include "service/store/name_locks.h"
#include "service/store/served_folder.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

bool is_complete(const UploadProgress& progress) noexcept {
  return progress.phase == UploadPhase::complete;
}

// "from/a/b" becomes "to/a/b"; nothing if the target is not in `from`.
std::optional<StorePath> moved(const StorePath& target, const StorePath& from,
                               const StorePath& to) {
  const std::string& text = target.text();
  const std::size_t size = from.text().size();
  if (text.size() <= size || text[size] != '/') return std::nullopt;
  const auto folded = [](const StorePath& path) { return fold_case(relative_path(path)); };
  if (!folded(target).starts_with(folded(from) + L'\\')) return std::nullopt;
  std::string url = to_url_path(to);
  if (!url.ends_with('/')) url += '/';
  std::string rest = text.substr(size + 1);
  for (std::string_view left = rest; !left.empty();) {
    const std::string_view segment = left.substr(0, left.find('/'));
    url += encode_segment(segment);
    left.remove_prefix(segment.size());
    if (left.empty()) break;
    url += '/';
    left.remove_prefix(1);
  }
  auto path = parse_url_path(url);
  if (!std::holds_alternative<StorePath>(path)) return std::nullopt;
  return std::get<StorePath>(std::move(path));
}

}  // namespace

std::shared_ptr<Upload> UploadRegister::begin(std::string id, UploadRecord record,
                                              const UploadProgress& progress, StoreFile* holder) {
  auto upload = std::make_shared<Upload>();
  upload->id = std::move(id);
  upload->record = std::move(record);
  upload->progress = progress;
  upload->holder = holder;
  const std::lock_guard hold(mutex_);
  if (unfinished_ >= config_.unfinished_max) return nullptr;
  const auto of_user = unfinished_of_.find(upload->record.user);
  if (of_user != unfinished_of_.end() && of_user->second >= share()) return nullptr;
  uploads_.emplace(upload->id, upload);
  try {
    count_begun(*upload);
  } catch (...) {
    uploads_.erase(upload->id);
    throw;
  }
  return upload;
}

void UploadRegister::restore(std::string id, UploadRecord record, const UploadProgress& progress) {
  auto upload = std::make_shared<Upload>();
  upload->id = std::move(id);
  upload->record = std::move(record);
  upload->progress = progress;
  const std::lock_guard hold(mutex_);
  if (!uploads_.emplace(upload->id, upload).second) return;
  if (is_complete(progress)) {
    complete_.push_back(upload->id);
  } else {
    count_begun(*upload);
  }
}

// Half of the places, so that one user cannot keep all others from uploading; but as many as
// anybody needs at once.
std::size_t UploadRegister::share() const noexcept {
  constexpr std::size_t share_least = 64;
  return std::max(config_.unfinished_max / 2, std::min(config_.unfinished_max, share_least));
}

void UploadRegister::count_begun(const Upload& upload) {
  ++unfinished_of_[upload.record.user];
  ++unfinished_;
}

void UploadRegister::count_ended(const Upload& upload) noexcept {
  const auto of_user = unfinished_of_.find(upload.record.user);
  if (--of_user->second == 0) unfinished_of_.erase(of_user);
  --unfinished_;
}

StoreOutcome UploadRegister::claim(const Ask& ask, std::int64_t now, StoreFile& holder,
                                   std::shared_ptr<Upload>& claimed) {
  const std::lock_guard hold(mutex_);
  const std::shared_ptr<Upload> upload = find(ask, now);
  if (!upload) return refuse(StoreError::not_found);
  UploadProgress& progress = upload->progress;
  const auto answer = [&](StoreError error) {
    StoreOutcome outcome = refuse(error);
    outcome.upload_id = upload->id;
    outcome.upload = state_of(progress);
    outcome.path = upload->record.target;
    return outcome;
  };
  if (is_complete(progress)) return answer(StoreError::already_complete);
  if (upload->holder) {
    upload->holder->revoked.store(true, std::memory_order_relaxed);
    return answer(StoreError::upload_in_use);
  }
  if (ask.offset != progress.offset) return answer(StoreError::wrong_offset);
  if (const auto length = ask.terms.length) {
    if (progress.length.value_or(*length) != *length) return answer(StoreError::wrong_length);
    if (*length < progress.offset) return answer(StoreError::wrong_length);
    progress.length = length;
  }
  progress.phase = UploadPhase::written;
  progress.touched_unix_seconds = now;
  upload->holder = &holder;
  claimed = upload;
  return answer(StoreError::none);
}

void UploadRegister::release(Upload& upload) noexcept {
  const std::lock_guard hold(mutex_);
  upload.holder = nullptr;
}

bool UploadRegister::advance(Upload& upload, const UploadProgress& progress) {
  const std::lock_guard hold(mutex_);
  if (upload.gone) return false;
  upload.progress = progress;
  return true;
}

bool UploadRegister::complete(Upload& upload, const UploadProgress& progress,
                              std::string& forgotten) {
  const std::lock_guard hold(mutex_);
  if (upload.gone) return false;
  upload.progress = progress;
  complete_.push_back(upload.id);
  count_ended(upload);
  if (complete_.size() > complete_max) {
    forgotten = std::move(complete_.front());
    complete_.pop_front();
    uploads_.erase(forgotten);
  }
  return true;
}

bool UploadRegister::is_gone(const Upload& upload) const {
  const std::lock_guard hold(mutex_);
  return upload.gone;
}

void UploadRegister::forget(Upload& upload) noexcept {
  const std::lock_guard hold(mutex_);
  erase(upload);
}

void UploadRegister::erase(Upload& upload) noexcept {
  if (std::exchange(upload.gone, true)) return;
  if (is_complete(upload.progress)) {
    std::erase(complete_, upload.id);
  } else {
    count_ended(upload);
  }
  uploads_.erase(upload.id);
}

StoreOutcome UploadRegister::query(const Ask& ask, std::int64_t now) const {
  const std::lock_guard hold(mutex_);
  const auto upload = find(ask, now);
  if (!upload) return refuse(StoreError::not_found);
  StoreOutcome outcome;
  if (upload->holder && !is_complete(upload->progress)) {
    upload->holder->revoked.store(true, std::memory_order_relaxed);
    outcome.error = StoreError::upload_in_use;
  }
  outcome.upload_id = upload->id;
  outcome.upload = state_of(upload->progress);
  outcome.path = upload->record.target;
  outcome.metadata = upload->record.metadata;
  return outcome;
}

std::shared_ptr<Upload> UploadRegister::cancel(const Ask& ask, std::int64_t now) {
  const std::lock_guard hold(mutex_);
  const std::shared_ptr<Upload> upload = find(ask, now);
  if (upload) take_out(*upload);
  return upload;
}

std::shared_ptr<Upload> UploadRegister::cancel_unfinished(std::string_view id, std::int64_t now) {
  const std::lock_guard hold(mutex_);
  const std::shared_ptr<Upload> upload = find(id, now);
  if (!upload || is_complete(upload->progress)) return nullptr;
  take_out(*upload);
  return upload;
}

void UploadRegister::take_out(Upload& upload) noexcept {
  if (upload.holder) upload.holder->revoked.store(true, std::memory_order_relaxed);
  erase(upload);
}

std::vector<management::UploadState> UploadRegister::list(std::string_view after, std::size_t limit,
                                                          std::int64_t now) const {
  constexpr std::int64_t second_ms = 1000;
  std::vector<management::UploadState> found;
  const std::lock_guard hold(mutex_);
  for (auto entry = uploads_.upper_bound(after); entry != uploads_.end(); ++entry) {
    if (found.size() == limit) break;
    const Upload& upload = *entry->second;
    const UploadProgress& progress = upload.progress;
    if (is_complete(progress) || (!upload.holder && is_expired(progress, now))) continue;
    management::UploadState& state = found.emplace_back();
    state.id = upload.id;
    state.path = to_url_path(upload.record.target);
    state.user = upload.record.user;
    state.offset = progress.offset;
    state.length = progress.length;
    state.touched_unix_ms = progress.touched_unix_seconds * second_ms;
    state.expires_unix_ms = state_of(progress).expires_unix_seconds * second_ms;
    state.active = upload.holder != nullptr;
  }
  return found;
}

std::vector<std::shared_ptr<Upload>> UploadRegister::take_expired(std::int64_t now) {
  std::vector<std::shared_ptr<Upload>> expired;
  const std::lock_guard hold(mutex_);
  for (const auto& [id, upload] : uploads_) {
    if (!upload->holder && is_expired(upload->progress, now)) expired.push_back(upload);
  }
  for (const auto& upload : expired) erase(*upload);
  return expired;
}

bool UploadRegister::take_along(const StorePath& from, const StorePath& to, StoreFile& mover,
                                std::vector<MovedUpload>& taken) {
  std::vector<MovedUpload> found;
  std::vector<StorePath> targets;
  const std::lock_guard hold(mutex_);
  for (const auto& [id, upload] : uploads_) {
    if (is_complete(upload->progress)) continue;
    if (auto target = moved(upload->record.target, from, to)) {
      // Its file is open, is about to be, or was just closed.
      if (upload->holder) return false;
      found.push_back({upload, upload->record.target});
      targets.push_back(std::move(*target));
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i].upload->record.target = std::move(targets[i]);
    found[i].upload->holder = &mover;
  }
  taken = std::move(found);
  return true;
}

bool UploadRegister::give_back(MovedUpload& moved, bool renamed) noexcept {
  const std::lock_guard hold(mutex_);
  moved.upload->holder = nullptr;
  // Who has cancelled it may be reading its target.
  if (moved.upload->gone) return true;
  if (!renamed) moved.upload->record.target = std::move(moved.before);
  return false;
}

bool UploadRegister::owns(const std::string& id) const {
  const std::lock_guard hold(mutex_);
  const auto found = uploads_.find(id);
  return found != uploads_.end() && !is_complete(found->second->progress);
}

bool UploadRegister::empty() const {
  const std::lock_guard hold(mutex_);
  return uploads_.empty();
}

std::vector<Upload> UploadRegister::unfinished() const {
  std::vector<Upload> found;
  const std::lock_guard hold(mutex_);
  for (const auto& [id, upload] : uploads_) {
    if (!is_complete(upload->progress)) found.push_back(*upload);
  }
  return found;
}

protocol::UploadState UploadRegister::state_of(const UploadProgress& progress) const noexcept {
  using std::chrono::duration_cast;
  protocol::UploadState state;
  state.offset = progress.offset;
  state.length = progress.length;
  state.complete = is_complete(progress);
  state.expires_unix_seconds =
      progress.touched_unix_seconds + duration_cast<std::chrono::seconds>(config_.expire).count();
  return state;
}

bool UploadRegister::is_expired(const UploadProgress& progress, std::int64_t now) const noexcept {
  return state_of(progress).expires_unix_seconds <= now;
}

std::shared_ptr<Upload> UploadRegister::find(const Ask& ask, std::int64_t now) const {
  std::shared_ptr<Upload> upload = find(ask.upload_id, now);
  return upload && upload->record.user == ask.user ? upload : nullptr;
}

std::shared_ptr<Upload> UploadRegister::find(std::string_view id, std::int64_t now) const {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return nullptr;
  const Upload& upload = *found->second;
  // One that a connection writes to is touched all the time.
  if (!upload.holder && is_expired(upload.progress, now)) return nullptr;
  return found->second;
}

}  // namespace overlap::store
