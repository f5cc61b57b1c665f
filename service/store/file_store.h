// The served folder on NTFS. Opening, creating, flushing and renaming are synchronous Windows
// calls: they run on a small pool of threads, never on one that other connections wait for. What
// takes long (hashing, copying, waiting for another program) takes turns there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/management/state.h"
#include "service/store/store_job.h"
#include "service/win/handle.h"

namespace overlap::store {

class Turns;
struct Rooms;

// Of the volume with the served folder.
struct VolumeSpace {
  std::uint64_t free_bytes = 0;  // that the service may use, quotas included
  std::uint64_t total_bytes = 0;
};

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

  // Uploads that can be resumed and are not finished, in the order of their ids, from the first one
  // greater than `after` on. Any thread; waits for no disk. Throws std::bad_alloc.
  std::vector<management::UploadState> uploads(std::string_view after, std::size_t limit) const;
  // Deletes one of them, whoever began it; the connection that writes to it is told to end. False
  // if there is none of that id. Any thread but one that connections wait for: it deletes files.
  // Throws std::bad_alloc.
  bool remove_upload(std::string_view id);

  // Asks the volume for its space, on the pool: a share on another machine may take its time. Any
  // thread; returns at once. To be called every second or so.
  void measure() noexcept;
  // As last measured, at the start the first time; nothing if Windows did not say. Any thread.
  std::optional<VolumeSpace> volume() const noexcept;

 private:
  void look_at_volume() noexcept;

  std::unique_ptr<Rooms> rooms_;
  std::atomic<bool> measuring_{false};  // one at a time is enough
  // A value of two numbers, written on the pool and read by others. Held to copy it.
  mutable std::mutex volume_mutex_;
  std::optional<VolumeSpace> volume_;
  std::unique_ptr<Turns> turns_;  // ends first
};

}  // namespace overlap::store
