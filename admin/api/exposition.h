// Families of metrics as text, in the two formats that Prometheus reads.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "admin/api/metrics.h"
#include "common/stats/histogram.h"

namespace overlap::admin {

enum class MetricType : std::uint8_t { gauge, counter, histogram, info };

// Collects families, each whole before the next; they come out in the order of their names. Not
// thread-safe.
//
// The formats differ in this: OpenMetrics names the family of a counter without "_total" and that
// of an info without "_info", says the unit, and marks the end. ("OpenMetrics 1.0", Prometheus
// "Exposition formats")
class Exposition {
 public:
  explicit Exposition(MetricsFormat format) : format_(format) {}

  // Names and values; values may be any UTF-8.
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // `name` without "_total" and "_info", and ending in "_" + `unit` if there is one.
  void family(std::string_view name, MetricType type, std::string_view unit, std::string_view help);
  // A series of the last family, with its name and labels.
  void value(Labels labels, std::int64_t value);
  void value(Labels labels, std::uint64_t value);
  void value(Labels labels, double value);
  void histogram(Labels labels, const stats::Histogram& histogram);

  // The text of all families.
  std::string text() const;

 private:
  void number(std::string_view suffix, Labels labels, std::string_view bound,
              std::string_view text);

  MetricsFormat format_;
  std::string name_;
  MetricType type_ = MetricType::gauge;
  std::map<std::string, std::string, std::less<>> families_;  // by name
  std::string* text_ = nullptr;                               // of the last one
};

}  // namespace overlap::admin
