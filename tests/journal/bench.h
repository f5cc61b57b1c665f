// A journal in a folder of its own, and what its tests wait for.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "service/journal/journal.h"
#include "service/journal/sqlite.h"
#include "tests/server/folder.h"

namespace overlap::journal {

using management::JournalEntry;
using management::JournalPage;
using management::JournalQuery;
using management::JournalState;
using management::TransferResult;

// A moment in 2026, and later moments by seconds.
inline constexpr std::int64_t noon = 1'795'435'200'000;
inline constexpr std::int64_t at(std::int64_t seconds) { return noon + seconds * 1000; }

JournalEntry entry(std::string path, std::int64_t unix_ms = noon, std::string user = {});

// False after a generous deadline.
bool comes_true(const std::function<bool()>& condition);

class JournalTest : public ::testing::Test {
 protected:
  JournalTest();

  std::string file(const std::string& name) const;
  std::vector<std::string> names() const;  // in the folder, sorted
  // Waits until all that was added is written.
  static void expect_written(const management::Journal& journal);

  test::Folder folder_;
  config::Journal config_;  // keeps all
  Tuning tuning_;           // quick
};

std::vector<std::string> paths(const JournalPage& page);

// As another program has it: holds the file so that nobody else writes.
class Locked {
 public:
  explicit Locked(const std::string& path)
      : connection_(path, Access::write, std::chrono::seconds(10)), transaction_(connection_) {}

 private:
  Connection connection_;
  Transaction transaction_;
};

}  // namespace overlap::journal
