#include "tests/journal/bench.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "service/log/wide.h"

namespace overlap::journal {

using namespace std::chrono_literals;

JournalEntry entry(std::string path, std::int64_t unix_ms, std::string user) {
  JournalEntry made;
  made.unix_ms = unix_ms;
  made.seconds = 0.25;
  made.listener = "device";
  made.model = config::ModelName::device;
  made.peer = "192.0.2.7:50000";
  made.user = std::move(user);
  made.method = "GET";
  made.path = std::move(path);
  made.status = 200;
  made.bytes_sent = 5;
  return made;
}

bool comes_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

JournalTest::JournalTest() {
  config_.file = file("journal.db");
  config_.keep = std::chrono::hours(24 * 3650);
  tuning_.gather = 5ms;
  tuning_.retry_first = 20ms;
  tuning_.retry_last = 50ms;
  tuning_.busy = 10ms;
  tuning_.prune_every = 50ms;
}

std::string JournalTest::file(const std::string& name) const {
  return win::to_utf8((folder_.path() / win::to_wide(name)).native());
}

std::vector<std::string> JournalTest::names() const {
  std::vector<std::string> found;
  for (const auto& at : std::filesystem::directory_iterator(folder_.path()))
    found.push_back(win::to_utf8(at.path().filename().native()));
  std::sort(found.begin(), found.end());
  return found;
}

void JournalTest::expect_written(const management::Journal& journal) {
  EXPECT_TRUE(comes_true([&] { return journal.state().waiting == 0; })) << journal.state().problem;
}

std::vector<std::string> paths(const JournalPage& page) {
  std::vector<std::string> found;
  for (const JournalEntry& each : page.entries) found.push_back(each.path);
  return found;
}

}  // namespace overlap::journal
