// GET and HEAD, scripted: each script also runs in pieces and with every step failing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string small = "0123456789";                        // one read
const std::string large = "abcdefghijklmnopqrstuvwxyz012345";  // more than chunk_bytes: send_file

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"small.txt", small}, {"large.bin", large}, {"empty", ""}};
  return script;
}

TEST(Download, sends_a_small_file_with_its_head_in_one_send) {
  const Script script = script_of(get("/small.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  const Response& response = result.responses[0];
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, small);
  EXPECT_EQ(response.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(response.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(response.headers.at("last-modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_THAT(response.headers.at("etag"), StartsWith("\""));
  EXPECT_FALSE(response.headers.contains("connection"));
  EXPECT_EQ(result.trace, "RorxSR");
  EXPECT_EQ(result.reason, CloseReason::finished);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_TRUE(result.records[0].whole);
  EXPECT_EQ(result.records[0].target, "/small.txt");
  play_every_way(script);
}

TEST(Download, sends_a_large_file_by_send_file_and_closes_it_afterwards) {
  const Script script = script_of(get("/large.bin"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].body, large);
  EXPECT_EQ(result.trace, "RoFrSxR");
  play_every_way(script);
}

TEST(Download, sends_an_empty_file_as_a_head_alone) {
  const Script script = script_of(get("/empty"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].headers.at("content-length"), "0");
  EXPECT_EQ(result.trace, "RoxSR");
  play_every_way(script);
}

TEST(Download, answers_head_like_get_without_the_body) {
  Script script = script_of(get("/large.bin"));
  script.input.replace(0, 3, "HEAD");
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 200);
  EXPECT_EQ(result.responses[0].headers.at("content-length"), std::to_string(large.size()));
  EXPECT_EQ(result.trace, "RoxSR");
  play_every_way(script);
}

TEST(Download, sends_an_error_without_body_to_head) {
  Script script = script_of(get("/missing") + get("/small.txt"));
  script.input.replace(0, 3, "HEAD");
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 404);
  EXPECT_EQ(result.responses[1].body, small);
  play_every_way(script);
}

struct RangeCase {
  std::string name, headers;
  int status;
  std::string body, content_range;
};
class Ranges : public testing::TestWithParam<RangeCase> {};

TEST_P(Ranges, are_answered) {
  const RangeCase& c = GetParam();
  const Script script = script_of(get("/large.bin", c.headers));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  const Response& response = result.responses[0];
  EXPECT_EQ(response.status, c.status);
  if (c.status != 416) {
    EXPECT_EQ(response.body, c.body);
  }
  const auto found = response.headers.find("content-range");
  EXPECT_EQ(found == response.headers.end() ? "" : found->second, c.content_range);
  EXPECT_EQ(result.reason, CloseReason::finished);
  play_every_way(script);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Ranges,
    testing::Values(
        RangeCase{"first", "Range: bytes=0-0\r\n", 206, "a", "bytes 0-0/32"},
        RangeCase{"middle", "Range: bytes=10-30\r\n", 206, large.substr(10, 21), "bytes 10-30/32"},
        RangeCase{"open", "Range: bytes=30-\r\n", 206, "45", "bytes 30-31/32"},
        RangeCase{"suffix", "Range: bytes=-3\r\n", 206, "345", "bytes 29-31/32"},
        RangeCase{"beyond", "Range: bytes=32-\r\n", 416, "", "bytes */32"},
        RangeCase{"several", "Range: bytes=0-1,4-5\r\n", 206, large.substr(0, 6), "bytes 0-5/32"},
        RangeCase{"other_unit", "Range: lines=1-2\r\n", 200, large, ""},
        RangeCase{"stale", "Range: bytes=0-0\r\nIf-Range: \"other\"\r\n", 200, large, ""},
        RangeCase{"dated", "Range: bytes=0-0\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 200,
                  large, ""}),
    [](const auto& row) { return row.param.name; });

TEST(Download, honours_if_range_with_the_same_tag) {
  const Played first = play(script_of(get("/large.bin")));
  const std::string tag = first.responses.at(0).headers.at("etag");
  const Played result =
      play(script_of(get("/large.bin", "Range: bytes=1-2\r\nIf-Range: " + tag + "\r\n")));
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 206);
  EXPECT_EQ(result.responses[0].body, "bc");
}

TEST(Download, ignores_range_in_head) {
  Script script = script_of(get("/large.bin", "Range: bytes=1-2\r\n"));
  script.input.replace(0, 3, "HEAD");
  EXPECT_EQ(play(script).responses.at(0).status, 200);
}

TEST(Download, closes_when_the_file_became_shorter_while_it_was_sent) {
  const Script script = script_of(get("/large.bin") + get("/small.txt"));
  const Played result = play(script, {SIZE_MAX, 2, Fault::shortened, SIZE_MAX});
  EXPECT_EQ(result.reason, CloseReason::failed);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_FALSE(result.responses[0].complete);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_FALSE(result.records[0].whole);
  EXPECT_EQ(result.records[0].status, 200);
}

TEST(Download, takes_a_read_of_nothing_for_the_end_of_the_file) {
  const Played result = play(script_of(get("/small.txt")), {SIZE_MAX, 2, Fault::nothing, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 500);
}

TEST(Download, confesses_when_the_file_became_shorter_before_anything_was_sent) {
  const Script script = script_of(get("/small.txt") + get("/empty"));
  const Played result = play(script, {SIZE_MAX, 2, Fault::eof, SIZE_MAX});
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 500);
  EXPECT_EQ(result.responses[1].status, 200);
}

TEST(Download, sends_a_very_large_file_in_growing_pieces) {
  Script script = script_of(get("/huge"));
  script.config.limits.chunk_bytes = 256 * 1024;
  script.files["huge"] = std::string(20 * 1024 * 1024, 'h');
  const Played result = play(script);
  EXPECT_EQ(result.trace, "RoFFFFFFFFFrvSxR");  // 64 KiB, doubling to 8 MiB
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_TRUE(result.responses[0].complete);
}

struct SizeCase {
  std::size_t chunk, size;
  const char* trace;
};
class ReadOrSendFile : public testing::TestWithParam<SizeCase> {};
TEST_P(ReadOrSendFile, by_size) {
  Script script = script_of(get("/f"));
  script.config.limits.chunk_bytes = GetParam().chunk;
  script.files["f"] = std::string(GetParam().size, 'f');
  EXPECT_EQ(play(script).trace, GetParam().trace);
}
INSTANTIATE_TEST_SUITE_P(Bounds, ReadOrSendFile,
                         testing::Values(SizeCase{16, 16, "RorxSR"}, SizeCase{16, 17, "RoFrSxR"},
                                         SizeCase{1 << 18, 65536, "RorxSR"},
                                         SizeCase{1 << 18, 65537, "RoFrvSxR"}));

struct RefusalCase {
  std::string name, target;
  int status;
  std::string said;
};
class RefusedDownload : public testing::TestWithParam<RefusalCase> {};
TEST_P(RefusedDownload, keeps_the_connection) {
  const Script script = script_of(get(GetParam().target) + get("/small.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, GetParam().status);
  EXPECT_THAT(result.responses[0].body, HasSubstr(GetParam().said));
  EXPECT_EQ(result.responses[0].headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(result.responses[1].body, small);
  EXPECT_EQ(result.reason, CloseReason::finished);
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, RefusedDownload,
    testing::Values(RefusalCase{"missing", "/a/b.txt", 404, "\"/a/b.txt\" does not exist"},
                    RefusalCase{"folder", "/photos/", 404, "\"/photos/\" does not exist"},
                    RefusalCase{"dots", "/../secret", 400, ""},
                    RefusalCase{"backslash", "/a%5Cb", 400, ""},
                    RefusalCase{"device", "/con.txt", 400, ""}),
    [](const auto& row) { return row.param.name; });

TEST(Download, is_refused_where_anonymous_reading_is_off) {
  Script script = script_of(get("/small.txt"));
  script.gate.anonymous.clear();
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 401);
  EXPECT_EQ(result.trace, "RSR");
}

TEST(Download, says_what_the_store_said) {
  const Script script = script_of(get("/small.txt"));
  const std::vector<std::pair<Fault, int>> table{
      {Fault::not_found, 404}, {Fault::is_folder, 301},     {Fault::access_denied, 403},
      {Fault::in_use, 423},    {Fault::name_too_long, 414}, {Fault::failed, 500}};
  for (const auto& [fault, status] : table) {
    const Played result = play(script, {SIZE_MAX, 1, fault, SIZE_MAX});
    EXPECT_EQ(result.responses.at(0).status, status) << fault;
    EXPECT_EQ(result.reason, CloseReason::finished) << fault;
  }
}

}  // namespace
}  // namespace overlap::test
