// A session on an I/O model: performs the one action that the session wants, and comes back with
// the outcome. The only close path of a connection.
#pragma once

#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "common/transfer/session.h"
#include "service/io/model.h"
#include "service/server/guard.h"
#include "service/store/store_job.h"

namespace overlap::server {

template <io::IoModel M>
class Connection;

// What a connection needs of the shard that owns it.
template <io::IoModel M>
class ConnectionHost {
 public:
  virtual M& model() noexcept = 0;
  virtual store::StoreApi<typename M::NativeFile>& store() noexcept = 0;
  virtual Now now() noexcept = 0;
  virtual void opened() noexcept = 0;
  virtual void request_finished(const std::string& peer, const RequestRecord& record) noexcept = 0;
  // The connection has nothing pending and touches itself no more: the host destroys it.
  virtual void closed(Connection<M>& connection, CloseReason reason) noexcept = 0;

 protected:
  ~ConnectionHost() = default;
};

// Life: open -> (its session says Close) -> handed to the host, which destroys it. There is no
// other way out: a stop or a deadline only cancels the operation, and the session decides what its
// end means. So nothing is ever pending when a connection is destroyed.
//
// Threads: runs where its model delivers. After an operation was started or a job submitted,
// nothing of the connection is touched: with a shared model another thread may run it already.
template <io::IoModel M>
class Connection {
 public:
  Connection(ConnectionHost<M>& host, io::Accepted<typename M::Stream> accepted,
             const SessionConfig& config, Session::Mode mode)
      : host_(host),
        stream_(std::move(accepted.stream)),
        peer_(std::move(accepted.peer)),
        mode_(mode),
        session_(config, mode) {}

  // Any thread, once: the session runs on the model.
  void start() noexcept { host_.model().post(resume_); }

  // Cancels the socket operation if its deadline has passed. The shard's tick; keeps the
  // connection alive meanwhile.
  void expire(Instant now) noexcept {
    const std::lock_guard hold(guard_);
    if (deadline_ <= now) host_.model().cancel(operation_, io::Cancel::deadline);
  }
  // For a stop: cancels if no request is under way, or in any case. File operations and the store
  // are never cut short: they end by themselves, and soon.
  void interrupt(bool only_if_idle) noexcept {
    const std::lock_guard hold(guard_);
    if (deadline_ == never || (only_if_idle && !idle_)) return;
    host_.model().cancel(operation_, io::Cancel::stopping);
  }
  // When the pending operation was submitted; `never` if none is. For the tick.
  Instant pending_since() noexcept {
    const std::lock_guard hold(guard_);
    return operation_.pending() ? operation_.submitted_at() : never;
  }

  Session::Mode mode() const noexcept { return mode_; }

  // The host's list of connections.
  Connection* previous = nullptr;
  Connection* next = nullptr;

 private:
  using Job = store::StoreJob<typename M::NativeFile>;

  struct Operation : M::Operation {
    explicit Operation(Connection& owner) noexcept : M::Operation(&on_complete), self(owner) {}
    Connection& self;
  };
  struct Resume : io::Posted {
    explicit Resume(Connection& owner) noexcept : io::Posted(&on_posted), self(owner) {}
    Connection& self;
  };
  struct StoreRequest : Job {
    explicit StoreRequest(Connection& owner) noexcept : Job(&on_answered), self(owner) {}
    Connection& self;
  };

  static void on_complete(io::OperationBase& op, const Outcome& outcome) noexcept {
    static_cast<Operation&>(op).self.run(outcome);
  }
  // On a thread of the store.
  static void on_answered(Job& job) noexcept {
    Connection& self = static_cast<StoreRequest&>(job).self;
    self.host_.model().post(self.resume_);
  }
  static void on_posted(io::Posted& posted) noexcept {
    Connection& self = static_cast<Resume&>(posted).self;
    if (!std::exchange(self.started_, true)) {
      self.host_.opened();
      self.perform(self.session_.start(self.host_.now()));
    } else {
      self.run(self.take_answer());
    }
  }

  StoreOutcome take_answer() noexcept {
    StoreOutcome answer = job_.outcome;
    if (answer.error == StoreError::none && opens(job_.ask.verb)) {
      try {
        file_.emplace(host_.model().open(std::move(job_.file)));
      } catch (const std::exception&) {
        // The model could not take the file. An upload that was begun is discarded with it.
        job_.upload.reset();
        answer.error = StoreError::failed;
      }
      job_.file = {};
    }
    return answer;
  }
  static bool opens(StoreVerb verb) noexcept {
    return verb == StoreVerb::open || verb == StoreVerb::create;
  }

  template <class Event>
  void run(const Event& event) noexcept {
    busy();
    Action action = resume(event);
    perform(std::move(action));
  }

  template <class Event>
  Action resume(const Event& event) noexcept {
    try {
      Action action = session_.resume(event, host_.now());
      if (const RequestRecord* record = session_.finished_request()) {
        host_.request_finished(peer_, *record);
      }
      return action;
    } catch (const std::exception&) {
      // Out of memory: this connection ends, the others go on.
      return Close{CloseReason::failed};
    }
  }

  void perform(Action action) noexcept {
    // The immediate actions come here again; a session asks for at most a few of them in a row.
    while (std::holds_alternative<CloseFile>(action) ||
           std::holds_alternative<ShutdownSend>(action)) {
      if (std::holds_alternative<CloseFile>(action)) {
        file_.reset();
      } else {
        host_.model().shutdown_send(stream_);
      }
      action = resume(Outcome{});
    }
    publish();
    std::visit([this](auto& wanted) { this->issue(wanted); }, action);
  }

  void issue(const Receive& a) noexcept { host_.model().receive(operation_, stream_, a.into); }
  void issue(const Send& a) noexcept { host_.model().send(operation_, stream_, a.head, a.body); }
  void issue(const SendFile& a) noexcept {
    host_.model().send_file(operation_, stream_, a.head, file(), a.offset, a.count);
  }
  void issue(const Read& a) noexcept { host_.model().read(operation_, file(), a.offset, a.into); }
  void issue(const Write& a) noexcept {
    host_.model().write(operation_, file(), a.offset, a.bytes);
  }
  void issue(Ask& a) noexcept {
    if (!opens(a.verb)) file_.reset();  // the store renames or deletes it: we let go first
    job_.ask = std::move(a);
    host_.store().submit(job_);
  }
  void issue(const Close& a) noexcept {
    file_.reset();
    host_.closed(*this, a.reason);
  }
  void issue(const CloseFile&) noexcept {}  // performed already
  void issue(const ShutdownSend&) noexcept {}

  typename M::File& file() noexcept {
    if (!file_) io::broken_invariant("a session used a file that is not open");
    return *file_;
  }

  // The handler runs: nothing to cancel until the next operation is published.
  void busy() noexcept {
    const std::lock_guard hold(guard_);
    deadline_ = never;
    idle_ = false;
  }
  void publish() noexcept {
    const std::lock_guard hold(guard_);
    deadline_ = session_.deadline();
    idle_ = session_.idle();
  }

  ConnectionHost<M>& host_;
  typename M::Stream stream_;
  std::optional<typename M::File> file_;
  std::string peer_;
  const Session::Mode mode_;
  Operation operation_{*this};
  Resume resume_{*this};
  StoreRequest job_{*this};
  Session session_;
  bool started_ = false;

  [[no_unique_address]] Guard<M::shared> guard_;
  // Under the guard: what the shard's tick may cancel.
  Instant deadline_ = never;
  bool idle_ = false;
};

}  // namespace overlap::server
