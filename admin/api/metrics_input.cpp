// What /metrics is made of, and in which format it is asked for.
#include <algorithm>
#include <limits>
#include <utility>

#include "admin/api/metrics.h"

namespace overlap::admin {
namespace {

bool equal_but_for_case(std::string_view left, std::string_view right) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "0", "0.0", "1", "0.75": thousandths; what is not a weight counts as none.
int weight_of(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  int thousandths = (text[0] - '0') * 1000;
  if (text.size() > 2 && text[1] == '.') {
    int unit = 100;
    for (const char digit : text.substr(2, 3)) {
      if (digit < '0' || digit > '9') return 0;
      thousandths += (digit - '0') * unit;
      unit /= 10;
    }
  }
  return std::min(thousandths, 1000);
}

}  // namespace

// RFC 9110, section 12.5.1, for the two types that there are. Of equal weights the first named
// wins; who accepts anything gets the older format, which every program reads.
MetricsFormat metrics_format_of(std::string_view accept) noexcept {
  MetricsFormat best = MetricsFormat::prometheus;
  int best_weight = 0;
  while (!accept.empty()) {
    const std::size_t comma = accept.find(',');
    std::string_view range = accept.substr(0, comma);
    accept = comma == std::string_view::npos ? std::string_view{} : accept.substr(comma + 1);
    std::size_t semicolon = range.find(';');
    const std::string_view type = trimmed(range.substr(0, semicolon));
    int weight = 1000;
    while (semicolon != std::string_view::npos) {
      range = range.substr(semicolon + 1);
      semicolon = range.find(';');
      const std::string_view parameter = trimmed(range.substr(0, semicolon));
      if (parameter.size() >= 2 && (parameter[0] == 'q' || parameter[0] == 'Q') &&
          parameter[1] == '=')
        weight = weight_of(parameter.substr(2));
    }
    const bool openmetrics = equal_but_for_case(type, "application/openmetrics-text");
    const bool plain = type == "*/*" || equal_but_for_case(type, "text/plain") ||
                       equal_but_for_case(type, "text/*");
    if ((!openmetrics && !plain) || weight <= best_weight) continue;
    best = openmetrics ? MetricsFormat::openmetrics : MetricsFormat::prometheus;
    best_weight = weight;
  }
  return best;
}

MetricsInput collect_metrics(const management::Source& source, const management::Journal& journal,
                             std::vector<findings::Finding> findings) {
  MetricsInput input;
  input.ready = source.ready();
  input.service = source.service();
  input.models = source.models();
  input.listeners = source.listeners();
  input.journal = journal.state();
  input.uploads_unfinished = source.uploads({}, std::numeric_limits<std::size_t>::max()).size();
  // Counted as they are looked at; none is wanted.
  source.connections(
      0, std::numeric_limits<std::size_t>::max(),
      [&](const management::ConnectionState& connection) {
        if (connection.transfer)
          ++input.transfers[static_cast<std::size_t>(connection.model)]
                           [static_cast<std::size_t>(connection.transfer->direction)];
        return false;
      });
  input.findings = std::move(findings);
  return input;
}

}  // namespace overlap::admin
