// The chunked coding and byte ranges.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/chunked.h"
#include "common/protocol/range.h"

namespace overlap::protocol {
namespace {

using Status = ChunkedDecoder::Status;

struct Decoded {
  Status status = Status::more;
  std::string data;
  std::size_t consumed = 0;
  Refusal refusal;
};

Decoded decode(const std::string& text, std::size_t piece, std::uint64_t max = 1000) {
  ChunkedDecoder decoder(max);
  Decoded all;
  for (std::size_t at = 0; at < text.size() && all.status == Status::more; at += piece) {
    std::string input = text.substr(at, piece);
    const auto some = decoder.decode(std::as_writable_bytes(std::span(input)));
    all.status = some.status;
    all.data += input.substr(0, some.data_bytes);
    all.consumed += some.consumed;
  }
  all.refusal = decoder.refusal();
  return all;
}

struct ChunkRow {
  std::string text;
  Status status;
  std::string data;
  int refusal = 0;
};

TEST(Chunked, table) {
  const std::string long_trailer = "A:" + std::string(trailer_bytes_max - 4, 'b') + "\r\n";
  const std::vector<ChunkRow> rows{
      {"0\r\n\r\n", Status::done, ""},
      {"000\r\n\r\n", Status::done, ""},
      {"5\r\nhello\r\n0\r\n\r\nGET", Status::done, "hello"},
      {"3\r\nabc\r\na\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", Status::done,
       "abc01234567890123456789"},
      {"3\r\na\r\n\r\n0\r\n\r\n", Status::done, "a\r\n"},
      {"0000000000000003\r\nabc\r\n0\r\n\r\n", Status::done, "abc"},
      {"0\r\nX-Sum: 1\r\nB:\r\n\r\n", Status::done, ""},
      {"0\r\n" + long_trailer + "\r\n", Status::done, ""},
      {"0\r\nA" + long_trailer + "\r\n", Status::refused, "", 431},
      {"5\r\nhel", Status::more, "hel"},
      {"0\r\n\r", Status::more, ""},
      {"00000000000000003\r\n", Status::refused, "", 400},
      {"\r\n", Status::refused, "", 400},
      {"g\r\n", Status::refused, "", 400},
      {"-1\r\n", Status::refused, "", 400},
      {"0x1\r\n", Status::refused, "", 400},
      {" 1\r\n", Status::refused, "", 400},
      {"1 \r\n", Status::refused, "", 400},
      {"1;a\r\n", Status::refused, "", 400},
      {"1\nx", Status::refused, "", 400},
      {"1\r\r", Status::refused, "", 400},
      {"1\r\nxy", Status::refused, "x", 400},
      {"1\r\nx\n", Status::refused, "x", 400},
      {"1\r\nx\rx", Status::refused, "x", 400},
      {"0\r\n\n", Status::refused, "", 400},
      {"0\r\n\rx", Status::refused, "", 400},
      {"0\r\nA\r\n", Status::refused, "", 400},
      {"0\r\nA : b\r\n", Status::refused, "", 400},
      {"0\r\n A: b\r\n", Status::refused, "", 400},
      {"0\r\n: b\r\n", Status::refused, "", 400},
      {"0\r\nA: b\n", Status::refused, "", 400},
      {"0\r\nA: b\rx", Status::refused, "", 400},
      {"0\r\nA: \x01", Status::refused, "", 400},
      {"3e8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n", Status::done, std::string(1000, 'x')},
      {"3e9\r\n", Status::refused, "", 413},
      {"3e7\r\n" + std::string(999, 'x') + "\r\n2\r\n", Status::refused, std::string(999, 'x'),
       413},
      {"ffffffffffffffff\r\n", Status::refused, "", 413},
      {"1\r\nx\r\nffffffffffffffff\r\n", Status::refused, "x", 413},
  };
  for (const ChunkRow& row : rows) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{100'000}}) {
      const Decoded decoded = decode(row.text, piece);
      EXPECT_EQ(decoded.status, row.status) << row.text.substr(0, 60) << " by " << piece;
      EXPECT_EQ(decoded.data, row.data) << row.text.substr(0, 60) << " by " << piece;
      if (row.refusal != 0) {
        EXPECT_EQ(decoded.refusal.status, row.refusal) << row.text.substr(0, 60);
      }
    }
  }
}

TEST(Chunked, leaves_what_follows_the_body) {
  EXPECT_EQ(decode("1\r\nx\r\n0\r\n\r\nGET /", 1000).consumed, 11u);
}

TEST(Range, requests) {
  struct Row {
    std::string field;
    std::string result;  // of a file of 10 bytes: "offset+count", "whole" or "none"
  };
  const std::vector<Row> rows{
      {"bytes=0-0", "0+1"},
      {"bytes=0-9", "0+10"},
      {"bytes=9-9", "9+1"},
      {"bytes=0-", "0+10"},
      {"bytes=3-100", "3+7"},
      {"bytes=-1", "9+1"},
      {"bytes=-10", "0+10"},
      {"bytes=-11", "0+10"},
      {"BYTES=1-2", "1+2"},
      {"bytes= 1-2 ", "1+2"},
      {"bytes=0-18446744073709551615", "0+10"},
      {"bytes=0-99999999999999999999999", "0+10"},
      {"bytes=-99999999999999999999999", "0+10"},
      {"bytes=10-", "none"},
      {"bytes=10-11", "none"},
      {"bytes=99999999999999999999999-", "none"},
      {"bytes=18446744073709551615-18446744073709551615", "none"},
      {"bytes=-0", "none"},
      {"bytes=2-1", "whole"},
      {"bytes=-", "whole"},
      {"bytes=", "whole"},
      {"bytes", "whole"},
      {"", "whole"},
      {"bytes=1", "whole"},
      {"bytes=a-b", "whole"},
      {"bytes=1-2x", "whole"},
      {"bytes=+1-2", "whole"},
      {"bytes=1--2", "whole"},
      {"bytes=0x1-2", "whole"},
      {"bytes=1 -2", "whole"},
      {"bytes =1-2", "whole"},
      {"bytes=0-1,", "0+2"},  // RFC 9110, 5.6.1.2: an empty member is none
      {"items=0-1", "whole"},
  };
  for (const Row& row : rows) {
    std::string result = "whole";
    if (const auto ranges = parse_ranges(row.field)) {
      const auto parts = resolve(*ranges, 10);
      result = "none";
      if (!parts.empty())
        result = std::to_string(parts[0].offset) + "+" + std::to_string(parts[0].count);
    }
    EXPECT_EQ(result, row.result) << row.field;
  }
}

TEST(Range, of_an_empty_file_is_never_satisfied) {
  for (const char* field : {"bytes=0-", "bytes=0-0", "bytes=-1"}) {
    EXPECT_TRUE(resolve(*parse_ranges(field), 0).empty()) << field;
  }
}

TEST(Range, of_the_largest_file) {
  const auto parts = resolve(*parse_ranges("bytes=1-"), UINT64_MAX);
  EXPECT_EQ(parts[0].count, UINT64_MAX - 1);
}

}  // namespace
}  // namespace overlap::protocol
