// What requests ask of resumable uploads, in both dialects.
#include "common/protocol/resumable.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/base64.h"
#include "tests/unit/protocol/head_of.h"

namespace overlap::protocol {
namespace {

const std::string id = "0123456789abcdef0123456789abcdef";
const std::string resource = "/.overlap-uploads/" + id;
const std::string tus = "Tus-Resumable: 1.0.0\r\n";

std::string encoded(std::string_view bytes) {
  std::string text(base64_length(bytes.size()), ' ');
  encode_base64(std::as_bytes(std::span(bytes)), text.data());
  return text;
}

std::string shown(UploadDialect dialect) { return dialect == UploadDialect::tus ? "tus" : "draft"; }
std::string shown(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "?";
}

// What a request means, in a line.
struct Shown {
  std::string operator()(const NotResumable&) const { return "not"; }
  std::string operator()(const UploadCreation& creation) const {
    std::string text = shown(creation.dialect) + " create length=" + shown(creation.length);
    if (creation.complete) text += " complete";
    if (!creation.file_name.empty()) text += " name=" + creation.file_name;
    if (creation.checksum) text += " " + std::string(name_of(creation.checksum->algorithm));
    if (creation.interop_version != 0) text += " v" + std::to_string(creation.interop_version);
    return text;
  }
  std::string operator()(const UploadAppend& append) const {
    std::string text = shown(append.dialect) + " append at " + std::to_string(append.offset) +
                       " length=" + shown(append.length);
    if (append.complete) text += " complete";
    if (append.checksum) text += " " + std::string(name_of(append.checksum->algorithm));
    if (append.interop_version != 0) text += " v" + std::to_string(append.interop_version);
    return text;
  }
  std::string operator()(const UploadQuery& query) const { return shown(query.dialect) + " query"; }
  std::string operator()(const UploadCancel& cancel) const {
    return shown(cancel.dialect) + " cancel";
  }
  std::string operator()(const UploadRefusal& refusal) const {
    EXPECT_FALSE(refusal.sentence.empty());
    std::string text = shown(refusal.dialect) + " " + std::to_string(refusal.status);
    if (refusal.problem == UploadProblem::inconsistent_length) text += " length";
    return text;
  }
};

struct Row {
  std::string method, target, lines, meaning;
};
void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const TestHead head(row.method, row.target, row.lines);
    EXPECT_EQ(std::visit(Shown(), interpret_upload(head)), row.meaning)
        << row.method << " " << row.target << "\n"
        << row.lines;
  }
}

TEST(Uploads, paths_have_one_form) {
  EXPECT_EQ(upload_path(id), resource);
  EXPECT_EQ(upload_id_of(resource), id);
  for (const std::string& path : std::vector<std::string>{
           "/", "/.overlap-uploads/", "/.overlap-uploads", resource + "/", resource + "0",
           resource.substr(0, resource.size() - 1), "/" + resource, resource.substr(1),
           "/.overlap-uploads/0123456789ABCDEF0123456789abcdef",
           "/.overlap-uploads/0123456789abcdeg0123456789abcdef", "/.Overlap-uploads/" + id,
           "/%2eoverlap-uploads/" + id, "/.overlap-uploads/%30123456789abcdef0123456789abcd"}) {
    EXPECT_FALSE(upload_id_of(path)) << path;
  }
}

TEST(Uploads, requests_without_their_fields_are_none) {
  check({
      {"GET", "/a", "", "not"},
      {"PUT", "/a", "Content-Length: 1\r\n", "not"},
      {"POST", "/a/", "Content-Length: 1\r\n", "not"},
      {"PATCH", "/a", "Upload-Complete: ?1\r\nUpload-Offset: 0\r\n", "not"},
      {"OPTIONS", "/a", tus, "not"},
      {"OPTIONS", resource, tus, "not"},
      {"OPTIONS", resource, "", "not"},
      {"GET", "/a", tus, "not"},
      {"PUT", "/a", tus + "Upload-Length: 1\r\n", "not"},
      {"PATCH", "/a", tus, "not"},
      {"HEAD", "/a", "Upload-Complete: ?1\r\n", "not"},
  });
}

TEST(Uploads, resources_take_few_methods) {
  check({
      {"HEAD", resource, tus, "tus query"},
      {"DELETE", resource, tus, "tus cancel"},
      {"HEAD", resource, "", "draft query"},
      {"DELETE", resource, "", "draft cancel"},
      {"HEAD", resource + "?x", "", "draft query"},
      {"GET", resource, "", "draft 405"},
      {"GET", resource, tus, "tus 405"},
      {"PUT", resource, "Upload-Complete: ?1\r\n", "draft 405"},
      {"POST", resource, tus + "Upload-Length: 1\r\n", "tus 405"},
      // Method override is not honoured.
      {"POST", resource, tus + "X-HTTP-Method-Override: PATCH\r\nUpload-Offset: 0\r\n", "tus 405"},
      {"MOVE", resource, "Destination: /a\r\n", "draft 405"},
      {"HEAD", resource + "0", "", "draft 404"},
      {"HEAD", resource + "0", tus, "tus 404"},
      {"PUT", "/.overlap-uploads/x", "", "draft 404"},
      {"HEAD", resource, "Tus-Resumable: 0.2.2\r\n", "tus 412"},
      {"HEAD", resource, "Tus-Resumable: \r\n", "tus 412"},
      {"DELETE", resource, "Tus-Resumable: 1.0\r\n", "tus 412"},
      {"PATCH", resource, "Tus-Resumable: 2.0.0\r\n", "tus 412"},
      {"HEAD", resource, tus + tus, "tus 412"},
  });
}

TEST(TusUploads, are_created) {
  const std::string text = "Content-Type: application/offset+octet-stream\r\n";
  check({
      {"POST", "/f/", tus + "Upload-Length: 100\r\n", "tus create length=100"},
      {"POST", "/f/name", tus + "Upload-Length: 0\r\n", "tus create length=0"},
      {"POST", "/f/", tus + "Upload-Defer-Length: 1\r\n", "tus create length=?"},
      {"POST", "/f/", tus + "Upload-Length: 9223372036854775807\r\n",
       "tus create length=9223372036854775807"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nContent-Length: 5\r\n" + text,
       "tus create length=5"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nContent-Length: 0\r\n", "tus create length=5"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nTransfer-Encoding: chunked\r\n" + text,
       "tus create length=5"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nUpload-Complete: ?1\r\n", "tus create length=5"},
      {"POST", "/f/", tus, "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nUpload-Defer-Length: 1\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nUpload-Length: 5\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: -5\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: \r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: 5.0\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: 9223372036854775808\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Defer-Length: 0\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Defer-Length: 1\r\nUpload-Defer-Length: 1\r\n", "tus 400"},
      {"POST", "/f/", "Tus-Resumable: 0.2.2\r\nUpload-Length: 5\r\n", "tus 412"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nUpload-Concat: partial\r\n", "tus 400"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nContent-Length: 5\r\n", "tus 415"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nTransfer-Encoding: chunked\r\n", "tus 415"},
      {"POST", "/f/", tus + "Upload-Length: 5\r\nContent-Length: 6\r\n" + text, "tus 413"},
  });
}

TEST(TusUploads, carry_a_file_name) {
  const auto row = [](const std::string& metadata, const std::string& meaning) {
    return Row{"POST", "/f/", tus + "Upload-Length: 1\r\nUpload-Metadata: " + metadata + "\r\n",
               meaning};
  };
  const std::string created = "tus create length=1";
  const std::string name = "filename " + encoded("a b.txt");
  check({
      row("", created),
      row(name, created + " name=a b.txt"),
      row("filetype dGV4dC9wbGFpbg==," + name, created + " name=a b.txt"),
      row(name + ", is_confidential", created + " name=a b.txt"),
      row("filename " + encoded("\xed\x95\x9c.txt"), created + " name=\xed\x95\x9c.txt"),
      row("filename " + encoded("../x"), created + " name=../x"),  // the path rules' to refuse
      row("filename", created),
      row("Filename " + encoded("x"), created),
      row(name + "," + name, "tus 400"),
      row("a,a", "tus 400"),
      row(name + ",", created + " name=a b.txt"),
      row("," + name, "tus 400"),
      row(name + ",,b", "tus 400"),
      row("filename YQ", "tus 400"),
      row("filename YR==", "tus 400"),
      row("filename  YQ==", "tus 400"),
      row("filename a.txt", "tus 400"),
      row("other a.txt", "tus 400"),
      row("\xc3\xa9 YQ==", "tus 400"),
      row("filename " + encoded("\xff"), "tus 400"),
      row("filename " + encoded("a\nb"), "tus 400"),
      row("filename " + encoded(std::string("a\0b", 3)), "tus 400"),
      row("filename " + encoded("a\xc2\x85"), "tus 400"),
      row("filename " + encoded(std::string(upload_file_name_bytes_max, 'a')),
          created + " name=" + std::string(upload_file_name_bytes_max, 'a')),
      row("filename " + encoded(std::string(upload_file_name_bytes_max + 1, 'a')), "tus 400"),
      row(std::string(upload_metadata_bytes_max, 'a'), created),
      row(std::string(upload_metadata_bytes_max + 1, 'a'), "tus 431"),
      {"POST", "/f/", tus + "Upload-Length: 1\r\nUpload-Metadata: a\r\nUpload-Metadata: b\r\n",
       "tus 400"},
  });
  std::string keys = "k0";
  for (std::size_t i = 1; i < upload_metadata_keys_max; ++i) keys += ",k" + std::to_string(i);
  check({row(keys, created), row(keys + ",more", "tus 400")});

  const TestHead head("POST", "/f/", tus + "Upload-Length: 1\r\nUpload-Metadata: " + name + "\r\n");
  EXPECT_EQ(std::get<UploadCreation>(interpret_upload(head)).metadata, name);
}

TEST(TusUploads, are_appended_to) {
  const std::string patch = tus + "Content-Type: application/offset+octet-stream\r\n";
  const std::string sum_256 = encoded(std::string(32, 'x'));
  const std::string sum_512 = encoded(std::string(64, 'x'));
  check({
      {"PATCH", resource, patch + "Upload-Offset: 0\r\n", "tus append at 0 length=?"},
      {"PATCH", resource, patch + "Upload-Offset: 70\r\nContent-Length: 30\r\n",
       "tus append at 70 length=?"},
      {"PATCH", resource, patch + "Upload-Offset: 70\r\nUpload-Length: 100\r\n",
       "tus append at 70 length=100"},
      {"PATCH", resource,
       tus + "Upload-Offset: 0\r\nContent-Type: Application/Offset+Octet-Stream; x=y\r\n",
       "tus append at 0 length=?"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha256 " + sum_256 + "\r\n",
       "tus append at 0 length=? sha-256"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha512 " + sum_512 + "\r\n",
       "tus append at 0 length=? sha-512"},
      {"PATCH", resource, patch, "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: -1\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0x1\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 1\r\nUpload-Offset: 1\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 9223372036854775808\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Length: x\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha1 " + sum_256 + "\r\n",
       "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha256\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha256 \r\n", "tus 400"},
      {"PATCH", resource,
       patch + "Upload-Offset: 0\r\nUpload-Checksum: sha256  " + sum_256 + "\r\n", "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha256 " + sum_512 + "\r\n",
       "tus 400"},
      {"PATCH", resource, patch + "Upload-Offset: 0\r\nUpload-Checksum: sha512 " + sum_256 + "\r\n",
       "tus 400"},
      {"PATCH", resource,
       patch + "Upload-Offset: 0\r\nUpload-Checksum: sha-256 " + sum_256 + "\r\n", "tus 400"},
      {"PATCH", resource, tus + "Upload-Offset: 0\r\n", "tus 415"},
      {"PATCH", resource, tus + "Upload-Offset: 0\r\nContent-Type: application/octet-stream\r\n",
       "tus 415"},
      {"PATCH", resource, tus + "Upload-Offset: 0\r\nContent-Type: application/partial-upload\r\n",
       "tus 415"},
      {"PATCH", resource, patch + "Content-Type: text/plain\r\nUpload-Offset: 0\r\n", "tus 415"},
      {"PATCH", resource, "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n",
       "tus 412"},
  });
}

TEST(DraftUploads, are_created) {
  const std::string whole = "Upload-Complete: ?1\r\n";
  const std::string part = "Upload-Complete: ?0\r\n";
  check({
      {"PUT", "/a", whole + "Content-Length: 5\r\n", "draft create length=5 complete"},
      {"POST", "/f/", whole + "Content-Length: 5\r\n", "draft create length=5 complete"},
      {"PUT", "/a", whole + "Content-Length: 5\r\nUpload-Length: 5\r\n",
       "draft create length=5 complete"},
      {"PUT", "/a", whole, "draft create length=0 complete"},
      {"PUT", "/a", whole + "Transfer-Encoding: chunked\r\n", "draft create length=? complete"},
      {"PUT", "/a", whole + "Transfer-Encoding: chunked\r\nUpload-Length: 7\r\n",
       "draft create length=7 complete"},
      {"PUT", "/a", part, "draft create length=?"},
      {"PUT", "/a", part + "Content-Length: 5\r\n", "draft create length=?"},
      {"PUT", "/a", part + "Content-Length: 5\r\nUpload-Length: 5\r\n", "draft create length=5"},
      {"PUT", "/a", part + "Content-Length: 5\r\nUpload-Length: 9\r\n", "draft create length=9"},
      {"PUT", "/a", part + "Upload-Length: bad\r\n", "draft create length=?"},
      {"PUT", "/a", whole + "Content-Length: 5\r\nUpload-Length: 6\r\n", "draft 400 length"},
      {"PUT", "/a", part + "Content-Length: 5\r\nUpload-Length: 4\r\n", "draft 400 length"},
      // A field that is not a boolean is ignored.
      {"PUT", "/a", "Upload-Complete: 1\r\n", "not"},
      {"PUT", "/a", "Upload-Complete: true\r\n", "not"},
      {"PUT", "/a", whole + whole, "not"},
  });
  for (const auto& [version, spoken] :
       std::vector<std::pair<std::string, std::string>>{{"5", ""},
                                                        {"6", " v6"},
                                                        {"7", " v7"},
                                                        {"8", " v8"},
                                                        {"9", ""},
                                                        {"?1", ""},
                                                        {"8.0", ""}}) {
    check({{"PUT", "/a", part + "Upload-Draft-Interop-Version: " + version + "\r\n",
            "draft create length=?" + spoken}});
  }
  check({
      {"POST", "/f/", part + "Content-Disposition: inline; filename=\"a.txt\"\r\n",
       "draft create length=? name=a.txt"},
      {"POST", "/f/", part + "Content-Disposition: inline; filename*=UTF-8''%ED%95%9C\r\n",
       "draft create length=? name=\xed\x95\x9c"},
      {"POST", "/f/", part + "Content-Disposition: filename\r\n", "draft create length=?"},
      {"POST", "/f/",
       part + "Content-Disposition: inline; filename=" +
           std::string(upload_file_name_bytes_max, 'a') + "\r\n",
       "draft create length=? name=" + std::string(upload_file_name_bytes_max, 'a')},
      {"POST", "/f/",
       part + "Content-Disposition: inline; filename=" +
           std::string(upload_file_name_bytes_max + 1, 'a') + "\r\n",
       "draft 400"},
  });
}

TEST(DraftUploads, are_appended_to) {
  const std::string type = "Content-Type: application/partial-upload\r\n";
  const std::string whole = type + "Upload-Complete: ?1\r\n";
  const std::string part = type + "Upload-Complete: ?0\r\n";
  check({
      {"PATCH", resource, whole + "Upload-Offset: 10\r\nContent-Length: 5\r\n",
       "draft append at 10 length=15 complete"},
      {"PATCH", resource, whole + "Upload-Offset: 10\r\n", "draft append at 10 length=10 complete"},
      {"PATCH", resource, whole + "Upload-Offset: 10\r\nTransfer-Encoding: chunked\r\n",
       "draft append at 10 length=? complete"},
      {"PATCH", resource, part + "Upload-Offset: 10\r\nContent-Length: 5\r\n",
       "draft append at 10 length=?"},
      {"PATCH", resource, part + "Upload-Offset: 10\r\nContent-Length: 5\r\nUpload-Length: 15\r\n",
       "draft append at 10 length=15"},
      {"PATCH", resource, part + "Upload-Offset: 10\r\nUpload-Draft-Interop-Version: 8\r\n",
       "draft append at 10 length=? v8"},
      {"PATCH", resource, whole + "Upload-Offset: 10\r\nContent-Length: 5\r\nUpload-Length: 16\r\n",
       "draft 400 length"},
      {"PATCH", resource, part + "Upload-Offset: 10\r\nContent-Length: 5\r\nUpload-Length: 14\r\n",
       "draft 400 length"},
      {"PATCH", resource, part + "Upload-Offset: 10\r\nUpload-Length: 9\r\n", "draft 400 length"},
      {"PATCH", resource, whole + "Upload-Offset: 10\r\nContent-Length: 18446744073709551615\r\n",
       "draft 400 length"},
      {"PATCH", resource, type + "Upload-Offset: 10\r\n", "draft 400"},
      {"PATCH", resource, type + "Upload-Complete: 1\r\nUpload-Offset: 10\r\n", "draft 400"},
      {"PATCH", resource, whole, "draft 400"},
      {"PATCH", resource, whole + "Upload-Offset: -1\r\n", "draft 400"},
      {"PATCH", resource, whole + "Upload-Offset: 1\r\nUpload-Offset: 1\r\n", "draft 400"},
      {"PATCH", resource, "Upload-Complete: ?1\r\nUpload-Offset: 10\r\n", "draft 415"},
      {"PATCH", resource,
       "Content-Type: text/plain\r\nUpload-Complete: ?1\r\nUpload-Offset: 10\r\n", "draft 415"},
  });
}

TEST(Uploads, an_append_is_judged_by_the_state_of_the_upload) {
  struct JudgeRow {
    UploadAppend append;
    UploadState state;
    std::optional<std::uint64_t> body_bytes;
    int tus, draft;                               // statuses; 0: it may begin
    UploadProblem problem = UploadProblem::none;  // of the draft
  };
  const auto at = [](std::uint64_t offset, std::optional<std::uint64_t> length = std::nullopt) {
    UploadAppend append;
    append.offset = offset;
    append.length = length;
    return append;
  };
  const UploadState open{10, std::nullopt, false, 0};
  const UploadState known{10, 20, false, 0};
  const UploadState complete{20, 20, true, 0};
  using enum UploadProblem;
  const std::vector<JudgeRow> rows{
      {at(10), open, 5, 0, 0},
      {at(10), open, std::nullopt, 0, 0},
      {at(10), known, 10, 0, 0},
      {at(10), known, std::nullopt, 0, 0},
      {at(10, 20), open, 10, 0, 0},
      {at(10, 20), known, 10, 0, 0},
      {at(10, 10), open, 0, 0, 0},
      {at(9), open, 5, 409, 409, mismatching_offset},
      {at(11), known, 5, 409, 409, mismatching_offset},
      {at(10), known, 11, 413, 400, inconsistent_length},
      {at(10), known, UINT64_MAX, 413, 400, inconsistent_length},
      {at(10, 21), known, 5, 400, 400, inconsistent_length},
      {at(10, 20), open, 11, 413, 400, inconsistent_length},
      {at(10, 9), open, 0, 400, 400, inconsistent_length},
      {at(20), complete, 0, 0, 400, completed},
      {at(20), complete, 1, 413, 400, inconsistent_length},
      {at(20), complete, std::nullopt, 0, 400, inconsistent_length},
      {at(0), complete, 0, 409, 400, completed},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const JudgeRow& row = rows[i];
    UploadAppend append = row.append;
    const auto tus_refusal = judge_append(append, row.state, row.body_bytes);
    EXPECT_EQ(tus_refusal ? tus_refusal->status : 0, row.tus) << i;
    append.dialect = UploadDialect::draft;
    const auto refusal = judge_append(append, row.state, row.body_bytes);
    ASSERT_EQ(refusal ? refusal->status : 0, row.draft) << i;
    if (!refusal) continue;
    EXPECT_EQ(refusal->problem, row.problem) << i;
    EXPECT_EQ(refusal->dialect, UploadDialect::draft) << i;
    if (row.problem != mismatching_offset) continue;
    EXPECT_EQ(refusal->expected_offset, row.state.offset) << i;
    EXPECT_EQ(refusal->provided_offset, row.append.offset) << i;
  }
}

TEST(Uploads, are_complete_by_length_or_by_word) {
  using enum UploadDialect;
  using enum UploadProgress;
  const UploadState short_of{10, 20, false, 0};
  const UploadState reached{20, 20, false, 0};
  const UploadState unknown{20, std::nullopt, false, 0};
  for (const bool said : {false, true}) {
    EXPECT_EQ(progress_after(tus, said, short_of), incomplete);
    EXPECT_EQ(progress_after(tus, said, reached), complete);
    EXPECT_EQ(progress_after(tus, said, unknown), incomplete);
  }
  EXPECT_EQ(progress_after(draft, false, short_of), incomplete);
  EXPECT_EQ(progress_after(draft, false, reached), incomplete);
  EXPECT_EQ(progress_after(draft, false, unknown), incomplete);
  EXPECT_EQ(progress_after(draft, true, short_of), contradictory);
  EXPECT_EQ(progress_after(draft, true, reached), complete);
  EXPECT_EQ(progress_after(draft, true, unknown), complete);
}

}  // namespace
}  // namespace overlap::protocol
