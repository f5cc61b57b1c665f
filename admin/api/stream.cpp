#include "admin/api/stream.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>

#include "admin/api/rfc3339.h"
#include "admin/api/state_json.h"

namespace overlap::admin {
namespace {

using boost::json::array;
using boost::json::object;

// A comment is sent if no picture comes for so long: a client that has gone is noticed.
constexpr std::chrono::seconds silence_max{5};

// By what it is known to move, or has moved already.
bool is_large(const management::TransferState& transfer) {
  constexpr std::uint64_t bytes_min = 1024 * 1024;
  return std::max(transfer.bytes, transfer.bytes_total.value_or(0)) >= bytes_min;
}

template <class List>
array listed(const List& list) {
  array values;
  for (const auto& one : list) values.push_back(to_json(one));
  return values;
}

}  // namespace

// One client's. Used by one thread at a time.
class Streams::Stream {
 public:
  explicit Stream(Streams& streams) : streams_(streams) {}
  ~Stream() { streams_.open_.fetch_sub(1); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool next(std::string& piece) {
    if (!begun_) {
      begun_ = true;
      piece = "retry: 2000\n\n";
      return true;
    }
    const auto picture = streams_.sampler_.wait_for_next(
        picture_, Sampler::Clock::now() + silence_max, streams_.ended_);
    if (!picture) {
      piece = ": nothing new\n\n";
      return !streams_.ended_.load() && !streams_.sampler_.stopped();
    }
    picture_ = picture->id;
    piece = "event: snapshot\nid: " + std::to_string(picture->id) +
            "\ndata: " + boost::json::serialize(shown(*picture)) + "\n\n";
    return true;
  }

 private:
  object shown(const Picture& picture) {
    const findings::Moment& moment = *picture.moment;
    return {{"time", to_rfc3339(moment.unix_ms)},
            {"state", moment.service.state},
            {"models", listed(picture.samples)},
            {"listeners", listed(moment.listeners)},
            {"transfers", transfers()},
            {"findings", listed(picture.findings)},
            {"events", events()}};
  }

  // Those worth a progress bar come first: among thousands of small requests, each over in a
  // moment, nobody would see them.
  array transfers() const {
    array values;
    std::set<std::uint64_t> shown;  // one may end and another begin on its connection meanwhile
    for (const bool large : {true, false}) {
      if (shown.size() == transfers_max) break;
      for (const auto& connection : streams_.source_.connections(
               0, transfers_max - shown.size(), [&](const auto& candidate) {
                 return candidate.transfer && is_large(*candidate.transfer) == large &&
                        !shown.contains(candidate.id);
               })) {
        shown.insert(connection.id);
        values.push_back(transfer_of(connection));
      }
    }
    return values;
  }

  // Those since the last picture; at first those that are remembered, the newest of them.
  array events() {
    const bool first = sequence_ == 0;
    auto page = streams_.source_.events(sequence_, config::Severity::info,
                                        first ? std::size_t{1000} : events_max);
    if (page.events.empty()) return {};
    sequence_ = page.events.back().sequence;
    if (page.events.size() > events_max)
      page.events.erase(page.events.begin(),
                        page.events.end() - static_cast<std::ptrdiff_t>(events_max));
    return listed(page.events);
  }

  Streams& streams_;
  bool begun_ = false;
  std::uint64_t picture_ = 0;
  std::uint64_t sequence_ = 0;
};

Response Streams::open() {
  if (open_.fetch_add(1) >= at_once_max) {
    open_.fetch_sub(1);
    Response refused = problem(503, "As many clients follow the stream as may at once.");
    refused.fields.emplace_back("Retry-After", "5");
    return refused;
  }
  Response response;
  response.content_type = "text/event-stream";
  response.next = [stream = std::make_shared<Stream>(*this)](std::string& piece) {
    return stream->next(piece);
  };
  return response;
}

void Streams::end() noexcept {
  ended_.store(true);
  sampler_.wake();
}

}  // namespace overlap::admin
