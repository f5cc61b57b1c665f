#include "admin/api/state_json.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>
#include <string>
#include <variant>

#include "admin/api/rfc3339.h"
#include "common/config/values.h"

namespace overlap::admin {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

// The bytes of the UTF-8 sequence at the start of `text`; 0 if it is none (RFC 3629, section 4).
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  unsigned char least = 0x80;
  unsigned char most = 0xBF;
  if (first == 0xE0) least = 0xA0;  // else it would be longer than necessary
  if (first == 0xF0) least = 0x90;
  if (first == 0xED) most = 0x9F;  // surrogates
  if (first == 0xF4) most = 0x8F;  // past U+10FFFF
  if (byte(1) < least || byte(1) > most) return 0;
  for (std::size_t at = 2; at < length; ++at)
    if (byte(at) < 0x80 || byte(at) > 0xBF) return 0;
  return length;
}

value time(std::int64_t unix_ms) { return value(to_rfc3339(unix_ms)); }

template <class Number>
value or_null(const std::optional<Number>& number) {
  return number ? value(*number) : value(nullptr);
}

// A whole number without a fraction; otherwise the shortest text that stands for the same float,
// which as a double would have three times the digits.
value short_number(const std::optional<float>& number) {
  if (!number) return nullptr;
  if (*number == std::floor(*number) && std::abs(*number) < 1e15f)
    return static_cast<std::int64_t>(*number);
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), *number).ptr;
  double same = 0;
  std::from_chars(text.data(), end, same);
  return same;
}

value or_null(std::string_view text) {
  return text.empty() ? value(nullptr) : value(to_utf8(text));
}

template <class Names, class Enum>
std::string_view name(const Names& names, Enum which) {
  return names[static_cast<std::size_t>(which)];
}

object journal_json(const management::JournalState& journal) {
  return {{"enabled", journal.enabled},
          {"entries", journal.entries},
          {"file_bytes", journal.file_bytes},
          {"waiting", journal.waiting},
          {"written_total", journal.written_total},
          {"dropped_total", journal.dropped_total},
          {"problem", or_null(journal.problem)}};
}

}  // namespace

boost::json::string to_utf8(std::string_view text) {
  boost::json::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence(text);
    clean.append(length > 0 ? text.substr(0, length) : std::string_view{"\xEF\xBF\xBD"});
    text.remove_prefix(length > 0 ? length : 1);
  }
  return clean;
}

object to_json(const management::ServiceState& service, const management::JournalState& journal,
               std::int64_t now_unix_ms) {
  // The clock of the machine may have been set back since the start.
  const std::int64_t uptime_ms = std::max<std::int64_t>(0, now_unix_ms - service.started_unix_ms);
  return {{"version", service.version},
          {"state", service.state},
          {"started", time(service.started_unix_ms)},
          {"uptime_seconds", static_cast<double>(uptime_ms) / 1000},
          {"process_id", service.process_id},
          {"config_file", to_utf8(service.config_file)},
          {"config_loaded", time(service.config_loaded_unix_ms)},
          {"root", to_utf8(service.root)},
          {"volume",
           {{"free_bytes", or_null(service.free_bytes)},
            {"total_bytes", or_null(service.volume_bytes)}}},
          {"process",
           {{"memory_bytes", service.memory_bytes},
            {"handles", service.handles},
            {"threads", service.threads},
            {"cpu_seconds", service.cpu_seconds}}},
          {"certificate_expires", service.certificate_expires_unix_ms
                                      ? time(*service.certificate_expires_unix_ms)
                                      : value(nullptr)},
          {"log_dropped_total", service.log_dropped},
          {"journal", journal_json(journal)}};
}

object to_json(const management::ListenerState& listener) {
  array former;
  for (const management::FormerModel& model : listener.former)
    former.push_back({{"model", config::name_of(model.model)}, {"connections", model.connections}});
  return {{"name", to_utf8(listener.name)},
          {"model", config::name_of(listener.model)},
          {"address", listener.address},
          {"port", listener.port},
          {"tls", listener.tls},
          {"state", name(management::listener_phase_names, listener.phase)},
          {"accept_failing", listener.accept_failing},
          {"stalled_seconds", listener.stalled_seconds},
          {"threads_max", listener.threads_max},
          {"connections",
           {{"current", listener.connections},
            {"peak", listener.connections_peak},
            {"limit", listener.connections_max},
            {"total", listener.connections_total},
            {"limit_per_address", listener.connections_per_address_max}}},
          {"rejected_total", listener.rejected_total},
          {"former_models", std::move(former)}};
}

object transfer_of(const management::ConnectionState& connection) {
  const management::TransferState& transfer = connection.transfer.value();
  return {{"connection", connection.id},
          {"listener", to_utf8(connection.listener)},
          {"model", config::name_of(connection.model)},
          {"peer", connection.peer},
          {"user", or_null(transfer.user)},
          {"method", to_utf8(transfer.method)},
          {"path", to_utf8(transfer.path)},
          {"direction", name(management::direction_names, transfer.direction)},
          {"started", time(transfer.started_unix_ms)},
          {"seconds", transfer.seconds},
          {"bytes", transfer.bytes},
          {"bytes_total", or_null(transfer.bytes_total)},
          {"bytes_per_second", transfer.bytes_per_second}};
}

object to_json(const management::ConnectionState& connection) {
  return {{"id", connection.id},
          {"listener", to_utf8(connection.listener)},
          {"model", config::name_of(connection.model)},
          {"peer", connection.peer},
          {"user", or_null(connection.user)},
          {"tls", connection.tls},
          {"state", name(management::connection_phase_names, connection.phase)},
          {"opened", time(connection.opened_unix_ms)},
          {"requests_total", connection.requests},
          {"bytes_received_total", connection.bytes_received},
          {"bytes_sent_total", connection.bytes_sent},
          {"idle_seconds", connection.idle_seconds},
          {"transfer", connection.transfer ? value(transfer_of(connection)) : value(nullptr)}};
}

object to_json(const management::JournalEntry& entry) {
  return {{"id", entry.id},
          {"ended", time(entry.unix_ms)},
          {"seconds", entry.seconds},
          {"listener", to_utf8(entry.listener)},
          {"model", config::name_of(entry.model)},
          {"peer", to_utf8(entry.peer)},
          {"user", or_null(entry.user)},
          {"method", to_utf8(entry.method)},
          {"path", to_utf8(entry.path)},
          {"status", entry.status > 0 ? value(entry.status) : value(nullptr)},
          {"bytes_received", entry.bytes_received},
          {"bytes_sent", entry.bytes_sent},
          {"result", name(management::transfer_result_names, entry.result)},
          {"digest", or_null(entry.digest)}};
}

object to_json(const management::UploadState& upload) {
  return {{"id", to_utf8(upload.id)},
          {"path", to_utf8(upload.path)},
          {"user", or_null(upload.user)},
          {"offset", upload.offset},
          {"length", or_null(upload.length)},
          {"touched", time(upload.touched_unix_ms)},
          {"expires", time(upload.expires_unix_ms)},
          {"active", upload.active}};
}

object to_json(const management::EventRecord& event) {
  return {{"sequence", event.sequence},
          {"time", time(event.unix_ms)},
          {"severity", name(config::severity_names, event.severity)},
          {"id", event.id > 0 ? value(event.id) : value(nullptr)},
          {"text", to_utf8(event.text)}};
}

object to_json(const config::Config& config) {
  const auto shown = [](const config::Value& setting) {
    return std::visit(
        [](const auto& plain) -> value {
          if constexpr (std::is_same_v<std::decay_t<decltype(plain)>, std::string>)
            return value(to_utf8(plain));
          else
            return value(plain);
        },
        setting);
  };
  object sections;
  config::for_each_value(
      config, [&](std::string_view section, std::string_view key, const config::Value& setting) {
        value& members = sections[section];
        if (!members.is_object()) members = object{};
        members.as_object()[key] = shown(setting);
      });
  array listeners;
  for (const config::Listener& listener : config.listeners) {
    object members;
    config::for_each_value(listener, [&](std::string_view key, const config::Value& setting) {
      members[key] = shown(setting);
    });
    listeners.push_back(std::move(members));
  }
  sections["listener"] = std::move(listeners);
  return sections;
}

object to_json(const findings::Finding& finding) {
  return {{"id", finding.id},
          {"severity", name(config::severity_names, finding.severity)},
          {"model", or_null(finding.model)},
          {"listener", or_null(finding.listener)},
          {"since", time(finding.since_unix_ms)},
          {"sentence", to_utf8(finding.sentence)},
          {"advice", to_utf8(finding.advice)},
          {"figure", finding.figure},
          {"threshold", finding.threshold},
          {"unit", finding.unit}};
}

object to_json(const history::ModelHistory& model) {
  const auto column = [&](history::Column which) {
    array values;
    values.reserve(model.samples.size());
    for (const history::Sample& sample : model.samples)
      values.push_back(short_number(sample.at(which)));
    return values;
  };
  array times;
  times.reserve(model.samples.size());
  for (const history::Sample& sample : model.samples)
    times.push_back(static_cast<double>(sample.unix_ms) / 1000);
  object in_flight;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    in_flight[operation_kind_names[kind]] =
        column(history::in_flight(static_cast<OperationKind>(kind)));
  object samples{{"time", std::move(times)}, {"in_flight", std::move(in_flight)}};
  for (std::size_t at = 0; at < history::column_names.size(); ++at)
    samples[history::column_names[at]] = column(history::named_column(at));
  return {{"name", model.name}, {"samples", std::move(samples)}};
}

object to_json(const Picture::ModelSample& model) {
  object in_flight;
  for (std::size_t kind = 0; kind < operation_kinds; ++kind)
    in_flight[operation_kind_names[kind]] =
        short_number(model.sample.at(history::in_flight(static_cast<OperationKind>(kind))));
  object figures{{"name", model.name}, {"in_flight", std::move(in_flight)}};
  for (std::size_t at = 0; at < history::column_names.size(); ++at)
    figures[history::column_names[at]] = short_number(model.sample.at(history::named_column(at)));
  return figures;
}

}  // namespace overlap::admin
