#include "tests/simulation/host.h"

#include <algorithm>

#include "service/server/peer_of.h"

namespace overlap::simulation {

using namespace std::chrono_literals;

// A stop cancels whatever a connection waits for at the next tick. What it then waits for, the
// store or a file, ends by itself within milliseconds here.
constexpr Instant stop_takes_at_most = 2s;
// The longest deadline of a session, a tick, and the time that a cancel may take.
constexpr Instant pending_at_most = 122s;

Host::Host(const sim::Settings& settings, const SessionConfig& config, std::size_t connections_max,
           MemoryStore& store, Logins& logins, Report& report)
    : config_(config),
      connections_max_(connections_max),
      store_(store),
      logins_(logins),
      report_(report),
      model_(settings) {
  model_.record_into(recorder_);
  model_.accept(accepting_, listener_);
}

Host::~Host() = default;

Now Host::now() noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(model_.now());
  return {model_.now(), 1'750'000'000 + seconds.count(), phase_ != Phase::open};
}

void Host::opened() noexcept { recorder_.connection_opened(); }

void Host::pausing(Instant until) noexcept {
  ++report_.pauses;
  next_tick_ = std::min(next_tick_, until);
}

void Host::request_finished(const PeerInfo&, const RequestRecord& record) noexcept {
  recorder_.request_finished(record.status, record.whole);
  if (record.duration < Instant::zero()) report_.fail("a request took less than no time");
}

void Host::closed(Connection& connection, CloseReason reason) noexcept {
  recorder_.connection_closed(reason);
  last_closed_ = model_.now();
  const auto found =
      std::ranges::find(connections_, &connection, &std::unique_ptr<Connection>::get);
  if (found == connections_.end()) return report_.fail("a connection was closed twice");
  connections_.erase(found);
}

void Host::on_accepted(io::OperationBase& op, const Outcome& outcome) noexcept {
  static_cast<Accepting&>(op).self.accepted(outcome);
}

void Host::accepted(const Outcome& outcome) {
  if (outcome.result == Result::ok) {
    const bool full = connections_.size() >= connections_max_;
    const auto mode = full ? Session::Mode::refuse : Session::Mode::serve;
    io::Accepted<sim::Stream> taken = model_.take(accepting_);
    connections_.push_back(std::make_unique<Connection>(
        *this, std::move(taken.stream),
        Connection::Name{++report_.connections, server::peer_info(std::move(taken.peer)), mode},
        server::BegunConversation{nullptr, std::make_unique<Session>(config_, mode)}));
    connections_.back()->start();
  }
  if (phase_ == Phase::open) model_.accept(accepting_, listener_);
}

void Host::enter(Phase phase) {
  phase_ = phase;
  if (phase == Phase::closing) closing_since_ = std::min(closing_since_, model_.now());
  if (phase != Phase::open) model_.cancel(accepting_, io::Cancel::stopping);
  next_tick_ = Instant::zero();
}

void Host::tick() {
  next_tick_ = model_.now() + (phase_ == Phase::open ? 500ms : 50ms);
  for (const auto& connection : connections_) {
    const Instant since = connection->pending_since();
    if (since != never && model_.now() - since > pending_at_most)
      report_.fail("an operation outlives every deadline");
    next_tick_ = std::min(next_tick_, connection->expire(model_.now()));
    if (phase_ != Phase::open) connection->interrupt(phase_ == Phase::draining);
  }
  // Pauses bring a tick every few milliseconds, and a snapshot costs more than all else in it.
  if (model_.now() >= next_count_) {
    next_count_ = model_.now() + 250ms;
    check_counters();
  }
}

void Host::check_counters() const {
  if (!stats_.snapshot(model_.now()).consistent())
    report_.fail("the identity of the counters does not hold");
}

void Host::run(Instant until) {
  const Instant next = std::min({until, next_tick_, store_.next_due(), logins_.next_due()});
  model_.wait(std::max(next - model_.now(), Instant::zero()));
  store_.run(model_.now());
  logins_.run(model_.now());
  if (model_.now() >= next_tick_) tick();
}

void Host::check() const {
  if (last_closed_ > closing_since_ && last_closed_ - closing_since_ > stop_takes_at_most)
    report_.fail("a stop did not end every connection in time");
  if (!logins_.idle()) report_.fail("a log-in is verified that nobody waits for");
  if (model_.in_flight() != 0) report_.fail("operations are left in flight");
  const stats::ModelSnapshot snapshot = stats_.snapshot(model_.now());
  if (!snapshot.consistent()) report_.fail("the identity of the counters does not hold at the end");
  if (snapshot.total().in_flight != 0)
    report_.fail("the counters say that operations are in flight");
  if (snapshot.connections_open != 0) report_.fail("the counters say that connections are open");
  if (snapshot.connections_opened != static_cast<std::int64_t>(report_.connections))
    report_.fail("not every connection was counted");
}

}  // namespace overlap::simulation
