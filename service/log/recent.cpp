#include "service/log/recent.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "service/log/line.h"
#include "service/log/remember.h"

namespace overlap::log {
namespace {

using management::EventPage;
using management::EventRecord;
using Record = std::shared_ptr<const EventRecord>;

// Every thread that logs writes here, and those who ask read all of it. Held to exchange or copy
// pointers: nobody who logs waits while texts are copied.
class Ring {
 public:
  void add(std::shared_ptr<EventRecord> record) noexcept {
    Record older;  // freed when the mutex is
    const std::lock_guard hold(mutex_);
    record->sequence = ++newest_;
    older = std::exchange(places_[place_of(newest_)], std::move(record));
  }

  // The sequence of the newest; `records` is given those after `after`, the oldest first.
  std::uint64_t copy(std::uint64_t after, std::vector<Record>& records) const {
    records.reserve(recent_max);
    const std::lock_guard hold(mutex_);
    // `after` may be any number, also one that is far ahead.
    const std::uint64_t first = std::min(std::max(after, forgotten()), newest_);
    for (std::uint64_t next = first; next != newest_;) records.push_back(places_[place_of(++next)]);
    return newest_;
  }

 private:
  static std::size_t place_of(std::uint64_t sequence) noexcept { return sequence % recent_max; }
  std::uint64_t forgotten() const noexcept {
    return newest_ > recent_max ? newest_ - recent_max : 0;
  }

  mutable std::mutex mutex_;
  std::uint64_t newest_ = 0;  // its sequence
  std::array<Record, recent_max> places_;
};

// Never destroyed: threads may log until the process ends.
Ring& ring() {
  static Ring& instance = *new Ring;
  return instance;
}

}  // namespace

void remember(const Entry& entry) {
  auto record = std::make_shared<EventRecord>();
  const auto since = entry.when.time_since_epoch();
  record->unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  record->severity = entry.severity;
  if (entry.event) record->id = static_cast<std::uint32_t>(*entry.event) & 0xFFFF;
  record->text = printable(entry.text, recent_text_bytes_max);
  ring().add(std::move(record));
}

EventPage recent(std::uint64_t after, config::Severity at_least, std::size_t limit) {
  std::vector<Record> records;
  std::uint64_t newest_sequence = ring().copy(after, records);
  // Somebody goes on from an earlier run of the service, whose numbers were higher.
  if (after > newest_sequence) newest_sequence = ring().copy(after = 0, records);
  EventPage page;
  if (after < newest_sequence) page.lost = newest_sequence - after - records.size();
  for (const Record& record : records) {
    if (page.events.size() == limit) break;
    if (record->severity >= at_least) page.events.push_back(*record);
  }
  return page;
}

EventPage newest(config::Severity at_least, std::size_t limit) {
  std::vector<Record> records;
  ring().copy(0, records);
  EventPage page;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (page.events.size() == limit) break;
    if ((*record)->severity >= at_least) page.events.push_back(**record);
  }
  std::reverse(page.events.begin(), page.events.end());
  return page;
}

}  // namespace overlap::log
