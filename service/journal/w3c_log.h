// The journal as programs that read the logs of web servers know it: "Extended Log File Format"
// (W3C working draft WD-logfile-960323), with the names and the meanings that IIS gives the fields
// ("W3C Logging", Microsoft).
//
// date and time are UTC, and of the end of the request; s-sitename is the listener; time-taken is
// in milliseconds; sc-bytes and cs-bytes count bodies. A space is written as +, what is empty or
// not known as -.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/config/config.h"
#include "common/management/journal.h"
#include "service/win/handle.h"

namespace overlap::journal {

// The lines before the first entry: the directives, each with its end of line.
std::string w3c_directives(std::int64_t unix_ms);
// With its end of line. The texts of `entry` are storable.
std::string w3c_line(const management::JournalEntry& entry);

// NAME.log is the file being written; NAME.00007.log one that was full, the oldest number first. A
// file is full when another line would make it longer than w3c_rotation_bytes; of full ones,
// w3c_files_max - 1 are kept. While another program keeps a full one from being renamed, it grows
// on.
class W3cLog {
 public:
  // An empty file name: nothing is written. Makes the file and its folder. Throws
  // std::system_error that names the file.
  explicit W3cLog(const config::Journal& config);

  // The file stays; the bounds hold from the next line on.
  void set_bounds(const config::Journal& config) noexcept;
  const std::string& file() const noexcept { return name_; }  // empty: nothing is written
  // Throws std::system_error; then a part of the entries may have been written.
  void write(std::span<const management::JournalEntry> entries);

 private:
  void open();
  bool rotate();  // false: the file keeps its name for now
  void put(std::string_view text);
  std::wstring full_name(std::uint64_t number) const;

  std::string name_;
  std::uint64_t rotation_bytes_ = 0;
  std::size_t files_max_ = 0;
  win::FileHandle file_;
  std::uint64_t size_ = 0;        // of the file, with what write() has yet to put into it
  bool needs_directives_ = true;  // each run begins with them, as each file does
};

}  // namespace overlap::journal
