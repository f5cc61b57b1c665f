// Server-sent events out of a stream of bytes (HTML Living Standard, section 9.2.6, "Interpreting
// an event stream").
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "admin/ctl/client.h"

namespace overlap::ctl {

class EventStream {
 public:
  // What one event may hold; past it the stream is given up.
  static constexpr std::size_t event_bytes_max = 16u << 20;

  // `on_event` must outlive it.
  explicit EventStream(const ApiClient::OnEvent& on_event) : on_event_(on_event) {}

  // Returns false when no more is wanted: on_event said so, or an event is too long.
  bool feed(std::string_view bytes);

 private:
  bool line(std::string_view text);

  const ApiClient::OnEvent& on_event_;
  std::string rest_;  // of a line that has not ended
  bool after_cr_ = false;
  std::string name_;
  std::string data_;
  bool has_data_ = false;
};

}  // namespace overlap::ctl
