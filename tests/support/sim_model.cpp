#include "tests/support/sim_model.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace overlap::sim {

using std::chrono::microseconds;

SimModel::SimModel(const Settings& settings, std::size_t slots)
    : settings_(settings), slots_(slots), random_(settings.seed) {}

SimModel::~SimModel() {
  if (!in_flight_.empty() || !ready_.empty())
    io::broken_invariant("a model was destroyed while operations were pending");
}

void SimModel::check_thread() const noexcept {
  if (std::this_thread::get_id() != thread_)
    io::broken_invariant("a model was used by a thread that does not own it");
}

// ---- starting ------------------------------------------------------------------------------

// False if the operation is refused; its completion is then ready.
bool SimModel::begin(Operation& op, OperationKind kind, bool usable,
                     std::uint32_t native) noexcept {
  check_thread();
  if (!recorder_) io::broken_invariant("a model was used before record_into()");
  now_ += microseconds(1);
  op.begin(kind, now_, *recorder_);
  op.fate_ = Operation::Fate::normal;
  op.cancelled_ = false;
  op.connection_ = nullptr;
  op.file_ = nullptr;
  op.port_ = nullptr;
  op.handle_ = nullptr;
  op.file_handle_ = nullptr;
  op.moved_ = 0;
  op.due_ = now_;
  if (usable && in_flight_.size() >= slots_) {
    usable = false;
    native = error_no_system_resources;
  }
  if (usable && random_.chance(settings_.faults.refused)) {
    usable = false;
    native = error_gen_failure;
  }
  if (usable) return true;
  finish(op, {Result::error, native, 0});
  return false;
}

// Throws the dice for an operation that has begun, and lets it complete at once where they say so.
void SimModel::start(Operation& op, std::uint64_t wanted) noexcept {
  const Faults& faults = settings_.faults;
  op.wanted_ = wanted;
  if (wanted > 1 && random_.chance(faults.shortened)) op.wanted_ = random_.between(1, wanted);
  if (random_.chance(faults.failed)) op.fate_ = Operation::Fate::failed;
  if (op.connection_ && random_.chance(faults.reset)) op.fate_ = Operation::Fate::reset;
  if (random_.chance(faults.delayed)) {
    op.due_ += microseconds(
        random_.below(static_cast<std::uint64_t>(faults.delay_max / microseconds(1)) + 1));
  }
  if (op.handle_) op.handle_->claim(op);
  if (op.file_handle_) op.file_handle_->claim(op);
  if (op.due_ <= now_ && random_.chance(faults.immediate)) {
    if (const std::optional<Outcome> outcome = advance(op)) {
      recorder_->immediate(op.kind());
      finish(op, *outcome);
      return;
    }
  }
  in_flight_.push_back(&op);
}

void SimModel::accept(AcceptOperation& op, Listener& listener) noexcept {
  op.drop();
  if (!begin(op, OperationKind::accept, listener.port != nullptr, error_invalid_handle)) return;
  op.port_ = listener.port.get();
  op.handle_ = listener.port.get();
  start(op, 0);
}

void SimModel::receive(Operation& op, Stream& stream, std::span<std::byte> into) noexcept {
  if (!begin(op, OperationKind::receive, stream.end_ != nullptr, error_invalid_handle)) return;
  op.connection_ = stream.end_->connection.get();
  op.handle_ = stream.end_.get();
  op.into_ = into;
  op.watch_.lend_to_fill(into);
  start(op, into.size());
}

void SimModel::send(Operation& op, Stream& stream, std::span<const std::byte> head,
                    std::span<const std::byte> body) noexcept {
  if (!begin(op, OperationKind::send, stream.end_ != nullptr, error_invalid_handle)) return;
  op.connection_ = stream.end_->connection.get();
  op.handle_ = stream.end_.get();
  op.head_ = head;
  op.body_ = body;
  op.watch_.lend_to_read(head, body);
  start(op, head.size() + body.size());
}

void SimModel::send_file(Operation& op, Stream& stream, std::span<const std::byte> head, File& file,
                         std::uint64_t offset, std::uint64_t count) noexcept {
  const bool usable = stream.end_ && file.open_ && file.open_->native.readable;
  if (!begin(op, OperationKind::send_file, usable, error_invalid_handle)) return;
  op.connection_ = stream.end_->connection.get();
  op.handle_ = stream.end_.get();
  op.file_ = file.open_->native.content.get();
  op.file_handle_ = file.open_.get();
  op.head_ = head;
  op.offset_ = offset;
  op.watch_.lend_to_read(head, {});
  start(op, head.size() + count);
}

void SimModel::read(Operation& op, File& file, std::uint64_t offset,
                    std::span<std::byte> into) noexcept {
  const bool usable = file.open_ && file.open_->native.readable;
  if (!begin(op, OperationKind::read, usable,
             file.open_ ? error_access_denied : error_invalid_handle))
    return;
  op.file_ = file.open_->native.content.get();
  op.handle_ = file.open_.get();
  op.offset_ = offset;
  op.into_ = into;
  op.watch_.lend_to_fill(into);
  start(op, into.size());
}

void SimModel::write(Operation& op, File& file, std::uint64_t offset,
                     std::span<const std::byte> bytes) noexcept {
  const bool usable = file.open_ && file.open_->native.writable;
  if (!begin(op, OperationKind::write, usable,
             file.open_ ? error_access_denied : error_invalid_handle))
    return;
  op.file_ = file.open_->native.content.get();
  op.handle_ = file.open_.get();
  op.offset_ = offset;
  op.head_ = {};
  op.body_ = bytes;
  op.watch_.lend_to_read({}, bytes);
  start(op, bytes.size());
}

void SimModel::cancel(Operation& op, io::Cancel reason) noexcept {
  check_thread();
  if (!op.pending() || op.is_ready() || op.cancelled_) return;
  op.note_cancel(reason);
  op.cancelled_ = true;
  op.may_win_ = random_.chance(settings_.faults.cancel_loses);
  // The system takes its time over a cancel too.
  if (random_.chance(settings_.faults.delayed)) {
    op.due_ = now_ + microseconds(random_.below(1000));
  } else {
    op.due_ = now_;
  }
}

// ---- everything else that a model can do ---------------------------------------------------

io::Accepted<Stream> SimModel::take(AcceptOperation& op) {
  check_thread();
  if (!op.accepted_) io::broken_invariant("a connection was taken that was not there");
  std::string peer = op.accepted_->peer;
  return {Stream(std::exchange(op.accepted_, nullptr)), std::move(peer)};
}

void SimModel::shutdown_send(Stream& stream) noexcept {
  check_thread();
  if (stream.end_) stream.end_->connection->to_peer.end();
}

File SimModel::open(NativeFile&& native) {
  check_thread();
  if (!native.content)
    throw std::system_error(std::make_error_code(std::errc::bad_file_descriptor), "open file");
  return File(std::move(native));
}

io::WaitSlots SimModel::wait_slots() const noexcept {
  if (slots_ == operations_max) return {};
  return {in_flight_.size(), slots_};
}

void SimModel::post(io::Posted& work) noexcept {
  if (!posts_.push(work)) return;
  const std::scoped_lock lock(signal_mutex_);
  signal_.notify_one();
}

void SimModel::wake() noexcept {
  const std::scoped_lock lock(signal_mutex_);
  woken_ = true;
  signal_.notify_one();
}

}  // namespace overlap::sim
