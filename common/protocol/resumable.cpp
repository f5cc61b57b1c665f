// What a request asks of resumable uploads: the choice of the dialect, and the draft's.
#include "common/protocol/resumable.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/protocol/content_disposition.h"
#include "common/protocol/grammar.h"
#include "common/protocol/resumable_dialects.h"
#include "common/protocol/structured_fields.h"

namespace overlap::protocol {
namespace {

UploadRefusal refuse(UploadDialect dialect, int status, std::string_view sentence) noexcept {
  return {dialect, status, sentence, UploadProblem::none, 0, 0};
}
UploadRefusal refuse(int status, std::string_view sentence) noexcept {
  return refuse(UploadDialect::draft, status, sentence);
}

int interop_version_of(const RequestHead& head) noexcept {
  const auto version = count_of(head, "Upload-Draft-Interop-Version");
  const bool spoken = version && *version >= draft_interop_min && *version <= draft_interop_max;
  return spoken ? static_cast<int>(*version) : 0;
}

// How long the body is, if the head says so. No framing is no body (RFC 9112, 6.3).
std::optional<std::uint64_t> body_bytes_of(const RequestHead& head) noexcept {
  if (head.framing == Framing::chunked) return std::nullopt;
  return head.content_length;
}

struct Length {
  std::optional<std::uint64_t> value;
  bool consistent = true;
};

// The length of the whole upload, from Upload-Length or from the end of a body that completes it.
Length length_of(const RequestHead& head, std::uint64_t offset, bool complete) noexcept {
  Length length{count_of(head, "Upload-Length"), true};
  const auto body_bytes = body_bytes_of(head);
  if (!body_bytes) return length;
  if (*body_bytes > std::numeric_limits<std::uint64_t>::max() - offset)
    return {std::nullopt, false};
  const std::uint64_t end = offset + *body_bytes;
  if (length.value) length.consistent = complete ? end == *length.value : end <= *length.value;
  if (complete) length.value = end;
  return length;
}

UploadRequest interpret_creation(const RequestHead& head, bool complete) {
  UploadCreation creation;
  creation.dialect = UploadDialect::draft;
  creation.complete = complete;
  const Length length = length_of(head, 0, complete);
  if (!length.consistent) return upload_contradiction(UploadDialect::draft);
  creation.length = length.value;
  creation.interop_version = interop_version_of(head);
  const FieldLines disposition = head.lines("Content-Disposition");
  if (disposition.count == 1)
    creation.file_name = file_name_of(disposition.value).value_or(std::string());
  if (creation.file_name.size() > upload_file_name_bytes_max)
    return refuse(400, "The file name in Content-Disposition is too long.");
  return creation;
}

UploadRequest interpret_append(const RequestHead& head) noexcept {
  if (has_content_type(head, tus_content_type))
    return refuse(UploadDialect::tus, 412, "The request has no Tus-Resumable.");
  if (!has_content_type(head, draft_content_type))
    return refuse(415, "An upload is appended to with application/partial-upload.");
  const auto complete = boolean_of(head, "Upload-Complete");
  if (!complete) return refuse(400, "The request has no valid Upload-Complete.");
  const auto offset = count_of(head, "Upload-Offset");
  if (!offset) return refuse(400, "The request has no valid Upload-Offset.");
  const Length length = length_of(head, *offset, *complete);
  if (!length.consistent) return upload_contradiction(UploadDialect::draft);
  UploadAppend append;
  append.dialect = UploadDialect::draft;
  append.offset = *offset;
  append.length = length.value;
  append.complete = *complete;
  append.interop_version = interop_version_of(head);
  return append;
}

UploadRequest interpret_resource(const RequestHead& head) noexcept {
  switch (head.method) {
    case Method::head: return UploadQuery{UploadDialect::draft};
    case Method::remove: return UploadCancel{UploadDialect::draft};
    case Method::patch: return interpret_append(head);
    default: return refuse(405, "An upload takes HEAD, PATCH and DELETE only.");
  }
}

}  // namespace

std::optional<std::string_view> upload_id_of(std::string_view path) noexcept {
  if (!path.starts_with(upload_folder)) return std::nullopt;
  const std::string_view id = path.substr(upload_folder.size());
  const auto is_lower_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  if (id.size() != upload_id_bytes || !std::all_of(id.begin(), id.end(), is_lower_hex))
    return std::nullopt;
  return id;
}

std::string upload_path(std::string_view id) {
  std::string path(upload_folder);
  path += id;
  return path;
}

bool has_content_type(const RequestHead& head, std::string_view type) noexcept {
  const FieldLines field = head.lines("Content-Type");
  return field.count == 1 &&
         equals_ignoring_case(trimmed(field.value.substr(0, field.value.find(';'))), type);
}

UploadRequest interpret_upload(const RequestHead& head) {
  if (head.method == Method::options) return NotResumable{};
  const bool tus = head.lines("Tus-Resumable").count > 0;
  if (head.path.starts_with(upload_folder)) {
    if (!upload_id_of(head.path)) {
      return refuse(tus ? UploadDialect::tus : UploadDialect::draft, 404,
                    "There is no such upload.");
    }
    return tus ? interpret_tus_resource(head) : interpret_resource(head);
  }
  if (tus) return head.method == Method::post ? interpret_tus_creation(head) : NotResumable{};
  if (head.method != Method::put && head.method != Method::post) return NotResumable{};
  const auto complete = boolean_of(head, "Upload-Complete");
  return complete ? interpret_creation(head, *complete) : NotResumable{};
}

std::optional<UploadRefusal> judge_append(const UploadAppend& append, const UploadState& state,
                                          std::optional<std::uint64_t> body_bytes) noexcept {
  const bool tus = append.dialect == UploadDialect::tus;
  if (!tus && state.complete) {
    if (body_bytes != 0u) return upload_contradiction(UploadDialect::draft);
    UploadRefusal refusal = refuse(400, "The upload is complete already.");
    refusal.problem = UploadProblem::completed;
    return refusal;
  }
  if (append.offset != state.offset) {
    return UploadRefusal{append.dialect,
                         409,
                         "The upload is at another offset.",
                         UploadProblem::mismatching_offset,
                         state.offset,
                         append.offset};
  }
  const auto length = state.length ? state.length : append.length;
  const bool other_length = append.length && append.length != length;
  const bool shorter = length && *length < append.offset;
  if (other_length || shorter) return upload_contradiction(append.dialect);
  if (!length || !body_bytes || *body_bytes <= *length - append.offset) return std::nullopt;
  if (!tus) return upload_contradiction(UploadDialect::draft);
  return refuse(UploadDialect::tus, 413, "The body is longer than the rest of the upload.");
}

UploadProgress progress_after(UploadDialect dialect, bool complete,
                              const UploadState& state) noexcept {
  const bool whole = state.length == state.offset;
  if (dialect == UploadDialect::tus)
    return whole ? UploadProgress::complete : UploadProgress::incomplete;
  if (!complete) return UploadProgress::incomplete;
  return whole || !state.length ? UploadProgress::complete : UploadProgress::contradictory;
}

UploadRefusal upload_contradiction(UploadDialect dialect) noexcept {
  return {dialect,
          400,
          "The request contradicts itself or the upload about the upload's length.",
          UploadProblem::inconsistent_length,
          0,
          0};
}

}  // namespace overlap::protocol
