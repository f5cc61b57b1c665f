#include "service/journal/writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "service/journal/entry_text.h"
#include "service/log/log.h"

namespace overlap::journal {
namespace {

// In one transaction: short enough that what waits is not kept waiting.
constexpr std::size_t delete_rows = 1'000;
constexpr std::size_t shrink_pages = 1'000;

std::int64_t unix_ms_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void report_failure(const std::string& file, const std::string& reason) {
  log::event(log::EventId::journal_failed, {file, reason});
}

void report_recovery(const std::string& file, std::uint64_t lost) {
  log::event(log::EventId::journal_recovered, {file, std::to_string(lost)});
}

void report_set_aside(const std::string& file, const std::string& aside) {
  if (aside.empty()) return;
  report_failure(file, "it was damaged, and is now " + aside);
  report_recovery(file, 0);
}

// For a start or a reload, whose error names the file.
Database open_named(const std::string& file, const Tuning& tuning) {
  try {
    std::string aside;
    Database database = open_or_set_aside(file, tuning, aside);
    report_set_aside(file, aside);
    return database;
  } catch (const std::system_error&) {
    throw;  // names it already
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("cannot open the journal " + file + ": " + error.what());
  }
}

}  // namespace

Writer::Writer(const config::Journal& config, const Tuning& tuning, Search& search)
    : tuning_(tuning),
      search_(search),
      config_(config),
      w3c_(config.enabled ? config : config::Journal()) {
  if (config.enabled) database_.emplace(open_named(config.file, tuning));
  if (config.enabled) search_.use(config.file);
  prune_at_ = Clock::now();
  publish();
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  search_.use("");  // the connection that is closed last empties the write-ahead log
}

void Writer::add(management::JournalEntry&& entry) noexcept {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (!state_.enabled) return;
    if (queue_.size() + in_hand_ >= tuning_.queue_entries_max) {
      ++state_.dropped_total;
      return;
    }
    try {
      queue_.push_back(std::move(entry));
    } catch (const std::bad_alloc&) {
      ++state_.dropped_total;
      return;
    }
    // The first one ends the idle wait, the last of a batch the gathering. None in between wakes
    // the thread, so that what it costs is shared by all of a batch.
    wake = queue_.size() == 1 || queue_.size() == tuning_.batch_entries_max;
  }
  if (wake) wake_.notify_all();
}

management::JournalState Writer::state() const {
  const std::lock_guard lock(mutex_);
  management::JournalState state = state_;
  state.waiting = queue_.size() + in_hand_;
  return state;
}

void Writer::suspect() noexcept {
  {
    const std::lock_guard lock(mutex_);
    suspected_ = true;
  }
  wake_.notify_all();
}

void Writer::reconfigure(const config::Journal& config) {
  Change change;
  change.config = config;
  // Nobody else changes config_, and the thread does so only while this one waits for it.
  const auto file_of = [](const config::Journal& of) {
    return of.enabled ? of.file : std::string();
  };
  const auto w3c_of = [](const config::Journal& of) {
    return of.enabled ? of.w3c_file : std::string();
  };
  change.other_file = file_of(config) != file_of(config_);
  if (change.other_file && config.enabled)
    change.database.emplace(open_named(config.file, tuning_));
  if (w3c_of(config) != w3c_of(config_))
    change.w3c.emplace(config.enabled ? config : config::Journal());
  const std::lock_guard lock(mutex_);
  change_ = &change;
  wake_.notify_all();
  while (change_ != nullptr) applied_.wait(mutex_);
}

void Writer::run() {
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    wait_for_work(lock);
    last = stopping_;
    Change* const change = change_;
    const bool suspected = std::exchange(suspected_, false);
    // While nothing can be written, what waits stays in the queue.
    if (pending_.empty()) {
      pending_.swap(queue_);
    } else if (last) {
      std::move(queue_.begin(), queue_.end(), std::back_inserter(pending_));
      queue_.clear();
    }
    in_hand_ = pending_.size() + batch_.size();
    lock.unlock();
    if (suspected) check_damage();
    write_all();
    if (change != nullptr) apply(*change);
    if (last) give_up_what_waits();
    // What can be deleted while nothing can be written says nothing about the trouble.
    if (!last && (!retry_at_ || Clock::now() >= *retry_at_)) prune();
    publish();
    lock.lock();
    if (change != nullptr) {
      change_ = nullptr;
      applied_.notify_all();
    }
  }
}

void Writer::wait_for_work(std::unique_lock<LightMutex>& lock) {
  LightMutex& mutex = *lock.mutex();
  // Idle, or waiting for the next attempt.
  while (!must_act() && (retry_at_ || queue_.empty())) {
    const auto end = retry_at_ ? *retry_at_ : prune_at_;
    if (Clock::now() >= end) return;
    wake_.wait_until(mutex, end);
  }
  const auto gathered = Clock::now() + tuning_.gather;
  while (!must_act() && queue_.size() < tuning_.batch_entries_max && Clock::now() < gathered)
    wake_.wait_until(mutex, gathered);
}

void Writer::write_all() {
  for (;;) {
    if (batch_.empty()) {
      const std::size_t count = std::min(pending_.size(), tuning_.batch_entries_max);
      if (count == 0) return;
      const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
      batch_.assign(std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
      pending_.erase(pending_.begin(), end);
      for (management::JournalEntry& entry : batch_) make_storable(entry);
      write_w3c();
    }
    if (!write_batch()) return;
  }
}

bool Writer::write_batch() {
  if (!attempt([this](Database& database) { database.write(batch_); })) return false;
  publish(batch_.size());
  batch_.clear();
  return true;
}

void Writer::write_w3c() {
  try {
    w3c_.write(batch_);
    if (w3c_trouble_.reason.empty()) return;
    report_recovery(w3c_.file(), w3c_trouble_.lost);
    w3c_trouble_ = {};
  } catch (const std::system_error& error) {
    w3c_trouble_.lost += batch_.size();
    const std::string reason = error.code().message();
    if (w3c_trouble_.reason != reason) report_failure(w3c_.file(), reason);
    w3c_trouble_.reason = reason;
  }
}

void Writer::prune() {
  const auto end = Clock::now() + tuning_.prune_turn;
  bool more = false;
  const bool done = !config_.enabled || attempt([&](Database& database) {
    const std::int64_t cutoff = unix_ms_now() - config_.keep.count();
    do {
      more = database.delete_before(cutoff, delete_rows) == delete_rows;
    } while (more && Clock::now() < end);
    // Some room is made at once, so that not every batch has to.
    const std::uint64_t wanted = config_.bytes_max - config_.bytes_max / 16;
    shrinking_ = shrinking_ || database.length() > config_.bytes_max;
    while (shrinking_ && Clock::now() < end) {
      const std::uint64_t length = database.length();
      if (length - database.unused() > wanted && database.rows() != 0) {
        database.delete_oldest(std::clamp<std::size_t>(database.rows() / 64, 16, delete_rows));
      } else if (length > config_.bytes_max && database.unused() != 0) {
        const std::uint64_t excess = (length - config_.bytes_max) / database.page_bytes() + 1;
        database.shrink(std::min<std::size_t>(shrink_pages, excess));
        // A file that another program has rearranged cannot be cut: its free pages are used again.
        shrinking_ = database.length() < length;
      } else {
        shrinking_ = false;
        database.checkpoint();
      }
    }
  });
  more = done && (more || shrinking_);
  prune_at_ = Clock::now() + (more ? std::chrono::milliseconds(0) : tuning_.prune_every);
}

void Writer::apply(Change& change) {
  if (change.other_file) {
    search_.use("");
    database_ = std::move(change.database);
    if (change.config.enabled) search_.use(change.config.file);
    // Those of a file which is no longer of interest.
    trouble_ = {};
    retry_at_.reset();
    shrinking_ = false;
  }
  if (change.w3c) {
    w3c_ = std::move(*change.w3c);
    w3c_trouble_ = {};
  } else {
    w3c_.set_bounds(change.config);
  }
  {
    const std::lock_guard lock(mutex_);
    config_ = change.config;
    state_.enabled = config_.enabled;
  }
  if (config_.enabled) {
    write_all();
  } else {
    give_up_what_waits();
  }
}

void Writer::give_up_what_waits() {
  std::uint64_t lost = pending_.size() + batch_.size();
  pending_.clear();
  batch_.clear();
  {
    const std::lock_guard lock(mutex_);
    lost += queue_.size();
    queue_.clear();
    in_hand_ = 0;
    state_.dropped_total += lost;
  }
  if (lost == 0) return;
  log::write(log::Severity::error,
             std::to_string(lost) + " entries of the journal " + config_.file + " are lost.");
}

bool Writer::attempt(const std::function<void(Database&)>& work) {
  try {
    if (!database_) open_database();
    work(*database_);
    worked();
    return true;
  } catch (const SqliteError& error) {
    if (!error.means_damage() || set_aside_ == tuning_.set_aside_max) {
      failed(error.what());
      return false;
    }
    replace_damaged(error.what());
  } catch (const std::exception& error) {
    failed(error.what());
    return false;
  }
  // On the new file; or it fails again, for another reason.
  return database_ && attempt(work);
}

void Writer::open_database() {
  std::string aside;
  database_.emplace(open_or_set_aside(config_.file, tuning_, aside));
  report_set_aside(config_.file, aside);
  search_.use(config_.file);
}

void Writer::replace_damaged(const std::string& reason) {
  ++set_aside_;
  search_.use("");
  database_.reset();
  try {
    const std::string aside = set_aside(config_.file);
    report_set_aside(config_.file, aside);
    open_database();
  } catch (const std::exception& error) {
    failed(reason + "; " + error.what());
  }
}

void Writer::check_damage() {
  if (!config_.enabled) return;
  attempt([](Database& database) {
    if (!database.is_sound()) throw SqliteError(SQLITE_CORRUPT, "the file is damaged");
  });
}

void Writer::failed(const std::string& reason) {
  if (trouble_.reason.empty()) {
    retry_ = tuning_.retry_first;
    dropped_before_trouble_ = dropped();
  } else {
    retry_ = std::min(retry_ * 2, tuning_.retry_last);
  }
  retry_at_ = Clock::now() + retry_;
  if (trouble_.reason == reason) return;
  trouble_.reason = reason;
  report_failure(config_.file, reason);
}

void Writer::worked() {
  retry_at_.reset();
  if (trouble_.reason.empty()) return;
  trouble_ = {};
  report_recovery(config_.file, dropped() - dropped_before_trouble_);
}

void Writer::drop() noexcept {
  const std::lock_guard hold(mutex_);
  ++state_.dropped_total;
}

std::uint64_t Writer::dropped() const {
  const std::lock_guard lock(mutex_);
  return state_.dropped_total;
}

void Writer::publish(std::size_t written) {
  const std::uint64_t rows = database_ ? database_->rows() : 0;
  const std::uint64_t bytes = database_ ? database_->file_bytes() : 0;
  const std::lock_guard lock(mutex_);
  state_.written_total += written;
  in_hand_ -= written;
  state_.enabled = config_.enabled;
  state_.entries = rows;
  state_.file_bytes = bytes;
  state_.problem = trouble_.reason;
}

}  // namespace overlap::journal
