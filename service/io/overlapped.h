// Every Win32 call of the three raw models, written once. A derived model says only how an
// operation is armed, how its completion is heard of, and how its thread is woken.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>
// winsock2.h must come first.
#include <mswsock.h>
#include <windows.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "service/io/listen.h"
#include "service/io/model.h"
#include "service/win/handle.h"

namespace overlap::io {

// TransmitFile reads the file in pieces of this size. 64 KiB pieces were measured three to five
// times slower.
inline constexpr DWORD transmit_chunk_bytes = 1 << 20;

// The kernel may write into the OVERLAPPED until its completion has been delivered; therefore the
// operation neither moves nor dies before.
class OverlappedOperation : public OperationBase, public OVERLAPPED {
 public:
  explicit OverlappedOperation(Complete complete) noexcept
      : OperationBase(complete), OVERLAPPED{} {}

 private:
  template <class>
  friend class OverlappedModel;
  friend class WaitSet;
  friend class DeviceModel;
  friend class EventModel;
  friend class ApcModel;

  HANDLE handle_ = nullptr;  // the socket or file that the request was issued on
  std::uint8_t slot_ = 0;    // place in the wait set, for models that have one
  void* model_ = nullptr;    // apc: the completion routine is told only of the OVERLAPPED
  DWORD error_ = 0;          // apc: what the completion routine was told
  DWORD bytes_ = 0;
  // apc: what is left of a send_file, which is copied piece by piece.
  struct Copy {
    SOCKET socket = INVALID_SOCKET;
    HANDLE file = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t left = 0;
    std::size_t sent = 0;
    bool reading = false;
    std::span<const std::byte> head;  // until it has been sent
    std::unique_ptr<std::byte[]> buffer;
    std::size_t buffer_bytes = 0;
  };
  Copy copy_;
};

// AcceptEx wants the new socket and room for two addresses beforehand (Microsoft: "AcceptEx
// function": 16 bytes more than the largest address of the protocol, each).
class OverlappedAccept : public OverlappedOperation {
 public:
  using OverlappedOperation::OverlappedOperation;

 private:
  template <class>
  friend class OverlappedModel;
  static constexpr DWORD address_bytes = sizeof(sockaddr_storage) + 16;
  win::Socket socket_;
  SOCKET listening_ = INVALID_SOCKET;
  std::array<std::byte, 2 * address_bytes> addresses_;
};

// Winsock's sockets are kernel handles.
inline HANDLE handle_of(SOCKET socket) noexcept { return reinterpret_cast<HANDLE>(socket); }

// The outcome of a finished request from the system's code. Codes: Microsoft, "System Error Codes"
// and "Windows Sockets Error Codes".
inline Outcome outcome_of(const OperationBase& op, DWORD error, std::size_t bytes) noexcept {
  const bool reads = op.kind() == OperationKind::receive || op.kind() == OperationKind::read;
  if (error == ERROR_SUCCESS) {
    return {reads && bytes == 0 ? Result::eof : Result::ok, 0, bytes};
  }
  if (error == ERROR_HANDLE_EOF && reads) return {Result::eof, 0, 0};
  // The file has become shorter: the count tells.
  if (error == ERROR_HANDLE_EOF && op.kind() == OperationKind::send_file) {
    return {Result::ok, 0, bytes};
  }
  if (error == ERROR_OPERATION_ABORTED) {
    const bool late = op.cancel_reason() == Cancel::deadline;
    return {late ? Result::timeout : Result::cancelled, error, bytes};
  }
  return {Result::error, error, bytes};
}

// What a model learnt from Windows when it collected.
enum class Asked : std::uint8_t {
  no,         // enough was at hand: no wait took place
  woken,      // something was signalled
  timed_out,  // nothing was within the limit
};

// Derived has, besides `alertable` (its requests name a completion routine):
//   bool arm(op)               before the call; false refuses it with ERROR_NO_SYSTEM_RESOURCES
//   void disarm(op)            the call refused or completed the request: nothing will be signalled
//   Asked collect(limit)       waits, then calls finish(op) for whatever has completed
//   void wake() noexcept       from any thread
template <class Derived>
class OverlappedModel {
 public:
  using Operation = OverlappedOperation;
  using AcceptOperation = OverlappedAccept;
  using Listener = ListenSocket;
  using NativeListener = ListenSocket;
  using Stream = win::Socket;
  using File = win::FileHandle;
  using NativeFile = win::FileHandle;
  static constexpr bool shared = false;

  OverlappedModel() = default;
  OverlappedModel(const OverlappedModel&) = delete;
  OverlappedModel& operator=(const OverlappedModel&) = delete;
  ~OverlappedModel() {
    if (pending_ != 0) broken_invariant("a model was destroyed while operations were pending");
  }

  void accept(OverlappedAccept& op, ListenSocket& listener) noexcept {
    op.socket_.reset(WSASocketW(listener.family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    const DWORD no_socket = op.socket_ ? 0 : static_cast<DWORD>(WSAGetLastError());
    op.listening_ = listener.socket.get();
    if (!begin(op, OperationKind::accept, handle_of(op.listening_), 0)) return;
    if (no_socket) return refuse(op, no_socket);
    DWORD received = 0;
    const BOOL ok = winsock().accept_ex(op.listening_, op.socket_.get(), op.addresses_.data(), 0,
                                        OverlappedAccept::address_bytes,
                                        OverlappedAccept::address_bytes, &received, &op);
    started(op, ok ? 0 : static_cast<DWORD>(WSAGetLastError()), true);
  }

  void receive(OverlappedOperation& op, win::Socket& stream, std::span<std::byte> into) noexcept {
    if (!begin(op, OperationKind::receive, handle_of(stream.get()), 0)) return;
    WSABUF buffer = wsa_buffer(into);
    DWORD flags = 0;
    const int failed = WSARecv(stream.get(), &buffer, 1, nullptr, &flags, &op, socket_routine());
    started(op, failed ? static_cast<DWORD>(WSAGetLastError()) : 0);
  }

  void send(OverlappedOperation& op, win::Socket& stream, std::span<const std::byte> head,
            std::span<const std::byte> body) noexcept {
    if (!begin(op, OperationKind::send, handle_of(stream.get()), 0)) return;
    started(op, issue_send(op, stream.get(), head, body));
  }

  // `count` is 1 .. send_file_bytes_max; the outcome's bytes count head and file.
  void send_file(OverlappedOperation& op, win::Socket& stream, std::span<const std::byte> head,
                 win::FileHandle& file, std::uint64_t offset, std::uint64_t count) noexcept {
    if (!begin(op, OperationKind::send_file, handle_of(stream.get()), offset)) return;
    if constexpr (Derived::alertable) {
      self().copy_file(op, stream.get(), head, file.get(), offset, count);
    } else {
      TRANSMIT_FILE_BUFFERS around{};
      around.Head = const_cast<std::byte*>(head.data());
      around.HeadLength = static_cast<DWORD>(head.size());
      const BOOL ok = winsock().transmit_file(stream.get(), file.get(), static_cast<DWORD>(count),
                                              transmit_chunk_bytes, &op, &around, 0);
      started(op, ok ? 0 : static_cast<DWORD>(WSAGetLastError()));
    }
  }

  void read(OverlappedOperation& op, win::FileHandle& file, std::uint64_t offset,
            std::span<std::byte> into) noexcept {
    if (!begin(op, OperationKind::read, file.get(), offset)) return;
    started(op, issue_read(op, file.get(), into));
  }

  void write(OverlappedOperation& op, win::FileHandle& file, std::uint64_t offset,
             std::span<const std::byte> bytes) noexcept {
    if (!begin(op, OperationKind::write, file.get(), offset)) return;
    const auto size = static_cast<DWORD>(bytes.size());
    BOOL ok = FALSE;
    if constexpr (Derived::alertable) {
      ok = WriteFileEx(file.get(), bytes.data(), size, &op, &Derived::on_file);
    } else {
      ok = WriteFile(file.get(), bytes.data(), size, nullptr, &op);
    }
    started(op, ok ? 0 : GetLastError());
  }

  void cancel(OverlappedOperation& op, Cancel reason) noexcept {
    if (!op.pending() || op.is_ready()) return;
    op.note_cancel(reason);
    // Not found means that it has completed meanwhile: the completion wins.
    CancelIoEx(op.handle_, &op);
  }

  Accepted<win::Socket> take(OverlappedAccept& op) {
    std::string peer = finish_accept_on(op.socket_.get(), op.listening_);
    return {std::move(op.socket_), std::move(peer)};
  }
  void shutdown_send(win::Socket& stream) noexcept { shutdown(stream.get(), SD_SEND); }
  win::FileHandle open(win::FileHandle&& native) noexcept { return std::move(native); }
  ListenSocket open(ListenSocket&& native) noexcept { return std::move(native); }
  std::optional<ListenSocket> release(ListenSocket&& listener) noexcept {
    return std::move(listener);
  }

  Waited wait(Instant limit) noexcept {
    const Instant start = now();
    const bool work_waits = !ready_.empty() || !posted_.empty();
    const Asked asked = self().collect(work_waits ? Instant::zero() : limit);
    const Instant woke = now();
    const bool io = !ready_.empty();
    Waited done;
    done.posted = posted_.run_all();
    // What a handler starts and completes at once comes after this batch and after another look at
    // the others: it goes behind them, and they are not kept waiting for it.
    OperationBase* const last = ready_.back();
    Instant handled = now();
    for (bool more = last != nullptr; more && done.delivered < batch_max; ++done.delivered) {
      OperationBase* const op = ready_.pop();
      more = op != last;
      --pending_;
      op->deliver(handled, *recorder_);
      const Instant before = std::exchange(handled, now());
      recorder_->handled(handled - before);
    }
    if (asked == Asked::no) {
      recorder_->carried_on(done.delivered, handled - start);
    } else {
      const auto reason = io                          ? stats::WaitReason::io
                          : asked == Asked::timed_out ? stats::WaitReason::timeout
                                                      : stats::WaitReason::wake;
      recorder_->waited(reason, done.delivered, woke - start, handled - woke);
    }
    return done;
  }

  void record_into(stats::Recorder& recorder) noexcept { recorder_ = &recorder; }
  Instant now() const noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

  void post(Posted& work) noexcept {
    if (posted_.push(work)) self().wake();
  }

 protected:
  // A wait() delivers at most this many completions, so that posts and deadlines are looked at
  // again after a bounded time.
  static constexpr std::size_t batch_max = 128;

  static WSABUF wsa_buffer(std::span<const std::byte> bytes) noexcept {
    return {static_cast<ULONG>(bytes.size()),
            reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data()))};
  }

  // Makes the OVERLAPPED ready for a request on `handle`; the offset matters for files only.
  static void aim(OverlappedOperation& op, HANDLE handle, std::uint64_t offset) noexcept {
    static_cast<OVERLAPPED&>(op) = {};
    op.Internal = static_cast<ULONG_PTR>(STATUS_PENDING);
    op.Offset = static_cast<DWORD>(offset);
    op.OffsetHigh = static_cast<DWORD>(offset >> 32);
    op.handle_ = handle;
  }

  DWORD issue_send(OverlappedOperation& op, SOCKET socket, std::span<const std::byte> head,
                   std::span<const std::byte> body) noexcept {
    std::array<WSABUF, 2> buffers;
    DWORD used = 0;
    for (const auto part : {head, body}) {
      if (!part.empty()) buffers[used++] = wsa_buffer(part);
    }
    const int failed = WSASend(socket, buffers.data(), used, nullptr, 0, &op, socket_routine());
    return failed ? static_cast<DWORD>(WSAGetLastError()) : 0;
  }

  DWORD issue_read(OverlappedOperation& op, HANDLE file, std::span<std::byte> into) noexcept {
    const auto size = static_cast<DWORD>(into.size());
    BOOL ok = FALSE;
    if constexpr (Derived::alertable) {
      ok = ReadFileEx(file, into.data(), size, &op, &Derived::on_file);
    } else {
      ok = ReadFile(file, into.data(), size, nullptr, &op);
    }
    return ok ? 0 : GetLastError();
  }

  // The kernel is done with op, which the wait set holds no more.
  void finish(OverlappedOperation& op) noexcept {
    DWORD bytes = 0;
    const DWORD error = GetOverlappedResult(op.handle_, &op, &bytes, FALSE) ? 0 : GetLastError();
    finish(op, error, bytes);
  }
  void finish(OverlappedOperation& op, DWORD error, std::size_t bytes) noexcept {
    op.ready(outcome_of(op, error, bytes), now(), *recorder_);
    ready_.push(op);
  }
  void refuse(OverlappedOperation& op, DWORD error) noexcept {
    self().disarm(op);
    finish(op, error, 0);
  }

  bool has_ready() const noexcept { return !ready_.empty(); }
  bool has_posted() const noexcept { return !posted_.empty(); }
  std::size_t pending() const noexcept { return pending_; }
  stats::Recorder& recorder() noexcept { return *recorder_; }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  static auto socket_routine() noexcept -> LPWSAOVERLAPPED_COMPLETION_ROUTINE {
    if constexpr (Derived::alertable) {
      return &Derived::on_socket;
    } else {
      return nullptr;
    }
  }

  bool begin(OverlappedOperation& op, OperationKind kind, HANDLE handle,
             std::uint64_t offset) noexcept {
    op.begin(kind, now(), *recorder_);
    aim(op, handle, offset);
    ++pending_;
    if (self().arm(op)) return true;
    finish(op, ERROR_NO_SYSTEM_RESOURCES, 0);
    return false;
  }

  // `by_event`: the request was given no completion routine.
  void started(OverlappedOperation& op, DWORD error, bool by_event = !Derived::alertable) noexcept {
    if (error != 0 && error != ERROR_IO_PENDING) return refuse(op, error);
    if (error == 0) recorder_->immediate(op.kind());
    // Success or pending, a routine will be called in both cases. Without one, what the OVERLAPPED
    // says is the truth, and a completion that is already there need not be waited for.
    if (by_event && HasOverlappedIoCompleted(&op)) {
      if (error != 0) recorder_->immediate(op.kind());
      self().disarm(op);
      finish(op);
    }
  }

  stats::Recorder* recorder_ = nullptr;
  ReadyQueue ready_;
  PostQueue posted_;
  std::size_t pending_ = 0;  // begun and not yet delivered
};

// The longest time that collect() may wait, in the unit that Windows wants; never rounds down to
// a busy loop.
inline DWORD milliseconds(Instant limit) noexcept {
  if (limit <= Instant::zero()) return 0;
  constexpr Instant longest = std::chrono::hours(1);
  return static_cast<DWORD>(
      std::chrono::ceil<std::chrono::milliseconds>(std::min(limit, longest)).count());
}

}  // namespace overlap::io
