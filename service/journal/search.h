// What is asked of the journal, on a connection of its own that can only read.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "common/management/journal.h"
#include "service/journal/sqlite.h"
#include "service/journal/tuning.h"

namespace overlap::journal {

// Thread-safe: one search at a time.
class Search {
 public:
  explicit Search(const Tuning& tuning) : tuning_(tuning) {}

  // From now on in this file, which exists; empty: nothing is found. Waits for a search under way.
  // The file is opened when it is needed.
  void use(const std::string& path);

  // `damaged` becomes true if the search found the file to be so. Throws std::runtime_error.
  management::JournalPage find(const management::JournalQuery& query, bool& damaged);

 private:
  const Tuning tuning_;
  std::mutex mutex_;
  std::string path_;
  std::optional<Connection> connection_;
};

}  // namespace overlap::journal
