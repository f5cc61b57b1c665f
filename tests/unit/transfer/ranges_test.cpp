// Several ranges in one response, from memory and in pieces; If-Range.
#include <gtest/gtest.h>

#include "tests/unit/transfer/fake_store.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

std::string pattern(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 26) % 26);
  return text;
}
const std::string file = pattern(2000);

Script script_of(std::string input, std::size_t chunk_bytes) {
  Script script;
  script.input = std::move(input);
  script.files = {{"f.bin", file}, {"next", "next"}};
  script.config.limits.chunk_bytes = chunk_bytes;
  return script;
}
Script ranges(const std::string& value, std::size_t chunk_bytes, const std::string& more = "") {
  return script_of(get("/f.bin", "Range: bytes=" + value + "\r\n" + more), chunk_bytes);
}

// Byte for byte what RFC 9110, 14.6 describes.
std::string multipart(const std::string& boundary,
                      const std::vector<std::pair<std::size_t, std::size_t>>& parts) {
  std::string text;
  for (const auto& [first, last] : parts) {
    if (!text.empty()) text += "\r\n";
    text += "--" + boundary +
            "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes " +
            std::to_string(first) + '-' + std::to_string(last) + "/2000\r\n\r\n" +
            file.substr(first, last - first + 1);
  }
  return text + "\r\n--" + boundary + "--\r\n";
}

struct PartsCase {
  std::string name, value;
  std::vector<std::pair<std::size_t, std::size_t>> parts;
};
std::ostream& operator<<(std::ostream& out, const PartsCase& c) { return out << c.name; }

class Parts : public testing::TestWithParam<PartsCase> {};
TEST_P(Parts, are_sent_byte_for_byte) {
  // From memory, with a held-back end shorter and longer than the last part, and with nearly
  // everything held back.
  for (const std::size_t chunk_bytes : {65536u, 16u, 150u, 700u}) {
    const Script script = ranges(GetParam().value, chunk_bytes);
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 1u);
    const Response& response = result.responses[0];
    ASSERT_EQ(response.status, 206);
    const std::string type = response.field("content-type");
    ASSERT_TRUE(type.starts_with("multipart/byteranges; boundary=")) << type;
    EXPECT_FALSE(response.has("content-range"));
    EXPECT_EQ(response.field("etag"), tag_of("f.bin", file));
    const std::string boundary = type.substr(type.find('=') + 1);
    std::string expected = multipart(boundary, GetParam().parts);
    if (response.body.starts_with("\r\n")) expected = "\r\n" + expected;
    EXPECT_EQ(response.body, expected) << chunk_bytes;
    EXPECT_EQ(response.field("content-length"), std::to_string(expected.size()));
    EXPECT_EQ(parts_of(response).size(), GetParam().parts.size());
    EXPECT_EQ(result.records.at(0).body_bytes_sent, expected.size());
    EXPECT_EQ(result.trace.find('F') == std::string::npos, expected.size() <= chunk_bytes);
    play_every_way(script);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Table, Parts,
    testing::Values(
        PartsCase{"two", "0-9,500-599", {{0, 9}, {500, 599}}},
        PartsCase{"in_the_order_asked_for", "500-599,0-9", {{500, 599}, {0, 9}}},
        PartsCase{"one_byte_each", "0-0,1999-", {{0, 0}, {1999, 1999}}},
        PartsCase{"suffix", "0-99,-100", {{0, 99}, {1900, 1999}}},
        PartsCase{"coalesced", "0-9,10-19,1000-1009,1005-1100", {{0, 19}, {1000, 1100}}},
        PartsCase{"beyond_the_end", "0-4,5000-,1500-9999", {{0, 4}, {1500, 1999}}},
        PartsCase{"long_parts", "0-799,1000-1999", {{0, 799}, {1000, 1999}}},
        PartsCase{"three", "0-0,700-1400,1999-1999", {{0, 0}, {700, 1400}, {1999, 1999}}}),
    [](const auto& row) { return row.param.name; });

TEST(Ranges, that_become_one_are_sent_as_one) {
  for (const std::size_t chunk_bytes : {65536u, 16u}) {
    const Script script = ranges("0-9,5-20,21-30", chunk_bytes);
    const Played result = play(script);
    EXPECT_EQ(result.responses.at(0).status, 206);
    EXPECT_EQ(result.responses.at(0).field("content-range"), "bytes 0-30/2000");
    EXPECT_EQ(result.responses.at(0).body, file.substr(0, 31));
    play_every_way(script);
  }
}

TEST(Ranges, send_no_byte_twice) {
  std::string value = "0-";
  for (int i = 0; i < 100; ++i) value += ",0-";
  Script script = ranges(value, 65536);
  script.config.limits.head_bytes_max = 4096;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 206);
  EXPECT_EQ(result.responses.at(0).body, file);
}

TEST(Ranges, of_200_are_answered_and_one_more_is_ignored) {
  for (const std::size_t count : {200u, 201u}) {
    std::string value;
    for (std::size_t i = 0; i < count; ++i)
      value += (i == 0 ? "" : ",") + std::to_string(i % 2 == 0 ? 0 : 1000) + "-1000";
    Script script = ranges(value, 65536);
    script.config.limits.head_bytes_max = 8192;
    EXPECT_EQ(play(script).responses.at(0).status, count == 200 ? 206 : 200);
  }
}

TEST(Ranges, all_outside_of_the_file_are_416) {
  const Script script = ranges("2000-,3000-4000", 16);
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 416);
  EXPECT_EQ(result.responses.at(0).field("content-range"), "bytes */2000");
  play_every_way(script);
}

TEST(Ranges, of_an_empty_file_are_416) {
  Script script = ranges("0-", 16);
  script.files["f.bin"] = "";
  EXPECT_EQ(play(script).responses.at(0).status, 416);
  script.input = get("/f.bin", "Range: bytes=-5\r\n");
  EXPECT_EQ(play(script).responses.at(0).status, 416);
  play_every_way(script);
}

TEST(Ranges, have_boundaries_that_differ_from_one_response_to_the_next) {
  const Script script = script_of(
      get("/f.bin", "Range: bytes=0-1,500-501\r\n") + get("/f.bin", "Range: bytes=0-1,500-501\r\n"),
      65536);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_NE(result.responses[0].field("content-type"), result.responses[1].field("content-type"));
}

struct IfRangeCase {
  std::string name, value;
  int status;
};
class IfRange : public testing::TestWithParam<IfRangeCase> {};
TEST_P(IfRange, decides_whether_the_range_counts) {
  std::string value = GetParam().value;
  if (const auto at = value.find("%t"); at != std::string::npos)
    value.replace(at, 2, tag_of("f.bin", file));
  for (const char* range : {"3-6", "3-6,1000-1010"}) {
    const Script script = ranges(range, 16, "If-Range: " + value + "\r\n");
    const Played result = play(script);
    EXPECT_EQ(result.responses.at(0).status, GetParam().status);
    if (GetParam().status == 200) {
      EXPECT_EQ(result.responses.at(0).body, file);
    }
    play_every_way(script);
  }
}
INSTANTIATE_TEST_SUITE_P(Table, IfRange,
                         testing::Values(IfRangeCase{"same", "%t", 206},
                                         IfRangeCase{"weak", "W/%t", 200},
                                         IfRangeCase{"other", "\"x\"", 200},
                                         IfRangeCase{"date", "Sun, 06 Nov 1994 08:49:37 GMT", 200},
                                         IfRangeCase{"nonsense", "x", 200},
                                         IfRangeCase{"list", "%t, \"x\"", 200}),
                         [](const auto& row) { return row.param.name; });

TEST(Ranges, outside_of_the_file_are_no_error_when_if_range_fails) {
  const Played result = play(ranges("5000-", 16, "If-Range: \"x\"\r\n"));
  EXPECT_EQ(result.responses.at(0).status, 200);
}

TEST(Ranges, leave_the_connection_ready_for_the_next_request) {
  for (const std::size_t chunk_bytes : {65536u, 16u}) {
    const Script script =
        script_of(get("/f.bin", "Range: bytes=0-99,1000-1099\r\n") + get("/next") +
                      get("/f.bin", "Range: bytes=7-8\r\n") + get("/f.bin"),
                  chunk_bytes);
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 4u);
    EXPECT_EQ(result.responses[1].body, "next");
    EXPECT_EQ(result.responses[2].body, file.substr(7, 2));
    EXPECT_EQ(result.responses[3].body, file);
    play_every_way(script);
  }
}

TEST(Ranges, of_a_changing_file_come_with_a_weak_tag_and_without_verification) {
  Script script = ranges("0-99,1000-1999", 16);
  script.unstable = {"f.bin"};
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).field("etag"), "W/" + tag_of("f.bin", file));
  EXPECT_EQ(result.trace.find('v'), std::string::npos);
  play_every_way(script);
}

}  // namespace
}  // namespace overlap::test
