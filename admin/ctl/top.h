// `overlapctl top`: a picture of the service, each second.
#pragma once

#include <cstddef>
#include <string>

#include "admin/ctl/client.h"
#include "admin/ctl/exit.h"
#include "admin/ctl/field.h"
#include "admin/ctl/terminal.h"

namespace overlap::ctl {

enum class TransferOrder : unsigned char { rate, bytes, time, path, user };
inline constexpr std::size_t transfer_orders = 5;

struct TopState {
  std::string url;
  TransferOrder order = TransferOrder::rate;  // the largest first; paths and users from A on
  bool reversed = false;
  bool paused = false;
  std::string problem;  // a sentence: why the picture is old; empty: it is not
};

// A snapshot of GET /api/v1/stream in at most `rows` lines (0: as many as it takes), each ending in
// a line feed. Pure.
std::string top_frame(Field snapshot, const TopState& state, const Layout& layout,
                      std::size_t rows);

// Shows pictures until somebody presses q, or without a terminal until nobody reads; `once`: the
// first only. Throws NoAnswer, and Failure if the first request is refused; a connection that is
// lost later is made again.
Exit run_top(ApiClient& api, Terminal& terminal, const std::string& url, bool once,
             const std::function<void(const Response&)>& refuse);

}  // namespace overlap::ctl
