// Writes the metrics of a service with some of everything, for checkers that others wrote.
//   usage: overlap_metrics_example prometheus|openmetrics
#include <cstdio>
#include <string_view>

#include "admin/api/metrics.h"

int main(int argc, char** argv) {
  using namespace overlap;
  const std::string_view wanted = argc == 2 ? argv[1] : "";
  if (wanted != "prometheus" && wanted != "openmetrics") {
    std::fputs("usage: overlap_metrics_example prometheus|openmetrics\n", stderr);
    return 2;
  }
  admin::MetricsInput input;
  input.service.version = "0.0.0";
  input.service.free_bytes = 1'000'000'000'000;
  input.service.volume_bytes = 2'000'000'000'000;
  input.service.certificate_expires_unix_ms = 1'900'000'000'000;
  input.service.cpu_seconds = 1.25;
  input.listeners.emplace_back().name = "a \"name\" with \\ and\na line";
  stats::ModelSnapshot model;
  model.name = "apc";
  model.apc.emplace();
  for (int bits = 0; bits < 41; ++bits) {
    const Instant duration{std::int64_t{1} << bits};
    for (stats::Histogram& histogram : model.latency) histogram.record(duration);
    model.lag.record(duration);
    model.apc->unalertable.record(duration);
  }
  input.models.push_back(model);
  const auto format =
      wanted == "prometheus" ? admin::MetricsFormat::prometheus : admin::MetricsFormat::openmetrics;
  const std::string text = admin::metrics(input, format);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
