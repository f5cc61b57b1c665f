// Whether something gets between a file and its name: every upload ends with a rename, and a
// scanner that still holds the file delays it.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "admin/ctl/doctor/check.h"

namespace overlap::ctl::doctor {
namespace {

// Documented in docs/DOCTOR.md. Both must be passed: a ratio of microseconds means nothing.
constexpr double ratio_max = 3;
constexpr double delay_ms_max = 5;

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string ms(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", value);
  return text.data();
}

// For PowerShell, which takes two quotes for one, and those of typography for quotes as well
// (Microsoft: "about_Quoting_Rules"). cmd.exe sees double quotes, which no path can hold.
std::string exclude(const std::string& folder) {
  static constexpr std::array<std::string_view, 5> quotes{"'", "\u2018", "\u2019", "\u201A",
                                                          "\u201B"};
  std::string doubled;
  for (std::size_t i = 0; i < folder.size();) {
    const std::string_view rest = std::string_view(folder).substr(i);
    const auto quote = std::find_if(quotes.begin(), quotes.end(),
                                    [&](std::string_view one) { return rest.starts_with(one); });
    const std::string_view next = quote == quotes.end() ? rest.substr(0, 1) : *quote;
    doubled += next;
    if (quote != quotes.end()) doubled += next;
    i += next.size();
  }
  return "powershell -Command " + in_quotes("Add-MpPreference -ExclusionPath '" + doubled + "'");
}

}  // namespace

std::vector<Result> check_renames(const Case& of) {
  const std::string& root = config_of(of).store.root;
  if (!of.machine.exists(root)) throw NotKnown("there is no folder " + root);
  const Renames renames = of.machine.measure_renames(root);
  if (renames.as_program.empty() || renames.neutral.empty())
    throw NotKnown("no file could be renamed in " + root);
  const double median = median_of(renames.as_program);
  const double neutral = median_of(renames.neutral);
  const double slowest = *std::max_element(renames.as_program.begin(), renames.as_program.end());
  const double delay = median - neutral;
  Result result{"rename", "delay of renames", State::ok, {}, {}};
  std::array<char, 32> ratio{};
  std::snprintf(ratio.data(), ratio.size(), "%.1f", neutral > 0 ? median / neutral : 1.0);
  result.found = "To write a small file and rename it to .exe takes " + ms(median) +
                 " (median; slowest " + ms(slowest) + "), to .neutral " + ms(neutral) + ": ratio " +
                 ratio.data() + ", delay " + ms(std::max(0.0, delay)) + ".";
  if (renames.refused != 0)
    result.found += " " + std::to_string(renames.refused) +
                    " renames were refused at first, since another program held the file.";
  const bool delayed = delay >= delay_ms_max && median >= ratio_max * neutral;
  if (delayed || renames.refused != 0) {
    result.state = State::warning;
    result.found +=
        " A scanner of viruses does that. To exclude the folder is faster and less safe.";
    result.mend = {exclude(root)};
  }
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
