// What the rules have in common: thresholds, and findings that stand.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/findings/finding.h"
#include "common/findings/moment.h"

namespace overlap::findings {

enum class Bad : std::uint8_t { high, low };

// A finding is raised when the figure reaches `threshold`, and stands until it no longer reaches
// `release`.
struct Rule {
  std::string_view id;
  config::Severity severity;
  double threshold;
  double release;
  std::string_view unit;
  Bad bad = Bad::high;

  constexpr bool reached(double figure, bool stands) const noexcept {
    const double limit = stands ? release : threshold;
    return bad == Bad::high ? figure >= limit : figure <= limit;
  }
};

// Of what a finding speaks; either may be empty.
struct Subject {
  std::string_view model;
  std::string_view listener;
};

class Judgement {
 public:
  Judgement(const Window& window, std::span<const Finding> standing)
      : window_(window), standing_(standing) {}

  const Window& window() const noexcept { return window_; }
  bool stands(std::string_view id, Subject subject) const noexcept;
  // The new finding, whose sentence and advice are to be written at once; null if the figure has
  // not reached its threshold.
  Finding* raise(const Rule& rule, Subject subject, double figure);

  std::vector<Finding> take();

 private:
  const Finding* standing(std::string_view id, Subject subject) const noexcept;

  const Window& window_;
  std::span<const Finding> standing_;
  std::vector<Finding> raised_;
};

// From `before` to `now`, in seconds; zero without a `before`.
double seconds_of(const Window& window) noexcept;
// "in the last 10 s"
std::string in_the_last(const Window& window);

void judge_models(Judgement& judgement);
void judge_listeners(Judgement& judgement);
void judge_service(Judgement& judgement);

}  // namespace overlap::findings
