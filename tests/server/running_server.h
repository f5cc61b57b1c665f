// A server on free loopback ports over a folder of its own, one listener a model.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "service/server/server.h"
#include "tests/server/folder.h"
#include "tests/server/http_client.h"

namespace overlap::test {

inline constexpr config::ModelName all_models[] = {config::ModelName::device,
                                                   config::ModelName::event, config::ModelName::apc,
                                                   config::ModelName::asio};

inline std::string model_text(config::ModelName model) {
  return std::string(config::name_of(model));
}

class RunningServer {
 public:
  using Change = std::function<void(config::Config&)>;

  // `journal`, if there is one, outlives it.
  explicit RunningServer(config::ModelName model, const Change& change = {},
                         management::Journal* journal = nullptr) {
    config_.store.root = folder.path().string();
    config_.access.anonymous_read = config_.access.anonymous_write = true;
    config::Listener listener;
    listener.name = model_text(model);
    listener.model = model;
    config_.listeners.push_back(listener);
    if (change) change(config_);
    server.emplace(config_, journal);
    server->start();
    port = server->port(model_text(model));
  }
  ~RunningServer() { stop(); }

  void stop() {
    if (!std::exchange(stopped_, true)) server->stop([] {});
  }
  stats::ModelSnapshot snapshot() const { return server->models().at(0); }

  // Waits until `condition` of a snapshot holds; false if it does not within a minute.
  bool reaches(const std::function<bool(const stats::ModelSnapshot&)>& condition) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition(snapshot())) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  bool reaches_open(std::int64_t connections) const {
    return reaches([=](const auto& s) { return s.connections_open == connections; });
  }

  Folder folder;
  std::optional<server::Server> server;
  std::uint16_t port = 0;

 private:
  config::Config config_;
  bool stopped_ = false;
};

}  // namespace overlap::test
