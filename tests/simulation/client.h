// A simulated client: a script of requests, good and bad, said in pieces and at its own pace over
// one connection. It checks every answer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/time.h"
#include "tests/simulation/response_reader.h"
#include "tests/simulation/uploads.h"
#include "tests/support/sim_network.h"
#include "tests/support/sim_random.h"

namespace overlap::simulation {

class Client {
 public:
  Client(std::uint64_t seed, std::unique_ptr<sim::Peer> peer, const std::vector<std::string>& names,
         Versions& versions, Uploads& uploads, Report& report);

  // When it wants to act next; `never` once it has gone.
  Instant next_act() const noexcept { return next_act_; }
  void act(Instant now);
  const ResponseReader& reader() const noexcept { return reader_; }

 private:
  // How a client behaves besides what it says.
  enum class Temper : std::uint8_t {
    steady,
    slow,        // long pauses, some beyond the server's patience
    deaf,        // sends and never reads, for many minutes
    silent,      // says nothing more from some moment on, and stays
    torn,        // resets at some moment
    hasty,       // closes as soon as it has said everything
    half_closed  // shuts down its sending side and reads to the end
  };
  // A part of the script: what is said, and what it means.
  struct Line {
    std::string text;
    std::vector<Expected> expected;  // known from the moment its first byte leaves
    std::vector<Version> whole;      // sent to the end when its last byte has left
    bool waits_for_continue = false;
  };

  void write_script();
  void write_request();
  void write_download();
  void write_upload();
  void write_creation();
  void write_broken();
  bool go_on();  // with an upload that somebody has begun; false if it has enough
  void write_query(std::size_t upload);
  void write_append(std::size_t upload, std::uint64_t offset);
  void write_credentials();
  void say(std::string text) { script_.back().text += text; }

  void send_some();
  void receive_some();
  void leave();
  Instant pause();

  sim::Random random_;
  std::unique_ptr<sim::Peer> peer_;
  const std::vector<std::string>& names_;
  Versions& versions_;
  Uploads& uploads_;
  Report& report_;
  ResponseReader reader_;
  Temper temper_;
  std::vector<Line> script_;
  std::size_t line_ = 0;       // being said
  std::size_t said_ = 0;       // of that line
  std::size_t acts_left_ = 0;  // before a torn client resets
  int waited_ = 0;             // for 100 (Continue)
  std::size_t resumes_left_ = 0;
  std::optional<std::size_t> queried_;  // the upload that was asked about
  Instant next_act_{};
};

}  // namespace overlap::simulation
