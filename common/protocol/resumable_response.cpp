// What a response says of resumable uploads.
#include <algorithm>
#include <array>
#include <charconv>

#include "common/protocol/http_date.h"
#include "common/protocol/problem.h"
#include "common/protocol/resumable.h"
#include "common/protocol/resumable_dialects.h"
#include "common/protocol/structured_fields.h"

namespace overlap::protocol {
namespace {

constexpr std::string_view problem_types = "https://iana.org/assignments/http-problem-types#";

// "max-size=N, max-age=S".
class LimitText {
 public:
  explicit LimitText(const UploadLimits& limits) noexcept {
    put("max-size=", limits.size_max);
    if (limits.max_age_seconds > 0) put(", max-age=", limits.max_age_seconds);
  }
  std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  void put(std::string_view key, std::uint64_t value) noexcept {
    constexpr std::uint64_t most = structured_integer_max;
    char* to = std::copy(key.begin(), key.end(), text_.data() + length_);
    to = std::to_chars(to, text_.data() + text_.size(), std::min(value, most)).ptr;
    length_ = static_cast<std::size_t>(to - text_.data());
  }

  std::array<char, 64> text_;
  std::size_t length_ = 0;
};

constexpr std::string_view boolean_text(bool value) noexcept { return value ? "?1" : "?0"; }

void add_location(ResponseHead& head, std::string_view id) noexcept {
  std::array<char, upload_folder.size() + upload_id_bytes> path;
  const std::size_t id_bytes = std::min(id.size(), upload_id_bytes);
  std::copy(upload_folder.begin(), upload_folder.end(), path.begin());
  std::copy_n(id.begin(), id_bytes, path.begin() + upload_folder.size());
  head.add("Location", std::string_view(path.data(), upload_folder.size() + id_bytes));
}

void add_tus(ResponseHead& head) noexcept { head.add("Tus-Resumable", tus_version); }

void add_expiry(ResponseHead& head, const UploadState& state) noexcept {
  // Of an upload that is complete nothing is left to expire.
  if (state.expires_unix_seconds != 0 && !state.complete)
    head.add("Upload-Expires", HttpDate(state.expires_unix_seconds).text());
}

UploadLimits remaining(const UploadLimits& limits, const UploadState& state,
                       std::int64_t now) noexcept {
  UploadLimits left{limits.size_max, 0};
  if (state.expires_unix_seconds > now)
    left.max_age_seconds = static_cast<std::uint64_t>(state.expires_unix_seconds - now);
  return left;
}

std::string_view name_of(UploadProblem problem) noexcept {
  switch (problem) {
    case UploadProblem::mismatching_offset: return "mismatching-upload-offset";
    case UploadProblem::completed: return "completed-upload";
    case UploadProblem::inconsistent_length: return "inconsistent-upload-length";
    case UploadProblem::none: break;
  }
  return {};
}

}  // namespace

void add_upload_options(ResponseHead& head, const UploadLimits& limits) noexcept {
  head.add("Tus-Resumable", tus_version)
      .add("Tus-Version", tus_version)
      .add("Tus-Extension",
           "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration")
      .add("Tus-Max-Size", limits.size_max)
      .add("Tus-Checksum-Algorithm", "sha256,sha512")
      .add("Accept-Patch", "application/partial-upload, application/offset+octet-stream")
      .add("Upload-Limit", LimitText(limits).text());
}

void build_announcement(ResponseHead& head, std::string_view id, const UploadLimits& limits,
                        int interop_version) noexcept {
  head.begin(104);
  add_location(head, id);
  head.add("Upload-Draft-Interop-Version", static_cast<std::uint64_t>(interop_version))
      .add("Upload-Limit", LimitText(limits).text());
  head.end();
}

void add_upload_created(ResponseHead& head, UploadDialect dialect, std::string_view id,
                        const UploadState& state, const UploadLimits& limits) noexcept {
  add_location(head, id);
  head.add("Upload-Offset", state.offset);
  if (dialect == UploadDialect::tus) {
    add_tus(head);
    add_expiry(head, state);
    return;
  }
  head.add("Upload-Complete", boolean_text(state.complete))
      .add("Upload-Limit", LimitText(limits).text());
}

int query_status(UploadDialect dialect) noexcept {
  return dialect == UploadDialect::tus ? 200 : 204;
}

void add_upload_state(ResponseHead& head, UploadDialect dialect, const UploadState& state,
                      const UploadLimits& limits, std::int64_t now_unix_seconds,
                      std::string_view metadata) noexcept {
  head.add("Cache-Control", "no-store").add("Upload-Offset", state.offset);
  if (state.length) head.add("Upload-Length", *state.length);
  if (dialect == UploadDialect::tus) {
    add_tus(head);
    if (!state.length) head.add("Upload-Defer-Length", "1");
    if (!metadata.empty()) head.add("Upload-Metadata", metadata);
    add_expiry(head, state);
    return;
  }
  head.add("Upload-Complete", boolean_text(state.complete))
      .add("Upload-Limit", LimitText(remaining(limits, state, now_unix_seconds)).text());
}

void add_upload_appended(ResponseHead& head, UploadDialect dialect,
                         const UploadState& state) noexcept {
  head.add("Upload-Offset", state.offset);
  if (dialect == UploadDialect::tus) {
    add_tus(head);
    add_expiry(head, state);
    return;
  }
  head.add("Upload-Complete", boolean_text(state.complete));
}

void add_upload_cancelled(ResponseHead& head, UploadDialect dialect) noexcept {
  if (dialect == UploadDialect::tus) add_tus(head);
}

void add_upload_refusal(ResponseHead& head, const UploadRefusal& refusal) noexcept {
  if (refusal.dialect == UploadDialect::tus) add_tus(head);
  switch (refusal.status) {
    case 405: head.add("Allow", "HEAD, PATCH, DELETE, OPTIONS"); break;
    case 412: head.add("Tus-Version", tus_version); break;
    case 415:
      head.add("Accept-Patch",
               refusal.dialect == UploadDialect::tus ? tus_content_type : draft_content_type);
      break;
    default: break;
  }
  if (refusal.problem == UploadProblem::mismatching_offset)
    head.add("Upload-Offset", refusal.expected_offset);
}

std::string refusal_body(const UploadRefusal& refusal) {
  if (refusal.problem == UploadProblem::none) return std::string(refusal.sentence) + '\n';
  std::string type(problem_types);
  type += name_of(refusal.problem);
  Problem problem(type, refusal.sentence, refusal.status);
  if (refusal.problem == UploadProblem::mismatching_offset) {
    problem.add("expected-offset", refusal.expected_offset)
        .add("provided-offset", refusal.provided_offset);
  }
  return problem.finish();
}

std::string_view refusal_content_type(const UploadRefusal& refusal) noexcept {
  return refusal.problem == UploadProblem::none ? "text/plain; charset=utf-8"
                                                : problem_content_type;
}

}  // namespace overlap::protocol
