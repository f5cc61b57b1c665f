// Requests that two readers could take for different messages. Each is refused, the connection is
// closed, and the second request that hides behind it is never served.
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

struct Smuggled {
  std::string name, request;
  int status;
};
std::ostream& operator<<(std::ostream& out, const Smuggled& c) { return out << c.name; }

const std::string put = "PUT /x HTTP/1.1\r\nHost: h\r\n";
const std::string get = "GET /x HTTP/1.1\r\nHost: h\r\n";

class Smuggling : public testing::TestWithParam<Smuggled> {};

TEST_P(Smuggling, is_refused_and_closes) {
  Script script;
  script.input = GetParam().request + "GET /secret HTTP/1.1\r\nHost: h\r\n\r\n";
  script.files = {{"secret", "secret"}};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u) << result.sent;
  EXPECT_EQ(result.responses[0].status, GetParam().status) << result.sent;
  EXPECT_EQ(result.responses[0].headers.at("connection"), "close");
  EXPECT_EQ(result.reason, CloseReason::bad_request);
  EXPECT_EQ(result.files.size(), 1u);
  play_every_way(script);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Smuggling,
    testing::Values(
        Smuggled{"both_framings",
                 put + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Smuggled{"both_framings_reversed",
                 put + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
        Smuggled{"two_lengths", put + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n", 400},
        Smuggled{"same_length_twice", put + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400},
        Smuggled{"length_list", put + "Content-Length: 0, 0\r\n\r\n", 400},
        Smuggled{"signed_length", put + "Content-Length: +0\r\n\r\n", 400},
        Smuggled{"negative_length", put + "Content-Length: -1\r\n\r\n", 400},
        Smuggled{"hex_length", put + "Content-Length: 0x0\r\n\r\n", 400},
        Smuggled{"inner_space_length", put + "Content-Length: 1 0\r\n\r\n", 400},
        Smuggled{"empty_length", put + "Content-Length: \r\n\r\n", 400},
        Smuggled{"overflowing_length", put + "Content-Length: 18446744073709551616\r\n\r\n", 400},
        Smuggled{"space_before_colon", put + "Content-Length : 0\r\n\r\n", 400},
        Smuggled{"tab_before_colon", put + "Transfer-Encoding\t: chunked\r\n\r\n", 400},
        Smuggled{"folded_line", put + "Transfer-Encoding:\r\n chunked\r\n\r\n", 400},
        Smuggled{"leading_space", "GET /x HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        Smuggled{"bare_lf", "GET /x HTTP/1.1\nHost: h\n\n", 400},
        Smuggled{"bare_lf_in_header", get + "A: b\nContent-Length: 9\r\n\r\n", 400},
        Smuggled{"bare_cr_in_header", get + "A: b\rContent-Length: 9\r\n\r\n", 400},
        Smuggled{"nul_in_header", get + std::string("A: b\0c\r\n\r\n", 10), 400},
        Smuggled{"vertical_tab", put + "Transfer-Encoding: \vchunked\r\n\r\n", 400},
        Smuggled{"gzip_and_chunked", put + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
        Smuggled{"identity", put + "Transfer-Encoding: identity\r\n\r\n", 501},
        Smuggled{"xchunked", put + "Transfer-Encoding: xchunked\r\n\r\n", 501},
        Smuggled{"quoted_chunked", put + "Transfer-Encoding: \"chunked\"\r\n\r\n", 501},
        Smuggled{"chunked_twice",
                 put + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Smuggled{"chunked_in_http_1_0",
                 "PUT /x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Smuggled{"body_of_get", get + "Content-Length: 5\r\n\r\nhello", 400},
        Smuggled{"chunked_get", get + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Smuggled{"no_host", "GET /x HTTP/1.1\r\n\r\n", 400},
        Smuggled{"two_hosts", get + "Host: other\r\n\r\n", 400},
        Smuggled{"bad_host", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        Smuggled{"host_list", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        Smuggled{"http_2_0", "GET /x HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        Smuggled{"http_1_2", "GET /x HTTP/1.2\r\nHost: h\r\n\r\n", 505},
        Smuggled{"http_0_9", "GET /x\r\n", 400},
        Smuggled{"two_spaces", "GET  /x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Smuggled{"space_at_end", "GET /x HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
        Smuggled{"tab_in_line", "GET\t/x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Smuggled{"chunk_bare_lf", put + "Transfer-Encoding: chunked\r\n\r\n0\n\n", 400},
        Smuggled{"chunk_size_space", put + "Transfer-Encoding: chunked\r\n\r\n0 \r\n\r\n", 400},
        Smuggled{"chunk_size_sign", put + "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n", 400},
        Smuggled{"chunk_size_0x", put + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n", 400},
        Smuggled{"chunk_size_overflow",
                 put + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", 400},
        Smuggled{"chunk_extension", put + "Transfer-Encoding: chunked\r\n\r\n0;a\r\n\r\n", 400},
        Smuggled{"chunk_trailer_fold",
                 put + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n", 400}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace overlap::test
