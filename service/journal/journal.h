// The journal in a file of SQLite and, if wanted, in the W3C extended log file format.
//
// One thread of it writes what was added, a batch at a time, in one transaction each. A batch that
// is lost with the process (at most what was added in the last second) leaves the file whole:
// "Write-Ahead Logging" and "Atomic Commit In SQLite", sqlite.org. What cannot be written is kept
// as long as the queue has room, and tried again; an event of the log tells when that begins and
// when it ends. A file that is damaged is set aside as FILE.corrupt-TIME, and a new one begun.
#pragma once

#include <memory>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "service/journal/tuning.h"

namespace overlap::journal {

class Writer;
class Search;

class JournalFile final : public management::Journal {
 public:
  // `config` names its files absolutely; their folders are made. If it is not enabled, nothing is
  // opened, and what is added is forgotten. Throws std::system_error or std::runtime_error, which
  // name the file and the cause.
  explicit JournalFile(const config::Journal& config, const Tuning& tuning = {});
  // Writes what waits, once.
  ~JournalFile() override;
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  // Opens another file before it leaves the one that it has. Throws as the constructor does; then
  // nothing has changed. One thread at a time; may wait for the disk.
  void reconfigure(const config::Journal& config);

  // As the interface says. Text that is not UTF-8 is kept with %XX in the place of what is wrong,
  // and control characters likewise; a path is cut after 1 KiB.
  void add(management::JournalEntry entry) noexcept override;
  void drop() noexcept override;
  // A limit out of 1..1000 becomes the nearest in it. A search that takes too long
  // (Tuning::search_time_max) is given up and is a std::runtime_error too. One at a time: others
  // wait for their turn. If the journal is not enabled: nothing is found.
  management::JournalPage find(const management::JournalQuery& query) const override;
  management::JournalState state() const override;

 private:
  std::unique_ptr<Search> search_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace overlap::journal
