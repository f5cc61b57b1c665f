// Resumable uploads in two dialects on one kind of upload resource.
//
// tus 1.0.0 (tus.io, "tus resumable upload protocol") with its extensions creation,
// creation-with-upload, creation-defer-length, termination, checksum and expiration. A request
// speaks tus if it has a Tus-Resumable field.
//
// "Resumable Uploads for HTTP" (draft-ietf-httpbis-resumable-upload-12, interop version 8). A
// creation is any PUT or POST with Upload-Complete; a request for an upload resource that does not
// speak tus speaks this dialect. Versions 6 and 7 differ in nothing that matters here, and widely
// used clients speak 6.
//
// X-HTTP-Method-Override, which tus lets a server honour, is not: a proxy that filters by method
// would see another request than this server does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/protocol/digest.h"
#include "common/protocol/refusal.h"
#include "common/protocol/request_head.h"
#include "common/protocol/response_head.h"
#include "common/protocol/upload_state.h"

namespace overlap::protocol {

inline constexpr std::string_view upload_folder = "/.overlap-uploads/";
inline constexpr std::size_t upload_id_bytes = 32;  // lowercase hexadecimal digits
// Upload-Metadata, which must fit into the head of the answer to a query, and what it holds: a name
// of 255 UTF-16 units has at most 765 bytes.
inline constexpr std::size_t upload_metadata_bytes_max = 3072;
inline constexpr std::size_t upload_metadata_keys_max = 32;
inline constexpr std::size_t upload_file_name_bytes_max = 1024;

// Interop versions of the draft that are spoken here.
inline constexpr int draft_interop_min = 6;
inline constexpr int draft_interop_max = 8;

// A path as sent. Nothing if it is not the path of an upload resource.
std::optional<std::string_view> upload_id_of(std::string_view path) noexcept;
std::string upload_path(std::string_view id);

enum class UploadDialect : std::uint8_t { tus, draft };

// What is told of a resource's limits.
struct UploadLimits {
  std::uint64_t size_max = 0;         // of a whole upload, in bytes
  std::uint64_t max_age_seconds = 0;  // until an upload without progress is dropped; 0: never
};

// ---- what a request asks for

struct NotResumable {};  // to be handled as if this header did not exist

struct UploadCreation {
  UploadDialect dialect = UploadDialect::tus;
  std::optional<std::uint64_t> length;  // of the whole upload
  // Draft: the body is the whole upload, and the request is to be answered as one that is not
  // resumable would be. tus knows no such flag: an upload is complete when its offset has reached
  // its length.
  bool complete = false;
  // Valid UTF-8 without control characters, else unchecked; empty: none given. What it may name is
  // for the path rules to say. From Upload-Metadata (tus) or Content-Disposition (draft).
  std::string file_name;
  // tus: Upload-Metadata as sent, to be given back to a query. A view into the head.
  std::string_view metadata;
  std::optional<Digest> checksum;  // tus: of the body
  // Draft: the version of the client if it is one that is spoken here: announce the upload resource
  // with 104 before the body is read. 0: no 104 may be sent.
  int interop_version = 0;
};

struct UploadAppend {
  UploadDialect dialect = UploadDialect::tus;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // of the whole upload, if this request tells it
  bool complete = false;                // as above
  std::optional<Digest> checksum;       // tus: of the body; a mismatch is 460, nothing is appended
  int interop_version = 0;              // as above; a 104 would tell progress, and is optional
};

struct UploadQuery {
  UploadDialect dialect = UploadDialect::tus;
};

struct UploadCancel {
  UploadDialect dialect = UploadDialect::tus;
};

// The draft's problem types (RFC 9457).
enum class UploadProblem : std::uint8_t {
  none,
  mismatching_offset,
  completed,
  inconsistent_length,
};

struct UploadRefusal {
  UploadDialect dialect = UploadDialect::tus;
  int status = 400;
  std::string_view sentence;  // static storage, no line break
  UploadProblem problem = UploadProblem::none;
  std::uint64_t expected_offset = 0;  // for mismatching_offset
  std::uint64_t provided_offset = 0;
};

using UploadRequest = std::variant<NotResumable, UploadCreation, UploadAppend, UploadQuery,
                                   UploadCancel, UploadRefusal>;

// Throws std::bad_alloc.
UploadRequest interpret_upload(const RequestHead& head);

// Whether an append may begin, by the state of its upload resource. `body_bytes`: what the body
// will have, if that is known. Nothing: it may. The store asks again under its lock.
//
// A body whose length is not known beforehand must be cut where it would pass state.length: a draft
// upload is then invalid and goes (upload_contradiction()), a tus append is 413.
//
// A tus client may send an empty body to an upload that is complete and is answered as if it had
// just completed it: the answer to its last request was lost.
std::optional<UploadRefusal> judge_append(const UploadAppend& append, const UploadState& state,
                                          std::optional<std::uint64_t> body_bytes) noexcept;

// What the upload is once a body has been stored whole and `state.offset` is behind it. The dialect
// and `complete` are those of the creation or append.
enum class UploadProgress : std::uint8_t {
  incomplete,
  complete,      // to be committed
  contradictory  // the draft's client calls complete what is shorter than it said
};
UploadProgress progress_after(UploadDialect dialect, bool complete,
                              const UploadState& state) noexcept;

// 400 inconsistent-upload-length.
UploadRefusal upload_contradiction(UploadDialect dialect) noexcept;

// ---- what a response says. Each adds fields to a head that has been begun.

// To OPTIONS: what is offered, in both dialects.
void add_upload_options(ResponseHead& head, const UploadLimits& limits) noexcept;

// 104, whole: begins the head and ends it.
void build_announcement(ResponseHead& head, std::string_view id, const UploadLimits& limits,
                        int interop_version) noexcept;

// 201 to a creation that leaves an upload resource behind. (A draft creation with `complete` whose
// body has come whole leaves none: its answer is that of an upload that is not resumable.)
void add_upload_created(ResponseHead& head, UploadDialect dialect, std::string_view id,
                        const UploadState& state, const UploadLimits& limits) noexcept;

// 200 (tus) or 204 (draft) to a query. `metadata`: as the creation sent it, else empty.
int query_status(UploadDialect dialect) noexcept;
void add_upload_state(ResponseHead& head, UploadDialect dialect, const UploadState& state,
                      const UploadLimits& limits, std::int64_t now_unix_seconds,
                      std::string_view metadata = {}) noexcept;

// To an append, `state` as it is after it: 204 while the upload is incomplete and always for tus.
// When a draft upload is complete, the status and fields of the committed file come with these.
void add_upload_appended(ResponseHead& head, UploadDialect dialect,
                         const UploadState& state) noexcept;

// 204 to a cancellation.
void add_upload_cancelled(ResponseHead& head, UploadDialect dialect) noexcept;

// To a refusal: the fields that go with its status. Not Content-Type.
void add_upload_refusal(ResponseHead& head, const UploadRefusal& refusal) noexcept;
// application/problem+json if refusal.problem is not none, else text/plain. Throws std::bad_alloc.
std::string refusal_body(const UploadRefusal& refusal);
std::string_view refusal_content_type(const UploadRefusal& refusal) noexcept;

}  // namespace overlap::protocol
