// The one thing that a session wants next. A session decides and does no I/O; the connection
// performs the action on its I/O model and comes back with the outcome. Exactly one action is
// outstanding per session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "common/path/store_path.h"

namespace overlap {

// Bytes named by an action belong to the session and stay valid and unmoved until resume() is
// called.
struct Receive {
  std::span<std::byte> into;  // never empty
};
struct Send {                       // head and body leave in one gathered operation
  std::span<const std::byte> head;  // may be empty, but not both
  std::span<const std::byte> body;
};
struct SendFile {  // head, then `count` bytes of the open file
  std::span<const std::byte> head;
  std::uint64_t offset = 0;
  std::uint64_t count = 0;  // 1 .. send_file_bytes_max
};
struct Read {  // from the open file
  std::uint64_t offset = 0;
  std::span<std::byte> into;  // never empty
};
struct Write {  // to the open file
  std::uint64_t offset = 0;
  std::span<const std::byte> bytes;  // never empty
};

// A request to the store: a synchronous Windows call, run on the store's worker pool. A session has
// at most one file open; the connection keeps its handle, the session never sees it.
enum class StoreVerb : std::uint8_t {
  open,     // `path` for reading; on success it becomes the open file
  create,   // a temporary file beside `path`; on success it becomes the open file
  commit,   // flush the open temporary file and rename it over the path given to create; closes it,
            // and if that fails deletes it: nothing is left to discard
  discard,  // delete the open temporary file; closes it; never fails
};
struct Ask {
  StoreVerb verb = StoreVerb::open;
  StorePath path;  // for open and create
  std::uint64_t size_expected =
      0;  // for create: Content-Length if known, else 0; lets the store refuse early
};

struct CloseFile {
};  // closes the open file after reading; immediate: the session is resumed at once with ok
struct ShutdownSend {};  // half-closes the socket: no more will be sent; immediate as above

enum class CloseReason : std::uint8_t {
  finished,      // the client or the protocol ended the connection in good order
  peer_lost,     // reset, or end of file in the middle of a request
  bad_request,   // the request could not be understood
  idle_timeout,  // no new request within the idle time
  head_timeout,  // a request head took too long
  slow_peer,     // no progress within the progress time
  stopping,      // the listener stops
  refused,       // the listener was full
  failed,        // our side failed: a file could not be read after the response had begun
};
inline constexpr std::size_t close_reasons = 9;

struct Close {
  CloseReason reason = CloseReason::finished;
};

using Action =
    std::variant<Receive, Send, SendFile, Read, Write, Ask, CloseFile, ShutdownSend, Close>;

// TransmitFile takes at most 2^31-2 bytes a call (Microsoft: "TransmitFile function").
inline constexpr std::uint64_t send_file_bytes_max = 2147483646;

// ---- the store's answers
// -------------------------------------------------------------------------------------------

enum class StoreError : std::uint8_t {
  none,
  not_found,      // no such file, or a folder on the way to it is missing
  is_folder,      // the path names a folder
  access_denied,  // Windows refuses
  in_use,         // another program holds it so that it cannot be opened or replaced
  no_space,       // disk or quota full
  name_too_long,
  failed,  // anything else; `native` says what
};

struct FileInfo {
  std::uint64_t size = 0;
  std::int64_t modified_unix_seconds = 0;
  std::uint64_t modified_ticks =
      0;  // 100 ns units, as the file system keeps them: part of the strong validator
  std::uint64_t file_id = 0;  // identity on its volume: part of the strong validator
};

struct StoreOutcome {
  StoreError error = StoreError::none;
  std::uint32_t native = 0;
  bool created = false;  // commit: true if no file of that name was there before
  FileInfo info;         // open and commit
};

}  // namespace overlap
