// The contract of an I/O model: one way of Windows to hear that an overlapped request has
// completed. Portable: the fake model of the tests (tests/support/sim_model.h) satisfies the same
// concept on any system.
//
//  1. Starting an operation never fails and never completes inline: a refusal comes back through
//  wait().
//  2. An operation completes exactly once. Cancelling hurries it and never skips it.
//  3. Completions run inside wait(), on a thread of that model. Nothing of the product runs inside
//  an APC.
//  4. At most one operation is outstanding on one handle. (Only listening sockets, where the model
//  identifies each
//     request by itself, may have `accepts` > 1.)
//  5. A signal is a hint; OVERLAPPED.Internal is the truth. After every wake the whole set is
//  swept.
//  6. Fairness: an operation that completed at once goes behind those that are ready; a wait()
//  delivers a bounded batch.
//  7. A model that is destroyed has nothing pending. An OVERLAPPED is freed only after its
//  completion was delivered.
//  8. Counted alike for all models: submitted = completed + in_flight in every snapshot; in_flight
//  = 0 after the stop.
//
// Threads. Unless `shared` is true, a model belongs to the thread that constructed it: every member
// but post() and wake() is called there. A shared model is driven by several threads that each call
// wait(); operations of different owners run in parallel, and cancel() may be called by any thread
// while the owner of the operation is kept alive.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "service/io/operation.h"

namespace overlap::io {

// What an accept brought. The stream may be moved to another model of the same type.
template <class Stream>
struct Accepted {
  Stream stream;
  std::string peer;  // "192.0.2.7:50123", for logs
};

// How many operations a model can wait for at once, where its mechanism has slots.
struct WaitSlots {
  std::size_t used = 0;
  std::size_t limit = 0;  // 0: the mechanism has no slots
};

// What one call of wait() did.
struct Waited {
  std::size_t delivered = 0;  // completions whose handlers ran
  std::size_t posted = 0;     // posted work that ran
};

template <class M>
concept IoModel = requires(M model, typename M::Operation& op,
                           typename M::AcceptOperation& accepting, typename M::Listener& listener,
                           typename M::Stream& stream, typename M::File& file,
                           typename M::NativeFile native,
                           typename M::NativeListener native_listener, std::uint64_t at,
                           std::span<std::byte> into, std::span<const std::byte> out, Instant limit,
                           Posted& work, stats::Recorder& recorder) {
  requires std::derived_from<typename M::Operation, OperationBase>;
  requires std::derived_from<typename M::AcceptOperation, typename M::Operation>;
  requires std::constructible_from<typename M::Operation, OperationBase::Complete>;
  requires std::movable<typename M::Stream> && std::movable<typename M::File>;
  { M::name } -> std::convertible_to<std::string_view>;
  // Several threads drive one model and share its connections.
  { M::shared } -> std::convertible_to<bool>;
  // Operations that may be outstanding on one model at once; SIZE_MAX where the mechanism has no
  // limit.
  { M::operations_max } -> std::convertible_to<std::size_t>;
  // Accepts outstanding on one listening socket.
  { M::accepts } -> std::convertible_to<std::size_t>;

  // Data operations. The buffers must stay valid until the completion. `at` is a byte offset in the
  // file.
  { model.accept(accepting, listener) }
  noexcept->std::same_as<void>;
  { model.receive(op, stream, into) }
  noexcept->std::same_as<void>;
  { model.send(op, stream, out, out) }
  noexcept->std::same_as<void>;
  { model.send_file(op, stream, out, file, at, at) }
  noexcept->std::same_as<void>;
  { model.read(op, file, at, into) }
  noexcept->std::same_as<void>;
  { model.write(op, file, at, out) }
  noexcept->std::same_as<void>;
  { model.cancel(op, Cancel::stopping) }
  noexcept->std::same_as<void>;

  // In the handler of a successful accept: the connection that it brought.
  { model.take(accepting) } -> std::same_as<Accepted<typename M::Stream>>;
  // Half-closes: no more will be sent. Immediate.
  { model.shutdown_send(stream) }
  noexcept->std::same_as<void>;
  // Makes a file or a listener of this model from an overlapped handle or a listening socket.
  // Throws std::system_error; the native one is untouched then.
  { model.open(std::move(native)) } -> std::same_as<typename M::File>;
  { model.open(std::move(native_listener)) } -> std::same_as<typename M::Listener>;
  // Takes a listener out of the model, to be opened by another one; nothing is pending on it.
  // Nothing comes back if the system cannot do that: then it is closed. Any thread.
  { model.release(std::move(listener)) } -> std::same_as<std::optional<typename M::NativeListener>>;

  // Waits up to `limit` (a duration) for a completion, posted work or wake(), then runs what is
  // there. Records the wait.
  { model.wait(limit) }
  noexcept->std::same_as<Waited>;
  // The calling thread records into `recorder` from now on; it must outlive the thread's last
  // wait().
  { model.record_into(recorder) }
  noexcept->std::same_as<void>;
  { model.now() }
  noexcept->std::same_as<Instant>;
  { model.wait_slots() }
  noexcept->std::same_as<WaitSlots>;

  // Any thread. Posted work runs once, inside wait().
  { model.post(work) }
  noexcept->std::same_as<void>;
  { model.wake() }
  noexcept->std::same_as<void>;
};

}  // namespace overlap::io
