// What the requests to one store share. Everything in it is thread-safe.
#pragma once

#include "common/config/config.h"
#include "service/store/digest_cache.h"
#include "service/store/name_locks.h"
#include "service/store/served_folder.h"
#include "service/store/space.h"
#include "service/store/state_folder.h"
#include "service/store/upload_register.h"

namespace overlap::store {

struct Rooms {
  Rooms(const config::Store& store_config, const config::Uploads& uploads_config)
      : config(store_config),
        folder(store_config.root),
        state(folder, store_config.root),
        space([this](std::uint64_t& bytes) { return folder.free_bytes(bytes); },
              store_config.free_bytes_min),
        uploads(uploads_config),
        resumable(uploads_config.resumable) {}

  const config::Store config;
  const ServedFolder folder;
  StateFolder state;
  Space space;
  UploadRegister uploads;
  const bool resumable;
  NameLocks names;
  DigestCache digests;
};

// Seconds of the wall clock.
std::int64_t unix_now() noexcept;

}  // namespace overlap::store
