#include "common/config/keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "common/config/concat.h"
#include "common/config/text_checks.h"

namespace overlap::config {
namespace {

template <class Member>
struct MemberTraits;
template <class Owner, class Type>
struct MemberTraits<Type Owner::*> {
  using Section = Owner;
  using Target = Type;
};
template <auto member>
using SectionOf = typename MemberTraits<decltype(member)>::Section;
template <auto member>
using TargetOf = typename MemberTraits<decltype(member)>::Target;

// ---- values as text ----------------------------------------------------------------------------

template <class Number>
std::string number_text(Number number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::string type_name(const Given& given) {
  constexpr std::array<std::string_view, 4> names{"true or false", "a whole number", "a number",
                                                  "a string"};
  if (const auto* other = std::get_if<OtherType>(&given)) return std::string(other->name);
  return std::string(names[given.index()]);
}

std::string wrong_type(std::string_view wanted, const Given& given) {
  return concat({"must be ", wanted, ", not ", type_name(given)});
}

// ---- rules -------------------------------------------------------------------------------------

template <auto member>
constexpr auto flag(std::string_view name) {
  using Section = SectionOf<member>;
  return Key<Section>{name,
                      [](const Given& given, Section& section) -> std::string {
                        const auto* value = std::get_if<bool>(&given);
                        if (value == nullptr) return wrong_type("true or false", given);
                        section.*member = *value;
                        return {};
                      },
                      [](const Section& section) { return Value(section.*member); }};
}

template <auto member, std::int64_t least, std::int64_t most>
constexpr auto whole(std::string_view name) {
  using Section = SectionOf<member>;
  return Key<Section>{
      name,
      [](const Given& given, Section& section) -> std::string {
        const auto* value = std::get_if<std::int64_t>(&given);
        if (value == nullptr) return wrong_type("a whole number", given);
        if (*value < least || *value > most) {
          return concat({"must be ", number_text(least), " to ", number_text(most), ", not ",
                         number_text(*value)});
        }
        section.*member = static_cast<TargetOf<member>>(*value);
        return {};
      },
      [](const Section& section) { return Value(static_cast<std::int64_t>(section.*member)); }};
}

constexpr double in_seconds(std::int64_t milliseconds) {
  return static_cast<double>(milliseconds) / 1000;
}

// In the file whole or fractional seconds; kept in milliseconds.
template <auto member, std::int64_t least_ms, std::int64_t most_ms>
constexpr auto seconds(std::string_view name) {
  using Section = SectionOf<member>;
  return Key<Section>{
      name,
      [](const Given& given, Section& section) -> std::string {
        double value = 0;
        if (const auto* whole_number = std::get_if<std::int64_t>(&given)) {
          value = static_cast<double>(*whole_number);
        } else if (const auto* number = std::get_if<double>(&given)) {
          value = *number;
        } else {
          return wrong_type("a number of seconds", given);
        }
        // Written so that a NaN fails it too.
        if (!(value >= in_seconds(least_ms) && value <= in_seconds(most_ms))) {
          return concat({"must be ", number_text(in_seconds(least_ms)), " to ",
                         number_text(in_seconds(most_ms)), " seconds, not ", number_text(value)});
        }
        section.*member = std::chrono::milliseconds(std::llround(value * 1000));
        return {};
      },
      [](const Section& section) {
        const std::int64_t milliseconds = (section.*member).count();
        return milliseconds % 1000 == 0 ? Value(milliseconds / 1000)
                                        : Value(in_seconds(milliseconds));
      }};
}

// `names` are those of the enumerators from `first` on.
template <auto member, const auto& names, TargetOf<member> first = TargetOf<member>{}>
constexpr auto choice(std::string_view name) {
  using Section = SectionOf<member>;
  constexpr auto offset = static_cast<std::ptrdiff_t>(first);
  return Key<Section>{name,
                      [](const Given& given, Section& section) -> std::string {
                        const auto* value = std::get_if<std::string>(&given);
                        if (value == nullptr) return wrong_type("a string", given);
                        const auto found = std::find(names.begin(), names.end(), *value);
                        if (found == names.end()) {
                          std::string problem = "must be one of";
                          for (const auto known : names) problem += concat({" \"", known, "\","});
                          return concat({problem, " not ", in_quotes(*value)});
                        }
                        section.*member =
                            static_cast<TargetOf<member>>(found - names.begin() + offset);
                        return {};
                      },
                      [](const Section& section) {
                        const auto at = static_cast<std::ptrdiff_t>(section.*member) - offset;
                        return Value(std::string(names[static_cast<std::size_t>(at)]));
                      }};
}

template <auto member, TextCheck check>
constexpr auto text(std::string_view name) {
  using Section = SectionOf<member>;
  return Key<Section>{name,
                      [](const Given& given, Section& section) -> std::string {
                        const auto* value = std::get_if<std::string>(&given);
                        if (value == nullptr) return wrong_type("a string", given);
                        std::string checked = *value;
                        if (auto problem = check(checked); !problem.empty()) return problem;
                        section.*member = std::move(checked);
                        return {};
                      },
                      [](const Section& section) { return Value(section.*member); }};
}

template <class Section>
constexpr Key<Section> required(Key<Section> key) {
  key.required = true;
  return key;
}

template <class Section>
constexpr Key<Section> restart(Key<Section> key) {
  key.restart = true;
  return key;
}

// ---- the tables --------------------------------------------------------------------------------

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t tib = 1024 * gib;
constexpr std::int64_t pib = 1024 * tib;
constexpr std::int64_t second = 1000;  // milliseconds
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t day = 24 * hour;

constexpr std::array store_keys{
    restart(required(text<&Store::root, check_root>("root"))),
    restart(whole<&Store::threads, 1, 64>("threads")),
    restart(choice<&Store::flush, flush_policy_names>("flush")),
    restart(whole<&Store::free_bytes_min, 0, pib>("free_bytes_min")),
    restart(whole<&Store::digest_file_bytes_max, 0, pib>("digest_file_bytes_max")),
};
constexpr std::array access_keys{
    flag<&Access::anonymous_read>("anonymous_read"),
    flag<&Access::anonymous_write>("anonymous_write"),
    text<&Access::users_file, check_users_file>("users_file"),
    text<&Access::realm, check_realm>("realm"),
};
constexpr std::array limits_keys{
    whole<&Limits::head_bytes_max, kib, mib>("head_bytes_max"),
    whole<&Limits::headers_max, 8, 1000>("headers_max"),
    whole<&Limits::target_bytes_max, 64, 64 * kib>("target_bytes_max"),
    whole<&Limits::body_bytes_max, 0, pib>("body_bytes_max"),
    whole<&Limits::chunk_bytes, 4 * kib, 16 * mib>("chunk_bytes"),
    whole<&Limits::receive_bytes_per_second_max, 0, tib>("receive_bytes_per_second_max"),
    whole<&Limits::send_bytes_per_second_max, 0, tib>("send_bytes_per_second_max"),
    whole<&Limits::receive_bytes_per_second_min, 0, gib>("receive_bytes_per_second_min"),
    whole<&Limits::send_bytes_per_second_min, 0, gib>("send_bytes_per_second_min"),
    whole<&Limits::listing_entries_max, 1, 100'000>("listing_entries_max"),
};
constexpr std::array timeouts_keys{
    seconds<&Timeouts::head, 10, hour>("head_seconds"),
    seconds<&Timeouts::idle, 10, day>("idle_seconds"),
    seconds<&Timeouts::progress, 10, hour>("progress_seconds"),
    seconds<&Timeouts::drain, 0, hour>("drain_seconds"),
    seconds<&Timeouts::stall, second, hour>("stall_seconds"),
};
constexpr std::array uploads_keys{
    flag<&Uploads::resumable>("resumable"),
    restart(seconds<&Uploads::expire, second, 365 * day>("expire_seconds")),
    restart(whole<&Uploads::unfinished_max, 1, 1'000'000>("unfinished_max")),
};
constexpr std::array tls_keys{
    text<&Tls::certificate_file, check_pem_file>("certificate_file"),
    text<&Tls::key_file, check_pem_file>("key_file"),
    text<&Tls::client_ca_file, check_pem_file>("client_ca_file"),
};
constexpr std::array admin_keys{
    restart(flag<&Admin::enabled>("enabled")),
    restart(text<&Admin::address, check_address>("address")),
    restart(whole<&Admin::port, 1, 65535>("port")),
    restart(flag<&Admin::tls>("tls")),
    flag<&Admin::anonymous_read>("anonymous_read"),
    restart(text<&Admin::token_file, check_token_file>("token_file")),
    text<&Admin::hosts, check_hosts>("hosts"),
};
constexpr std::array journal_keys{
    flag<&Journal::enabled>("enabled"),
    text<&Journal::file, check_journal_file>("file"),
    seconds<&Journal::keep, second, 3650 * day>("keep_seconds"),
    whole<&Journal::bytes_max, mib, tib>("bytes_max"),
    text<&Journal::w3c_file, check_log_file>("w3c_file"),
    whole<&Journal::w3c_rotation_bytes, kib, gib>("w3c_rotation_bytes"),
    whole<&Journal::w3c_files_max, 1, 1000>("w3c_files_max"),
};
constexpr std::array log_keys{
    choice<&Log::level, severity_names>("level"),
    text<&Log::file, check_log_file>("file"),
    whole<&Log::rotation_bytes, kib, gib>("rotation_bytes"),
    whole<&Log::files_max, 1, 1000>("files_max"),
    flag<&Log::event_log>("event_log"),
    choice<&Log::event_log_level, event_severity_names, Severity::info>("event_log_level"),
};
constexpr std::array listener_keys{
    text<&Listener::name, check_listener_name>("name"),
    required(choice<&Listener::model, model_names>("model")),
    text<&Listener::address, check_address>("address"),
    required(whole<&Listener::port, 1, 65535>("port")),
    whole<&Listener::threads, 1, 1024>("threads"),
    whole<&Listener::connections_max, 1, 100'000>("connections_max"),
    whole<&Listener::connections_per_address_max, 1, 100'000>("connections_per_address_max"),
    flag<&Listener::tls>("tls"),
};

}  // namespace

template <>
std::span<const Key<Store>> keys() noexcept {
  return store_keys;
}
template <>
std::span<const Key<Access>> keys() noexcept {
  return access_keys;
}
template <>
std::span<const Key<Limits>> keys() noexcept {
  return limits_keys;
}
template <>
std::span<const Key<Timeouts>> keys() noexcept {
  return timeouts_keys;
}
template <>
std::span<const Key<Uploads>> keys() noexcept {
  return uploads_keys;
}
template <>
std::span<const Key<Tls>> keys() noexcept {
  return tls_keys;
}
template <>
std::span<const Key<Admin>> keys() noexcept {
  return admin_keys;
}
template <>
std::span<const Key<Journal>> keys() noexcept {
  return journal_keys;
}
template <>
std::span<const Key<Log>> keys() noexcept {
  return log_keys;
}
template <>
std::span<const Key<Listener>> keys() noexcept {
  return listener_keys;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown_bytes_max = 80;
  const bool cut = text.size() > shown_bytes_max;
  std::size_t end = cut ? shown_bytes_max : text.size();
  // Not in the middle of a UTF-8 sequence.
  while (cut && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string shown = "\"";
  for (const char c : text.substr(0, end)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return shown + (cut ? "...\"" : "\"");
}

}  // namespace overlap::config
