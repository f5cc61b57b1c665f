// PUT, scripted: each script also runs in pieces and with every step failing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using testing::HasSubstr;

const std::string body = "the body of a file, longer than one buffer of sixteen bytes";

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"old.txt", "old content"}};
  script.uploads = {{"new.txt", {body}}, {"old.txt", {body}}, {"empty", {""}}};
  return script;
}

TEST(Upload, stores_a_body_of_declared_length) {
  const Script script = script_of(put("/new.txt", body));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[0].headers.at("content-length"), "0");
  EXPECT_EQ(result.responses[0].headers.at("etag").front(), '"');
  EXPECT_EQ(result.files.at("new.txt"), body);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].body_bytes_received, body.size());
  EXPECT_TRUE(result.records[0].whole);
  play_every_way(script);
}

TEST(Upload, replaces_a_file) {
  const Script script = script_of(put("/old.txt", body));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 204);
  EXPECT_EQ(result.files.at("old.txt"), body);
  play_every_way(script);
}

TEST(Upload, stores_an_empty_file) {
  const Script script = script_of(put("/empty", "") + chunked("PUT", "/empty", chunk("")));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.files.at("empty"), "");
  play_every_way(script);
}

TEST(Upload, stores_a_chunked_body_and_goes_on_with_the_next_request) {
  const Script script = script_of(chunked("PUT", "/new.txt",
                                          chunk(body.substr(0, 1)) + chunk(body.substr(1, 40)) +
                                              chunk(body.substr(41)) + "0\r\nX-Check: 1\r\n\r\n") +
                                  put("/old.txt", body));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.files.at("new.txt"), body);
  EXPECT_EQ(result.files.at("old.txt"), body);
  play_every_way(script);
}

TEST(Upload, stores_chunks_of_one_byte) {
  std::string chunks;
  for (const char c : body) chunks += chunk(std::string(1, c));
  const Script script = script_of(chunked("PUT", "/new.txt", chunks + chunk("")));
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_EQ(result.files.at("new.txt"), body);
  EXPECT_EQ(result.reason, CloseReason::finished);
}

TEST(Upload, keeps_what_follows_a_chunked_body_when_it_came_with_it) {
  Script script = script_of(chunked("PUT", "/new.txt", chunk(body) + chunk("")) +
                            put("/old.txt", body) + put("/empty", ""));
  script.config.limits.chunk_bytes = 256 * 1024;
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.files.at("old.txt"), body);
  EXPECT_EQ(result.files.at("empty"), "");
}

TEST(Upload, keeps_what_follows_a_chunked_body_when_it_came_with_its_end) {
  const std::string padding = "X: " + std::string(300, 'x') + "\r\n";
  Script script = script_of(chunked("PUT", "/new.txt", chunk(body) + chunk(""), padding) +
                            put("/old.txt", body) + put("/empty", ""));
  script.config.limits.chunk_bytes = 256 * 1024;
  // The head arrives alone, everything else behind it at once.
  const std::size_t head = script.input.find("\r\n\r\n") + 4;
  ASSERT_GT(head, script.input.size() - head);
  const Played result = play(script, {head, SIZE_MAX, Fault::none, SIZE_MAX});
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.files.at("old.txt"), body);
  EXPECT_EQ(result.files.at("empty"), "");
  play_every_way(script);
}

TEST(Upload, never_receives_past_a_body_of_known_length) {
  Script script = script_of(put("/new.txt", body));
  script.config.limits.chunk_bytes = 256 * 1024;
  const Played result = play(script, {1, SIZE_MAX, Fault::none, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_LE(result.receives_into_most, 4096u);
}

TEST(Upload, is_told_to_continue_once_the_file_is_created) {
  Script script = script_of(put("/new.txt", body, "Expect: 100-continue\r\n"));
  const std::size_t head = script.input.find("\r\n\r\n") + 4;
  const Played result = play(script, {head, SIZE_MAX, Fault::none, SIZE_MAX});
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 100);
  EXPECT_EQ(result.responses[1].status, 201);
  EXPECT_EQ(result.trace.substr(0, 3), "RcS");
  play_every_way(script);
}

TEST(Upload, is_not_told_to_continue_when_the_body_came_already) {
  const Script script = script_of(put("/new.txt", body, "Expect: 100-continue\r\n"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 201);
}

TEST(Upload, is_not_told_to_continue_without_a_body) {
  const Script script = script_of(put("/empty", "", "Expect: 100-continue\r\n"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 201);
}

TEST(Upload, closes_after_refusing_a_client_that_waits_for_leave) {
  Script script = script_of(put("/folder/", body, "Expect: 100-continue\r\n"));
  script.input.resize(script.input.find("\r\n\r\n") + 4);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 415);
  EXPECT_EQ(result.responses[0].headers.at("connection"), "close");
  EXPECT_EQ(result.trace, "RSHR");
  play_every_way(script);
}

struct RefusedPut {
  std::string name, request;
  int status;
  bool keeps;  // the connection
};
std::ostream& operator<<(std::ostream& out, const RefusedPut& c) { return out << c.name; }

class RefusedUpload : public testing::TestWithParam<RefusedPut> {};
TEST_P(RefusedUpload, leaves_no_trace) {
  const RefusedPut& c = GetParam();
  const Script script = script_of(c.request + put("/empty", ""));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), c.keeps ? 2u : 1u) << result.sent;
  EXPECT_EQ(result.responses[0].status, c.status);
  EXPECT_FALSE(result.responses[0].body.empty());
  EXPECT_EQ(result.responses[0].headers.contains("connection"), !c.keeps);
  EXPECT_EQ(result.files.size(), c.keeps ? 2u : 1u);
  EXPECT_EQ(result.files.at("old.txt"), "old content");
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, RefusedUpload,
    testing::Values(
        RefusedPut{"no_length", request("PUT", "/new.txt"), 411, false},
        RefusedPut{"root", put("/", body), 415, false},
        RefusedPut{"folder", put("/a/", body), 415, false},
        RefusedPut{"chunked_to_folder", chunked("PUT", "/a/", chunk(body) + chunk("")), 415, false},
        RefusedPut{"dots", put("/a/../b", body), 400, true},
        RefusedPut{"range", put("/new.txt", body, "Content-Range: bytes 0-1/2\r\n"), 400, true},
        RefusedPut{"coding", put("/new.txt", body, "Content-Encoding: gzip\r\n"), 415, true},
        RefusedPut{"expectation", put("/new.txt", body, "Expect: a-wonder\r\n"), 417, true},
        RefusedPut{"too_large", put("/new.txt", std::string(65, 'x')), 413, true},
        RefusedPut{"far_too_large", request("PUT", "/new.txt", "Content-Length: 65537\r\n"), 413,
                   false},
        RefusedPut{"bad_chunk", chunked("PUT", "/new.txt", chunk(body) + "x"), 400, false},
        RefusedPut{"chunk_extension", chunked("PUT", "/new.txt", "1;a=b\r\nx\r\n0\r\n\r\n"), 400,
                   false},
        RefusedPut{"chunk_end", chunked("PUT", "/new.txt", "1\r\nxy\r\n0\r\n\r\n"), 400, false},
        RefusedPut{"chunks_too_large", chunked("PUT", "/new.txt", "41\r\n"), 413, false}),
    [](const auto& row) { return row.param.name; });

TEST(Upload, of_the_largest_size_is_accepted) {
  const std::string largest(64, 'x');
  Script script =
      script_of(put("/new.txt", largest) + chunked("PUT", "/new.txt", chunk(largest) + chunk("")));
  script.uploads["new.txt"] = {largest};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[1].status, 204);
}

TEST(Upload, is_refused_where_anonymous_writing_is_off) {
  Script script = script_of(put("/new.txt", body));
  script.gate.anonymous = {{"", access::Right::read}};
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 401);
  EXPECT_EQ(result.trace.find('c'), std::string::npos);
  play_every_way(script);
}

TEST(Upload, identity_is_no_coding) {
  const Script script = script_of(put("/new.txt", body, "Content-Encoding: identity\r\n"));
  EXPECT_EQ(play(script).responses.at(0).status, 201);
}

TEST(Upload, says_what_the_store_said) {
  const Script script = script_of(put("/new.txt", body));
  const std::size_t commit = play(script).trace.find('C');
  const std::vector<std::pair<Fault, int>> table{
      {Fault::no_folder, 409}, {Fault::is_folder, 409},     {Fault::access_denied, 403},
      {Fault::in_use, 423},    {Fault::name_too_long, 414}, {Fault::no_space, 507},
      {Fault::failed, 500}};
  for (const auto& [fault, status] : table) {
    for (const std::size_t step : {std::size_t{1}, commit}) {
      const Played result = play(script, {SIZE_MAX, step, fault, SIZE_MAX});
      EXPECT_EQ(result.responses.at(0).status, status) << fault;
      EXPECT_FALSE(result.files.contains("new.txt")) << fault;
      EXPECT_EQ(result.reason, CloseReason::finished) << fault;
    }
  }
}

TEST(Upload, says_that_the_disk_is_full) {
  const Script script = script_of(put("/new.txt", body));
  const std::size_t write = play(script).trace.find('w');
  const Played result = play(script, {SIZE_MAX, write, Fault::no_space, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 507);
  EXPECT_NE(result.trace.find('D'), std::string::npos);
}

TEST(Upload, goes_on_after_a_partial_write) {
  const Script script = script_of(put("/new.txt", body));
  const std::size_t write = play(script).trace.find('w');
  const Played result = play(script, {SIZE_MAX, write, Fault::shortened, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_EQ(result.files.at("new.txt"), body);
}

TEST(Upload, is_discarded_when_the_peer_resets_and_nothing_is_sent) {
  const Script script = script_of(put("/old.txt", body));
  const std::size_t receive =
      play(script, {20, SIZE_MAX, Fault::none, SIZE_MAX}).trace.find("wR") + 1;
  const Played result = play(script, {20, receive, Fault::error, SIZE_MAX});
  EXPECT_EQ(result.reason, CloseReason::peer_lost);
  EXPECT_EQ(result.sent, "");
  EXPECT_EQ(result.files.at("old.txt"), "old content");
}

TEST(Upload, that_ends_early_is_answered_and_discarded) {
  Script script = script_of(put("/old.txt", body));
  script.input.pop_back();
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 400);
  EXPECT_EQ(result.reason, CloseReason::peer_lost);
  EXPECT_EQ(result.files.at("old.txt"), "old content");
  play_every_way(script);
}

TEST(Upload, that_stalls_is_answered_and_discarded) {
  Script script = script_of(put("/old.txt", body));
  script.input.pop_back();
  script.at_end = AtEnd::waits;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 408);
  EXPECT_EQ(result.reason, CloseReason::slow_peer);
  EXPECT_EQ(result.files.at("old.txt"), "old content");
  play_every_way(script);
}

}  // namespace
}  // namespace overlap::test
