#include "service/server/connection_view.h"

#include <algorithm>
#include <chrono>

namespace overlap::server {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

double in_seconds(Instant duration) { return std::chrono::duration<double>(duration).count(); }
std::int64_t in_ms(Instant duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

// Single writer.
void add(std::atomic<std::uint64_t>& cell, std::uint64_t amount) noexcept {
  cell.store(cell.load(relaxed) + amount, relaxed);
}

std::uint64_t moved_by(const Activity& activity) noexcept {
  if (!activity.request) return 0;
  return activity.direction == Direction::upload ? activity.request->body_bytes_received
                                                 : activity.request->body_bytes_sent;
}

}  // namespace

void ConnectionView::show(const Activity& activity, Instant now) noexcept {
  phase_.store(activity.phase, relaxed);
  const RequestRecord* request = activity.request;
  const bool news = request ? !request_.under_way || request_.since != activity.request_since ||
                                  request_.user.size() != request->user.size()
                            : request_.under_way;
  if (news) tell(activity);
  const std::uint64_t moved = moved_by(activity);
  if (moved != moved_.load(relaxed) || news || last_moved_.load(relaxed) == Instant::zero()) {
    moved_.store(moved, relaxed);
    last_moved_.store(now, relaxed);
  }
  total_.store(activity.bytes_total.value_or(unknown), relaxed);
}

void ConnectionView::tell(const Activity& activity) noexcept {
  const std::lock_guard hold(mutex_);
  request_.under_way = activity.request != nullptr;
  if (!request_.under_way) return;
  request_.since = activity.request_since;
  request_.direction = activity.direction;
  try {
    request_.method = activity.request->method;
    request_.target = activity.request->target;
    request_.user = activity.request->user;
  } catch (const std::exception&) {
    request_.under_way = false;  // out of memory: it is not listed
  }
}

void ConnectionView::finished(const RequestRecord& record) noexcept {
  add(requests_, 1);
  add(received_, record.body_bytes_received);
  add(sent_, record.body_bytes_sent);
  moved_.store(0, relaxed);
}

std::uint64_t ConnectionView::moved_in_all() const noexcept {
  return received_.load(relaxed) + sent_.load(relaxed) + moved_.load(relaxed);
}

void ConnectionView::look(Instant now) noexcept {
  constexpr Instant interval = std::chrono::milliseconds(900);
  if (looked_at_ != Instant::zero() && now - looked_at_ < interval) return;
  const std::uint64_t moved = moved_in_all();
  // A request that has just finished may be missing for a moment.
  const std::uint64_t more = moved - std::min(moved, looked_bytes_);
  if (looked_at_ != Instant::zero())
    bytes_per_second_.store(static_cast<double>(more) / in_seconds(now - looked_at_), relaxed);
  looked_bytes_ = moved;
  looked_at_ = now;
}

void ConnectionView::state(Instant now, std::int64_t unix_ms,
                           management::ConnectionState& state) const {
  state.phase = phase_.load(relaxed);
  state.opened_unix_ms = opened_unix_ms_;
  state.requests = requests_.load(relaxed);
  state.bytes_received = received_.load(relaxed);
  state.bytes_sent = sent_.load(relaxed);
  const Instant last_moved = last_moved_.load(relaxed);
  if (last_moved != Instant::zero())
    state.idle_seconds = std::max(0.0, in_seconds(now - last_moved));
  const std::lock_guard hold(mutex_);
  state.user = request_.user;
  if (!request_.under_way) return;
  const std::uint64_t moved = moved_.load(relaxed);
  (request_.direction == Direction::upload ? state.bytes_received : state.bytes_sent) += moved;
  ++state.requests;
  management::TransferState& transfer = state.transfer.emplace();
  transfer.method = request_.method;
  transfer.path = request_.target;
  transfer.user = request_.user;
  transfer.direction = request_.direction;
  transfer.started_unix_ms = unix_ms - in_ms(now - request_.since);
  transfer.seconds = std::max(0.0, in_seconds(now - request_.since));
  transfer.bytes = moved;
  if (const std::uint64_t total = total_.load(relaxed); total != unknown)
    transfer.bytes_total = total;
  transfer.bytes_per_second = bytes_per_second_.load(relaxed);
}

}  // namespace overlap::server
