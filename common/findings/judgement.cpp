#include "common/findings/judgement.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>
#include <utility>

#include "common/findings/text.h"

namespace overlap::findings {

const Finding* Judgement::standing(std::string_view id, Subject subject) const noexcept {
  const auto found = std::find_if(standing_.begin(), standing_.end(), [&](const Finding& finding) {
    return finding.id == id && finding.model == subject.model &&
           finding.listener == subject.listener;
  });
  return found == standing_.end() ? nullptr : &*found;
}

bool Judgement::stands(std::string_view id, Subject subject) const noexcept {
  return standing(id, subject) != nullptr;
}

Finding* Judgement::raise(const Rule& rule, Subject subject, double figure) {
  const Finding* before = standing(rule.id, subject);
  if (!rule.reached(figure, before != nullptr)) return nullptr;
  Finding& finding = raised_.emplace_back();
  finding.id = rule.id;
  finding.severity = rule.severity;
  finding.model = subject.model;
  finding.listener = subject.listener;
  finding.since_unix_ms = before ? before->since_unix_ms : window_.now.unix_ms;
  finding.figure = figure;
  finding.threshold = rule.threshold;
  finding.unit = rule.unit;
  return &finding;
}

std::vector<Finding> Judgement::take() {
  std::stable_sort(raised_.begin(), raised_.end(), [](const Finding& left, const Finding& right) {
    return std::tie(right.severity, left.id, left.model, left.listener) <
           std::tie(left.severity, right.id, right.model, right.listener);
  });
  return std::move(raised_);
}

double seconds_of(const Window& window) noexcept {
  if (!window.before) return 0;
  return std::chrono::duration<double>(window.now.monotonic - window.before->monotonic).count();
}

std::string in_the_last(const Window& window) {
  return "in the last " + number(std::round(seconds_of(window))) + " s";
}

}  // namespace overlap::findings
