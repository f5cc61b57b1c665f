// The dice of a simulated run: one seed gives one sequence, on every system and compiler.
#pragma once

#include <cstdint>

namespace overlap::sim {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). The
// distributions of <random> differ between standard libraries and would not reproduce a seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  // 0 .. bound-1; 0 if bound is 0. The bias of the remainder does not matter to a test.
  std::uint64_t below(std::uint64_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }
  // low .. high, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept {
    return low + below(high - low + 1);
  }
  // True in `per_mille` of 1000 cases.
  bool chance(unsigned per_mille) noexcept { return per_mille != 0 && below(1000) < per_mille; }

 private:
  std::uint64_t state_;
};

}  // namespace overlap::sim
