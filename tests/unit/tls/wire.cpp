#include "tests/unit/tls/wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace overlap::test {
namespace {

constexpr std::size_t steps_max = 200'000;

}  // namespace

Wire::Wire(std::shared_ptr<const TlsContext> context, Client& client, WirePlan plan)
    : Wire(std::move(context), client, std::move(plan), std::make_unique<Scripted>()) {}

Wire::Wire(std::shared_ptr<const TlsContext> context, Client& client, WirePlan plan,
           std::unique_ptr<Conversation> inner)
    : file(plan.file), client_(client), plan_(std::move(plan)) {
  peer.address = "192.0.2.1";
  inner_ = dynamic_cast<Scripted*>(inner.get());
  layer_ = std::make_unique<TlsLayer>(std::move(context), std::move(inner), timeouts_);
}

void Wire::note_record() {
  if (const RequestRecord* record = layer_->finished_request()) records.push_back(record->target);
}

void Wire::run() {
  waiting = false;
  if (!action_) action_ = layer_->start(peer, now);
  while (!closed && !waiting) {
    ASSERT_LT(steps, steps_max) << "no end: " << letters.substr(0, 200);
    step(*action_);
  }
}

void Wire::step(Action& action) {
  if (const auto* close = std::get_if<Close>(&action)) {
    closed = close->reason;
    return;
  }
  std::optional<Outcome> outcome;
  if (const auto* receive = std::get_if<Receive>(&action)) {
    outcome = perform(*receive);
    if (waiting) return;
    letters += 'R';
  } else if (const auto* send = std::get_if<Send>(&action)) {
    letters += 'S';
    outcome = perform(*send);
  } else if (const auto* read = std::get_if<Read>(&action)) {
    letters += 'r';
    EXPECT_EQ(layer_->deadline(), never) << "a read of a file must not be cancelled";
    outcome = perform(*read);
  } else if (const auto* write = std::get_if<Write>(&action)) {
    letters += 'w';
    outcome = perform(*write);
  } else if (std::holds_alternative<CloseFile>(action)) {
    letters += 'c';
    outcome = Outcome{};
  } else if (std::holds_alternative<ShutdownSend>(action)) {
    letters += 'D';
    shut_down = true;
    outcome = Outcome{};
  } else if (std::holds_alternative<Pause>(action)) {
    letters += 'p';
    outcome = Outcome{};
  }
  ++steps;
  if (outcome) {
    action_ = layer_->resume(*outcome, now);
  } else if (const auto* ask = std::get_if<Ask>(&action)) {
    letters += 'a';
    StoreOutcome answer;
    answer.native = 4711;
    if (store) answer = store(*ask);
    action_ = layer_->resume(answer, now);
  } else if (std::holds_alternative<LogIn>(action)) {
    letters += 'l';
    action_ = layer_->resume(access::LoginOutcome{}, now);
  } else {
    FAIL() << "an action that a TLS layer does not pass on";
  }
  note_record();
}

std::optional<Outcome> Wire::fault_of(std::size_t wanted) {
  if (steps != plan_.fault_step || !plan_.fault) return std::nullopt;
  Outcome fault = *plan_.fault;
  fault.bytes = std::min(fault.bytes, wanted);
  return fault;
}

Outcome Wire::perform(const Receive& receive) {
  EXPECT_FALSE(receive.into.empty());
  receive_room = receive.into.size();
  to_server_ += client_.take_output();
  std::size_t count = std::min({receive.into.size(), to_server_.size(), plan_.receive_bytes_max});
  std::optional<Outcome> fault = fault_of(count);
  if (fault) count = fault->bytes;
  if (count == 0 && !fault) {
    if (plan_.eof_when_silent) return Outcome{Result::eof, 0, 0};
    waiting = true;
    return {};
  }
  std::memcpy(receive.into.data(), to_server_.data(), count);
  if (count > 0 && std::exchange(damage_, false)) receive.into[count - 1] ^= std::byte{1};
  to_server_.erase(0, count);
  return fault.value_or(Outcome{Result::ok, 0, count});
}

Outcome Wire::perform(const Send& send) {
  EXPECT_FALSE(shut_down) << "a send after the shutdown";
  EXPECT_FALSE(send.head.empty() && send.body.empty());
  std::string bytes(reinterpret_cast<const char*>(send.head.data()), send.head.size());
  bytes.append(reinterpret_cast<const char*>(send.body.data()), send.body.size());
  std::optional<Outcome> fault = fault_of(bytes.size());
  const std::size_t count = fault ? fault->bytes : std::min(bytes.size(), plan_.send_bytes_max);
  plain.append(bytes, 0, count);
  client_.feed(std::as_bytes(std::span(bytes)).first(count));
  return fault.value_or(Outcome{Result::ok, 0, count});
}

Outcome Wire::perform(const Read& read) {
  EXPECT_FALSE(read.into.empty());
  const std::size_t offset = std::min<std::size_t>(read.offset, file.size());
  std::size_t count = std::min({read.into.size(), file.size() - offset, plan_.read_bytes_max});
  std::optional<Outcome> fault = fault_of(count);
  if (fault) count = fault->bytes;
  std::memcpy(read.into.data(), file.data() + offset, count);
  if (fault) return *fault;
  return count == 0 ? Outcome{Result::eof, 0, 0} : Outcome{Result::ok, 0, count};
}

Outcome Wire::perform(const Write& write) {
  EXPECT_FALSE(write.bytes.empty());
  std::optional<Outcome> fault = fault_of(write.bytes.size());
  const std::size_t count = fault ? fault->bytes : write.bytes.size();
  if (file.size() < write.offset + count) file.resize(write.offset + count);
  std::memcpy(file.data() + write.offset, write.bytes.data(), count);
  return fault.value_or(Outcome{Result::ok, 0, count});
}

}  // namespace overlap::test
