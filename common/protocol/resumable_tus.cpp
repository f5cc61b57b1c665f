// The dialect of tus 1.0.0.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "common/protocol/base64.h"
#include "common/protocol/grammar.h"
#include "common/protocol/plain_text.h"
#include "common/protocol/resumable_dialects.h"

namespace overlap::protocol {
namespace {

constexpr std::uint64_t size_max = std::numeric_limits<std::int64_t>::max();

UploadRefusal refuse(int status, std::string_view sentence) noexcept {
  return {UploadDialect::tus, status, sentence, UploadProblem::none, 0, 0};
}

// Nothing unless the field is there once and is a number of bytes.
std::optional<std::uint64_t> size_of(const RequestHead& head, std::string_view name) noexcept {
  const FieldLines field = head.lines(name);
  const auto size = field.count == 1 ? parse_decimal(field.value) : std::nullopt;
  return size && *size <= size_max ? size : std::nullopt;
}

bool speaks_version(const RequestHead& head) noexcept {
  const FieldLines field = head.lines("Tus-Resumable");
  return field.count == 1 && field.value == tus_version;
}

UploadRefusal refuse_version() noexcept {
  return refuse(412, "Only tus 1.0.0 is spoken here.");  // add_upload_refusal() adds Tus-Version
}

// Upload-Checksum: the name of the algorithm, a space, the digest in base64.
std::optional<UploadRefusal> read_checksum(const RequestHead& head,
                                           std::optional<Digest>& checksum) noexcept {
  const FieldLines field = head.lines("Upload-Checksum");
  if (field.count == 0) return std::nullopt;
  const std::size_t space = field.value.find(' ');
  if (field.count > 1 || space == std::string_view::npos)
    return refuse(400, "The Upload-Checksum is not an algorithm and a digest.");
  const std::string_view name = field.value.substr(0, space);
  Digest digest;
  if (name == "sha512")
    digest.algorithm = DigestAlgorithm::sha_512;
  else if (name != "sha256")
    return refuse(400, "The algorithm of the Upload-Checksum is not offered.");
  if (decode_base64(field.value.substr(space + 1), digest.bytes) != digest.size())
    return refuse(400, "The Upload-Checksum has not the length of its algorithm.");
  checksum = digest;
  return std::nullopt;
}

bool is_metadata_key(std::string_view key) noexcept {
  return !key.empty() &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<UploadRefusal> read_file_name(std::string_view text, std::string& name) {
  auto decoded = decode_base64(text);
  if (!decoded || decoded->size() > upload_file_name_bytes_max || !is_plain_text(*decoded))
    return refuse(400, "The filename in Upload-Metadata is no name.");
  name = std::move(*decoded);
  return std::nullopt;
}

// Upload-Metadata: key [ " " base64 ] *( "," key [ " " base64 ] ), no key twice.
std::optional<UploadRefusal> read_metadata(const RequestHead& head, UploadCreation& creation) {
  const FieldLines field = head.lines("Upload-Metadata");
  if (field.count > 1) return refuse(400, "The request has more than one Upload-Metadata.");
  if (field.value.size() > upload_metadata_bytes_max)
    return refuse(431, "The Upload-Metadata is too long.");
  std::vector<std::string_view> keys;
  std::string_view rest = field.value;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view pair = trimmed(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    const std::size_t space = pair.find(' ');
    const std::string_view key = pair.substr(0, space);
    const std::string_view value =
        space == std::string_view::npos ? std::string_view() : pair.substr(space + 1);
    const bool known = std::find(keys.begin(), keys.end(), key) != keys.end();
    if (!is_metadata_key(key) || known || !is_base64(value) ||
        keys.size() == upload_metadata_keys_max)
      return refuse(400, "The Upload-Metadata is not a list of keys and base64 values.");
    keys.push_back(key);
    if (key != "filename") continue;
    if (auto refusal = read_file_name(value, creation.file_name)) return refusal;
  }
  creation.metadata = field.value;
  return std::nullopt;
}

std::optional<UploadRefusal> read_length(const RequestHead& head, UploadCreation& creation) {
  const bool named = head.lines("Upload-Length").count > 0;
  const FieldLines deferred = head.lines("Upload-Defer-Length");
  if (named == (deferred.count > 0))
    return refuse(400, "A tus creation needs either Upload-Length or Upload-Defer-Length.");
  if (!named) {
    if (deferred.count == 1 && deferred.value == "1") return std::nullopt;
    return refuse(400, "The Upload-Defer-Length is not 1.");
  }
  creation.length = size_of(head, "Upload-Length");
  if (creation.length) return std::nullopt;
  return refuse(400, "The Upload-Length is not one whole number.");
}

UploadRequest interpret_append(const RequestHead& head) noexcept {
  if (!has_content_type(head, tus_content_type))
    return refuse(415, "A tus upload is sent as application/offset+octet-stream.");
  UploadAppend append;
  const auto offset = size_of(head, "Upload-Offset");
  if (!offset) return refuse(400, "The Upload-Offset is not one whole number.");
  append.offset = *offset;
  if (head.lines("Upload-Length").count > 0) {  // of a creation that deferred it
    append.length = size_of(head, "Upload-Length");
    if (!append.length) return refuse(400, "The Upload-Length is not one whole number.");
  }
  if (auto refusal = read_checksum(head, append.checksum)) return *refusal;
  return append;
}

}  // namespace

UploadRequest interpret_tus_resource(const RequestHead& head) noexcept {
  if (!speaks_version(head)) return refuse_version();
  switch (head.method) {
    case Method::head: return UploadQuery{UploadDialect::tus};
    case Method::remove: return UploadCancel{UploadDialect::tus};
    case Method::patch: return interpret_append(head);
    default: return refuse(405, "An upload takes HEAD, PATCH and DELETE only.");
  }
}

UploadRequest interpret_tus_creation(const RequestHead& head) {
  if (!speaks_version(head)) return refuse_version();
  if (head.lines("Upload-Concat").count > 0)
    return refuse(400, "Uploads cannot be put together from others here.");
  UploadCreation creation;
  if (auto refusal = read_length(head, creation)) return *refusal;
  if (auto refusal = read_metadata(head, creation)) return *refusal;
  if (auto refusal = read_checksum(head, creation.checksum)) return *refusal;
  const bool has_body = head.framing == Framing::chunked || head.content_length > 0;
  if (has_body && !has_content_type(head, tus_content_type))
    return refuse(415, "A tus upload is sent as application/offset+octet-stream.");
  if (creation.length && head.content_length > *creation.length)
    return refuse(413, "The body is longer than the Upload-Length.");
  return creation;
}

}  // namespace overlap::protocol
