// The store's half of an upload that a simulated connection holds open.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tests/simulation/memory_store.h"

namespace overlap::simulation {

struct MemoryStore::Held : store::StoreFile {
  Held(MemoryStore& s, std::string n) : store(s), name(std::move(n)) { ++store.open_uploads_; }
  // Neither committed nor suspended: what can be resumed stays as far as it is remembered.
  ~Held() override {
    --store.open_uploads_;
    const auto found = store.uploads_.find(id);
    if (found != store.uploads_.end() && found->second.holder == this)
      found->second.holder = nullptr;
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  MemoryStore& store;
  std::string name;
  std::string id = {};  // empty: it cannot be resumed
  std::shared_ptr<sim::FileContent> content = std::make_shared<sim::FileContent>();
  std::vector<protocol::Digest> digests = {};
};

}  // namespace overlap::simulation
