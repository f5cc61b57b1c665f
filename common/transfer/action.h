// The one thing that a session wants next. A session decides and does no I/O; the connection
// performs the action on its I/O model and comes back with the outcome. Exactly one action is
// outstanding per session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/listing/listing.h"
#include "common/path/store_path.h"
#include "common/protocol/digest.h"
#include "common/protocol/upload_state.h"
#include "common/protocol/write_condition.h"
#include "common/time.h"

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

// A request to the store: synchronous Windows calls, run on the store's worker pool. A session has
// at most one file open; the connection keeps its handle, the session never sees it.
enum class StoreVerb : std::uint8_t {
  // Reading.
  open,    // `path` for reading; on success it becomes the open file
  verify,  // whether the file that is open for reading still is what it was when it was opened:
           // `changed` if not; it stays open
  digest,  // hashes the file at `path` by `algorithm`; `info` says which state of it was hashed;
           // what is open stays open
  list,    // one page of the folder `path`
  // Uploads. The first two make the open file.
  create,      // a temporary file beside `path`, if `condition` holds
  append,      // the unfinished upload `upload_id` of `user`, if it holds `offset` bytes
  checkpoint,  // remembers that the open upload holds `offset` bytes, if it can be resumed; looks
               // whether there is room for more, if its length is not known; it stays open
  suspend,     // as checkpoint, then closes it and keeps it for a later append; `expire` begins
               // anew
  commit,      // flushes the open upload and renames it over its path if its condition still holds;
               // closes it. If another program holds the target for too long, the upload is kept
               // as an unfinished one (`upload_id`); after any other failure nothing is left
  discard,     // deletes the open upload; closes it; never fails
  query,       // the state of the unfinished upload `upload_id` of `user`; if another connection
               // writes to it, that one is told to end (`upload_in_use`), as by append
  cancel,      // deletes it
  // Names. Each if `condition` holds for what is at `path`.
  make_folder,
  remove,  // a file, or an empty folder
  move,    // to `destination`
  copy,    // a file, to `destination`: whole or not at all
};

// What an upload was promised to be, when it was begun.
struct UploadTerms {
  bool resumable = false;  // has an id from the start and outlives its connection
  std::optional<std::uint64_t> length;
  std::vector<protocol::Digest> digests;  // of the whole content; commit refuses another one. Empty
                                          // if nothing was promised or the session has checked it
  std::string metadata;                   // of the client (tus), given back to a query
};

struct Ask {
  StoreVerb verb = StoreVerb::open;
  StorePath path;         // for verbs that say so
  StorePath destination;  // for move and copy
  bool overwrite = true;  // move, copy: whether something may be replaced; `exists` if not
  protocol::WriteCondition condition;
  UploadTerms terms;         // create; for append only `length`, which must not contradict
  std::uint64_t offset = 0;  // append, checkpoint, suspend, commit: how much the upload holds
  std::string upload_id;     // append, query, cancel
  std::string user;          // who asks; an unfinished upload belongs to who began it
  listing::ListRequest list;
  protocol::DigestAlgorithm algorithm = protocol::DigestAlgorithm::sha_256;
  // commit: what the session has found the content to be, for the store to remember.
  std::optional<protocol::Digest> known_digest;
};

// Verifies the credentials of a request: slow on purpose, on a pool of its own.
struct LogIn {
  std::string_view authorization;  // the value of the field
};
// Nothing is wanted until then: bandwidth is limited, a log-in has failed. Its outcome is ok,
// timeout if the open upload is wanted by another connection before that, or cancelled.
struct Pause {
  Instant until{};
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
  tls_failed,    // the TLS handshake failed, or what came was not TLS
};
inline constexpr std::size_t close_reasons = 10;

struct Close {
  CloseReason reason = CloseReason::finished;
};

using Action = std::variant<Receive, Send, SendFile, Read, Write, Ask, LogIn, Pause, CloseFile,
                            ShutdownSend, Close>;

// TransmitFile takes at most 2^31-2 bytes a call (Microsoft: "TransmitFile function").
inline constexpr std::uint64_t send_file_bytes_max = 2147483646;

// ---- answers -----------------------------------------------------------------------------------

enum class StoreError : std::uint8_t {
  none,
  not_found,         // no such file, folder or upload
  no_folder,         // a folder on the way to the path, or to the destination, is missing
  is_folder,         // the path names a folder
  is_file,           // the path names a file where a folder is wanted
  exists,            // something is there already that may not be replaced
  not_empty,         // the folder holds something
  access_denied,     // Windows refuses
  in_use,            // another program holds it so that it cannot be opened or replaced
  no_space,          // disk or quota full
  name_too_long,     // Windows takes no such name
  condition_failed,  // `condition` does not hold
  changed,           // verify: another program has written to the file
  wrong_offset,      // append: the upload holds `upload.offset` bytes
  wrong_length,      // append: another length was given before, or more than it was written
  wrong_digest,      // commit: the content is not what was promised
  already_complete,  // append: the upload has been committed
  upload_in_use,     // append, query: another connection writes to it; it was told to end
  too_many,          // so many unfinished uploads that none may be added
  failed,            // anything else; `native` says what
};

struct FileInfo {
  std::uint64_t size = 0;
  std::int64_t modified_unix_seconds = 0;
  std::uint64_t modified_ticks =
      0;  // 100 ns units, as the file system keeps them: part of the strong validator
  std::uint64_t file_id = 0;  // identity on its volume: part of the strong validator
  // Another program has it open for writing: nothing strong can be said of it.
  bool unstable = false;
};

struct StoreOutcome {
  StoreError error = StoreError::none;
  std::uint32_t native = 0;
  bool created = false;          // commit, move, copy: true if nothing of that name was there
  FileInfo info;                 // open, commit, digest, copy
  std::string upload_id;         // create if resumable; commit if it was kept
  protocol::UploadState upload;  // create, append, suspend, query, and whatever refuses an append
  StorePath path;                // append, query, commit: what the upload becomes
  std::string metadata;          // query: as the terms had it
  std::optional<protocol::Digest> digest;     // digest
  std::unique_ptr<listing::Listing> listing;  // list
};

}  // namespace overlap
