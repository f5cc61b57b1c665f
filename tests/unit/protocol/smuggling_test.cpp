// Messages that two readers could take differently. Each is refused, and its nearest neighbour that
// can only be read in one way is accepted: the refusal is for the trick and not for the rest.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/chunked.h"
#include "common/protocol/request_head.h"

namespace overlap::protocol {
namespace {

// 200 if a whole head is accepted, 0 if more is waited for.
int status_of(const std::string& text) {
  HeadReader reader({});
  switch (reader.read(text)) {
    case HeadStatus::incomplete: return 0;
    case HeadStatus::complete: return 200;
    case HeadStatus::refused: break;
  }
  return reader.refusal().status;
}

struct Pair {
  std::string refused, accepted;
};

void check(const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) {
    const int status = status_of(pair.refused);
    EXPECT_TRUE(status == 400 || status == 501 || status == 505)
        << status << " " << testing::PrintToString(pair.refused);
    EXPECT_EQ(status_of(pair.accepted), 200) << testing::PrintToString(pair.accepted);
  }
}

// A head of a POST with these header lines.
std::string post(const std::string& lines) {
  return "POST /a HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}
std::string pair_of(const std::string& line) { return post(line + "\r\n"); }

TEST(Smuggling, by_two_framings) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string length = "Content-Length: 4\r\n";
  check({
      {post(length + chunked), post(length)},
      {post(chunked + length), post(chunked)},
      {post(chunked + "content-length: 0\r\n"), post("content-length: 0\r\n")},
      {"POST /a HTTP/1.0\r\n" + chunked + "\r\n", "POST /a HTTP/1.0\r\n" + length + "\r\n"},
      {"POST /a HTTP/1.0\r\n" + chunked + length + "\r\n",
       "POST /a HTTP/1.0\r\n" + length + "\r\n"},
      {post(chunked + chunked), post(chunked)},
      {post(chunked + "Transfer-Encoding: identity\r\n"), post(chunked)},
      {post("Transfer-Encoding: identity\r\n" + chunked), post(chunked)},
  });
}

TEST(Smuggling, by_an_obscured_transfer_coding) {
  const std::string plain = pair_of("Transfer-Encoding: chunked");
  check({
      {pair_of("Transfer-Encoding: xchunked"), plain},
      {pair_of("Transfer-Encoding: \"chunked\""), plain},
      {pair_of("Transfer-Encoding: chunked, chunked"), plain},
      {pair_of("Transfer-Encoding: identity, chunked"), plain},
      {pair_of("Transfer-Encoding: chunked,"), plain},
      {pair_of("Transfer-Encoding: chunked;x=1"), plain},
      {pair_of("Transfer-Encoding: chunked\x0b"), pair_of("Transfer-Encoding: chunked\t")},
      {pair_of("Transfer-Encoding:\x0c"
               "chunked"),
       pair_of("Transfer-Encoding:\tchunked")},
      {pair_of("Transfer-Encoding : chunked"), plain},
      {pair_of("Transfer-Encoding\t: chunked"), plain},
      {pair_of(" Transfer-Encoding: chunked"), plain},
      {pair_of("X: y\nTransfer-Encoding: chunked"), pair_of("X: y\r\nTransfer-Encoding: chunked")},
      {pair_of("X: y\rTransfer-Encoding: chunked"), pair_of("X: y\r\nTransfer-Encoding: chunked")},
      {pair_of("Transfer-Encoding:\r\n chunked"), plain},
      {pair_of("Transfer-Encoding: \xc2\xa0"
               "chunked"),
       plain},
      {pair_of("Transfer-Encoding:"), plain},
  });
}

TEST(Smuggling, by_an_odd_content_length) {
  const std::string plain = pair_of("Content-Length: 10");
  check({
      {post("Content-Length: 10\r\nContent-Length: 10\r\n"), plain},
      {post("Content-Length: 10\r\nContent-Length: 11\r\n"), plain},
      {pair_of("Content-Length: 10, 10"), plain},
      {pair_of("Content-Length: 10,"), plain},
      {pair_of("Content-Length: 010"), plain},
      {pair_of("Content-Length: 0x10"), plain},
      {pair_of("Content-Length: +10"), plain},
      {pair_of("Content-Length: -1"), plain},
      {pair_of("Content-Length: 1e1"), plain},
      {pair_of("Content-Length: 10.0"), plain},
      {pair_of("Content-Length: 1 0"), plain},
      {pair_of("Content-Length: 1_0"), plain},
      {pair_of("Content-Length: \xd9\xa1"), plain},
      {pair_of("Content-Length:"), plain},
      {pair_of("Content-Length: 18446744073709551616"),
       pair_of("Content-Length: 18446744073709551615")},
      {pair_of("Content-Length : 10"), plain},
      {pair_of("Content-Length: 1\r\n 0"), plain},
      {pair_of("Content-Length: 10\x0b"), pair_of("Content-Length: 10 \t")},
  });
}

TEST(Smuggling, by_lines_that_end_otherwise) {
  const std::string plain = "POST /a HTTP/1.1\r\nHost: h\r\n\r\n";
  check({
      {"POST /a HTTP/1.1\nHost: h\r\n\r\n", plain},
      {"POST /a HTTP/1.1\r\nHost: h\n\r\n", plain},
      {"POST /a HTTP/1.1\r\nHost: h\r\n\n", plain},
      {"POST /a HTTP/1.1\r\rHost: h\r\n\r\n", plain},
      {"POST /a HTTP/1.1\r\nHost: h\r\r\n\r\n", plain},
      {"POST /a HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
       "POST /a HTTP/1.1\r\nHost: h\r\nA: b c\r\n\r\n"},
      {"POST /a HTTP/1.1\r\nHost: h\r\n\rGET", plain},
      {"POST /a HTTP/1.1\r\n\r\nHost: h\r\n\r\n", plain},  // ends without a Host
      {"POST /a HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n",
       "POST /a HTTP/1.1\r\nHost: h\r\nA: b\r\nc:\r\n\r\n"},
      {"POST /a HTTP/1.1\r\n Host: h\r\n\r\n", plain},
      {"POST /a\r\nHost: h\r\n\r\n", plain},
      {"POST /a HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n", plain},
      {"POST /a HTTP/1.1\r\nHost: h\r\nA b\r\n\r\n", "POST /a HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n"},
      {"POST /a HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", plain},
  });
}

TEST(Smuggling, by_control_characters) {
  const auto with = [](char c) { return std::string(1, c); };
  for (const char c : {'\0', '\x01', '\b', '\x0b', '\f', '\x1b', '\x7f'}) {
    check({
        {pair_of("A: b" + with(c) + "c"), pair_of("A: b c")},
        {pair_of("A: " + with(c)), pair_of("A: ")},
        {pair_of("A" + with(c) + ": b"), pair_of("A: b")},
        {"POST /a" + with(c) + " HTTP/1.1\r\nHost: h\r\n\r\n", post("")},
        {"POST" + with(c) + " /a HTTP/1.1\r\nHost: h\r\n\r\n", post("")},
        {"POST /a HTTP/1.1" + with(c) + "\r\nHost: h\r\n\r\n", post("")},
        {"POST /a HTTP/1.1\r\nHost: h" + with(c) + "\r\n\r\n", post("")},
    });
  }
}

TEST(Smuggling, by_the_host) {
  const std::string line = "POST /a HTTP/1.1\r\n";
  check({
      {line + "\r\n", line + "Host:\r\n\r\n"},
      {line + "Host: a\r\nHost: a\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host: a\r\nhOST: b\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host : a\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host: a b\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host: a/b\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host: a@b\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host: http://a\r\n\r\n", line + "Host: a\r\n\r\n"},
      {line + "Host: a:80:80\r\n\r\n", line + "Host: a:80\r\n\r\n"},
      {"POST http://b@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
       "POST http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"POST http:a/ HTTP/1.1\r\nHost: a\r\n\r\n", "POST http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
  });
}

TEST(Smuggling, the_host_of_an_absolute_target_is_the_one_that_counts) {
  const auto host_of = [](const std::string& text) {
    HeadReader reader({});
    EXPECT_EQ(reader.read(text), HeadStatus::complete);
    return std::string(reader.head().host);
  };
  EXPECT_EQ(host_of("GET http://a:81/x HTTP/1.1\r\nHost: b\r\n\r\n"), "a:81");
  EXPECT_EQ(host_of("GET /x HTTP/1.1\r\nHost: b:82\r\n\r\n"), "b:82");
  EXPECT_EQ(host_of("GET /x HTTP/1.0\r\n\r\n"), "");
}

// 'd' done, 'r' refused, 'm' more is waited for.
char outcome_of(std::string text) {
  ChunkedDecoder decoder(1000);
  switch (decoder.decode(std::as_writable_bytes(std::span(text))).status) {
    case ChunkedDecoder::Status::done: return 'd';
    case ChunkedDecoder::Status::refused: return 'r';
    case ChunkedDecoder::Status::more: break;
  }
  return 'm';
}

TEST(Smuggling, by_chunks) {
  const std::string plain = "1\r\nx\r\n0\r\n\r\n";
  const std::vector<Pair> pairs{
      {"1;a\r\nx\r\n0\r\n\r\n", plain},
      {"1;a=b\r\nx\r\n0\r\n\r\n", plain},
      {"1 \r\nx\r\n0\r\n\r\n", plain},
      {" 1\r\nx\r\n0\r\n\r\n", plain},
      {"1\t\r\nx\r\n0\r\n\r\n", plain},
      {"+1\r\nx\r\n0\r\n\r\n", plain},
      {"-1\r\nx\r\n0\r\n\r\n", plain},
      {"0x1\r\nx\r\n0\r\n\r\n", plain},
      {"1_\r\nx\r\n0\r\n\r\n", plain},
      {"\r\n1\r\nx\r\n0\r\n\r\n", plain},
      {"1\nx\r\n0\r\n\r\n", plain},
      {"1\rx\r\n0\r\n\r\n", plain},
      {"1\r\nx\n0\r\n\r\n", plain},
      {"1\r\nxy0\r\n\r\n", plain},
      {"1\r\nx\r\n\r\n", plain},
      {"1\r\nx\r\n0\n\r\n", plain},
      {"1\r\nx\r\n0\r\n\n", plain},
      {"1\r\nx\r\n0;a\r\n\r\n", plain},
      {"1\r\nx\r\n0 \r\n\r\n", plain},
      {"10000000000000001\r\nx\r\n0\r\n\r\n", "0000000000000001\r\nx\r\n0\r\n\r\n"},
      {"1\r\nx\r\n0\r\nA: b\nC: d\r\n\r\n", "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"},
      {"1\r\nx\r\n0\r\nA : b\r\n\r\n", "1\r\nx\r\n0\r\nA: b\r\n\r\n"},
      {"1\r\nx\r\n0\r\nA: b\r\n c\r\n\r\n", "1\r\nx\r\n0\r\nA: b\r\n\r\n"},
      {std::string("1\0\r\nx\r\n0\r\n\r\n", 12), plain},
  };
  for (const Pair& pair : pairs) {
    EXPECT_EQ(outcome_of(pair.refused), 'r') << testing::PrintToString(pair.refused);
    EXPECT_EQ(outcome_of(pair.accepted), 'd') << testing::PrintToString(pair.accepted);
  }
}

}  // namespace
}  // namespace overlap::protocol
