// The journal: every transfer that finished, failed or was refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/management/state.h"

namespace overlap::management {

enum class TransferResult : std::uint8_t {
  done,
  refused,     // answered with 4xx or 5xx
  incomplete,  // the request or its answer was cut off: the client left, or was too slow
  suspended,   // an upload was cut off and can be resumed
};
inline constexpr std::array<std::string_view, 4> transfer_result_names{"done", "refused",
                                                                       "incomplete", "suspended"};

struct JournalEntry {
  std::int64_t id = 0;       // given by the journal; ascends
  std::int64_t unix_ms = 0;  // when it ended
  double seconds = 0;        // from the first byte of the request to the end of the response
  std::string listener;
  config::ModelName model{};
  std::string peer;  // address and port
  std::string user;  // empty: nobody logged in
  std::string method;
  std::string path;                  // as the client sent it, at most 1 KiB of it
  int status = 0;                    // 0: the connection ended before a response began
  std::uint64_t bytes_received = 0;  // of bodies
  std::uint64_t bytes_sent = 0;
  TransferResult result = TransferResult::done;
  std::string digest;  // as Repr-Digest has it; empty if it is not known
};

struct JournalQuery {
  std::optional<std::int64_t> since_unix_ms;  // inclusive
  std::optional<std::int64_t> until_unix_ms;  // exclusive
  std::string path;  // this path, and everything below it if it ends in '/'; empty: all
  std::optional<std::string> user;  // "": of those who gave no name
  std::optional<config::ModelName> model;
  std::string listener;  // empty: all
  std::string method;    // empty: all
  std::optional<TransferResult> result;
  std::optional<std::int64_t> before;  // the cursor: only ids less than this
  std::size_t limit = 100;             // 1..1000
};

struct JournalPage {
  std::vector<JournalEntry> entries;  // the newest first
  std::optional<std::int64_t> next;   // `before` of the next page; absent at the end
};

struct JournalState {
  bool enabled = false;
  std::uint64_t entries = 0;     // in the file
  std::uint64_t file_bytes = 0;  // with the write-ahead log
  std::uint64_t waiting = 0;     // not written yet
  std::uint64_t written_total = 0;
  std::uint64_t dropped_total = 0;  // found the queue full, or could not be written
  std::string problem;              // why nothing can be written at present; empty: all is well
};

// Thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;

  // Never waits for the disk: a thread of the journal writes what is queued, in batches.
  virtual void add(JournalEntry entry) noexcept = 0;
  // Counts an entry as dropped that could not even be made.
  virtual void drop() noexcept = 0;
  // What was added a second ago is found. May take some time: never on a thread that connections
  // wait for. Throws std::runtime_error with a sentence if the file cannot be read.
  virtual JournalPage find(const JournalQuery& query) const = 0;
  virtual JournalState state() const = 0;
};

}  // namespace overlap::management
