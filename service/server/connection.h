// A conversation on an I/O model: performs the one action that it wants, and comes back with the
// outcome. The only close path of a connection.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "common/transfer/session.h"
#include "service/access/login_job.h"
#include "service/io/model.h"
#include "service/server/begun_conversation.h"
#include "service/server/connection_view.h"
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
  virtual access::LoginApi& logins() noexcept = 0;
  // Around a post from a thread that is not the host's: as soon as it has posted, the connection
  // may end, and the host must not end with it.
  virtual void begin_post() noexcept = 0;
  virtual void end_post() noexcept = 0;
  virtual Now now() noexcept = 0;
  virtual void opened() noexcept = 0;
  // A connection pauses until `when`: the host looks at its connections then.
  virtual void pausing(Instant when) noexcept = 0;
  virtual void request_finished(const PeerInfo& peer, const RequestRecord& record) noexcept = 0;
  // The connection has nothing pending and touches itself no more: the host destroys it.
  virtual void closed(Connection<M>& connection, CloseReason reason) noexcept = 0;

 protected:
  ~ConnectionHost() = default;
};

// Life: open -> (its conversation says Close) -> handed to the host, which destroys it. There is no
// other way out: a stop or a deadline only cancels the operation, and the conversation decides what
// its end means. So nothing is ever pending when a connection is destroyed.
//
// Threads: runs where its model delivers. After an operation was started or a job submitted,
// nothing of the connection is touched: with a shared model another thread may run it already.
template <io::IoModel M>
class Connection {
 public:
  // Who it is.
  struct Name {
    std::uint64_t id = 0;
    PeerInfo peer;
    Session::Mode mode = Session::Mode::serve;
  };

  Connection(ConnectionHost<M>& host, typename M::Stream stream, Name name, BegunConversation begun)
      : host_(host),
        stream_(std::move(stream)),
        id_(name.id),
        peer_(std::move(name.peer)),
        mode_(name.mode),
        terms_(std::move(begun.terms)),
        conversation_(std::move(begun.conversation)),
        view_(unix_ms_now()) {}

  // Any thread, once: the conversation runs on the model.
  void start() noexcept { host_.model().post(resume_); }

  // Cancels the socket operation if its deadline has passed, or ends a pause; says when a pause
  // that goes on will end, else `never`. The shard's tick; keeps the connection alive meanwhile.
  Instant expire(Instant now) noexcept {
    view_.look(now);
    const std::lock_guard hold(guard_);
    if (deadline_ == never) return never;
    if (unwanted_.load(std::memory_order_relaxed)) {
      break_off();
      return never;
    }
    const bool revoked = kept_ && kept_->revoked.load(std::memory_order_relaxed);
    const bool pausing = waiting_ == Waiting::pause;
    if (pausing && deadline_ > now && !revoked) return deadline_;
    if (pausing) {
      end_pause(revoked ? Result::timeout : Result::ok);
    } else if (deadline_ <= now || revoked) {
      host_.model().cancel(operation_, io::Cancel::deadline);
    }
    return never;
  }
  // For a stop: cancels if no request is under way, or in any case. File operations and the store
  // are never cut short: they end by themselves, and soon.
  void interrupt(bool only_if_idle) noexcept {
    const std::lock_guard hold(guard_);
    if (deadline_ == never || (only_if_idle && !idle_)) return;
    break_off();
  }
  // The ticks from now on interrupt it until it has ended. Any thread that keeps it alive.
  void close_soon() noexcept { unwanted_.store(true, std::memory_order_relaxed); }
  // When the pending operation was submitted; `never` if none is. For the tick.
  Instant pending_since() noexcept {
    const std::lock_guard hold(guard_);
    return operation_.pending() ? operation_.submitted_at() : never;
  }

  // Any thread that keeps it alive. Throws std::bad_alloc.
  void describe(Instant now, std::int64_t unix_ms, management::ConnectionState& state) const {
    state.peer = peer_.endpoint;
    view_.state(now, unix_ms, state);
  }
  std::uint64_t id() const noexcept { return id_; }
  Session::Mode mode() const noexcept { return mode_; }
  const PeerInfo& peer() const noexcept { return peer_; }

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
  struct LoginRequest : access::LoginJob {
    explicit LoginRequest(Connection& owner) noexcept
        : access::LoginJob(&on_verified), self(owner) {}
    Connection& self;
  };
  // What is waited for: an operation, or what resume_ brings when it runs.
  enum class Waiting : std::uint8_t { start, operation, store, login, pause };

  static void on_complete(io::OperationBase& op, const Outcome& outcome) noexcept {
    static_cast<Operation&>(op).self.run(outcome);
  }
  // On a thread of the store.
  static void on_answered(Job& job) noexcept { static_cast<StoreRequest&>(job).self.post_answer(); }
  // On the thread that verifies log-ins.
  static void on_verified(access::LoginJob& job) noexcept {
    static_cast<LoginRequest&>(job).self.post_answer();
  }
  void post_answer() noexcept {
    ConnectionHost<M>& host = host_;
    host.begin_post();
    host.model().post(resume_);
    host.end_post();
  }
  static void on_posted(io::Posted& posted) noexcept {
    Connection& self = static_cast<Resume&>(posted).self;
    switch (self.waiting_) {
      case Waiting::start: self.host_.opened(); return self.perform(self.begin());
      case Waiting::store: {
        StoreOutcome answer = self.take_answer();
        return self.run(answer);
      }
      case Waiting::login: return self.run(std::as_const(self.login_.outcome));
      case Waiting::pause: {
        const Outcome ended{self.pause_result_, 0, 0};
        return self.run(ended);
      }
      case Waiting::operation: io::broken_invariant("a connection was resumed amid an operation");
    }
  }

  StoreOutcome take_answer() noexcept {
    StoreOutcome answer = std::move(job_.outcome);
    job_.outcome = {};
    if (answer.error == StoreError::none && opens(job_.ask.verb)) {
      try {
        file_.emplace(host_.model().open(std::move(job_.file)));
      } catch (const std::exception&) {
        // The model could not take the file. An upload that was begun is discarded with it.
        job_.kept.reset();
        answer.error = StoreError::failed;
      }
      job_.file = {};
    }
    return answer;
  }
  static constexpr bool opens(StoreVerb verb) noexcept {
    return verb == StoreVerb::open || verb == StoreVerb::create || verb == StoreVerb::append;
  }
  // The store renames, deletes or hands on what is open: the connection lets go of it first.
  static constexpr bool closes(StoreVerb verb) noexcept {
    return verb == StoreVerb::commit || verb == StoreVerb::discard || verb == StoreVerb::suspend;
  }

  template <class Event>
  void run(Event& event) noexcept {
    busy();
    Action action = resume(event);
    perform(std::move(action));
  }

  Action begin() noexcept {
    try {
      return conversation_->start(peer_, look_at_clock());
    } catch (const std::exception&) {
      return Close{CloseReason::failed};
    }
  }

  template <class Event>
  Action resume(Event& event) noexcept {
    try {
      Action action = conversation_->resume(event, look_at_clock());
      if (const RequestRecord* record = conversation_->finished_request()) {
        view_.finished(*record);
        host_.request_finished(peer_, *record);
      }
      return action;
    } catch (const std::exception&) {
      // Out of memory: this connection ends, the others go on.
      return Close{CloseReason::failed};
    }
  }

  Now look_at_clock() noexcept {
    const Now now = host_.now();
    looked_at_ = now.monotonic;
    return now;
  }

  void perform(Action action) noexcept {
    // The immediate actions come here again; a session asks for at most a few of them in a row.
    while (std::holds_alternative<CloseFile>(action) ||
           std::holds_alternative<ShutdownSend>(action)) {
      if (std::holds_alternative<CloseFile>(action)) {
        file_.reset();
        job_.kept.reset();
      } else {
        host_.model().shutdown_send(stream_);
      }
      action = resume(std::as_const(immediate_outcome));
    }
    if (const auto* pause = std::get_if<Pause>(&action)) host_.pausing(pause->until);
    publish(waiting_for(action));
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
    if (closes(a.verb)) file_.reset();
    job_.ask = std::move(a);
    host_.store().submit(job_);
  }
  void issue(const LogIn& a) noexcept {
    login_.authorization = a.authorization;
    login_.peer = &peer_;
    login_.now = host_.now();
    host_.logins().submit(login_);
  }
  void issue(const Pause&) noexcept {}  // the tick ends it, and with a shared model it may have
  void issue(const Close& a) noexcept {
    file_.reset();
    job_.kept.reset();
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
    kept_ = nullptr;
  }
  static Waiting waiting_for(const Action& action) noexcept {
    if (std::holds_alternative<Ask>(action)) return Waiting::store;
    if (std::holds_alternative<LogIn>(action)) return Waiting::login;
    return std::holds_alternative<Pause>(action) ? Waiting::pause : Waiting::operation;
  }
  void publish(Waiting waiting) noexcept {
    view_.show(conversation_->activity(), looked_at_);
    const std::lock_guard hold(guard_);
    waiting_ = waiting;
    deadline_ = conversation_->deadline();
    idle_ = conversation_->idle();
    kept_ = job_.kept.get();
  }
  // Both under the guard.
  void break_off() noexcept {
    if (waiting_ == Waiting::pause) return end_pause(Result::cancelled);
    host_.model().cancel(operation_, io::Cancel::stopping);
  }
  // Posts once: what follows publishes anew.
  void end_pause(Result result) noexcept {
    deadline_ = never;
    pause_result_ = result;
    host_.model().post(resume_);
  }

  ConnectionHost<M>& host_;
  typename M::Stream stream_;
  std::optional<typename M::File> file_;
  const std::uint64_t id_;
  PeerInfo peer_;
  const Session::Mode mode_;
  Operation operation_{*this};
  Resume resume_{*this};
  StoreRequest job_{*this};
  LoginRequest login_{*this};
  const std::shared_ptr<const void> terms_;  // the conversation refers to them
  const std::unique_ptr<Conversation> conversation_;
  Instant looked_at_{};  // when the last event was handled
  ConnectionView view_;

  static constexpr Outcome immediate_outcome{};

  [[no_unique_address]] Guard<M::shared> guard_;
  std::atomic<bool> unwanted_{false};
  // Under the guard: what the shard's tick may cancel.
  Waiting waiting_ = Waiting::start;
  Instant deadline_ = never;
  bool idle_ = false;
  Result pause_result_ = Result::ok;
  const store::StoreFile* kept_ = nullptr;  // what the store keeps while the peer is waited for
};

}  // namespace overlap::server
