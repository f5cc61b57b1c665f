// The server of a simulated run: what a shard and an acceptor are in the service, on one thread.
#pragma once

#include <string>
#include <vector>

#include "common/stats/model_stats.h"
#include "service/server/connection.h"
#include "tests/simulation/logins.h"
#include "tests/simulation/memory_store.h"
#include "tests/support/sim_model.h"

namespace overlap::simulation {

class Host final : public server::ConnectionHost<sim::SimModel> {
 public:
  using Connection = server::Connection<sim::SimModel>;
  enum class Phase : std::uint8_t { open, draining, closing };

  Host(const sim::Settings& settings, const SessionConfig& config, std::size_t connections_max,
       MemoryStore& store, Logins& logins, Report& report);
  ~Host();

  sim::Port& port() noexcept { return *listener_.port; }
  // Everything that is due until `until`: completions, answers of the store, deadlines.
  void run(Instant until);
  void enter(Phase phase);
  // Accepting has ended too, and nothing is left.
  bool ended() const noexcept { return connections_.empty() && !accepting_.pending(); }
  void check() const;

  sim::SimModel& model() noexcept override { return model_; }
  store::StoreApi<sim::NativeFile>& store() noexcept override { return store_; }
  access::LoginApi& logins() noexcept override { return logins_; }
  void begin_post() noexcept override {}
  void end_post() noexcept override {}
  Now now() noexcept override;
  void opened() noexcept override;
  void pausing(Instant until) noexcept override;
  void request_finished(const PeerInfo& peer, const RequestRecord& record) noexcept override;
  void closed(Connection& connection, CloseReason reason) noexcept override;

 private:
  struct Accepting : sim::AcceptOperation {
    explicit Accepting(Host& owner) noexcept : AcceptOperation(&on_accepted), self(owner) {}
    Host& self;
  };
  static void on_accepted(io::OperationBase& op, const Outcome& outcome) noexcept;
  void accepted(const Outcome& outcome);
  void tick();
  void check_counters() const;

  const SessionConfig& config_;
  const std::size_t connections_max_;
  MemoryStore& store_;
  Logins& logins_;
  Report& report_;
  stats::ModelStats stats_{"sim", false};
  stats::Recorder& recorder_ = stats_.add_thread();
  sim::SimModel model_;
  sim::Listener listener_{std::make_shared<sim::Port>()};
  Accepting accepting_{*this};
  std::vector<std::unique_ptr<Connection>> connections_;
  Phase phase_ = Phase::open;
  Instant closing_since_ = never;
  Instant last_closed_{};
  Instant next_tick_{};
  Instant next_count_{};
};

}  // namespace overlap::simulation
