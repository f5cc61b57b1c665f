// The data side of the service: the store and the listeners of one configuration.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/config/config.h"
#include "common/stats/source.h"
#include "service/access/gatekeeper.h"
#include "service/server/listener.h"
#include "service/store/file_store.h"
#include "service/tls/certificate_store.h"

namespace overlap::server {

// start, pause, resume and stop are called by one thread; the SnapshotSource part by any.
class Server final : public stats::SnapshotSource {
 public:
  explicit Server(const config::Config& config);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Throws scm::StartError naming the folder, the file of users or of a certificate, or the
  // listener with its address and port.
  void start();
  // New connections are answered with 503; those that are open go on.
  void pause();
  void resume();
  // Lets transfers finish until the drain deadline, closes the rest, ends all threads. `progress`
  // is called about every 200 ms meanwhile.
  void stop(const std::function<void()>& progress);

  // As bound; 0 if no listener has that name. Any thread, after start().
  std::uint16_t port(std::string_view listener) const;

  std::vector<stats::ModelSnapshot> models() const override;
  bool ready() const override;
  std::string state() const override;

 private:
  enum class State : std::uint8_t { starting, running, paused, draining, stopped };

  void open_store();
  void open_listeners();
  std::size_t connections() const;
  // True when no connection is left within `limit`.
  bool wait_until_empty(std::chrono::milliseconds limit, const std::function<void()>& progress);
  void watch();

  const config::Config config_;
  std::atomic<State> state_{State::starting};
  std::unique_ptr<store::FileStore> store_;
  std::unique_ptr<access::Gatekeeper> gatekeeper_;
  std::unique_ptr<tls::CertificateStore> certificates_;  // null: no listener speaks TLS
  std::unique_ptr<ListenerServices> services_;
  std::vector<std::unique_ptr<Listener>> listeners_;

  // The watch thread probes the dispatch lag once a second, and looks after files that change:
  // users, certificates, left-over uploads. It waits on the condition only to be ended in time.
  std::mutex watch_mutex_;
  std::condition_variable watch_ends_;
  bool watching_ = false;
  std::thread watch_;
};

}  // namespace overlap::server
