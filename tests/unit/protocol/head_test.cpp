// Request heads: the grammar, the meaning, the bounds, and arrival in pieces.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/head_meaning.h"
#include "common/protocol/request_head.h"

namespace overlap::protocol {
namespace {

int status_of(std::string_view text, const HeadLimits& limits = {}) {
  HeadReader reader(limits);
  switch (reader.read(text)) {
    case HeadStatus::incomplete: return 0;
    case HeadStatus::complete: return 200;
    case HeadStatus::refused: break;
  }
  EXPECT_FALSE(reader.refusal().sentence.empty());
  return reader.refusal().status;
}

TEST(Head, is_read_whole) {
  const std::string text =
      "GET /a/b%20c?x=1&y HTTP/1.1\r\nHost: example.org:81\r\nAccept:\t*/* \r\nEmpty:\r\nX-Y: "
      "\xc3\xa9\r\n\r\nrest";
  HeadReader reader({});
  ASSERT_EQ(reader.read(text), HeadStatus::complete);
  const RequestHead& head = reader.head();
  EXPECT_EQ(head.size, text.size() - 4);
  EXPECT_EQ(head.method, Method::get);
  EXPECT_EQ(head.target, "/a/b%20c?x=1&y");
  EXPECT_EQ(head.path, "/a/b%20c");
  EXPECT_EQ(head.query, "x=1&y");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.framing, Framing::none);
  EXPECT_EQ(head.header("ACCEPT"), "*/*");
  EXPECT_EQ(head.header("empty"), "");
  EXPECT_EQ(head.header("x-y"), "\xc3\xa9");
  EXPECT_FALSE(head.header("absent"));
  EXPECT_EQ(head.fields.size(), 4u);
}

TEST(Head, is_the_same_in_pieces_that_move) {
  const std::string text = "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\n\r\n";
  HeadReader reader({});
  for (std::size_t i = 1; i < text.size(); ++i) {
    const std::string moved = text.substr(0, i);  // other memory each time
    ASSERT_EQ(reader.read(moved), HeadStatus::incomplete) << i;
  }
  ASSERT_EQ(reader.read(text), HeadStatus::complete);
  EXPECT_EQ(reader.head().content_length, 12u);
}

TEST(Head, can_be_read_after_another) {
  HeadReader reader({});
  const std::string first =
      "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\nExpect: 100-Continue\r\n\r\n";
  ASSERT_EQ(reader.read(first), HeadStatus::complete);
  EXPECT_EQ(reader.head().framing, Framing::chunked);
  EXPECT_EQ(reader.head().expectation, Expectation::continue_100);
  reader.restart();
  const std::string second = "GET /y HTTP/1.0\r\n\r\n";
  ASSERT_EQ(reader.read(second), HeadStatus::complete);
  EXPECT_EQ(reader.head().framing, Framing::none);
  EXPECT_EQ(reader.head().expectation, Expectation::none);
  EXPECT_EQ(reader.head().target, "/y");
  EXPECT_TRUE(reader.head().fields.empty());
  EXPECT_FALSE(reader.head().keep_alive);
}

struct Row {
  std::string text;
  int status;
};
void check(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    EXPECT_EQ(status_of(row.text), row.status) << testing::PrintToString(row.text);
}

TEST(Head, lines_are_held_to_the_grammar) {
  check({
      {"G", 0},
      {"GET / HTTP/1.1\r\nHost: h\r\n\r", 0},
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nHost:h\r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nHost: \t h \t\r\n\r\n", 200},
      {"\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},  // the session's to tolerate
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
      {"GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /\r\n", 400},
      {"GET / http/1.1\r\n", 400},
      {"GET / HTTP/1.1\n", 400},
      {"GET / HTTP/1.1\r\r\n", 400},
      {"GET / HTTP/11\r\n", 400},
      {"GET / HTTP/1.10\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : h\r\n", 400},
      {"GET / HTTP/1.1\r\n: h\r\n", 400},
      {"GET / HTTP/1.1\r\nHost\r\n", 400},
      {"GET / HTTP/1.1\r\nHo st: h\r\n", 400},
      {"GET / HTTP/1.1\r\nH\xc3\xb6st: h\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\n\tfolded\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\n", 400},
      {"GET /a\x7f HTTP/1.1\r\n", 400},
      {"GET /a#b HTTP/1.1\r\n", 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 200},
  });
}

TEST(Head, no_control_character_is_accepted) {
  for (int c = 0; c < 32; ++c) {
    const std::string one(1, static_cast<char>(c));
    if (c != '\t') {
      EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nA: b" + one + "c\r\n\r\n"), 400) << c;
    }
    EXPECT_EQ(status_of("GET /a" + one + "b HTTP/1.1\r\nHost: h\r\n\r\n"), 400) << c;
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nA" + one + "b: c\r\n\r\n"), 400) << c;
    EXPECT_EQ(status_of("G" + one + "T / HTTP/1.1\r\nHost: h\r\n\r\n"), 400) << c;
  }
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nA: b\tc\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nA: b\x7f\r\n\r\n"), 400);
}

TEST(Head, versions) {
  check({
      {"GET / HTTP/1.0\r\n\r\n", 200},
      {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
      {"GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\n", 505},
  });
}

TEST(Head, framing) {
  const std::string put = "PUT / HTTP/1.1\r\nHost: h\r\n";
  const std::string old = "PUT / HTTP/1.0\r\n";
  check({
      {put + "Content-Length: 0\r\n\r\n", 200},
      {put + "Content-Length: 7\r\n\r\n", 200},
      {put + "Content-Length: 007\r\n\r\n", 400},
      {put + "Content-Length: 00\r\n\r\n", 400},
      {put + "Content-Length: 18446744073709551615\r\n\r\n", 200},
      {put + "Content-Length: 18446744073709551616\r\n\r\n", 400},
      {put + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {put + "Content-Length: +1\r\n\r\n", 400},
      {put + "Content-Length: -0\r\n\r\n", 400},
      {put + "Content-Length: 1 1\r\n\r\n", 400},
      {put + "Content-Length: 1,1\r\n\r\n", 400},
      {put + "Content-Length: 1.0\r\n\r\n", 400},
      {put + "Content-Length: 0x1\r\n\r\n", 400},
      {put + "Content-Length: \r\n\r\n", 400},
      {put + "Content-Length: 1\r\ncontent-length: 1\r\n\r\n", 400},
      {put + "Transfer-Encoding: chunked\r\n\r\n", 200},
      {put + "Transfer-Encoding: ChUnKeD\r\n\r\n", 200},
      {put + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {put + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {put + "Transfer-Encoding: chunked, identity\r\n\r\n", 501},
      {put + "Transfer-Encoding: identity\r\n\r\n", 501},
      {put + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {put + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
      {put + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {put + "Content-Length: 1\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {old + "Content-Length: 1\r\n\r\n", 200},
      {old + "Transfer-Encoding: chunked\r\n\r\n", 400},
  });
  for (const char* value :
       {"", ",", "chunked,", ",chunked", "chunked;q=1", "chunked chunked", "x chunked"}) {
    const int status = status_of(put + "Transfer-Encoding: " + value + "\r\n\r\n");
    EXPECT_TRUE(status == 400 || status == 501) << value << " " << status;
  }
}

TEST(Head, hosts) {
  const std::string get = "GET / HTTP/1.1\r\n";
  check({
      {get + "\r\n", 400},
      {"GET / HTTP/1.0\r\n\r\n", 200},
      {get + "Host: a\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", 400},
      {get + "Host:\r\n\r\n", 200},
      {get + "Host: a.b-c_d~%41:8080\r\n\r\n", 200},
      {get + "Host: 192.0.2.1\r\n\r\n", 200},
      {get + "Host: [2001:db8::1]:80\r\n\r\n", 200},
      {get + "Host: a:\r\n\r\n", 200},
      {get + "Host: a:b\r\n\r\n", 400},
      {get + "Host: a b\r\n\r\n", 400},
      {get + "Host: a,b\r\n\r\n", 200},  // sub-delims belong to reg-name
      {get + "Host: a/b\r\n\r\n", 400},
      {get + "Host: u@a\r\n\r\n", 400},
      {get + "Host: [::1\r\n\r\n", 400},
      {get + "Host: []\r\n\r\n", 400},
      {get + "Host: ::1\r\n\r\n", 400},
      {get + "Host: %4\r\n\r\n", 400},
      {get + "Host: [::1]x\r\n\r\n", 400},
  });
}

struct Target {
  std::string method, target;
  int status;
  std::string path, query;
};
TEST(Head, targets) {
  const std::vector<Target> rows{
      {"GET", "/", 200, "/", ""},
      {"GET", "/?", 200, "/", ""},
      {"GET", "/a?b?c", 200, "/a", "b?c"},
      {"GET", "//a", 200, "//a", ""},  // the path rules refuse it
      {"GET", "http://h/a?b", 200, "/a", "b"},
      {"GET", "HTTP://h:80/a", 200, "/a", ""},
      {"GET", "https://h:443/a?b", 200, "/a", "b"},
      {"GET", "http://h", 200, "/", ""},
      {"GET", "http://h?q", 200, "/", "q"},
      {"GET", "http://[::1]:80/x", 200, "/x", ""},
      {"GET", "http:///a", 400, "", ""},
      {"GET", "http://:80/a", 400, "", ""},
      {"GET", "http://u@h/a", 400, "", ""},
      {"GET", "http://h:x/a", 400, "", ""},
      {"GET", "ftp://h/a", 400, "", ""},
      {"GET", "://h/a", 400, "", ""},
      {"GET", "httpss://h/a", 400, "", ""},
      {"GET", "https:/h/a", 400, "", ""},
      {"GET", "http:/a", 400, "", ""},
      {"GET", "a", 400, "", ""},
      {"GET", "?a", 400, "", ""},
      {"GET", "h:80", 400, "", ""},
      {"GET", "*", 400, "", ""},
      {"OPTIONS", "*", 200, "*", ""},
      {"OPTIONS", "**", 400, "", ""},
      {"OPTIONS", "http://h", 200, "*", ""},
      {"CONNECT", "h:80", 200, "", ""},
      {"CONNECT", "/a", 400, "", ""},
  };
  for (const Target& row : rows) {
    const std::string text = row.method + " " + row.target + " HTTP/1.1\r\nHost: h\r\n\r\n";
    HeadReader reader({});
    const HeadStatus status = reader.read(text);
    EXPECT_EQ(status == HeadStatus::complete ? 200 : reader.refusal().status, row.status)
        << row.target;
    if (status != HeadStatus::complete) continue;
    EXPECT_EQ(reader.head().path, row.path) << row.target;
    EXPECT_EQ(reader.head().query, row.query) << row.target;
  }
}

TEST(Head, connection_options) {
  const std::vector<std::pair<std::string, bool>> rows{
      {"1.1\r\nHost: h\r\n", true},
      {"1.1\r\nHost: h\r\nConnection: close\r\n", false},
      {"1.1\r\nHost: h\r\nConnection: CLOSE\r\n", false},
      {"1.1\r\nHost: h\r\nConnection: keep-alive, close\r\n", false},
      {"1.1\r\nHost: h\r\nConnection: keep-alive\r\nConnection: close\r\n", false},
      {"1.1\r\nHost: h\r\nConnection: closed\r\n", true},
      {"1.0\r\n", false},
      {"1.0\r\nConnection: keep-alive\r\n", true},
      {"1.0\r\nConnection: Keep-Alive, x\r\n", true},
      {"1.0\r\nConnection: keep-alive, close\r\n", false},
  };
  for (const auto& [rest, keeps] : rows) {
    const std::string text = "GET / HTTP/" + rest + "\r\n";
    HeadReader reader({});
    ASSERT_EQ(reader.read(text), HeadStatus::complete) << rest;
    EXPECT_EQ(reader.head().keep_alive, keeps) << rest;
  }
}

TEST(Head, expectations) {
  const std::vector<std::pair<std::string, Expectation>> rows{
      {"1.1\r\nHost: h\r\nExpect: 100-continue\r\n", Expectation::continue_100},
      {"1.1\r\nHost: h\r\nExpect: 100-CONTINUE\r\n", Expectation::continue_100},
      {"1.1\r\nHost: h\r\nExpect: x\r\n", Expectation::unknown},
      {"1.1\r\nHost: h\r\nExpect: 100-continue, x\r\n", Expectation::unknown},
      {"1.1\r\nHost: h\r\nExpect: x\r\nExpect: 100-continue\r\n", Expectation::unknown},
      {"1.0\r\nExpect: 100-continue\r\n", Expectation::none},
      {"1.1\r\nHost: h\r\nExpect:\r\n", Expectation::none},
  };
  for (const auto& [rest, expectation] : rows) {
    const std::string text = "PUT / HTTP/" + rest + "\r\n";
    HeadReader reader({});
    ASSERT_EQ(reader.read(text), HeadStatus::complete) << rest;
    EXPECT_EQ(reader.head().expectation, expectation) << rest;
  }
}

TEST(Head, bounds_hold_at_the_bound_and_one_past_it) {
  const HeadLimits limits{200, 3, 20};
  const auto of_size = [](std::size_t size) {
    const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    return begin + std::string(size - begin.size() - 4, 'a') + "\r\n\r\n";
  };
  EXPECT_EQ(status_of(of_size(200), limits), 200);
  EXPECT_EQ(status_of(of_size(201), limits), 431);
  EXPECT_EQ(status_of(of_size(201).substr(0, 199), limits), 0);
  EXPECT_EQ(status_of(of_size(201).substr(0, 200), limits), 431);

  const auto with_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  EXPECT_EQ(status_of(with_target(20), limits), 200);
  EXPECT_EQ(status_of(with_target(21), limits), 414);
  EXPECT_EQ(status_of("GET /" + std::string(300, 'a'), {200, 3, 1000}), 414);

  const auto with_headers = [](int count) {
    std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < count; ++i) text += "A: b\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(status_of(with_headers(3), limits), 200);
  EXPECT_EQ(status_of(with_headers(4), limits), 431);

  EXPECT_EQ(status_of(std::string(method_bytes_max, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
  EXPECT_EQ(status_of(std::string(method_bytes_max + 1, 'A')), 501);
}

// Both readers of a head agree on every head that the first one accepts.
TEST(Head, every_octet_in_every_place_is_judged_alike_by_both_readers) {
  const std::string base = "GET /a HTTP/1.1\r\nHost: h\r\nA-b: c d\r\n\r\n";
  for (std::size_t at = 0; at < base.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string text = base;
      text[at] = static_cast<char>(c);
      HeadScan scan({});
      if (scan.scan(text) != HeadStatus::complete) continue;
      HeadReader reader({});
      if (reader.read(text) == HeadStatus::complete) continue;
      EXPECT_NE(reader.refusal().sentence, "The request head cannot be understood.")
          << at << " " << c;
    }
  }
}

}  // namespace
}  // namespace overlap::protocol
