// Several ranges in one request, and the body that answers them.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "common/protocol/multipart_ranges.h"
#include "common/protocol/range.h"

namespace overlap::protocol {
namespace {

// "offset+count ..." of a file of `size` bytes, "whole" or "none".
std::string parts_of(const std::string& field, std::uint64_t size) {
  const auto ranges = parse_ranges(field);
  if (!ranges) return "whole";
  std::string text;
  for (const ByteRange& part : resolve(*ranges, size)) {
    if (!text.empty()) text += ' ';
    text += std::to_string(part.offset) + "+" + std::to_string(part.count);
  }
  return text.empty() ? "none" : text;
}

TEST(Ranges, table) {
  struct Row {
    std::string field, parts;  // of a file of 1000 bytes
  };
  const std::vector<Row> rows{
      {"bytes=0-9", "0+10"},
      {"bytes=-5", "995+5"},
      {"bytes=0-9,500-509", "0+10 500+10"},
      {"bytes=500-509,0-9", "500+10 0+10"},
      {"bytes=0-9, 500-509", "0+10 500+10"},
      {"bytes=0-9 ,\t500-509", "0+10 500+10"},
      {"bytes=,0-9,,500-509,", "0+10 500+10"},
      {"bytes=0-9,-10", "0+10 990+10"},
      {"bytes=-10,0-9", "990+10 0+10"},
      {"bytes=0-,-1", "0+1000"},
      // overlapping, touching, near
      {"bytes=0-9,5-14", "0+15"},
      {"bytes=5-14,0-9", "0+15"},
      {"bytes=0-9,10-19", "0+20"},
      {"bytes=0-99,20-29", "0+100"},
      {"bytes=0-9,0-9,0-9", "0+10"},
      {"bytes=0-9,89-99", "0+100"},       // a gap of 79
      {"bytes=0-9,90-99", "0+10 90+10"},  // a gap of 80
      {"bytes=90-99,0-9", "90+10 0+10"},
      {"bytes=0-0,160-160,80-80", "0+161"},  // the last one bridges the others
      {"bytes=500-509,0-9,505-514", "500+15 0+10"},
      {"bytes=505-514,0-9,500-509", "500+15 0+10"},
      {"bytes=0-9,500-509,5-14,300-309", "0+15 500+10 300+10"},
      // out of the file
      {"bytes=1000-,0-9", "0+10"},
      {"bytes=1000-1001,2000-", "none"},
      {"bytes=1000-,-0", "none"},
      {"bytes=999-2000,-0", "999+1"},
      // ignored as a whole
      {"bytes=0-9,x", "whole"},
      {"bytes=0-9,9-0", "whole"},
      {"bytes=0-9;500-509", "whole"},
      {"bytes=0-9 500-509", "whole"},
      {"bytes=,", "whole"},
      {"bytes=", "whole"},
      {"items=0-9,500-509", "whole"},
      {"bytes=0-9,bytes=500-509", "whole"},
  };
  for (const Row& row : rows) EXPECT_EQ(parts_of(row.field, 1000), row.parts) << row.field;
  EXPECT_EQ(parts_of("bytes=0-,-1", 0), "none");
}

TEST(Ranges, are_bounded) {
  std::string field = "bytes=";
  for (std::size_t i = 0; i < ranges_max; ++i)
    field += std::to_string(i * 100) + "-" + std::to_string(i * 100) + ",";
  const auto most = parse_ranges(field);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->size(), ranges_max);
  EXPECT_EQ(resolve(*most, 1'000'000).size(), ranges_max);
  EXPECT_FALSE(parse_ranges(field + "99999-"));
}

TEST(Ranges, near_the_largest_offset) {
  EXPECT_EQ(parts_of("bytes=-1,0-0", UINT64_MAX), std::to_string(UINT64_MAX - 1) + "+1 0+1");
  EXPECT_EQ(parts_of("bytes=0-,1-", UINT64_MAX), "0+" + std::to_string(UINT64_MAX));
}

// What every byte of the file is asked for and sent, whatever the ranges are.
TEST(Ranges, send_every_byte_asked_for_and_none_twice) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&random](std::uint64_t end) { return random() % end; };
  for (int round = 0; round < 500; ++round) {
    const std::uint64_t size = below(3000);
    std::vector<bool> wanted(size), sent(size);
    std::string field = "bytes=";
    const std::uint64_t count = 1 + below(12);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t first = below(3500);
      const std::uint64_t last = first + below(200);
      field += std::to_string(first) + "-" + std::to_string(last) + ",";
      for (std::uint64_t at = first; at <= last && at < size; ++at) wanted[at] = true;
    }
    std::uint64_t total = 0;
    for (const ByteRange& part : resolve(*parse_ranges(field), size)) {
      ASSERT_GE(part.count, 1u);
      for (std::uint64_t at = part.offset; at < part.offset + part.count; ++at) {
        ASSERT_FALSE(sent.at(at)) << field;
        sent[at] = true;
        ++total;
      }
    }
    ASSERT_LE(total, size);
    for (std::uint64_t at = 0; at < size; ++at) ASSERT_TRUE(!wanted[at] || sent[at]) << field;
  }
}

TEST(MultipartRanges, frames_its_parts) {
  OneOrMore<ByteRange> parts;
  parts.push_back({0, 10});
  parts.push_back({95, 5});
  MultipartRanges body(parts, 100, "text/plain", "limit");
  EXPECT_EQ(body.count(), 2u);
  EXPECT_EQ(body.content_type(), "multipart/byteranges; boundary=limit");
  EXPECT_EQ(body.part_head(0),
            "\r\n--limit\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-9/100\r\n\r\n");
  EXPECT_EQ(body.part_head(1),
            "\r\n--limit\r\nContent-Type: text/plain\r\nContent-Range: bytes 95-99/100\r\n\r\n");
  EXPECT_EQ(body.closing(), "\r\n--limit--\r\n");
  EXPECT_EQ(body.part(1), (ByteRange{95, 5}));
}

TEST(MultipartRanges, tell_their_length_beforehand) {
  const std::vector<std::uint64_t> sizes{100, 1000, 12'345'678'901'234, 1ull << 62};
  for (const std::uint64_t size : sizes) {
    OneOrMore<ByteRange> parts;
    parts.push_back({0, 1});
    parts.push_back({9, 1});
    parts.push_back({10, 90});
    parts.push_back({size - 1, 1});
    MultipartRanges body(parts, size, "application/octet-stream",
                         std::string(boundary_bytes_max, 'b'));
    std::uint64_t length = body.closing().size();
    for (std::size_t i = 0; i < body.count(); ++i)
      length += body.part_head(i).size() + body.part(i).count;
    EXPECT_EQ(body.content_length(), length) << size;
  }
}

}  // namespace
}  // namespace overlap::protocol
