// Model 4, I/O completion port: Boost.Asio, the reference. One queue; any thread of the pool takes
// the next completion, whatever connection it belongs to.
// Strength: scales, balances. It is the path against which the other three are measured.
//
// A shared model: `threads` threads call wait() at once. Completions of one owner never overlap,
// since an owner has one operation outstanding; after an operation was started, its owner may be
// run, and even freed, by another thread before the start call has returned.
#pragma once

#include "service/io/overlapped.h"
// overlapped.h brings winsock2.h in the right order.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/random_access_file.hpp>
#include <boost/asio/windows/overlapped_ptr.hpp>
#include <optional>

namespace overlap::io {

// What the calling thread is doing. A thread drives one model at a time.
struct AsioThread {
  stats::Recorder* recorder = nullptr;
  Waited done;
  Instant woke{};
};

class AsioModel {
 public:
  // The executor's own type instead of any_io_executor: one indirection less per operation.
  using Executor = boost::asio::io_context::executor_type;
  using Stream = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
  using File = boost::asio::basic_random_access_file<Executor>;
  using Listener = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
  using NativeFile = win::FileHandle;
  using NativeListener = ListenSocket;

  class Operation : public OperationBase {
   public:
    using OperationBase::OperationBase;

   private:
    friend class AsioModel;
    HANDLE handle_ = nullptr;
  };
  class AcceptOperation : public Operation {
   public:
    using Operation::Operation;

   private:
    friend class AsioModel;
    std::optional<Stream> stream_;
  };

  static constexpr std::string_view name = "asio";
  static constexpr bool shared = true;
  static constexpr std::size_t operations_max = SIZE_MAX;
  static constexpr std::size_t accepts = 4;

  // `threads`: how many will call wait(), a hint for the completion port.
  explicit AsioModel(int threads = 1) : context_(threads), work_(context_.get_executor()) {}
  AsioModel(const AsioModel&) = delete;
  AsioModel& operator=(const AsioModel&) = delete;
  ~AsioModel() {
    if (pending_.load() != 0)
      broken_invariant("a model was destroyed while operations were pending");
  }

  void accept(AcceptOperation& op, Listener& listener) noexcept {
    begin(op, OperationKind::accept, native(listener));
    op.stream_.emplace(context_);
    listener.async_accept(*op.stream_, [this, &op](const boost::system::error_code& error) {
      // Nobody takes it then, and it must not outlive the context.
      if (error) op.stream_.reset();
      complete(op, error, 0);
    });
  }
  void receive(Operation& op, Stream& stream, std::span<std::byte> into) noexcept {
    begin(op, OperationKind::receive, native(stream));
    stream.async_receive(boost::asio::buffer(into.data(), into.size()), Handler{*this, op});
  }
  void send(Operation& op, Stream& stream, std::span<const std::byte> head,
            std::span<const std::byte> body) noexcept {
    begin(op, OperationKind::send, native(stream));
    const std::array<boost::asio::const_buffer, 2> parts{
        boost::asio::buffer(head.data(), head.size()),
        boost::asio::buffer(body.data(), body.size())};
    stream.async_send(parts, Handler{*this, op});
  }
  void send_file(Operation& op, Stream& stream, std::span<const std::byte> head, File& file,
                 std::uint64_t offset, std::uint64_t count) noexcept {
    begin(op, OperationKind::send_file, native(stream));
    boost::asio::windows::overlapped_ptr overlapped(context_, Handler{*this, op});
    overlapped.get()->Offset = static_cast<DWORD>(offset);
    overlapped.get()->OffsetHigh = static_cast<DWORD>(offset >> 32);
    TRANSMIT_FILE_BUFFERS around{};
    around.Head = const_cast<std::byte*>(head.data());
    around.HeadLength = static_cast<DWORD>(head.size());
    const BOOL ok = winsock().transmit_file(stream.native_handle(), file.native_handle(),
                                            static_cast<DWORD>(count), transmit_chunk_bytes,
                                            overlapped.get(), &around, 0);
    const auto error = ok ? 0 : WSAGetLastError();
    if (error != 0 && error != ERROR_IO_PENDING) {
      overlapped.complete({error, boost::system::system_category()}, 0);
    } else {
      overlapped.release();
    }
  }
  void read(Operation& op, File& file, std::uint64_t offset, std::span<std::byte> into) noexcept {
    begin(op, OperationKind::read, file.native_handle());
    file.async_read_some_at(offset, boost::asio::buffer(into.data(), into.size()),
                            Handler{*this, op});
  }
  void write(Operation& op, File& file, std::uint64_t offset,
             std::span<const std::byte> bytes) noexcept {
    begin(op, OperationKind::write, file.native_handle());
    file.async_write_some_at(offset, boost::asio::buffer(bytes.data(), bytes.size()),
                             Handler{*this, op});
  }

  // Any thread, while the owner keeps the handle of the operation open. Asio knows the address of
  // the OVERLAPPED, we do not: but one handle has one operation.
  void cancel(Operation& op, Cancel reason) noexcept {
    if (!op.pending()) return;
    op.note_cancel(reason);
    CancelIoEx(op.handle_, nullptr);
  }

  Accepted<Stream> take(AcceptOperation& op) {
    Stream stream = std::move(*op.stream_);
    op.stream_.reset();
    send_small_at_once(stream.native_handle());
    std::string peer = peer_of(stream.native_handle());
    return {std::move(stream), std::move(peer)};
  }
  void shutdown_send(Stream& stream) noexcept {
    boost::system::error_code ignored;  // the peer is gone: the next operation says so
    stream.shutdown(Stream::shutdown_send, ignored);
  }
  File open(win::FileHandle&& native) {
    File file(context_, native.get());  // throws without taking the handle
    native.release();
    return file;
  }
  Listener open(ListenSocket&& native) {
    using boost::asio::ip::tcp;
    Listener listener(context_, native.family == AF_INET6 ? tcp::v6() : tcp::v4(),
                      native.socket.get());
    native.socket.release();
    // Otherwise Asio would start the accept anew by itself when a peer is gone before it was
    // accepted, and a stop in that moment would find nothing to cancel.
    listener.set_option(boost::asio::socket_base::enable_connection_aborted(true));
    return listener;
  }

  // Windows takes a socket off its completion port from 8.1 on; Wine 8 does not.
  std::optional<ListenSocket> release(Listener&& listener) noexcept {
    boost::system::error_code error;
    const auto local = listener.local_endpoint(error);
    SOCKET native = INVALID_SOCKET;
    if (!error) native = listener.release(error);
    if (error) {
      listener.close(error);
      return std::nullopt;
    }
    ListenSocket socket{{}, local.address().is_v6() ? AF_INET6 : AF_INET, local.port()};
    socket.socket.reset(native);
    return socket;
  }

  Waited wait(Instant limit) noexcept {
    const Instant start = now();
    here_.done = {};
    here_.woke = Instant::zero();
    context_.run_one_for(std::min<Instant>(limit, std::chrono::hours(1)));
    const Waited done = here_.done;
    const Instant end = now();
    const Instant woke = here_.woke == Instant::zero() ? end : here_.woke;
    const auto reason = done.delivered ? stats::WaitReason::io
                        : done.posted  ? stats::WaitReason::wake
                                       : stats::WaitReason::timeout;
    here_.recorder->waited(reason, done.delivered, woke - start, end - woke);
    here_.recorder->busy(false);
    return done;
  }

  void record_into(stats::Recorder& recorder) noexcept { here_.recorder = &recorder; }
  Instant now() const noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }
  WaitSlots wait_slots() const noexcept { return {}; }

  void post(Posted& work) noexcept {
    boost::asio::post(context_, [this, &work] {
      leave_wait(now());
      ++here_.done.posted;
      work.run();
    });
  }
  void wake() noexcept {
    boost::asio::post(context_, [this] {
      leave_wait(now());
      ++here_.done.posted;
    });
  }

 private:
  struct Handler {
    AsioModel& model;
    Operation& op;
    void operator()(const boost::system::error_code& error, std::size_t bytes) const noexcept {
      model.complete(op, error, bytes);
    }
  };

  template <class Socket>
  static HANDLE native(Socket& socket) noexcept {
    return handle_of(socket.native_handle());
  }

  static void leave_wait(Instant woke) noexcept {
    here_.woke = woke;
    here_.recorder->busy(true);
  }

  void begin(Operation& op, OperationKind kind, HANDLE handle) noexcept {
    op.handle_ = handle;
    pending_.fetch_add(1, std::memory_order_relaxed);
    op.begin(kind, now(), *here_.recorder);
  }

  void complete(Operation& op, const boost::system::error_code& error, std::size_t bytes) noexcept {
    const Instant start = now();
    leave_wait(start);
    Outcome outcome = outcome_of(op, static_cast<DWORD>(error.value()), bytes);
    if (error == boost::asio::error::eof) outcome = {Result::eof, 0, 0};
    op.ready(outcome, start, *here_.recorder);
    pending_.fetch_sub(1, std::memory_order_relaxed);
    ++here_.done.delivered;
    op.deliver(start, *here_.recorder);
    here_.recorder->handled(now() - start);
  }

  inline static thread_local AsioThread here_;

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  // Only so that the destructor can tell; not part of the statistics.
  std::atomic<std::size_t> pending_{0};
};

static_assert(IoModel<AsioModel>);

}  // namespace overlap::io
