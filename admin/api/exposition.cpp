#include "admin/api/exposition.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace overlap::admin {
namespace {

// Upper bounds in nanoseconds, each the edge of a bucket of stats::HistogramScale, so that the
// counts are exact: from a microsecond to a minute, by twos where operations usually lie. A bound
// includes what is equal to it; the buckets do not, and no duration is equal to it, since clocks
// tick in hundreds of nanoseconds on Windows and no power of two is a multiple of a hundred.
constexpr std::array<unsigned, 22> bound_bits{10, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                              23, 24, 25, 26, 27, 28, 29, 30, 32, 34, 36};

constexpr std::string_view type_names[] = {"gauge", "counter", "histogram", "info"};

template <class Number>
std::string text_of(Number value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string text_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

void escape(std::string& into, std::string_view text, bool quotes) {
  for (const char letter : text) {
    if (letter == '\\') {
      into += "\\\\";
    } else if (letter == '\n') {
      into += "\\n";
    } else if (letter == '"' && quotes) {
      into += "\\\"";
    } else {
      into += letter;
    }
  }
}

}  // namespace

void Exposition::family(std::string_view name, MetricType type, std::string_view unit,
                        std::string_view help) {
  const bool openmetrics = format_ == MetricsFormat::openmetrics;
  name_ = name;
  type_ = type;
  std::string shown{name};
  if (!openmetrics && type == MetricType::counter) shown += "_total";
  if (!openmetrics && type == MetricType::info) shown += "_info";
  const MetricType shown_type = !openmetrics && type == MetricType::info ? MetricType::gauge : type;
  text_ = &families_[name_];
  *text_ += "# HELP " + shown + ' ';
  escape(*text_, help, openmetrics);
  *text_ += "\n# TYPE " + shown + ' ';
  *text_ += type_names[static_cast<std::size_t>(shown_type)];
  *text_ += '\n';
  if (openmetrics && !unit.empty()) *text_ += "# UNIT " + shown + ' ' + std::string{unit} + '\n';
}

void Exposition::number(std::string_view suffix, Labels labels, std::string_view bound,
                        std::string_view text) {
  *text_ += name_;
  *text_ += suffix;
  char before = '{';
  const auto label = [&](std::string_view name, std::string_view value) {
    *text_ += before;
    *text_ += name;
    *text_ += "=\"";
    escape(*text_, value, true);
    *text_ += '"';
    before = ',';
  };
  for (const auto& [name, value] : labels) label(name, value);
  if (!bound.empty()) label("le", bound);
  if (before == ',') *text_ += '}';
  *text_ += ' ';
  *text_ += text;
  *text_ += '\n';
}

namespace {
std::string_view suffix_of(MetricType type) {
  if (type == MetricType::counter) return "_total";
  return type == MetricType::info ? "_info" : "";
}
}  // namespace

void Exposition::value(Labels labels, std::int64_t value) {
  number(suffix_of(type_), labels, {}, text_of(value));
}
void Exposition::value(Labels labels, std::uint64_t value) {
  number(suffix_of(type_), labels, {}, text_of(value));
}
void Exposition::value(Labels labels, double value) {
  number(suffix_of(type_), labels, {}, text_of(value));
}

void Exposition::histogram(Labels labels, const stats::Histogram& histogram) {
  for (const unsigned bits : bound_bits) {
    const Instant bound{std::int64_t{1} << bits};
    number("_bucket", labels, text_of(std::chrono::duration<double>(bound).count()),
           text_of(histogram.count_below(bound)));
  }
  number("_bucket", labels, "+Inf", text_of(histogram.count()));
  number("_count", labels, {}, text_of(histogram.count()));
  number("_sum", labels, {}, text_of(std::chrono::duration<double>(histogram.sum()).count()));
}

std::string Exposition::text() const {
  std::string text;
  for (const auto& family : families_) text += family.second;
  if (format_ == MetricsFormat::openmetrics) text += "# EOF\n";
  return text;
}

}  // namespace overlap::admin
