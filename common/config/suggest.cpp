#include "common/config/suggest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace overlap::config {
namespace {

// Levenshtein's distance, one row of the matrix at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t distance_max = 2;
  std::string_view best;
  std::size_t best_distance = std::min(distance_max + 1, word.size());
  for (const auto candidate : candidates) {
    // A candidate much longer or shorter cannot be near: no need to compare.
    if (candidate.size() > word.size() + distance_max) continue;
    if (word.size() > candidate.size() + distance_max) continue;
    if (const auto found = distance(word, candidate); found < best_distance) {
      best = candidate;
      best_distance = found;
    }
  }
  return best;
}

}  // namespace overlap::config
