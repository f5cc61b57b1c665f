// The last hour of each model, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/history/sample.h"

namespace overlap::history {

inline constexpr std::int64_t interval_seconds = 1;  // between samples
inline constexpr std::size_t samples_max = 3600;     // a model: an hour; about 320 KB
inline constexpr std::size_t models_max = 8;  // there are four; past it the others are not kept
inline constexpr std::int64_t seconds_max = 3600;  // that can be asked for

struct ModelHistory {
  std::string name;
  std::vector<Sample> samples;  // the oldest first; there may be gaps in time
};

// Not thread-safe.
class History {
 public:
  // Samples come in the order of time. One that is not later than the last of its model (the clock
  // of the machine was set back) makes that model's history begin anew. May throw std::bad_alloc.
  void add(std::string_view model, const Sample& sample);

  // Models without a sample in the last hour are forgotten. Once a second or so.
  void forget_before(std::int64_t unix_ms);

  // The samples of the last `seconds` before `now_unix_ms`, of one model or of all (empty), in the
  // order in which the models were first seen. Models that have none are left out.
  std::vector<ModelHistory> last(std::int64_t seconds, std::int64_t now_unix_ms,
                                 std::string_view model = {}) const;

 private:
  struct Ring {
    std::string name;
    std::vector<Sample> samples;  // full size from the start
    std::size_t next = 0;         // where the next sample goes
    std::size_t count = 0;
    const Sample& from_newest(std::size_t back) const noexcept;
  };
  std::vector<Ring> rings_;
};

}  // namespace overlap::history
