#include "tests/simulation/client.h"

#include <algorithm>
#include <array>

namespace overlap::simulation {

using namespace std::chrono_literals;
using std::chrono::microseconds;

Client::Client(std::uint64_t seed, std::unique_ptr<sim::Peer> peer,
               const std::vector<std::string>& names, Versions& versions, Uploads& uploads,
               Report& report)
    : random_(seed),
      peer_(std::move(peer)),
      names_(names),
      versions_(versions),
      uploads_(uploads),
      report_(report),
      reader_(versions, uploads, report) {
  switch (random_.below(12)) {
    case 0: temper_ = Temper::slow; break;
    case 1: temper_ = Temper::deaf; break;
    case 2: temper_ = Temper::torn; break;
    case 3: temper_ = Temper::hasty; break;
    case 4:
    case 5: temper_ = Temper::half_closed; break;
    case 6: temper_ = Temper::silent; break;
    default: temper_ = Temper::steady; break;
  }
  acts_left_ = static_cast<std::size_t>(random_.below(200));
  resumes_left_ = static_cast<std::size_t>(random_.below(12));
  write_script();
}

Instant Client::pause() {
  if (temper_ == Temper::slow && random_.chance(20)) return microseconds(random_.below(90'000'000));
  const bool stuck = temper_ == Temper::deaf || (temper_ == Temper::silent && acts_left_ == 0);
  if (stuck) return microseconds(random_.below(2'000'000));
  if (random_.chance(300)) return microseconds(random_.below(200));
  return microseconds(random_.below(20'000));
}

void Client::act(Instant now) {
  if (!peer_) return;
  next_act_ = now + pause();
  if (temper_ == Temper::torn && acts_left_-- == 0) {
    peer_->reset();
    return leave();
  }
  if (temper_ == Temper::silent && acts_left_ > 0) --acts_left_;
  if (temper_ != Temper::silent || acts_left_ > 0) send_some();
  if (temper_ != Temper::deaf) {
    if (random_.chance(900)) receive_some();
  } else if (random_.chance(2)) {
    leave();  // some 500 acts, which are as many seconds
  }
}

void Client::send_some() {
  if (line_ == script_.size()) return;
  Line& line = script_[line_];
  if (line.waits_for_continue && said_ == 0 && !reader_.may_go_on() && ++waited_ < 100) return;
  if (said_ == 0) {
    waited_ = 0;
    reader_.forget_continue();
    for (Expected& expected : line.expected) reader_.expect(std::move(expected));
    line.expected.clear();
  }
  // Sometimes byte by byte, sometimes all that fits.
  std::size_t count = line.text.size() - said_;
  if (random_.chance(600))
    count = std::min(count, static_cast<std::size_t>(random_.between(1, 3000)));
  if (random_.chance(100)) count = std::min<std::size_t>(count, 1);
  said_ += peer_->send(std::as_bytes(std::span(line.text)).subspan(said_, count));
  if (said_ < line.text.size()) return;
  for (const Version& version : line.whole) versions_.sent_whole(version);
  ++line_;
  said_ = 0;
  if (line_ < script_.size()) return;
  if (temper_ == Temper::half_closed) peer_->shutdown_send();
  if (temper_ == Temper::hasty) leave();
}

void Client::receive_some() {
  if (!peer_) return;
  std::array<std::byte, 8192> buffer;
  const std::size_t gulp = random_.chance(200) ? 1 : buffer.size();
  const test::PeerReceived got = peer_->receive(std::span(buffer).first(gulp));
  reader_.receive(std::span(buffer).first(got.bytes));
  if (got.ended || got.lost) return leave();
  const bool satisfied = line_ == script_.size() && reader_.outstanding() == 0;
  if (!satisfied || go_on()) return;
  if (temper_ != Temper::silent && random_.chance(50)) leave();
}

void Client::leave() {
  reader_.end();
  peer_.reset();
  next_act_ = never;
}

}  // namespace overlap::simulation
