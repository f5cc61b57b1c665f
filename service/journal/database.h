// The file that the journal writes: its schema, its rows and its size.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/management/journal.h"
#include "service/journal/sqlite.h"
#include "service/journal/tuning.h"

namespace overlap::journal {

// One thread at a time; what fails throws SqliteError.
class Database {
 public:
  // Makes the file and its folder if they are missing, and brings an older schema up to date.
  // Throws std::runtime_error as well: it is of a newer version, or of another program.
  Database(const std::string& path, const Tuning& tuning);

  const std::string& path() const noexcept { return path_; }

  // One transaction: all of them or none. Their texts are storable.
  void write(std::span<const management::JournalEntry> entries);
  // The oldest that ended before, at most `rows_max`. Returns how many.
  std::size_t delete_before(std::int64_t unix_ms, std::size_t rows_max);
  std::size_t delete_oldest(std::size_t rows_max);
  // Gives free pages at the end back to the file system, at most `pages_max`.
  void shrink(std::size_t pages_max);
  // Moves what the write-ahead log holds into the file, and empties it unless a reader needs it.
  void checkpoint();
  // Reads all of it. What damages the file throws as well.
  bool is_sound();

  std::uint64_t rows() const noexcept { return rows_; }
  std::uint64_t page_bytes() const noexcept { return page_bytes_; }
  std::uint64_t length() { return pages_(page_count_); }      // bytes, as of the last transaction
  std::uint64_t unused() { return pages_(freelist_count_); }  // of it
  // On the disk, with the write-ahead log.
  std::uint64_t file_bytes() const noexcept;

 private:
  std::uint64_t pages_(Statement& count) {
    return static_cast<std::uint64_t>(count.number()) * page_bytes_;
  }
  std::size_t delete_by(Statement& statement);

  std::string path_;
  Connection connection_;
  std::uint64_t page_bytes_ = 0;
  std::uint64_t rows_ = 0;
  // Prepared by the constructor, once the schema is there.
  Statement insert_, delete_before_, delete_oldest_, page_count_, freelist_count_;
};

// Renames a damaged file, and what belongs to it, to PATH.corrupt-YYYYMMDDThhmmssZ, where it is
// free. Returns the new name. Throws std::system_error that names the file. Nobody may have it
// open.
std::string set_aside(const std::string& path);

// FILE, or a new one in its place if it is damaged: then `aside` is told where that is now.
Database open_or_set_aside(const std::string& path, const Tuning& tuning, std::string& aside);

}  // namespace overlap::journal
