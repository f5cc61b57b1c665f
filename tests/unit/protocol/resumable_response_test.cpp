// What responses say of resumable uploads, and problem details.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/problem.h"
#include "common/protocol/resumable.h"

namespace overlap::protocol {
namespace {

using enum UploadDialect;

const std::string id = "0123456789abcdef0123456789abcdef";
const UploadLimits limits{1000, 3600};
constexpr std::int64_t today = 784111777;
const UploadState part{25, 100, false, today + 60};
const UploadState open{25, std::nullopt, false, 0};
const UploadState complete{100, 100, true, today + 60};

// The lines that `add` puts into a head.
template <class Add>
std::string added(Add add) {
  ResponseHead head;
  head.begin(200);
  const std::size_t begin = head.text().size();
  add(head);
  EXPECT_FALSE(head.overflowed());
  return std::string(head.text().substr(begin));
}

TEST(UploadResponse, to_options) {
  EXPECT_EQ(
      added([](ResponseHead& head) { add_upload_options(head, limits); }),
      "Tus-Resumable: 1.0.0\r\nTus-Version: 1.0.0\r\n"
      "Tus-Extension: "
      "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration\r\n"
      "Tus-Max-Size: 1000\r\nTus-Checksum-Algorithm: sha256,sha512\r\n"
      "Accept-Patch: application/partial-upload, application/offset+octet-stream\r\n"
      "Upload-Limit: max-size=1000, max-age=3600\r\n");
}

TEST(UploadResponse, announces_an_upload_resource) {
  ResponseHead head;
  build_announcement(head, id, limits, 8);
  EXPECT_EQ(head.text(),
            "HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /.overlap-uploads/" + id +
                "\r\nUpload-Draft-Interop-Version: 8\r\n"
                "Upload-Limit: max-size=1000, max-age=3600\r\n\r\n");
  build_announcement(head, id, {UINT64_MAX, 0}, 6);
  EXPECT_NE(head.text().find("Upload-Limit: max-size=999999999999999\r\n"), std::string::npos);
}

TEST(UploadResponse, to_a_creation) {
  const auto created = [](UploadDialect dialect, const UploadState& state) {
    return added([&](ResponseHead& head) { add_upload_created(head, dialect, id, state, limits); });
  };
  EXPECT_EQ(created(tus, part), "Location: /.overlap-uploads/" + id +
                                    "\r\nUpload-Offset: 25\r\nTus-Resumable: 1.0.0\r\n"
                                    "Upload-Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n");
  EXPECT_EQ(created(tus, open), "Location: /.overlap-uploads/" + id +
                                    "\r\nUpload-Offset: 25\r\nTus-Resumable: 1.0.0\r\n");
  EXPECT_EQ(created(draft, part), "Location: /.overlap-uploads/" + id +
                                      "\r\nUpload-Offset: 25\r\nUpload-Complete: ?0\r\n"
                                      "Upload-Limit: max-size=1000, max-age=3600\r\n");
}

TEST(UploadResponse, to_a_query) {
  const auto state = [](UploadDialect dialect, const UploadState& of, std::string_view metadata) {
    return added(
        [&](ResponseHead& head) { add_upload_state(head, dialect, of, limits, today, metadata); });
  };
  const std::string begin = "Cache-Control: no-store\r\nUpload-Offset: ";
  EXPECT_EQ(state(tus, part, "a YQ=="),
            begin +
                "25\r\nUpload-Length: 100\r\nTus-Resumable: 1.0.0\r\nUpload-Metadata: a YQ==\r\n"
                "Upload-Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n");
  EXPECT_EQ(state(tus, open, ""),
            begin + "25\r\nTus-Resumable: 1.0.0\r\nUpload-Defer-Length: 1\r\n");
  EXPECT_EQ(state(tus, complete, ""),
            begin + "100\r\nUpload-Length: 100\r\nTus-Resumable: 1.0.0\r\n");
  EXPECT_EQ(state(draft, part, "a YQ=="), begin +
                                              "25\r\nUpload-Length: 100\r\nUpload-Complete: ?0\r\n"
                                              "Upload-Limit: max-size=1000, max-age=60\r\n");
  EXPECT_EQ(state(draft, open, ""),
            begin + "25\r\nUpload-Complete: ?0\r\nUpload-Limit: max-size=1000\r\n");
  const UploadState expired{25, 100, false, today - 1};
  EXPECT_EQ(state(draft, expired, ""), begin +
                                           "25\r\nUpload-Length: 100\r\nUpload-Complete: ?0\r\n"
                                           "Upload-Limit: max-size=1000\r\n");
  EXPECT_EQ(query_status(tus), 200);
  EXPECT_EQ(query_status(draft), 204);
}

TEST(UploadResponse, to_an_append_and_a_cancellation) {
  const auto appended = [](UploadDialect dialect, const UploadState& state) {
    return added([&](ResponseHead& head) { add_upload_appended(head, dialect, state); });
  };
  EXPECT_EQ(appended(tus, part),
            "Upload-Offset: 25\r\nTus-Resumable: 1.0.0\r\n"
            "Upload-Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n");
  EXPECT_EQ(appended(tus, complete), "Upload-Offset: 100\r\nTus-Resumable: 1.0.0\r\n");
  EXPECT_EQ(appended(draft, part), "Upload-Offset: 25\r\nUpload-Complete: ?0\r\n");
  EXPECT_EQ(appended(draft, complete), "Upload-Offset: 100\r\nUpload-Complete: ?1\r\n");
  EXPECT_EQ(added([](ResponseHead& head) { add_upload_cancelled(head, tus); }),
            "Tus-Resumable: 1.0.0\r\n");
  EXPECT_EQ(added([](ResponseHead& head) { add_upload_cancelled(head, draft); }), "");
}

TEST(UploadResponse, to_a_refusal) {
  struct Row {
    UploadRefusal refusal;
    std::string lines, body, type;
  };
  const std::string text = "text/plain; charset=utf-8";
  const std::string problems = "https://iana.org/assignments/http-problem-types#";
  const std::vector<Row> rows{
      {{tus, 412, "s", UploadProblem::none, 0, 0},
       "Tus-Resumable: 1.0.0\r\nTus-Version: 1.0.0\r\n",
       "s\n",
       text},
      {{tus, 415, "s", UploadProblem::none, 0, 0},
       "Tus-Resumable: 1.0.0\r\nAccept-Patch: application/offset+octet-stream\r\n",
       "s\n",
       text},
      {{draft, 415, "s", UploadProblem::none, 0, 0},
       "Accept-Patch: application/partial-upload\r\n",
       "s\n",
       text},
      {{draft, 405, "s", UploadProblem::none, 0, 0},
       "Allow: HEAD, PATCH, DELETE, OPTIONS\r\n",
       "s\n",
       text},
      {{draft, 404, "s", UploadProblem::none, 0, 0}, "", "s\n", text},
      {{draft, 409, "s", UploadProblem::mismatching_offset, 7, 8},
       "Upload-Offset: 7\r\n",
       "{\"type\":\"" + problems +
           "mismatching-upload-offset\",\"title\":\"s\",\"status\":409,"
           "\"expected-offset\":7,\"provided-offset\":8}\n",
       "application/problem+json"},
      {{tus, 409, "s", UploadProblem::mismatching_offset, 7, 8},
       "Tus-Resumable: 1.0.0\r\nUpload-Offset: 7\r\n",
       "{\"type\":\"" + problems +
           "mismatching-upload-offset\",\"title\":\"s\",\"status\":409,"
           "\"expected-offset\":7,\"provided-offset\":8}\n",
       "application/problem+json"},
      {{draft, 400, "s", UploadProblem::completed, 0, 0},
       "",
       "{\"type\":\"" + problems + "completed-upload\",\"title\":\"s\",\"status\":400}\n",
       "application/problem+json"},
      {{draft, 400, "s", UploadProblem::inconsistent_length, 0, 0},
       "",
       "{\"type\":\"" + problems + "inconsistent-upload-length\",\"title\":\"s\",\"status\":400}\n",
       "application/problem+json"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(added([&](ResponseHead& head) { add_upload_refusal(head, row.refusal); }), row.lines);
    EXPECT_EQ(refusal_body(row.refusal), row.body);
    EXPECT_EQ(refusal_content_type(row.refusal), row.type);
  }
}

TEST(Problem, escapes_what_json_does_not_hold) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "\"\""},
      {"a/b", "\"a/b\""},
      {"\"\\", R"("\"\\")"},
      {std::string("\0\x01\n\x1f\x7f", 5), "\"\\u0000\\u0001\\u000a\\u001f\x7f\""},
      {"\xed\x95\x9c \xf0\x9f\x99\x82", "\"\xed\x95\x9c \xf0\x9f\x99\x82\""},
      {"a\xff\xc3", "\"a\\ufffd\\ufffd\""},
      {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
  };
  for (const auto& [text, json] : rows) {
    std::string to;
    append_json_string(to, text);
    EXPECT_EQ(to, json);
  }
  EXPECT_EQ(
      Problem("t", "a\"b", 400).add("c\"", "d\n").add("n", 5u).finish(),
      "{\"type\":\"t\",\"title\":\"a\\\"b\",\"status\":400,\"c\\\"\":\"d\\u000a\",\"n\":5}\n");
}

}  // namespace
}  // namespace overlap::protocol
