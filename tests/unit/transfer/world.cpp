#include "tests/unit/transfer/world.h"

#include <algorithm>
#include <variant>

namespace overlap::test {
namespace {

constexpr std::int64_t some_day = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

StoreError store_error_of(Fault fault) {
  switch (fault) {
    case Fault::none: return StoreError::none;
    case Fault::no_space: return StoreError::no_space;
    case Fault::not_found: return StoreError::not_found;
    case Fault::no_folder: return StoreError::no_folder;
    case Fault::is_folder: return StoreError::is_folder;
    case Fault::is_file: return StoreError::is_file;
    case Fault::exists: return StoreError::exists;
    case Fault::not_empty: return StoreError::not_empty;
    case Fault::access_denied: return StoreError::access_denied;
    case Fault::in_use: return StoreError::in_use;
    case Fault::name_too_long: return StoreError::name_too_long;
    case Fault::condition_failed: return StoreError::condition_failed;
    case Fault::changed: return StoreError::changed;
    case Fault::wrong_offset: return StoreError::wrong_offset;
    case Fault::wrong_length: return StoreError::wrong_length;
    case Fault::wrong_digest: return StoreError::wrong_digest;
    case Fault::already_complete: return StoreError::already_complete;
    case Fault::upload_in_use: return StoreError::upload_in_use;
    case Fault::too_many: return StoreError::too_many;
    default: return StoreError::failed;
  }
}

Instant time_of(std::size_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return Instant::zero();
  const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second);
  return Instant(static_cast<std::int64_t>(seconds * 1e9));
}
std::size_t bytes_in(Instant time, std::uint64_t bytes_per_second) {
  const double seconds = static_cast<double>(time.count()) / 1e9;
  return static_cast<std::size_t>(seconds * static_cast<double>(bytes_per_second));
}

constexpr Instant step_time = std::chrono::milliseconds(1);
constexpr std::string_view letters = "ovhlcaksCDqXmdMy";  // of the verbs, in their order

}  // namespace

World::World(const Script& script, const Plan& plan, Played& played, const FakeGate& gate)
    : script_(script), plan_(plan), played_(played), gate_(gate), store_(script, played) {
  begin_ = now_.monotonic = std::chrono::hours(1);
  now_.unix_seconds = some_day;
  now_.draining = plan.drain_step == 0;
}

void World::broken(const std::string& promise) { played_.violations.push_back(promise); }
void World::require(bool kept, const char* promise) {
  if (!kept) broken(promise);
}

void World::deadline_is(const Action& action, Instant deadline) {
  deadline_ = deadline;
  const bool waits_for_peer = std::holds_alternative<Receive>(action) ||
                              std::holds_alternative<Send>(action) ||
                              std::holds_alternative<SendFile>(action);
  if (const auto* pause = std::get_if<Pause>(&action)) {
    require(deadline == pause->until, "the deadline of a pause is its end");
    require(deadline > now_.monotonic, "a pause lasts");
  } else if (waits_for_peer) {
    require(deadline != never, "a wait for the peer has a deadline");
    // The one before may just have been met.
    require(deadline + step_time > now_.monotonic, "a deadline lies ahead");
  } else {
    require(deadline == never, "a file operation has no deadline");
  }
}

Answer World::perform(const Action& action) {
  for (const ForeignWrite& write : script_.foreign_writes) {
    if (write.step == played_.steps) store_.overwrite(write.path, write.content);
  }
  now_.monotonic += step_time;
  Answer answer = std::visit([this](const auto& some) { return operate(some); }, action);
  ++played_.steps;
  if (played_.steps >= plan_.drain_step) now_.draining = true;
  return answer;
}

void World::ended(const Close& close) {
  played_.reason = close.reason;
  played_.duration = now_.monotonic - begin_;
  store_.finish();
}

// How much is transferred of what was wanted.
std::size_t World::faulted(std::size_t wanted) const {
  if (!at_fault()) return wanted;
  switch (plan_.fault) {
    case Fault::shortened:
      return std::max<std::size_t>(wanted / 2, std::min<std::size_t>(wanted, 1));
    case Fault::error_midway: return wanted / 2;
    default: return 0;
  }
}

Outcome World::fault_of(std::size_t transferred) const {
  if (!at_fault()) return {Result::ok, 0, transferred};
  switch (plan_.fault) {
    case Fault::shortened:
    case Fault::nothing: return {Result::ok, 0, transferred};
    case Fault::eof: return {Result::eof, 0, 0};
    case Fault::cancelled: return {Result::cancelled, 995, transferred};
    case Fault::timeout: return {Result::timeout, 995, transferred};
    case Fault::locked: return {Result::error, 33, transferred};
    case Fault::no_space: return {Result::error, 112, transferred};
    default: return {Result::error, 64, transferred};
  }
}

// ---- the peer

bool World::wait_for_input() {
  if (script_.peer_sends == 0) return true;
  const Instant next = begin_ + time_of(received_ + 1, script_.peer_sends);
  if (next >= deadline_) return false;
  now_.monotonic = std::max(now_.monotonic, next);
  return true;
}

Answer World::operate(const Receive& receive) {
  played_.trace += 'R';
  require(!receive.into.empty(), "a receive has room");
  played_.receives_into_most = std::max(played_.receives_into_most, receive.into.size());
  const std::size_t left = script_.input.size() - received_;
  std::size_t wanted = std::min({receive.into.size(), left, plan_.piece_bytes});
  if (at_fault() && plan_.fault == Fault::timeout)
    now_.monotonic = std::max(now_.monotonic, deadline_);
  if (!at_fault()) {
    const bool silent = wanted == 0 ? script_.at_end == AtEnd::waits : !wait_for_input();
    if (silent) {
      now_.monotonic = std::max(now_.monotonic, deadline_);
      return {{Result::timeout, 995, 0}};
    }
    if (wanted == 0) return {{Result::eof, 0, 0}};
    if (script_.peer_sends != 0) {
      const std::size_t sent = bytes_in(now_.monotonic - begin_, script_.peer_sends);
      wanted = std::clamp<std::size_t>(sent - std::min(sent, received_), 1, wanted);
    }
  }
  const std::size_t count = faulted(wanted);
  const auto* from = reinterpret_cast<const std::byte*>(script_.input.data()) + received_;
  std::copy_n(from, count, receive.into.begin());
  // What lies behind the bytes received is garbage: nobody may look at it.
  std::fill(receive.into.begin() + static_cast<std::ptrdiff_t>(count), receive.into.end(),
            std::byte{0xee});
  received_ += count;
  played_.receives.push_back({now_.monotonic, count});
  return {fault_of(count)};
}

Answer World::send_bytes(const std::string& all) {
  require(!shut_down_, "nothing is sent after the half-close");
  if (at_fault() && plan_.fault == Fault::timeout)
    now_.monotonic = std::max(now_.monotonic, deadline_);
  const Instant until = now_.monotonic + time_of(all.size(), script_.peer_reads);
  if (!at_fault() && until > deadline_) {
    const std::size_t some = bytes_in(deadline_ - now_.monotonic, script_.peer_reads);
    played_.sent += all.substr(0, some);
    now_.monotonic = deadline_;
    return {{Result::timeout, 995, some}};
  }
  now_.monotonic = std::max(now_.monotonic, until);
  const std::size_t count = faulted(all.size());
  played_.sent += all.substr(0, count);
  played_.sends.push_back({now_.monotonic, count});
  return {fault_of(count)};
}

Answer World::operate(const Send& send) {
  played_.trace += 'S';
  require(!send.head.empty() || !send.body.empty(), "a send has bytes");
  return send_bytes(std::string(text_of(send.head)) + std::string(text_of(send.body)));
}

Answer World::operate(const SendFile& send) {
  played_.trace += 'F';
  require(store_.reads(), "a file is sent while it is open");
  require(send.count >= 1 && send.count <= send_file_bytes_max, "send_file's count is in bounds");
  if (!store_.reads()) return {{Result::error, 6, 0}};
  const std::string& content = store_.content();
  const bool foreign = !script_.foreign_writes.empty();
  require(foreign || send.offset + send.count <= content.size(), "send_file stays in the file");
  std::string all(text_of(send.head));
  if (send.offset <= content.size()) all += content.substr(send.offset, send.count);
  return send_bytes(all);
}

Answer World::operate(const ShutdownSend&) {
  played_.trace += 'H';
  require(!shut_down_, "the half-close happens once");
  shut_down_ = true;
  return {};
}

// ---- files and log-ins

Answer World::operate(const Read& read) {
  played_.trace += 'r';
  require(store_.reads(), "a file is read while it is open");
  require(!read.into.empty(), "a read has room");
  if (!store_.reads()) return {{Result::error, 6, 0}};
  const std::string& content = store_.content();
  if (read.offset >= content.size()) {
    require(!script_.foreign_writes.empty(), "a read begins inside the file");
    return {{Result::eof, 0, 0}};
  }
  const std::size_t left = content.size() - static_cast<std::size_t>(read.offset);
  const std::size_t count = faulted(std::min(left, read.into.size()));
  const auto* from = reinterpret_cast<const std::byte*>(content.data()) + read.offset;
  std::copy_n(from, count, read.into.begin());
  return {fault_of(count)};
}

Answer World::operate(const Write& write) {
  played_.trace += 'w';
  require(store_.writes(), "an upload is written while it is open");
  require(!write.bytes.empty(), "a write has bytes");
  const std::size_t count = faulted(write.bytes.size());
  if (store_.writes()) store_.append_bytes(write.offset, text_of(write.bytes).substr(0, count));
  return {fault_of(count)};
}

Answer World::operate(const Ask& ask) {
  played_.trace += letters[static_cast<std::size_t>(ask.verb)];
  Answer answer;
  answer.store = store_.answer(ask, store_error_of(at_fault() ? plan_.fault : Fault::none));
  return answer;
}

Answer World::operate(const LogIn& login) {
  played_.trace += 'L';
  using access::LoginResult;
  Answer answer;
  answer.login = gate_.log_in(login.authorization);
  if (!at_fault()) return answer;
  switch (plan_.fault) {
    case Fault::login_malformed: answer.login->result = LoginResult::malformed; break;
    case Fault::login_insecure: answer.login->result = LoginResult::insecure; break;
    case Fault::login_busy: answer.login->result = LoginResult::busy; break;
    default: answer.login = {LoginResult::wrong, nullptr, script_.gate.wait};
  }
  if (answer.login->result != LoginResult::ok) answer.login->user.reset();
  return answer;
}

Answer World::operate(const Pause& pause) {
  played_.trace += 'P';
  const Instant since = now_.monotonic;
  if (!at_fault()) now_.monotonic = std::max(now_.monotonic, pause.until);
  played_.paused += now_.monotonic - since;
  return {};
}

Answer World::operate(const CloseFile&) {
  played_.trace += 'x';
  store_.close_file();
  return {};
}

Answer World::operate(const Close&) { return {}; }

}  // namespace overlap::test
