#include "service/log/log.h"

#include <array>
#include <atomic>
#include <chrono>
#include <exception>

#include "service/log/collapse.h"
#include "service/log/event_category.h"
#include "service/log/event_source.h"
#include "service/log/line.h"
#include "service/log/message_text.h"
#include "service/log/outputs.h"
#include "service/log/remember.h"

namespace overlap::log {
namespace {

std::atomic<Severity> level{Severity::info};
std::atomic<Severity> event_log_level{config::Log{}.event_log_level};
std::atomic<bool> attached{false};

void deliver(Entry entry) {
  remember(entry);
  if (attached.load(std::memory_order_acquire)) return push(std::move(entry));
  const std::string line = format_line(entry.when, entry.severity, entry.text) + "\r\n";
  write_standard_error(line.data(), line.size());
}

// What there is no memory for goes around the queues without its inserts: of each severity one in a
// minute, since nothing could count the others.
void report_in_need(EventId id) noexcept {
  using Clock = std::chrono::steady_clock;
  static std::array<std::atomic<Clock::duration>, config::severity_names.size()> nexts{};
  auto& next = nexts[static_cast<std::size_t>(severity_of(id))];
  const Clock::duration now = Clock::now().time_since_epoch();
  Clock::duration earliest = next.load(std::memory_order_relaxed);
  if (now >= earliest && next.compare_exchange_strong(earliest, now + Collapse::window_min))
    report_now(id, nullptr, 0);
}

}  // namespace

bool enabled(Severity severity) noexcept {
  return severity >= level.load(std::memory_order_relaxed);
}

void write(Severity severity, std::string_view text) noexcept {
  if (!enabled(severity)) return;
  try {
    deliver({std::chrono::system_clock::now(), severity, std::string(text), {}, {}, false});
  } catch (const std::exception&) {
    // Out of memory: the caller must not fail because its log line did.
  }
}

void event(EventId id, std::initializer_list<std::string_view> inserts) noexcept {
  try {
    Entry entry;
    entry.when = std::chrono::system_clock::now();
    entry.severity = severity_of(id);
    entry.event = id;
    entry.reported = importance_of(id) >= event_log_level.load(std::memory_order_relaxed);
    for (const std::string_view insert : inserts) entry.inserts.push_back(reportable(insert));
    entry.text = render(id, entry.inserts);
    deliver(std::move(entry));
  } catch (const std::exception&) {
    report_in_need(id);
  }
}

Logging::Logging(const config::Log& config, Console console) : console_(console) {
  reconfigure(config);
}

Logging::~Logging() {
  attached.store(false, std::memory_order_release);
  outputs_->detach();
  level.store(Severity::info, std::memory_order_relaxed);
}

void Logging::reconfigure(const config::Log& config) {
  config::Log next = config;
  // Outputs that stay as they are keep their files open: two sinks on one file would rotate it
  // under each other.
  config_.level = next.level;
  config_.event_log_level = next.event_log_level;
  if (!outputs_ || next != config_) {
    auto outputs = std::make_unique<Outputs>(next, console_);
    // The new ones first: an entry that comes in between is written twice rather than not at all.
    outputs->attach();
    if (outputs_) outputs_->detach();
    outputs_ = std::move(outputs);
    config_ = std::move(next);
  }
  level.store(config.level, std::memory_order_relaxed);
  event_log_level.store(config.event_log_level, std::memory_order_relaxed);
  attached.store(true, std::memory_order_release);
}

}  // namespace overlap::log
