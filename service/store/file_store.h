// The served folder on NTFS. Opening, creating, flushing and renaming are synchronous Windows
// calls: they run on a small pool of threads, never on one that other connections wait for.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/config/config.h"
#include "service/store/store_job.h"
#include "service/win/handle.h"

namespace overlap::store {

class FileStore final : public StoreApi<win::FileHandle> {
 public:
  // Throws std::system_error naming the folder if it cannot be served.
  explicit FileStore(const config::Store& config);
  // Every submitted job must have been answered.
  ~FileStore() override;

  void submit(StoreJob<win::FileHandle>& job) noexcept override;

 private:
  class Pool;
  std::wstring root_;  // with the \\?\ prefix: no limit of 260, nothing is interpreted
  config::FlushPolicy flush_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace overlap::store
