// Model 3, alertable I/O: a completion routine, run as an asynchronous procedure call when the
// thread that issued the request waits alertably (Microsoft: "Alertable I/O").
// Strength: no event objects, no limit of 64. Limit: only the issuing thread can run the routine;
// a thread that is busy elsewhere delays all its completions, and no other can help.
#pragma once

#include "service/io/event_pool.h"

namespace overlap::io {

class ApcModel : public OverlappedModel<ApcModel> {
 public:
  static constexpr std::string_view name = "apc";
  static constexpr std::size_t operations_max = SIZE_MAX;
  // AcceptEx takes no completion routine: accepts use events, inside the alertable wait.
  static constexpr std::size_t accepts = 4;
  static constexpr bool alertable = true;

  ApcModel() {
    HANDLE thread = nullptr;
    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0,
                         FALSE, DUPLICATE_SAME_ACCESS)) {
      win::throw_last_error("DuplicateHandle for the thread of an APC model");
    }
    thread_.reset(thread);
    spare_buffers_.reserve(spare_buffers_max);
  }

  void wake() noexcept {
    QueueUserAPC([](ULONG_PTR) {}, thread_.get(), 0);
  }
  WaitSlots wait_slots() const noexcept { return {}; }

 private:
  friend class OverlappedModel<ApcModel>;
  // One read and one send of this size at a time. Smaller pieces cost more than they save: 64 KiB
  // was measured three to five times slower.
  static constexpr std::size_t copy_bytes = 1 << 20;
  static constexpr std::size_t spare_buffers_max = 8;  // kept for the next copies, not more

  bool arm(OverlappedOperation& op) noexcept {
    op.model_ = this;
    if (op.kind() != OperationKind::accept) return true;
    if (accepting_.full()) return false;
    op.hEvent = events_.take();
    if (!op.hEvent) return false;
    accepting_.add(op.hEvent, op);
    return true;
  }
  void disarm(OverlappedOperation& op) noexcept {
    if (op.kind() != OperationKind::accept) return;
    accepting_.remove(op);
    events_.give_back(op.hEvent);
  }

  Asked collect(Instant limit) noexcept {
    // Routines may have run in an alertable wait inside a call of Winsock: they are not announced
    // again.
    if (!completed_.empty()) limit = Instant::zero();
    if (left_wait_ != Instant::zero()) recorder().longest_unalertable(now() - left_wait_);
    // While accepts are outstanding the wait is on their events too; both kinds are alertable.
    const DWORD woken_by =
        accepting_.size() == 0 ? SleepEx(milliseconds(limit), TRUE) : accepting_.wait(limit, true);
    left_wait_ = now();
    recorder().apcs_run(completed_count_);
    const bool woken = completed_count_ != 0 || has_posted() || woken_by == WAIT_IO_COMPLETION;
    completed_count_ = 0;
    while (OperationBase* op = completed_.pop()) advance(static_cast<OverlappedOperation&>(*op));
    accepting_.sweep([this](OverlappedOperation& op) {
      finish(op);
      events_.give_back(op.hEvent);
    });
    return woken || has_ready() ? Asked::woken : Asked::timed_out;
  }

  // The completion routines record, and do nothing else: they may run in the midst of any
  // alertable wait, also one that is not ours. Winsock is never called from here.
  static void CALLBACK on_socket(DWORD error, DWORD bytes, OVERLAPPED* overlapped, DWORD) noexcept {
    record(error, bytes, overlapped);
  }
  static void CALLBACK on_file(DWORD error, DWORD bytes, OVERLAPPED* overlapped) noexcept {
    record(error, bytes, overlapped);
  }
  static void record(DWORD error, DWORD bytes, OVERLAPPED* overlapped) noexcept {
    auto& op = static_cast<OverlappedOperation&>(*overlapped);
    auto& model = *static_cast<ApcModel*>(op.model_);
    op.error_ = error;
    op.bytes_ = bytes;
    model.completed_.push(op);
    ++model.completed_count_;
  }

  void advance(OverlappedOperation& op) noexcept {
    if (op.kind() != OperationKind::send_file) return finish(op, op.error_, op.bytes_);
    continue_copy(op);
  }

  // apc_copy.cpp: send_file as reads and sends in turn.
  void copy_file(OverlappedOperation& op, SOCKET socket, std::span<const std::byte> head,
                 HANDLE file, std::uint64_t offset, std::uint64_t count) noexcept;
  void continue_copy(OverlappedOperation& op) noexcept;
  void copy_read(OverlappedOperation& op) noexcept;
  void copy_send(OverlappedOperation& op, std::size_t file_bytes) noexcept;
  void end_copy(OverlappedOperation& op, DWORD error) noexcept;

  win::KernelHandle thread_;
  EventPool events_;
  WaitSet accepting_;
  ReadyQueue completed_;
  std::vector<std::unique_ptr<std::byte[]>> spare_buffers_;
  std::size_t completed_count_ = 0;
  Instant left_wait_{};
};

static_assert(IoModel<ApcModel>);

}  // namespace overlap::io
