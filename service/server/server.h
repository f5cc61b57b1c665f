// The data side of the service: the store and the listeners of one configuration.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "common/management/state.h"
#include "service/access/gatekeeper.h"
#include "service/server/control.h"
#include "service/server/listener.h"
#include "service/store/file_store.h"
#include "service/tls/certificate_store.h"

namespace overlap::server {

// Thread-safe, but start() and stop(), which are called by one thread. What changes the server runs
// on its control thread, one after another.
class Server {
 public:
  enum class State : std::uint8_t { starting, running, paused, draining, stopped };
  static constexpr std::array<std::string_view, 5> state_names{"starting", "running", "paused",
                                                               "draining", "stopped"};
  // Flushing a large upload to a slow disk takes a minute.
  static constexpr std::chrono::minutes cancel_time_max{2};

  // `journal`, if there is one, must outlive the server.
  explicit Server(const config::Config& config, management::Journal* journal = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Throws scm::StartError naming the folder, the file of users or of a certificate, or the
  // listener with its address and port.
  void start();
  // Lets transfers finish until the drain deadline, closes the rest, ends all threads. `progress`
  // is called about every 200 ms meanwhile. Throws scm::Stuck if a file call does not come back
  // within cancel_time_max of the deadline: no stop waits for ever.
  void stop(const std::function<void()>& progress);

  // ---- changes, between start() and stop() ----

  // Also to be run there about once a second; it must not throw. Once, after start().
  void each_second(std::function<void()> also);

  // Runs `change` on the control thread, which alone may call the functions below. Rethrows.
  Control::Ran run(const std::function<void()>& change) { return control_->run(change); }
  // The same for what the service manager asks for: before all others. False after stop().
  bool run_first(const std::function<void()>& change) { return control_->run_first(change); }

  // stop() has begun: nothing may accept any more.
  bool stopping() const noexcept { return state_.load() >= State::draining; }

  // Every listener: new connections are answered with 503; those that are open go on. Resuming
  // also resumes those that were paused one by one. Nothing is done while stopping().
  void pause();
  void resume();
  // Null if there is none of that name.
  Listener* find(std::string_view name);
  // Throws std::system_error as Listener::change() does.
  void switch_model(Listener& listener, config::ModelName model);
  // Takes over all of `next`, which differs in nothing that needs a restart, or nothing of it:
  // `also` is called when nothing can fail any more but `also` itself, which may throw. Throws
  // scm::StartError with a sentence. Not while stopping(). Returns a sentence for each listener
  // that could not take its settings over at the very last, because Windows would not let it
  // accept: it goes on with those of before, or is drained.
  std::vector<std::string> reload(const config::Config& next, const std::function<void()>& also);

  // ---- any time after start() ----

  // As bound; 0 if no listener has that name.
  std::uint16_t port(std::string_view listener) const;
  // One object a model that has a listener, in the order of the configuration; then those that
  // listeners have left.
  std::vector<stats::ModelSnapshot> models() const;
  std::vector<management::ListenerState> listeners() const;
  std::vector<management::ConnectionState> connections(const ConnectionFilter& filter,
                                                       std::size_t limit) const;
  bool close_connection(std::uint64_t id);
  std::vector<management::UploadState> uploads(std::string_view after, std::size_t limit) const;
  bool remove_upload(std::string_view id);
  std::optional<store::VolumeSpace> volume() const;
  std::shared_ptr<const tls::CertificateStore> certificates() const;  // null: none is configured
  config::Config config() const;                                      // in effect
  // Every listener accepts connections.
  bool ready() const;
  std::string_view state() const noexcept;

 private:
  using Listeners = std::vector<std::shared_ptr<Listener>>;
  struct Change;  // what a reload does to the listeners

  // Under the mutex: those that are configured, then those that leave.
  template <class Function>
  void for_each_listener(Function function) const {
    const std::lock_guard hold(mutex_);
    for (const auto& listener : listeners_) function(*listener);
    for (const auto& listener : leaving_) function(*listener);
  }
  void open_store();
  void open_listeners();
  std::shared_ptr<const Conversations::Terms> terms_for(
      const config::Config& config, std::shared_ptr<tls::CertificateStore> certificates) const;
  Change prepare_listeners(const std::vector<config::Listener>& wanted);
  std::vector<std::string> change_listeners(Change change);
  bool is_empty() const;
  std::size_t connection_count() const;
  // True when no connection is left within `limit`.
  bool wait_until_empty(std::chrono::milliseconds limit, const std::function<void()>& progress);
  void second_passed() noexcept;

  // Guards the lists of listeners, store, settings and certificates for those who look at them:
  // they have no thread in common with the control thread, which alone changes them.
  mutable std::mutex mutex_;
  config::Config config_;
  management::Journal* const journal_;
  std::uint64_t boundary_seed_ = 0;
  std::atomic<State> state_{State::starting};
  std::unique_ptr<store::FileStore> store_;
  std::unique_ptr<access::Gatekeeper> gatekeeper_;
  std::shared_ptr<tls::CertificateStore> certificates_;  // null: none is configured
  std::unique_ptr<CarrierServices> services_;
  Listeners listeners_;
  Listeners leaving_;  // no longer configured; they still carry connections
  unsigned seconds_ = 0;
  std::function<void()> also_each_second_;
  std::unique_ptr<Control> control_;  // ends first
};

}  // namespace overlap::server
