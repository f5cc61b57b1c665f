// The synchronous file calls of the store, each with its answer in the store's terms.
// Threads: any; nothing is shared.
#pragma once

#include <string>

#include "common/config/config.h"
#include "common/transfer/action.h"
#include "service/store/store_job.h"
#include "service/win/handle.h"

namespace overlap::store {

// The answer for a Windows error (Microsoft: "System Error Codes").
StoreError store_error(DWORD code) noexcept;

// Opens `path` for overlapped reading. Others may read, write, rename and delete it meanwhile.
StoreOutcome open_for_reading(const std::wstring& path, win::FileHandle& file);

// A temporary file beside its target. Destroying it deletes the file, unless it was committed.
class PendingFile final : public Upload {
 public:
  // Fails early when the target is a folder, its folder is missing, or `size_expected` bytes do
  // not fit on the disk. On success `file` is a handle for overlapped requests; the upload keeps
  // one of its own.
  static StoreOutcome create(const std::wstring& target, std::uint64_t size_expected,
                             std::unique_ptr<Upload>& upload, win::FileHandle& file);
  ~PendingFile() override;

  // Flushes and renames over the target; atomic: others see the old file or the new one, whole.
  // Retries for about a second while another program holds the target. Call it once, after the
  // handle given by create() was closed.
  StoreOutcome commit(config::FlushPolicy flush);

 private:
  PendingFile(std::wstring target, std::wstring path, win::FileHandle file);

  std::wstring target_;
  std::wstring path_;
  win::FileHandle file_;
};

}  // namespace overlap::store
