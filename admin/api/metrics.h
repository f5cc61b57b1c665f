// The figures for Prometheus. docs/METRICS.md lists every series.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/findings/finding.h"
#include "common/management/journal.h"
#include "common/management/source.h"
#include "common/management/state.h"
#include "common/stats/snapshot.h"

namespace overlap::admin {

enum class MetricsFormat : std::uint8_t {
  prometheus,   // text 0.0.4 (Prometheus: "Exposition formats")
  openmetrics,  // OpenMetrics 1.0 text
};
constexpr std::string_view content_type_of(MetricsFormat format) noexcept {
  return format == MetricsFormat::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}
// What an Accept field asks for; an empty one stands for none.
MetricsFormat metrics_format_of(std::string_view accept) noexcept;

struct MetricsInput {
  bool ready = false;
  management::ServiceState service;
  std::vector<stats::ModelSnapshot> models;
  std::vector<management::ListenerState> listeners;
  management::JournalState journal;
  std::uint64_t uploads_unfinished = 0;
  // Requests under way, by model and Direction.
  std::array<std::array<std::uint64_t, 2>, config::model_names.size()> transfers{};
  std::vector<findings::Finding> findings;
};

// As the service is now. `findings` are the last ones of the sampler.
MetricsInput collect_metrics(const management::Source& source, const management::Journal& journal,
                             std::vector<findings::Finding> findings);

// Every model has all its series, also one that no listener uses. The order of families and series
// is always the same.
std::string metrics(const MetricsInput& input, MetricsFormat format);

}  // namespace overlap::admin
