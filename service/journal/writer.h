// The thread that writes the journal, and the queue in front of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "service/journal/database.h"
#include "service/journal/light_lock.h"
#include "service/journal/search.h"
#include "service/journal/tuning.h"
#include "service/journal/w3c_log.h"

namespace overlap::journal {

class Writer {
 public:
  // `search` is told which file to read. Throws as the constructor of JournalFile does.
  Writer(const config::Journal& config, const Tuning& tuning, Search& search);
  ~Writer();  // writes what waits, once
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // See JournalFile. The rest may be called by any thread.
  void reconfigure(const config::Journal& config);
  void add(management::JournalEntry&& entry) noexcept;
  void drop() noexcept;
  management::JournalState state() const;
  // Somebody found the file damaged: it is checked, and replaced if that is so.
  void suspect() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  // What a reload brings, opened by its thread.
  struct Change {
    config::Journal config;
    bool other_file = false;  // then `database` is the new one, or none if it is not enabled
    std::optional<Database> database;
    std::optional<W3cLog> w3c;  // absent: as before
  };
  // Why an output cannot be written, told once for each reason.
  struct Trouble {
    std::string reason;  // empty: none
    std::uint64_t lost = 0;
  };

  void run();
  void wait_for_work(std::unique_lock<LightMutex>& lock);
  bool must_act() const { return stopping_ || change_ != nullptr || suspected_; }

  // On the thread, without the lock.
  void write_all();
  bool write_batch();
  void write_w3c();
  void prune();
  void apply(Change& change);
  void check_damage();
  void give_up_what_waits();
  // Runs `work` on the database, opened if it is not. False: it failed, and was reported.
  bool attempt(const std::function<void(Database&)>& work);
  void open_database();
  void replace_damaged(const std::string& reason);
  void failed(const std::string& reason);
  void worked();
  // Makes state() up to date; so many entries more are written.
  void publish(std::size_t written = 0);
  std::uint64_t dropped() const;

  const Tuning tuning_;
  Search& search_;

  // Of the thread; the constructor's until it starts. `config_` is changed with the lock held.
  config::Journal config_;
  std::optional<Database> database_;
  W3cLog w3c_;
  std::deque<management::JournalEntry> pending_;  // taken from the queue
  std::vector<management::JournalEntry> batch_;   // taken from pending_; kept if it fails
  Trouble trouble_, w3c_trouble_;
  std::optional<Clock::time_point> retry_at_;
  std::chrono::milliseconds retry_{};
  Clock::time_point prune_at_{};
  bool shrinking_ = false;  // the file is longer than it may be
  std::size_t set_aside_ = 0;
  std::uint64_t dropped_before_trouble_ = 0;

  mutable LightMutex mutex_;
  LightCondition wake_, applied_;
  // Under the lock.
  std::deque<management::JournalEntry> queue_;
  std::size_t in_hand_ = 0;  // of the thread, not yet written
  Change* change_ = nullptr;
  bool stopping_ = false;
  bool suspected_ = false;
  management::JournalState state_;  // but for `waiting`

  std::thread thread_;
};

}  // namespace overlap::journal
