// What is known of the uploads that can be resumed: the unfinished ones, and for a while those that
// are complete. Only what is in memory counts; the state files make it survive.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/config/config.h"
#include "common/management/state.h"
#include "service/store/store_job.h"
#include "service/store/upload_record.h"

namespace overlap::store {

// Under the register's mutex, but for `id`.
struct Upload {
  std::string id;
  UploadRecord record;
  UploadProgress progress;
  StoreFile* holder = nullptr;  // the connection that writes to it; it takes itself off
  bool gone = false;            // cancelled: its holder must not go on
};

// One whose folder is being renamed.
struct MovedUpload {
  std::shared_ptr<Upload> upload;
  StorePath before;  // its target until then
};

// Thread-safe. A mutex, since several workers need an answer before they go on; nothing waits while
// it is held.
class UploadRegister {
 public:
  // Completed uploads that are remembered at most.
  static constexpr std::size_t complete_max = 10'000;

  explicit UploadRegister(const config::Uploads& config) : config_(config) {}

  // Adds an upload that `holder` writes to. Null if there are too many unfinished ones.
  std::shared_ptr<Upload> begin(std::string id, UploadRecord record, const UploadProgress& progress,
                                StoreFile* holder);
  // For start-up: adds what a state file tells.
  void restore(std::string id, UploadRecord record, const UploadProgress& progress);

  // Makes `holder` the one that writes, if the upload of ask.user is unfinished, holds ask.offset
  // bytes, has a length that ask.terms.length does not contradict, and nobody else writes to it:
  // that one is told to end.
  StoreOutcome claim(const Ask& ask, std::int64_t now, StoreFile& holder,
                     std::shared_ptr<Upload>& claimed);
  // The holder lets go. Its handles must be closed: the next one opens the file.
  void release(Upload& upload) noexcept;

  // What the holder has written. False if the upload was cancelled meanwhile. Completing may push
  // out the memory of another upload, whose id is then in `forgotten`.
  bool advance(Upload& upload, const UploadProgress& progress);
  bool complete(Upload& upload, const UploadProgress& progress, std::string& forgotten);
  bool is_gone(const Upload& upload) const;

  void forget(Upload& upload) noexcept;
  // Of an upload that somebody writes to nothing certain can be said: the holder is told to end.
  StoreOutcome query(const Ask& ask, std::int64_t now) const;
  // Takes it out of the register; its holder is told to end. Null if there is none.
  std::shared_ptr<Upload> cancel(const Ask& ask, std::int64_t now);
  // The same for an unfinished one, whoever began it.
  std::shared_ptr<Upload> cancel_unfinished(std::string_view id, std::int64_t now);
  // The unfinished ones in the order of their ids, from the first one greater than `after` on.
  std::vector<management::UploadState> list(std::string_view after, std::size_t limit,
                                            std::int64_t now) const;
  // Takes out those that nobody has touched for the configured time.
  std::vector<std::shared_ptr<Upload>> take_expired(std::int64_t now);

  // A folder is to have another name: so have the unfinished uploads in it, which `mover` holds
  // until it has given each of them back. False if somebody holds one: then nothing is changed.
  bool take_along(const StorePath& from, const StorePath& to, StoreFile& mover,
                  std::vector<MovedUpload>& taken);
  // `renamed`: it stays in the new folder, else it is again where it was before. True if it was
  // cancelled meanwhile.
  bool give_back(MovedUpload& moved, bool renamed) noexcept;

  bool owns(const std::string& id) const;  // an unfinished one
  bool empty() const;                      // also of completed ones
  protocol::UploadState state_of(const UploadProgress& progress) const noexcept;
  std::vector<Upload> unfinished() const;

 private:
  bool is_expired(const UploadProgress& progress, std::int64_t now) const noexcept;
  // All under the mutex.
  std::size_t share() const noexcept;  // unfinished uploads that one user may have
  void count_begun(const Upload& upload);
  void count_ended(const Upload& upload) noexcept;
  void erase(Upload& upload) noexcept;
  std::shared_ptr<Upload> find(const Ask& ask, std::int64_t now) const;
  std::shared_ptr<Upload> find(std::string_view id, std::int64_t now) const;
  void take_out(Upload& upload) noexcept;

  const config::Uploads config_;
  mutable std::mutex mutex_;
  // Ordered, so that a list of them can be given in pages.
  std::map<std::string, std::shared_ptr<Upload>, std::less<>> uploads_;
  std::size_t unfinished_ = 0;
  std::unordered_map<std::string, std::size_t> unfinished_of_;  // by user; none has 0
  std::deque<std::string> complete_;                            // the oldest in front
};

}  // namespace overlap::store
