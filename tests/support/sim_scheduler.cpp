// The part of the simulated model that decides what completes, when, and with what.
#include <algorithm>
#include <array>
#include <utility>

#include "tests/support/sim_model.h"

namespace overlap::sim {

using std::chrono::microseconds;

// ---- what an operation comes to ------------------------------------------------------------

std::optional<Outcome> SimModel::advance(Operation& op) noexcept {
  const auto moved = static_cast<std::size_t>(op.moved_);
  if (op.cancelled_) {
    if (op.may_win_) {
      if (std::optional<Outcome> outcome = perform(op)) return outcome;
    }
    const bool deadline = op.cancel_reason() == io::Cancel::deadline;
    return Outcome{deadline ? Result::timeout : Result::cancelled, error_operation_aborted,
                   static_cast<std::size_t>(op.moved_)};
  }
  switch (op.fate_) {
    case Operation::Fate::failed: return Outcome{Result::error, error_gen_failure, moved};
    case Operation::Fate::reset:
      op.connection_->reset();
      return Outcome{Result::error, wsa_connection_reset, moved};
    case Operation::Fate::normal: break;
  }
  return perform(op);
}

std::optional<Outcome> SimModel::perform(Operation& op) noexcept {
  switch (op.kind()) {
    case OperationKind::accept: return perform_accept(static_cast<AcceptOperation&>(op));
    case OperationKind::receive: return perform_receive(op);
    case OperationKind::send: return perform_send(op);
    case OperationKind::send_file: return perform_send_file(op);
    case OperationKind::read: {
      op.watch_.give_back();
      const std::size_t bytes =
          op.file_->read(op.offset_, op.into_.first(static_cast<std::size_t>(op.wanted_)));
      return Outcome{bytes == 0 ? Result::eof : Result::ok, 0, bytes};
    }
    case OperationKind::write:
      op.file_->write(op.offset_, op.body_.first(static_cast<std::size_t>(op.wanted_)));
      return Outcome{Result::ok, 0, static_cast<std::size_t>(op.wanted_)};
  }
  io::broken_invariant("an operation of no known kind");
}

std::optional<Outcome> SimModel::perform_accept(AcceptOperation& op) noexcept {
  auto& backlog = op.port_->backlog_;
  if (backlog.empty()) return std::nullopt;
  std::shared_ptr<Connection> connection = std::move(backlog.front());
  backlog.pop_front();
  if (random_.chance(settings_.faults.accept_lost)) connection->reset();
  if (connection->broken()) return Outcome{Result::error, error_netname_deleted, 0};
  op.accepted_ = std::move(connection);
  return Outcome{};
}

std::optional<Outcome> SimModel::perform_receive(Operation& op) noexcept {
  Pipe& pipe = op.connection_->to_server;
  if (pipe.broken()) return Outcome{Result::error, wsa_connection_reset, 0};
  if (pipe.held() > 0) {
    op.watch_.give_back();
    return Outcome{Result::ok, 0, pipe.take(op.into_.first(static_cast<std::size_t>(op.wanted_)))};
  }
  if (pipe.drained()) return Outcome{Result::eof, 0, 0};
  return std::nullopt;
}

// Moves what fits of head and body; complete when all that is wanted has been moved.
std::optional<Outcome> SimModel::perform_send(Operation& op) noexcept {
  Connection& connection = *op.connection_;
  const auto moved = [&op] { return static_cast<std::size_t>(op.moved_); };
  if (connection.to_peer.closed_for_putting())
    return Outcome{Result::error, wsa_connection_reset, moved()};
  if (connection.peer_closed) {  // nobody reads it: accepted, then answered by a reset
    connection.reset();
    return Outcome{Result::ok, 0, static_cast<std::size_t>(op.wanted_)};
  }
  while (op.moved_ < op.wanted_) {
    const std::span<const std::byte> piece = moved() < op.head_.size()
                                                 ? op.head_.subspan(moved())
                                                 : op.body_.subspan(moved() - op.head_.size());
    const auto left = static_cast<std::size_t>(op.wanted_ - op.moved_);
    const std::size_t put = connection.to_peer.put(piece.first(std::min(piece.size(), left)));
    if (put == 0) return std::nullopt;
    op.moved_ += put;
  }
  return Outcome{Result::ok, 0, moved()};
}

// As perform_send, the body coming from the file; a file that ends early ends the operation.
std::optional<Outcome> SimModel::perform_send_file(Operation& op) noexcept {
  Connection& connection = *op.connection_;
  if (connection.to_peer.closed_for_putting())
    return Outcome{Result::error, wsa_connection_reset, static_cast<std::size_t>(op.moved_)};
  if (connection.peer_closed) {
    connection.reset();
    return Outcome{Result::ok, 0, static_cast<std::size_t>(op.wanted_)};
  }
  std::array<std::byte, 4096> page;
  while (op.moved_ < op.wanted_) {
    std::span<const std::byte> piece;
    const std::uint64_t left = op.wanted_ - op.moved_;
    if (op.moved_ < op.head_.size()) {
      piece = op.head_.subspan(static_cast<std::size_t>(op.moved_));
    } else {
      const std::uint64_t at = op.offset_ + (op.moved_ - op.head_.size());
      piece = std::span(page).first(op.file_->read(at, page));
      if (piece.empty()) break;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), left));
    const std::size_t put = connection.to_peer.put(piece.first(count));
    if (put == 0) return std::nullopt;
    op.moved_ += put;
  }
  return Outcome{Result::ok, 0, static_cast<std::size_t>(op.moved_)};
}

// The "kernel" is done with the operation: what it was lent goes back, and its handler is queued.
void SimModel::finish(Operation& op, const Outcome& outcome) noexcept {
  op.watch_.give_back();
  if (op.handle_) op.handle_->release();
  if (op.file_handle_) op.file_handle_->release();
  op.ready(outcome, now_, *recorder_);
  ready_.push(op);
  ++ready_count_;
}

// ---- waiting -------------------------------------------------------------------------------

// Looks at every operation that is due, in an order thrown anew each time.
void SimModel::sweep() noexcept {
  for (std::size_t i = in_flight_.size(); i > 1; --i)
    std::swap(in_flight_[i - 1], in_flight_[static_cast<std::size_t>(random_.below(i))]);
  std::size_t kept = 0;
  for (Operation* op : in_flight_) {
    std::optional<Outcome> outcome;
    if (op->due_ <= now_) outcome = advance(*op);
    if (outcome) {
      finish(*op, *outcome);
    } else {
      in_flight_[kept++] = op;
    }
  }
  in_flight_.resize(kept);
}

// Moves the clock to the next operation that becomes due before `end`; false if there is none.
bool SimModel::move_time(Instant end) noexcept {
  Instant next = never;
  for (const Operation* op : in_flight_)
    if (op->due_ > now_) next = std::min(next, op->due_);
  if (next == never || next > end) return false;
  now_ = next;
  return true;
}

bool SimModel::signalled() noexcept {
  const std::scoped_lock lock(signal_mutex_);
  return std::exchange(woken_, false) || !posts_.empty();
}

void SimModel::block_until_signalled() noexcept {
  std::unique_lock lock(signal_mutex_);
  signal_.wait(lock, [this] { return woken_ || !posts_.empty(); });
  woken_ = false;
}

std::size_t SimModel::deliver_batch() noexcept {
  // Only what is ready now: an operation that its handler starts again waits for the next call.
  const std::size_t batch = std::min(ready_count_, settings_.batch_max);
  for (std::size_t i = 0; i < batch; ++i) {
    now_ += microseconds(1);
    const Instant before = now_;
    --ready_count_;
    ready_.pop()->deliver(now_, *recorder_);
    recorder_->handled(now_ - before);
  }
  return batch;
}

io::Waited SimModel::wait(Instant limit) noexcept {
  check_thread();
  if (!recorder_) io::broken_invariant("a model was used before record_into()");
  const Instant start = now_;
  const Instant end = limit >= never - now_ ? never : now_ + limit;
  auto reason = stats::WaitReason::wake;
  sweep();
  while (ready_.empty() && !signalled()) {
    if (move_time(end)) {
      sweep();
      continue;
    }
    if (end == never) {
      block_until_signalled();
    } else {
      now_ = end;
      reason = stats::WaitReason::timeout;
    }
    break;
  }
  const Instant woke = now_;
  io::Waited waited;
  waited.posted = posts_.run_all();
  // Running work takes time too: work that posts itself must not stop the clock.
  now_ += microseconds(10) * static_cast<std::int64_t>(waited.posted);
  waited.delivered = deliver_batch();
  if (waited.delivered > 0) reason = stats::WaitReason::io;
  if (slots_ != operations_max) recorder_->wait_slots(in_flight_.size(), slots_);
  recorder_->waited(reason, waited.delivered, woke - start, now_ - woke);
  return waited;
}

}  // namespace overlap::sim
