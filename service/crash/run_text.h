// What the marker of a run says: values to text and back. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overlap::crash {

// A run of the service. Written when it starts; what it crashed of is added by the crash itself.
struct RunRecord {
  std::uint32_t process = 0;  // id; 0: not known
  std::string started;        // UTC, as in 2026-11-23T15:45:22Z
  std::string version;
  std::string crash;    // the cause, without a full stop at its end; empty: it did not crash
  std::string dump;     // the file with its folder; empty: there is none
  std::string no_dump;  // why there is none, if it crashed

  friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

// As it is written when the run starts: process, start and version.
std::string to_text(const RunRecord& run);

// What a crash adds is built without the heap, one line after the other: `key` with `value`, whose
// control characters become spaces. Returns how many bytes of `line` were written, at most `size`;
// a value that is too long is cut.
std::size_t write_line(char* line, std::size_t size, std::string_view key,
                       std::string_view value) noexcept;
inline constexpr std::string_view crash_key = "crash";
inline constexpr std::string_view dump_key = "dump";
inline constexpr std::string_view no_dump_key = "no_dump";

// Reads any text: lines that are not understood, and what is cut off, are left out.
RunRecord parse_run(std::string_view text);

// Inserts of the event crash_found.
std::string process_of(const RunRecord& run);  // the id or "unknown"
std::string start_of(const RunRecord& run);    // the time or "an unknown time"
std::string left_by(const RunRecord& run);     // sentences: what it ended of, and the dump

}  // namespace overlap::crash
