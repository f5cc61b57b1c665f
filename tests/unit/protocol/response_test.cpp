// What responses are made of: dates, tags, types, reasons, heads.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/content_disposition.h"
#include "common/protocol/content_type.h"
#include "common/protocol/digest_fields.h"
#include "common/protocol/etag.h"
#include "common/protocol/http_date.h"
#include "common/protocol/response_head.h"
#include "common/protocol/resumable.h"
#include "common/protocol/status.h"

namespace overlap::protocol {
namespace {

TEST(HttpDate, table) {
  const std::vector<std::pair<std::int64_t, std::string>> rows{
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
      {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
      {1709251199, "Thu, 29 Feb 2024 23:59:59 GMT"},
      {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
      {-11644473600, "Mon, 01 Jan 1601 00:00:00 GMT"},
      {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
      {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
  };
  for (const auto& [seconds, text] : rows) {
    EXPECT_EQ(HttpDate(seconds).text(), text);
    EXPECT_EQ(parse_http_date(text), seconds) << text;
  }
  EXPECT_EQ(HttpDate(253402300800).text(), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(HttpDate(INT64_MAX).text(), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(HttpDate(INT64_MIN).text(), "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST(HttpDate, other_forms_are_no_dates) {
  for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT", "Wed, 30 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, +6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 ovN 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(HttpDate, is_read_back) {
  for (std::int64_t seconds = -62167219200; seconds < 253402300799; seconds += 987654321)
    ASSERT_EQ(parse_http_date(HttpDate(seconds).text()), seconds);
}

TEST(EntityTag, tells_files_apart) {
  EXPECT_EQ(EntityTag(0x1a, 0xff, 0).text(), "\"1a-ff-0\"");
  EXPECT_EQ(EntityTag(UINT64_MAX, UINT64_MAX, UINT64_MAX).text(),
            "\"ffffffffffffffff-ffffffffffffffff-ffffffffffffffff\"");
  EXPECT_NE(EntityTag(1, 2, 3).text(), EntityTag(1, 2, 4).text());
  EXPECT_NE(EntityTag(1, 2, 3).text(), EntityTag(1, 3, 3).text());
  EXPECT_NE(EntityTag(1, 2, 3).text(), EntityTag(2, 2, 3).text());
}

TEST(ContentType, by_extension) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"a.txt", "text/plain; charset=utf-8"},
      {"a/b.HTML", "text/html; charset=utf-8"},
      {"x.tar.gz", "application/gzip"},
      {"x.7z", "application/x-7z-compressed"},
      {"x.zip", "application/zip"},
      {"x.JPeG", "image/jpeg"},
      {"x", "application/octet-stream"},
      {"x.", "application/octet-stream"},
      {"zip", "application/octet-stream"},
      {"a.zip/b", "application/octet-stream"},
      {"x.unknown", "application/octet-stream"},
      {"x.twelve_chars", "application/octet-stream"},
      {"x.webmanifest", "application/manifest+json"},
      {"x.7Z", "application/x-7z-compressed"},
      {"x.zst", "application/zstd"},
      {"x.MD", "text/markdown; charset=utf-8"},
      {"x.zzz", "application/octet-stream"},
      {"", "application/octet-stream"},
      {"\xc3\xa9.png", "image/png"},
  };
  for (const auto& [name, type] : rows) EXPECT_EQ(content_type_of(name), type) << name;
}

TEST(Status, every_code_that_is_sent_has_a_reason) {
  for (const int status : {100, 104, 200, 201, 204, 206, 301, 304, 308, 400, 401, 403, 404,
                           405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421,
                           422, 423, 429, 431, 460, 500, 501, 502, 503, 505, 507})
    EXPECT_FALSE(reason_phrase(status).empty()) << status;
  EXPECT_TRUE(reason_phrase(299).empty());
}

TEST(ResponseHead, is_built_in_order) {
  ResponseHead head;
  head.begin(206)
      .add("A", "b")
      .add("N", std::uint64_t{18446744073709551615u})
      .add_content_range(5, 10, 20);
  head.end();
  EXPECT_EQ(head.text(),
            "HTTP/1.1 206 Partial Content\r\nA: b\r\nN: 18446744073709551615\r\n"
            "Content-Range: bytes 5-14/20\r\n\r\n");
  EXPECT_FALSE(head.overflowed());
  head.begin(204).end();
  EXPECT_EQ(head.text(), "HTTP/1.1 204 No Content\r\n\r\n");
}

// What a session sends with a file of the longest name, asked for with everything that can be
// asked.
TEST(ResponseHead, has_room_for_the_longest_that_is_sent) {
  ResponseHead head;
  const EntityTag tag(UINT64_MAX, UINT64_MAX, UINT64_MAX);
  std::string name;
  for (int i = 0; i < 251; ++i) name += "\xed\x95\x9c";
  head.begin(206)
      .add("Date", HttpDate(0).text())
      .add("Connection", "keep-alive")
      .add("Content-Type", content_type_of("x.pptx"))
      .add("X-Content-Type-Options", "nosniff")
      .add("Content-Disposition", attachment(name + ".xml"))
      .add("Content-Length", UINT64_MAX)
      .add("Accept-Ranges", "bytes")
      .add("ETag", tag.text())
      .add("Last-Modified", HttpDate(0).text())
      .add("Cache-Control", "private, no-cache")
      .add("Vary", "Accept, Authorization")
      .add("Repr-Digest", DigestText({DigestAlgorithm::sha_512, {}}).text())
      .add("Content-Digest", DigestText({DigestAlgorithm::sha_512, {}}).text())
      .add("Content-Security-Policy", "default-src 'none'; sandbox")
      .add_content_range(UINT64_MAX - 1, 1, UINT64_MAX);
  head.end();
  EXPECT_FALSE(head.overflowed());
}

TEST(ResponseHead, has_room_for_the_longest_answer_to_an_upload) {
  ResponseHead head;
  const UploadState state{UINT64_MAX, UINT64_MAX, false, 253402300799};
  head.begin(200)
      .add("Date", HttpDate(0).text())
      .add("Connection", "keep-alive")
      .add("Content-Length", std::uint64_t{0});
  add_upload_state(head, UploadDialect::tus, state, {}, 0,
                   std::string(upload_metadata_bytes_max, 'm'));
  head.end();
  EXPECT_FALSE(head.overflowed());
}

TEST(ResponseHead, lets_no_text_begin_a_line_of_its_own) {
  struct Row {
    std::string name, value;
    bool accepted;
  };
  const std::vector<Row> rows{
      {"Location", "/a%0D%0Ab", true},
      {"A", "", true},
      {"A", "b\tc d\xc3\xa9", true},
      {"Location", "/a\r\nSet-Cookie: x", false},
      {"A", "b\r", false},
      {"A", "b\n", false},
      {"A", std::string("b\0", 2), false},
      {"A", "b\x7f", false},
      {"A\r\nB", "c", false},
      {"A:", "b", false},
      {"A B", "c", false},
      {"", "b", false},
  };
  for (const Row& row : rows) {
    ResponseHead head;
    head.begin(200).add(row.name, row.value);
    EXPECT_EQ(head.overflowed(), !row.accepted) << row.name << row.value;
    if (!row.accepted) {
      EXPECT_EQ(head.text(), "HTTP/1.1 200 OK\r\n");
    }
    head.begin(200);
    EXPECT_FALSE(head.overflowed());
    head.add(row.name, std::uint64_t{1});
    EXPECT_EQ(head.overflowed(),
              row.name.find_first_of("\r: ") != std::string::npos || row.name.empty());
  }
}

TEST(ResponseHead, says_when_it_overflows) {
  ResponseHead head;
  head.begin(200);
  const std::size_t room = response_head_bytes_max - head.text().size();
  head.add("A", std::string(room - 5, 'x'));  // "A: " and CRLF
  EXPECT_FALSE(head.overflowed());
  head.end();
  EXPECT_TRUE(head.overflowed());
}

}  // namespace
}  // namespace overlap::protocol
