// What a connection hands to the store, and gets back. Portable: the simulation has a store of its
// own behind the same interface.
#pragma once

#include <atomic>
#include <memory>

#include "common/transfer/action.h"

namespace overlap::store {

// The store's own half of the open file: from open, create or append on until the file is closed.
// Destroying it lets go: an upload that was neither committed nor suspended is deleted, one that
// can be resumed is kept as far as its last checkpoint.
class StoreFile {
 public:
  virtual ~StoreFile() = default;

  // Somebody else wants to go on with this upload: the connection is to end soon. Set by threads of
  // the store, read by the connection while it waits for its peer.
  std::atomic<bool> revoked{false};
};

// Embedded in the connection: one request at a time. Between submit() and `answered` it belongs to
// the store.
template <class NativeFile>
struct StoreJob {
  using Answered = void (*)(StoreJob&) noexcept;
  explicit StoreJob(Answered run) noexcept : answered(run) {}

  Ask ask;                          // what is wanted
  StoreOutcome outcome;             // what became of it
  NativeFile file;                  // the file that became the open one, for overlapped requests
  std::unique_ptr<StoreFile> kept;  // may be null while a file is open for reading. The connection
                                    // resets it when it closes the file
  // Called once per submit(), on a thread of the store: it may only post.
  Answered answered;
};

template <class NativeFile>
class StoreApi {
 public:
  virtual ~StoreApi() = default;
  // Any thread. Returns at once; the job must stay until `answered` was called. Before commit,
  // suspend and discard the connection has closed its own handle of the open file.
  virtual void submit(StoreJob<NativeFile>& job) noexcept = 0;
};

}  // namespace overlap::store
