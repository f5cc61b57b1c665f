#include "tests/simulation/simulation.h"

#include <algorithm>
#include <deque>

#include "tests/simulation/client.h"
#include "tests/simulation/host.h"

namespace overlap::simulation {
namespace {

using namespace std::chrono_literals;

// Far more than the longest run needs: past it, something hangs.
constexpr int turns_max = 2'000'000;

class Run {
 public:
  explicit Run(std::uint64_t seed) : random_(seed) {}

  Report go() {
    for (const std::string& name : names_)
      if (random_.chance(600))
        store_.put(name, versions_.make(name, static_cast<std::size_t>(random_.below(60'000))));
    const std::uint64_t clients = random_.between(5, 60);
    Instant at{};
    for (std::uint64_t i = 0; i < clients; ++i)
      arrivals_.push_back(at += std::chrono::microseconds(random_.below(100'000)));
    if (random_.chance(300)) stop_at_ = std::chrono::microseconds(random_.below(5'000'000));

    int turns = 0;
    while (!finished() && ++turns < turns_max) turn();
    if (turns >= turns_max) report_.fail("the clients were not served to the end");
    host_.enter(Host::Phase::closing);
    while (!host_.ended() && ++turns < turns_max) turn();
    if (!host_.ended()) {
      report_.fail("the server did not end");
      std::abort();  // what is pending cannot be destroyed
    }
    host_.check();
    store_.check();
    for (const Client& client : clients_)
      for (const Version& version : client.reader().confirmed())
        if (!store_.was_committed(version))
          report_.fail("an upload was confirmed and is not there");
    for (const ResumableUpload& upload : uploads_)
      if (!upload.id.empty() && !store_.remembers(upload.id, upload.acknowledged))
        report_.fail("an offset was acknowledged and is lost");
    return report_;
  }

 private:
  bool finished() const {
    return arrivals_.empty() &&
           std::ranges::all_of(clients_, [](const Client& c) { return c.next_act() == never; });
  }

  // One look at the server and at every client whose time has come.
  void turn() {
    Instant next = arrivals_.empty() ? never : arrivals_.front();
    for (const Client& client : clients_) next = std::min(next, client.next_act());
    next = std::min(next, stop_at_);
    if (next == never) next = host_.model().now() + 1s;
    host_.run(next);
    const Instant now = host_.model().now();
    while (!arrivals_.empty() && arrivals_.front() <= now) {
      arrivals_.pop_front();
      arrive();
    }
    for (Client& client : clients_)
      if (client.next_act() <= now) client.act(now);
    if (stop_at_ <= now) {
      host_.enter(draining_ ? Host::Phase::closing : Host::Phase::draining);
      stop_at_ = std::exchange(draining_, true) ? never : now + 2s;
      if (stop_at_ == never) reset_backlog();
    }
  }

  void arrive() {
    const std::size_t pipe_bytes = random_.chance(300) ? random_.between(1, 200) : 16 * 1024;
    clients_.emplace_back(random_.next(), host_.port().connect(pipe_bytes), names_, versions_,
                          uploads_, report_);
  }

  // The listening socket closes: nobody will accept those who still wait.
  void reset_backlog() {
    arrivals_.clear();
    host_.port().close();
  }

  sim::Settings settings() {
    sim::Settings settings;
    settings.seed = random_.next();
    settings.faults = random_.chance(700) ? sim::Faults::rough() : sim::Faults::restless();
    settings.batch_max = random_.chance(300) ? 1 : 64;
    return settings;
  }
  StoreFaults store_faults() {
    StoreFaults faults;
    if (random_.chance(700)) faults.refused = 50;
    return faults;
  }
  SessionConfig config() {
    SessionConfig config{{}, {}, {}, "Simulation", logins_, random_.next()};
    config.limits.chunk_bytes = random_.chance(500) ? 4096 : 64 * 1024;
    config.limits.body_bytes_max = 1 << 20;
    if (random_.chance(500)) config.limits.send_bytes_per_second_max = bandwidth();
    if (random_.chance(500)) config.limits.receive_bytes_per_second_max = bandwidth();
    return config;
  }
  std::uint64_t bandwidth() { return random_.between(20'000, 500'000); }

  sim::Random random_;
  Report report_;
  Versions versions_;
  const std::vector<std::string> names_{"a.txt", "b.bin", "folder/c.jpg", "d", "folder/e.html"};
  Uploads uploads_;
  Logins logins_{random_.next(), random_.chance(300) ? bandwidth() : 0};
  MemoryStore store_{random_.next(), store_faults(), versions_, report_};
  const SessionConfig config_ = config();
  Host host_{settings(), config_, random_.chance(200) ? 5u : 1000u, store_, logins_, report_};
  std::deque<Client> clients_;
  std::deque<Instant> arrivals_;
  Instant stop_at_ = never;
  bool draining_ = false;
};

}  // namespace

Report simulate(std::uint64_t seed) { return Run(seed).go(); }

}  // namespace overlap::simulation
