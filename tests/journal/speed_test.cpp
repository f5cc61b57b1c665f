// What adding costs the thread that adds, and what writing costs: printed, not judged.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "tests/journal/bench.h"

namespace overlap::journal {
namespace {

using Speed = JournalTest;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

TEST_F(Speed, adds_without_waiting_for_the_disk) {
  tuning_ = Tuning();
  JournalFile journal(config_, tuning_);
  constexpr int threads = 2;
  constexpr int each = 25'000;
  const auto begin = Clock::now();
  std::vector<double> slowest(threads);
  std::vector<std::thread> adding;
  for (int t = 0; t < threads; ++t) {
    adding.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        JournalEntry made =
            entry("/folder/" + std::to_string(i % 1'000) + "/name of a file.bin", at(i), "ann");
        const auto start = Clock::now();
        journal.add(std::move(made));
        slowest[static_cast<std::size_t>(t)] =
            std::max(slowest[static_cast<std::size_t>(t)], seconds_since(start));
      }
    });
  }
  for (std::thread& thread : adding) thread.join();
  const double added = seconds_since(begin);
  EXPECT_TRUE(comes_true([&] { return journal.state().waiting == 0; }));
  const double written = seconds_since(begin);
  EXPECT_EQ(journal.state().dropped_total, 0u);
  EXPECT_EQ(journal.state().entries, static_cast<std::uint64_t>(threads * each));
  std::printf("%d entries added in %.3f s (the slowest took %.0f us), written in %.3f s: %.0f/s\n",
              threads * each, added, 1e6 * *std::max_element(slowest.begin(), slowest.end()),
              written, threads * each / written);
  const auto asked = Clock::now();
  JournalQuery query;
  query.path = "/folder/7/";
  EXPECT_EQ(journal.find(query).entries.size(), 50u);
  std::printf("found below a folder in %.1f ms\n", 1e3 * seconds_since(asked));
}

}  // namespace
}  // namespace overlap::journal
