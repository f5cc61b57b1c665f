// What a connection hands to the store, and gets back. Portable: the simulation has a store of its
// own behind the same interface.
#pragma once

#include <memory>

#include "common/transfer/action.h"

namespace overlap::store {

// An upload that has been begun. Destroying it discards it: the temporary file is deleted.
class Upload {
 public:
  virtual ~Upload() = default;
};

// Embedded in the connection: one request at a time. Between submit() and `answered` it belongs to
// the store.
template <class NativeFile>
struct StoreJob {
  using Answered = void (*)(StoreJob&) noexcept;
  explicit StoreJob(Answered run) noexcept : answered(run) {}

  Ask ask;                         // what is wanted
  StoreOutcome outcome;            // what became of it
  NativeFile file;                 // the file opened or created, for overlapped requests
  std::unique_ptr<Upload> upload;  // from create to commit or discard
  // Called once per submit(), on a thread of the store: it may only post.
  Answered answered;
};

template <class NativeFile>
class StoreApi {
 public:
  virtual ~StoreApi() = default;
  // Any thread. Returns at once; the job must stay until `answered` was called.
  virtual void submit(StoreJob<NativeFile>& job) noexcept = 0;
};

}  // namespace overlap::store
