// What the statistics mean, in sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.h"

namespace overlap::findings {

// Text is UTF-8 and English. A finding is known by id, model and listener.
struct Finding {
  std::string id;  // of the rule: "wait_slots_nearly_used"; keeps its meaning for ever
  config::Severity severity = config::Severity::info;  // info, warning or error
  std::string model;                                   // empty: not of one model
  std::string listener;                                // empty: not of one listener
  std::int64_t since_unix_ms = 0;                      // without an end since then
  std::string sentence;                                // what is so, with the figure
  std::string advice;                                  // what to do
  double figure = 0;
  double threshold = 0;  // that the figure has reached
  std::string unit;      // of both: ratio, seconds, count, per_second, bytes, days
};

}  // namespace overlap::findings
