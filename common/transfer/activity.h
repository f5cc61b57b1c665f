// What a conversation is doing, for those who look on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/time.h"
#include "common/transfer/request_record.h"

namespace overlap {

enum class ConnectionPhase : std::uint8_t {
  handshake,
  idle,  // between requests
  receiving_head,
  receiving_body,
  sending,
  working,  // the file, the store or a log-in is waited for
  pausing,  // on purpose: bandwidth, failed log-ins, an upload that another connection holds
  closing,
};
inline constexpr std::array<std::string_view, 8> connection_phase_names{
    "handshake", "idle",    "receiving_head", "receiving_body",
    "sending",   "working", "pausing",        "closing"};

// Which way the bytes of a request go that are counted as its progress.
enum class Direction : std::uint8_t { download, upload };
inline constexpr std::array<std::string_view, 2> direction_names{"download", "upload"};

struct Activity {
  ConnectionPhase phase = ConnectionPhase::idle;
  // The request under way: null before its head is complete and after its end. Its text does not
  // change while `request_since` stays the same, but for `user`, which is told once.
  const RequestRecord* request = nullptr;
  Instant request_since{};
  Direction direction = Direction::download;
  std::optional<std::uint64_t> bytes_total{};  // of its body; absent while it is not known
};

}  // namespace overlap
