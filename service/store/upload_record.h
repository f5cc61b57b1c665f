// The state of a resumable upload as text, such that a crash at any byte of it loses at most the
// last line.
//
// The first line says what was promised, in JSON. Each further line is one state of the upload,
// whole in itself, so that the last one counts:
//
//   kind offset flushed length unix_seconds .
//
// kind    w: so much is written; r: about to be renamed over its target; c: complete
// offset  bytes that need not be sent again
// flushed of them, those that are on the disk whatever happens to the machine
// length  of the whole, or - if it is not known yet
//
// A line that is not of this form is skipped: it was torn by a full disk or a crash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/path/store_path.h"
#include "common/protocol/digest.h"
#include "common/protocol/write_condition.h"

namespace overlap::store {

// What an upload was begun with.
struct UploadRecord {
  StorePath target;
  std::string user;  // whose it is; empty: of those who give no name
  std::vector<protocol::Digest> digests;
  protocol::WriteCondition condition;
  std::string metadata;  // of the client; any bytes
};

enum class UploadPhase : std::uint8_t { written, renaming, complete };

struct UploadProgress {
  UploadPhase phase = UploadPhase::written;
  std::uint64_t offset = 0;
  std::uint64_t flushed = 0;
  std::optional<std::uint64_t> length;
  std::int64_t touched_unix_seconds = 0;

  bool operator==(const UploadProgress&) const = default;
};

// Both end in a line feed.
std::string to_line(const UploadRecord& record);
std::string to_line(const UploadProgress& progress);

// Nothing if the line was torn or is not what to_line() writes; without the line feed.
std::optional<UploadRecord> read_record(std::string_view line);
std::optional<UploadProgress> read_progress(std::string_view line);

// The last whole line of them. Nothing if there is none. `lines` may begin inside a line if
// `whole_begin` is false.
std::optional<UploadProgress> last_progress(std::string_view lines, bool whole_begin);

}  // namespace overlap::store
