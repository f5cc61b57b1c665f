#include "common/config/address.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace overlap::config {
namespace {

constexpr std::size_t groups = 8;  // of an IPv6 address, 16 bits each

// Reads all of `text` as a number of at most `digits_max` digits.
std::optional<unsigned> read_number(std::string_view text, int base, std::size_t digits_max) {
  unsigned value = 0;
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes the part up to `separator` off `rest`; the last part leaves it empty.
std::string_view take_part(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
  std::array<std::uint8_t, 4> octets{};
  if (std::count(text.begin(), text.end(), '.') != 3) return std::nullopt;
  for (auto& octet : octets) {
    const auto part = take_part(text, '.');
    const auto value = read_number(part, 10, 3);
    if (!value || *value > 255 || (part.size() > 1 && part.front() == '0')) return std::nullopt;
    octet = static_cast<std::uint8_t>(*value);
  }
  return octets;
}

struct Groups {
  std::array<std::uint16_t, groups> values{};
  std::size_t count = 0;

  bool add(unsigned value) {
    if (count == groups) return false;
    values[count++] = static_cast<std::uint16_t>(value);
    return true;
  }
};

// Groups between colons; the last may be an IPv4 address if `ends_address`. Empty text: no group.
std::optional<Groups> parse_groups(std::string_view text, bool ends_address) {
  Groups read;
  if (text.ends_with(':')) return std::nullopt;
  while (!text.empty()) {
    const bool last = text.find(':') == std::string_view::npos;
    const auto part = take_part(text, ':');
    if (last && ends_address && part.find('.') != std::string_view::npos) {
      const auto octets = parse_ipv4(part);
      if (!octets || !read.add((*octets)[0] * 256u + (*octets)[1]) ||
          !read.add((*octets)[2] * 256u + (*octets)[3]))
        return std::nullopt;
    } else {
      const auto value = read_number(part, 16, 4);
      if (!value || !read.add(*value)) return std::nullopt;
    }
  }
  return read;
}

std::optional<Address> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  auto front = parse_groups(text.substr(0, gap), !has_gap);
  const auto back = parse_groups(has_gap ? text.substr(gap + 2) : std::string_view(), true);
  if (!front || !back) return std::nullopt;
  // "::" stands for at least one group.
  const std::size_t given = front->count + back->count;
  if (has_gap ? given >= groups : given != groups) return std::nullopt;
  std::copy_n(back->values.begin(), back->count,
              front->values.end() - static_cast<std::ptrdiff_t>(back->count));
  Address address{.v6 = true};
  for (std::size_t i = 0; i < groups; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(front->values[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(front->values[i] & 0xFF);
  }
  return address;
}

bool all_zero(const std::uint8_t* begin, const std::uint8_t* end) {
  return std::all_of(begin, end, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

bool Address::is_loopback() const noexcept {
  if (!v6) return bytes[0] == 127;
  return all_zero(bytes.data(), bytes.data() + 15) && bytes[15] == 1;
}

bool Address::is_any() const noexcept { return all_zero(bytes.data(), bytes.data() + 16); }

bool Address::is_mapped_ipv4() const noexcept {
  return v6 && all_zero(bytes.data(), bytes.data() + 10) && bytes[10] == 0xFF && bytes[11] == 0xFF;
}

std::optional<Address> parse_address(std::string_view text) noexcept {
  if (text.find(':') != std::string_view::npos) return parse_ipv6(text);
  const auto octets = parse_ipv4(text);
  if (!octets) return std::nullopt;
  Address address;
  std::copy(octets->begin(), octets->end(), address.bytes.begin());
  return address;
}

}  // namespace overlap::config
