// The served folder on NTFS. Opening, creating, flushing and renaming are synchronous Windows
// calls: they run on a small pool of threads, never on one that other connections wait for. What
// takes long (hashing, copying, waiting for another program) takes turns there.
#pragma once

#include <cstdint>
#include <memory>

#include "common/config/config.h"
#include "service/store/store_job.h"
#include "service/win/handle.h"

namespace overlap::store {

class Turns;
struct Rooms;

class FileStore final : public StoreApi<win::FileHandle> {
 public:
  // Reads the state of unfinished uploads, and deletes what an earlier run has left behind. Throws
  // std::system_error naming the folder if it cannot be served, or if another process serves it.
  FileStore(const config::Store& store, const config::Uploads& uploads);
  // Every submitted job must have been answered. What is remembered of uploads stays for the next
  // start; without any, nothing of the store is left in the folder.
  ~FileStore() override;

  void submit(StoreJob<win::FileHandle>& job) noexcept override;

  // For the end of a drain: copies, digests, listings and the hashing before a commit are ended at
  // their next turn and answered with `failed`, also those that are asked for from now on. An
  // upload that can be resumed is kept. Any thread; returns at once.
  void stop() noexcept;

  // Removes the unfinished uploads that have expired by `unix_seconds`. Any thread; returns at
  // once. To be called every minute or so.
  void sweep(std::int64_t unix_seconds) noexcept;

 private:
  std::unique_ptr<Rooms> rooms_;
  std::unique_ptr<Turns> turns_;
};

}  // namespace overlap::store
