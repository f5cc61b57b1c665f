#include "common/protocol/structured_fields.h"

#include "common/protocol/base64.h"
#include "common/protocol/grammar.h"

namespace overlap::protocol {
namespace {

using MaybeItem = std::optional<StructuredItem>;

constexpr std::size_t integer_digits_max = 15;
constexpr std::size_t decimal_integer_digits_max = 12;
constexpr std::size_t decimal_fraction_digits_max = 3;

constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_printable(char c) noexcept { return c >= 0x20 && c <= 0x7e; }

void skip(std::string_view& rest, std::string_view characters) noexcept {
  while (!rest.empty() && characters.find(rest.front()) != std::string_view::npos)
    rest.remove_prefix(1);
}

bool take(std::string_view& rest, char c) noexcept {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

// As long as `belongs` says so.
template <class Belongs>
std::string_view take_while(std::string_view& rest, Belongs belongs) noexcept {
  std::size_t end = 0;
  while (end < rest.size() && belongs(rest[end])) ++end;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

// RFC 9651, 4.2.4.
MaybeItem take_number(std::string_view& rest) noexcept {
  const bool negative = take(rest, '-');
  const std::string_view digits = take_while(rest, is_digit);
  StructuredItem item{ItemKind::integer, 0, false, {}};
  if (digits.empty()) return std::nullopt;
  if (take(rest, '.')) {
    const std::string_view fraction = take_while(rest, is_digit);
    if (digits.size() > decimal_integer_digits_max || fraction.empty() ||
        fraction.size() > decimal_fraction_digits_max)
      return std::nullopt;
    item.kind = ItemKind::decimal;
    return item;
  }
  if (digits.size() > integer_digits_max) return std::nullopt;
  item.integer = static_cast<std::int64_t>(parse_decimal(digits).value_or(0));
  if (negative) item.integer = -item.integer;
  return item;
}

// RFC 9651, 4.2.5; the opening quote is taken.
MaybeItem take_string(std::string_view& rest) noexcept {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      const StructuredItem item{ItemKind::string, 0, false, rest.substr(0, i)};
      rest.remove_prefix(i + 1);
      return item;
    }
    if (!is_printable(rest[i])) return std::nullopt;
    if (rest[i] != '\\') continue;
    ++i;
    if (i == rest.size() || (rest[i] != '"' && rest[i] != '\\')) return std::nullopt;
  }
  return std::nullopt;
}

// RFC 9651, 4.2.10; the '%' is taken. That the escapes give valid UTF-8 is left to who reads it.
MaybeItem take_display_string(std::string_view& rest) noexcept {
  if (!take(rest, '"')) return std::nullopt;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      const StructuredItem item{ItemKind::display_string, 0, false, rest.substr(0, i)};
      rest.remove_prefix(i + 1);
      return item;
    }
    if (!is_printable(rest[i])) return std::nullopt;
    if (rest[i] != '%') continue;
    for (int digit = 0; digit < 2; ++digit) {
      ++i;
      const bool hex = i < rest.size() && (is_digit(rest[i]) || (rest[i] >= 'a' && rest[i] <= 'f'));
      if (!hex) return std::nullopt;
    }
  }
  return std::nullopt;
}

// RFC 9651, 4.2.7; the opening colon is taken.
MaybeItem take_bytes(std::string_view& rest) noexcept {
  const std::string_view text = take_while(rest, [](char c) { return c != ':'; });
  if (!take(rest, ':') || !is_base64(text)) return std::nullopt;
  return StructuredItem{ItemKind::bytes, 0, false, text};
}

MaybeItem take_boolean(std::string_view& rest) noexcept {
  const bool value = take(rest, '1');
  if (!value && !take(rest, '0')) return std::nullopt;
  return StructuredItem{ItemKind::boolean, 0, value, {}};
}

MaybeItem take_date(std::string_view& rest) noexcept {
  MaybeItem item = take_number(rest);
  if (!item || item->kind != ItemKind::integer) return std::nullopt;
  item->kind = ItemKind::date;
  return item;
}

MaybeItem take_bare_item(std::string_view& rest) noexcept {
  if (rest.empty()) return std::nullopt;
  if (rest.front() == '-' || is_digit(rest.front())) return take_number(rest);
  if (take(rest, '"')) return take_string(rest);
  if (take(rest, ':')) return take_bytes(rest);
  if (take(rest, '?')) return take_boolean(rest);
  if (take(rest, '@')) return take_date(rest);
  if (take(rest, '%')) return take_display_string(rest);
  if (!is_alpha(rest.front()) && rest.front() != '*') return std::nullopt;
  const auto belongs = [](char c) { return is_token_char(c) || c == ':' || c == '/'; };
  return StructuredItem{ItemKind::token, 0, false, take_while(rest, belongs)};
}

// RFC 9651, 4.2.3.3. Empty if there is none.
std::string_view take_key(std::string_view& rest) noexcept {
  if (rest.empty() || (!is_lower(rest.front()) && rest.front() != '*')) return {};
  return take_while(rest, [](char c) {
    return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
  });
}

bool take_parameters(std::string_view& rest) noexcept {
  while (take(rest, ';')) {
    skip(rest, " ");
    if (take_key(rest).empty()) return false;
    if (take(rest, '=') && !take_bare_item(rest)) return false;
  }
  return true;
}

MaybeItem take_item(std::string_view& rest) noexcept {
  const MaybeItem item = take_bare_item(rest);
  return item && take_parameters(rest) ? item : std::nullopt;
}

// RFC 9651, 4.2.1.2; the opening parenthesis is taken.
MaybeItem take_inner_list(std::string_view& rest) noexcept {
  const std::string_view begin = rest;
  for (;;) {
    skip(rest, " ");
    if (rest.empty()) return std::nullopt;
    if (rest.front() == ')') break;
    if (!take_item(rest)) return std::nullopt;
    if (rest.empty() || (rest.front() != ' ' && rest.front() != ')')) return std::nullopt;
  }
  const StructuredItem list{ItemKind::inner_list, 0, false,
                            begin.substr(0, begin.size() - rest.size())};
  rest.remove_prefix(1);
  return take_parameters(rest) ? MaybeItem(list) : std::nullopt;
}

MaybeItem take_member_value(std::string_view& rest) noexcept {
  if (take(rest, '=')) return take(rest, '(') ? take_inner_list(rest) : take_item(rest);
  if (!take_parameters(rest)) return std::nullopt;
  return StructuredItem{ItemKind::boolean, 0, true, {}};
}

}  // namespace

std::optional<StructuredItem> parse_item(std::string_view field) noexcept {
  skip(field, " ");
  const MaybeItem item = take_item(field);
  skip(field, " ");
  return field.empty() ? item : std::nullopt;
}

std::optional<StructuredItem> item_of(const RequestHead& head, std::string_view name) noexcept {
  const FieldLines field = head.lines(name);
  return field.count == 1 ? parse_item(field.value) : std::nullopt;
}

std::optional<bool> boolean_of(const RequestHead& head, std::string_view name) noexcept {
  const MaybeItem item = item_of(head, name);
  if (!item || item->kind != ItemKind::boolean) return std::nullopt;
  return item->boolean;
}

std::optional<std::uint64_t> count_of(const RequestHead& head, std::string_view name) noexcept {
  const MaybeItem item = item_of(head, name);
  if (!item || item->kind != ItemKind::integer || item->integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(item->integer);
}

DictionaryReader::DictionaryReader(std::string_view field) noexcept : rest_(field) {
  skip(rest_, " ");
}

std::optional<DictionaryMember> DictionaryReader::fail() noexcept {
  malformed_ = true;
  rest_ = {};
  return std::nullopt;
}

std::optional<DictionaryMember> DictionaryReader::next() noexcept {
  if (rest_.empty()) return std::nullopt;
  const std::string_view key = take_key(rest_);
  if (key.empty()) return fail();
  const MaybeItem value = take_member_value(rest_);
  if (!value) return fail();
  skip(rest_, " \t");
  if (!rest_.empty()) {
    if (!take(rest_, ',')) return fail();
    skip(rest_, " \t");
    if (rest_.empty()) return fail();  // a comma at the end
  }
  return DictionaryMember{key, *value};
}

}  // namespace overlap::protocol
