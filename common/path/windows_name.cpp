#include "common/path/windows_name.h"

#include <algorithm>
#include <array>

#include "common/path/utf.h"

namespace overlap {
namespace {

using namespace std::string_view_literals;

constexpr std::array devices{"con"sv,    "prn"sv,     "aux"sv,   "nul"sv,
                             "conin$"sv, "conout$"sv, "clock$"sv};
constexpr std::array numbered_devices{"com"sv, "lpt"sv};
// Windows takes the superscript digits one to three of Latin-1 for digits here.
constexpr std::array superscript_digits{"\u00B9"sv, "\u00B2"sv, "\u00B3"sv};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool equals(std::string_view text, std::string_view lower_case) noexcept {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool begins(std::string_view text, std::string_view lower_case) noexcept {
  return equals(text.substr(0, lower_case.size()), lower_case);
}

bool is_device_digit(std::string_view text) noexcept {
  if (text.size() == 1) return is_digit(text.front());
  return std::find(superscript_digits.begin(), superscript_digits.end(), text) !=
         superscript_digits.end();
}

}  // namespace

bool is_device_name(std::string_view segment) noexcept {
  std::string_view base = segment.substr(0, segment.find('.'));
  while (base.ends_with(' ')) base.remove_suffix(1);
  const auto is_base = [&](std::string_view device) { return equals(base, device); };
  if (std::any_of(devices.begin(), devices.end(), is_base)) return true;
  return std::any_of(numbered_devices.begin(), numbered_devices.end(),
                     [&](std::string_view device) {
                       return begins(base, device) && is_device_digit(base.substr(device.size()));
                     });
}

bool is_short_name(std::string_view segment) noexcept {
  constexpr std::size_t base_units_max = 8;
  constexpr std::size_t extension_units_max = 3;
  const auto dot = segment.find('.');
  const std::string_view base = segment.substr(0, dot);
  if (dot != std::string_view::npos) {
    const std::string_view extension = segment.substr(dot + 1);
    if (extension.find('.') != std::string_view::npos) return false;  // short names have one dot
    if (utf16_length(extension) > extension_units_max) return false;
  }
  const auto tilde = base.rfind('~');
  if (tilde == std::string_view::npos || tilde == 0) return false;
  const std::string_view number = base.substr(tilde + 1);
  return !number.empty() && std::all_of(number.begin(), number.end(), is_digit) &&
         utf16_length(base) <= base_units_max;
}

bool is_temporary_name(std::string_view segment) noexcept {
  return begins(segment, temporary_prefix);
}

}  // namespace overlap
