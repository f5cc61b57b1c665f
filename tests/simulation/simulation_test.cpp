// Many simulated runs. OVERLAP_SIMULATION_RUNS says how many (300), OVERLAP_SEED or --seed N
// repeats the one that failed.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "service/io/operation.h"
#include "tests/simulation/simulation.h"

#if defined(__SANITIZE_ADDRESS__)
#define OVERLAP_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OVERLAP_HAS_ASAN 1
#endif
#endif
#ifdef OVERLAP_HAS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace overlap::simulation {
namespace {

std::optional<std::uint64_t> seed_given;
std::atomic<std::uint64_t> current_seed{0};

// Also when a run does not end in good order.
void print_seed() noexcept {
  std::fprintf(stderr, "simulation: the run of seed %llu; repeat it with --seed\n",
               static_cast<unsigned long long>(current_seed.load()));
}

std::uint64_t environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

Report run(std::uint64_t seed) {
  current_seed = seed;
  Report report = simulate(seed);
  for (const std::string& what : report.broken) ADD_FAILURE() << "seed " << seed << ": " << what;
  return report;
}

TEST(Simulation, every_promise_is_kept_in_every_run) {
  if (seed_given) {
    run(*seed_given);
    return;
  }
  const std::uint64_t runs = environment("OVERLAP_SIMULATION_RUNS", 300);
  Report sum;
  for (std::uint64_t seed = 1; seed <= runs && !HasFailure(); ++seed) {
    const Report report = run(seed);
    sum.connections += report.connections;
    sum.responses += report.responses;
    sum.uploads_committed += report.uploads_committed;
    sum.downloads_whole += report.downloads_whole;
    sum.responses_cut_short += report.responses_cut_short;
    sum.resumable_committed += report.resumable_committed;
    sum.uploads_resumed += report.uploads_resumed;
    sum.pauses += report.pauses;
  }
  std::printf(
      "%llu runs: %zu connections, %zu responses, %zu uploads committed, "
      "%zu whole downloads, %zu responses cut short, %zu resumable uploads committed, "
      "%zu appends behind the beginning, %zu pauses\n",
      static_cast<unsigned long long>(runs), sum.connections, sum.responses, sum.uploads_committed,
      sum.downloads_whole, sum.responses_cut_short, sum.resumable_committed, sum.uploads_resumed,
      sum.pauses);
  // Runs in which nothing happens would prove nothing.
  EXPECT_GE(sum.connections, runs * 5);
  EXPECT_GE(sum.uploads_committed, runs);
  EXPECT_GE(sum.downloads_whole, runs);
  EXPECT_GE(sum.responses_cut_short, runs / 10);
  EXPECT_GE(sum.resumable_committed, runs);
  EXPECT_GE(sum.uploads_resumed, runs);
  EXPECT_GE(sum.pauses, runs);
}

TEST(Simulation, a_seed_repeats_its_run) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Report a = run(seed), b = run(seed);
    EXPECT_EQ(a.connections, b.connections);
    EXPECT_EQ(a.responses, b.responses);
    EXPECT_EQ(a.uploads_committed, b.uploads_committed);
    EXPECT_EQ(a.responses_cut_short, b.responses_cut_short);
  }
}

}  // namespace
}  // namespace overlap::simulation

int main(int argc, char** argv) {
  using namespace overlap::simulation;
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i + 1 < argc; ++i)
    if (std::string_view(argv[i]) == "--seed") seed_given = std::strtoull(argv[i + 1], nullptr, 10);
  if (std::getenv("OVERLAP_SEED")) seed_given = environment("OVERLAP_SEED", 1);
  overlap::io::on_broken_invariant([](const char*) noexcept { print_seed(); });
#ifdef OVERLAP_HAS_ASAN
  __sanitizer_set_death_callback([] { print_seed(); });
#endif
  return RUN_ALL_TESTS();
}
