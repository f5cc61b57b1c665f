// What is refused at its bound and what is not, and that a connection carries every kind of request
// one after another.
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"a", "content a"}, {"large", std::string(50, 'l')}};
  script.folders = {"folder"};
  script.uploads = {{"b", {"body", std::string(64, 'b')}}, {"c", {"content a"}}};
  return script;
}

struct Bound {
  std::string name, input;
  int status;
};
std::ostream& operator<<(std::ostream& out, const Bound& c) { return out << c.name; }

std::string head_of_bytes(std::size_t bytes) {
  const std::string head = get("/a", "X: \r\n");
  return get("/a", "X: " + std::string(bytes - head.size(), 'x') + "\r\n");
}
std::string head_of_lines(std::size_t lines) {
  std::string headers;
  for (std::size_t i = 1; i < lines; ++i) headers += "X: y\r\n";
  return get("/a", headers);
}
std::string target_of_bytes(std::size_t bytes) { return get("/a?" + std::string(bytes - 3, 'q')); }

class Bounds : public testing::TestWithParam<Bound> {};
TEST_P(Bounds, are_kept) {
  const Script script = script_of(GetParam().input);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, GetParam().status) << result.sent;
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Bounds,
    testing::Values(
        Bound{"head_largest", head_of_bytes(1024), 200},
        Bound{"head_too_large", head_of_bytes(1025), 431},
        Bound{"lines_most", head_of_lines(16), 200},
        Bound{"lines_too_many", head_of_lines(17), 431},
        Bound{"target_longest", target_of_bytes(128), 200},
        Bound{"target_too_long", target_of_bytes(129), 414},
        Bound{"body_largest", put("/b", std::string(64, 'b')), 201},
        Bound{"body_too_large", put("/b", std::string(65, 'b')), 413},
        Bound{"chunks_largest", chunked("PUT", "/b", chunk(std::string(64, 'b')) + chunk("")), 201},
        Bound{"chunks_too_large", chunked("PUT", "/b", chunk(std::string(65, 'b')) + chunk("")),
              413},
        Bound{"no_length", request("PUT", "/b"), 411},
        Bound{"coded", put("/b", "body", "Content-Encoding: br\r\n"), 415},
        Bound{"expectation", put("/b", "body", "Expect: miracles\r\n"), 417},
        Bound{"method", request("BREW", "/a"), 501},
        Bound{"coding", request("PUT", "/b", "Transfer-Encoding: gzip\r\n"), 501},
        Bound{"version", "GET /a HTTP/3.0\r\nHost: files\r\n\r\n", 505},
        Bound{"name", get("/a%00b"), 400}, Bound{"utf8", get("/%ff"), 400},
        Bound{"name_of_temporary", get("/.overlap-0123456789abcdef0123456789abcdef"), 400},
        Bound{"states", get("/.overlap-uploads/"), 400}),
    [](const auto& row) { return row.param.name; });

TEST(Refusals, of_a_slow_head_are_408) {
  Script script = script_of(get("/a"));
  script.peer_sends = 2;  // the head takes 16 s
  script.config.timeouts.head = std::chrono::seconds(18);
  EXPECT_EQ(play(script).responses.at(0).status, 200);
  script.config.timeouts.head = std::chrono::seconds(14);
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 408);
  EXPECT_EQ(result.reason, CloseReason::head_timeout);
}

TEST(Connection, carries_every_kind_of_request) {
  const std::string bearer = "Authorization: Bearer ann\r\n";
  Script script = script_of(
      get("/a") + get("/large", "Range: bytes=0-1,40-49\r\n") + get("/folder") + get("/folder/") +
      request("HEAD", "/large", "Want-Repr-Digest: sha-256=1\r\n") +
      put("/b", "body", "Expect: 100-continue\r\n") + request("COPY", "/a", "Destination: /c\r\n") +
      get("/a", "If-None-Match: *\r\n") + request("OPTIONS", "*") + get("/none") +
      tus_creation("/c", 9) + tus_append(256, 0, "content") + tus_query(256) +
      tus_append(256, 7, " a") + get("/c", bearer) + get("/c", "Authorization: Bearer x\r\n") +
      put("/c", "content a", draft_fields(true, "Upload-Draft-Interop-Version: 8\r\n")) +
      request("MOVE", "/c", "Destination: /folder/d\r\n") + request("DELETE", "/folder/d") +
      put("/new/", "") + request("MKCOL", "/new/") + get("/large"));
  script.gate.users = {{"ann", "Bearer ann"}};
  const std::vector<int> expected{200, 206, 301, 200, 200, 201, 201, 304, 204, 404, 201, 204,
                                  200, 204, 200, 401, 104, 204, 201, 204, 201, 405, 200};
  const Played result = play(script);
  std::vector<int> statuses;
  for (const Response& response : result.responses) statuses.push_back(response.status);
  EXPECT_EQ(statuses, expected);
  EXPECT_EQ(result.reason, CloseReason::finished);
  play_every_way(script, {SIZE_MAX});
  for (const std::size_t piece : {1u, 2u, 7u, 50u}) {
    const Plan plan{piece, SIZE_MAX, Fault::none, SIZE_MAX};
    expect_sound(script, plan, play(script, plan));
  }
}

}  // namespace
}  // namespace overlap::test
