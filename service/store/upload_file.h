// The temporary file of one upload, while a connection writes to it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "service/store/rooms.h"
#include "service/store/store_job.h"
#include "service/store/temporary.h"

namespace overlap::store {

// Between two flushes of a growing upload, where the policy is to flush: so much must be sent again
// after a power cut.
inline constexpr std::uint64_t flush_bytes = 64 * 1024 * 1024;

// A plain upload lives as long as this object. One that can be resumed has an entry in the register
// and a state file, and outlives it. One thread at a time.
class UploadFile final : public StoreFile {
 public:
  // Each gives the file as `file` too, for the overlapped requests of the connection. Null if the
  // outcome is an error.
  static std::unique_ptr<UploadFile> create(Rooms& rooms, const Ask& ask, StoreOutcome& outcome,
                                            win::FileHandle& file);
  static std::unique_ptr<UploadFile> append(Rooms& rooms, const Ask& ask, StoreOutcome& outcome,
                                            win::FileHandle& file);
  ~UploadFile() override;

  StoreOutcome checkpoint(std::uint64_t offset);
  // Writes down what it holds, and lets go.
  StoreOutcome suspend(std::uint64_t offset);
  // Deletes it, with all that is known of it.
  void discard();

  // For the commit, in this order. The first refuses an upload that was cancelled, or whose file
  // does not hold `size` bytes.
  DWORD settle(std::uint64_t size, FileState& state);
  // False if the upload was cancelled meanwhile.
  bool about_to_rename();
  void renamed();  // it is the target now: nothing is deleted any more
  // Another program holds the target: becomes an unfinished upload, or stays one. The answer to
  // the commit, for which `native` is the reason.
  StoreOutcome keep(DWORD native);

  HANDLE handle() const noexcept { return file_.get(); }
  const UploadRecord& record() const noexcept { return record_; }
  std::wstring target() const { return relative_path(record_.target); }

 private:
  explicit UploadFile(Rooms& rooms) : rooms_(rooms) {}

  void name(std::string id, UploadRecord record);

  StoreOutcome begin_resumable();
  DWORD open_existing(win::FileHandle& file);
  DWORD flush() noexcept;
  // In the register, then in the state file. ERROR_FILE_NOT_FOUND if it was cancelled.
  DWORD write_down(UploadPhase phase, std::uint64_t offset);
  protocol::UploadState state() const noexcept { return rooms_.uploads.state_of(progress_); }

  Rooms& rooms_;
  std::string id_;
  UploadRecord record_;
  std::wstring path_;  // of the temporary file
  UploadProgress progress_;
  win::FileHandle file_;
  std::shared_ptr<Upload> upload_;  // null: plain
  LineFile log_;                    // of one that can be resumed
  Space::Promise promise_;          // of what is yet to be written to `file_`
};

}  // namespace overlap::store
