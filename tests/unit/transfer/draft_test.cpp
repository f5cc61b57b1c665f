// Resumable uploads as draft-ietf-httpbis-resumable-upload has them, and what both dialects share:
// whatever interrupts an upload, what has come of it is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/digest/hasher.h"
#include "common/protocol/digest_fields.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using testing::HasSubstr;

const std::string body = "the body of a file, longer than one buffer of sixteen bytes";
const std::size_t size = body.size();
const std::string interop = "Upload-Draft-Interop-Version: 8\r\n";

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"old.txt", "old content"}};
  script.uploads = {{"new.txt", {body}}, {"old.txt", {body}}, {"empty", {""}}};
  return script;
}
Script unfinished(std::size_t stored, std::string input) {
  Script script = script_of(std::move(input));
  script.unfinished[upload_id(1)] = {"new.txt", body.substr(0, stored)};
  return script;
}
std::string digest_field(const std::string& name, const std::string& content) {
  const auto digest =
      digest_of(protocol::DigestAlgorithm::sha_256, std::as_bytes(std::span(content)));
  return name + ": " + std::string(protocol::DigestText(digest).text()) + "\r\n";
}

TEST(Draft, announces_the_upload_before_it_asks_for_the_body) {
  Script script =
      script_of(put("/new.txt", body, draft_fields(true, interop + "Expect: 100-continue\r\n")));
  const std::size_t head = script.input.find("\r\n\r\n") + 4;
  const Played result = play(script, {head, SIZE_MAX, Fault::none, SIZE_MAX});
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.responses[0].status, 104);
  EXPECT_EQ(result.responses[0].field("location"), upload_target(256));
  EXPECT_EQ(result.responses[0].field("upload-draft-interop-version"), "8");
  EXPECT_THAT(result.responses[0].field("upload-limit"), HasSubstr("max-size=64"));
  EXPECT_EQ(result.responses[1].status, 100);
  EXPECT_EQ(result.responses[2].status, 201);
  EXPECT_EQ(result.trace.substr(0, 3), "RcS");  // both in one send
  EXPECT_EQ(result.files.at("new.txt"), body);
  play_every_way(script);
}

TEST(Draft, sends_no_104_to_those_who_could_not_read_it) {
  for (const char* version :
       {"", "Upload-Draft-Interop-Version: 3\r\n", "Upload-Draft-Interop-Version: x\r\n"}) {
    const Script script = script_of(put("/new.txt", body, draft_fields(true, version)));
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 1u);
    EXPECT_EQ(result.responses[0].status, 201);
    EXPECT_TRUE(result.unfinished.empty());  // nobody could come back to it
    play_every_way(script);
  }
  Script old = script_of(put("/new.txt", body, draft_fields(true, interop)));
  old.input.replace(old.input.find("1.1"), 3, "1.0");
  EXPECT_EQ(play(old).responses.at(0).status, 201);
  play_every_way(old);
}

TEST(Draft, goes_on_in_as_many_requests_as_it_likes) {
  const std::string length = "Upload-Length: " + std::to_string(size) + "\r\n";
  const Script script =
      script_of(put("/new.txt", "", draft_fields(false, length)) +
                draft_append(256, 0, body.substr(0, 20), false) + draft_query(256) +
                draft_append(256, 20, body.substr(20, 10), false) +
                draft_append(256, 30, body.substr(30), true) + draft_query(256));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 6u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[0].field("upload-complete"), "?0");
  EXPECT_EQ(result.responses[0].field("location"), upload_target(256));
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.responses[1].field("upload-offset"), "20");
  EXPECT_EQ(result.responses[2].status, 204);
  EXPECT_EQ(result.responses[2].field("upload-offset"), "20");
  EXPECT_EQ(result.responses[2].field("upload-complete"), "?0");
  EXPECT_EQ(result.responses[2].field("upload-length"), std::to_string(size));
  EXPECT_EQ(result.responses[4].status, 201);
  EXPECT_EQ(result.responses[4].field("upload-complete"), "?1");
  EXPECT_EQ(result.responses[4].field("etag").front(), '"');
  EXPECT_EQ(result.responses[5].field("upload-complete"), "?1");
  EXPECT_EQ(result.files.at("new.txt"), body);
  play_every_way(script);
}

TEST(Draft, learns_the_length_from_the_end) {
  const Script script = script_of(put("/old.txt", body.substr(0, 7), draft_fields(false)) +
                                  draft_append(256, 7, body.substr(7), true));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.files.at("old.txt"), body);
  play_every_way(script);
}

struct Append {
  std::string name, input;
  int status;
  std::string problem;
  std::size_t stored;  // of the upload, afterwards; it had 10
};
std::ostream& operator<<(std::ostream& out, const Append& c) { return out << c.name; }
const std::string type = "Content-Type: application/partial-upload\r\n";

class DraftAppend : public testing::TestWithParam<Append> {};
TEST_P(DraftAppend, is_answered) {
  const Append& c = GetParam();
  Script script = unfinished(10, c.input);
  script.unfinished[upload_id(1)].length = size;
  script.unfinished[upload_id(2)] = {"new.txt", body, size, "", true};
  const Played result = play(script);
  ASSERT_GE(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, c.status) << result.sent;
  EXPECT_THAT(result.responses[0].body, HasSubstr(c.problem));
  EXPECT_EQ(result.responses[0].field("content-type") == "application/problem+json",
            !c.problem.empty());
  EXPECT_EQ(result.unfinished.at(upload_id(1)).content.size(), c.stored);
  EXPECT_FALSE(result.files.contains("new.txt"));
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, DraftAppend,
    testing::Values(
        Append{"more", draft_append(1, 10, "more", false), 204, "", 14},
        Append{"below", draft_append(1, 9, "x", false), 409, "mismatching-upload-offset", 10},
        Append{"beyond", draft_append(1, 11, "x", false), 409, "\"expected-offset\":10", 10},
        Append{"too_early_an_end", draft_append(1, 10, "x", true), 400,
               "inconsistent-upload-length", 10},
        Append{"too_long", draft_append(1, 10, body, false), 400, "inconsistent-upload-length", 10},
        Append{"other_length", draft_append(1, 10, "x", false, "Upload-Length: 60\r\n"), 400,
               "inconsistent-upload-length", 10},
        Append{"chunks_end_too_early",
               chunked("PATCH", upload_target(1), chunk("12345") + chunk(""),
                       draft_fields(true, type + "Upload-Offset: 10\r\n")),
               400, "inconsistent-upload-length", 15},
        Append{"complete", draft_append(2, size, "", true), 400, "completed-upload", 10},
        Append{"no_offset", sized("PATCH", upload_target(1), "x", draft_fields(false, type)), 400,
               "", 10},
        Append{"no_type",
               sized("PATCH", upload_target(1), "x", draft_fields(false, "Upload-Offset: 10\r\n")),
               415, "", 10},
        Append{"no_complete", sized("PATCH", upload_target(1), "x", type + "Upload-Offset: 10\r\n"),
               400, "", 10},
        Append{"content_digest",
               draft_append(1, 10, "abcd", false, digest_field("Content-Digest", "abcd")), 204, "",
               14},
        Append{"content_digest_wrong",
               draft_append(1, 10, std::string(40, 'x'), false,
                            digest_field("Content-Digest", "abcd")),
               400, "", 10},
        Append{"content_digest_malformed",
               draft_append(1, 10, "abcd", false, "Content-Digest: sha-256=x\r\n"), 400, "", 10},
        Append{"no_such_upload", draft_append(3, 0, "x", false), 404, "", 10},
        Append{"get", get(upload_target(1)), 405, "", 10},
        Append{"put", put(upload_target(1), "x"), 405, "", 10}),
    [](const auto& row) { return row.param.name; });

TEST(Draft, holds_a_chunked_whole_to_the_length_that_was_told) {
  for (const std::string& version : {std::string(), interop}) {
    const Script script = script_of(chunked("PUT", "/new.txt", chunk("12345") + chunk(""),
                                            draft_fields(true, "Upload-Length: 6\r\n" + version)));
    const Played result = play(script);
    EXPECT_EQ(result.responses.back().status, 400);
    EXPECT_FALSE(result.files.contains("new.txt"));
    play_every_way(script);
  }
}

TEST(Draft, keeps_the_promise_of_a_repr_digest_until_the_whole_is_there) {
  for (const bool good : {true, false}) {
    const std::string promise = digest_field("Repr-Digest", good ? body : "another body");
    Script script = script_of(put("/new.txt", body.substr(0, 7), draft_fields(false, promise)) +
                              draft_append(256, 7, body.substr(7), true));
    script.config.limits.head_bytes_max = 2048;
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 2u);
    EXPECT_EQ(result.responses[1].status, good ? 201 : 400);
    EXPECT_EQ(result.files.contains("new.txt"), good);
    EXPECT_EQ(result.unfinished.size(), good ? 1u : 0u);
    play_every_way(script);
  }
}

TEST(Draft, judges_a_content_digest_of_the_creation) {
  const Script script = script_of(
      put("/new.txt", body, draft_fields(true, interop + digest_field("Content-Digest", "other"))));
  const Played result = play(script);
  EXPECT_EQ(result.responses.back().status, 400);
  EXPECT_FALSE(result.files.contains("new.txt"));
  EXPECT_EQ(result.unfinished.at(upload_id(256)).content, "");
  play_every_way(script);
}

TEST(Draft, ends_an_upload_that_is_not_wanted) {
  const Script script = unfinished(10, request("DELETE", upload_target(1)) + draft_query(1));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 204);
  EXPECT_EQ(result.responses[1].status, 404);
  play_every_way(script);
}

TEST(Draft, belongs_to_whoever_began_it) {
  const std::string ann = "Authorization: Bearer ann\r\n";
  Script script = unfinished(10, draft_append(1, 10, body.substr(10), true) + draft_query(1) +
                                     request("DELETE", upload_target(1)) +
                                     draft_append(1, 10, body.substr(10), true, ann));
  script.unfinished[upload_id(1)].user = "ann";
  script.gate.users = {{"ann", "Bearer ann"}};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 4u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(result.responses[static_cast<std::size_t>(i)].status, 404);
  EXPECT_EQ(result.responses[3].status, 201);
  play_every_way(script);
}

TEST(Draft, asks_for_the_right_to_write_also_when_it_goes_on) {
  Script script = unfinished(10, draft_append(1, 10, body.substr(10), true) + draft_query(1));
  script.gate.anonymous = {{"", access::Right::read}};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 401);
  EXPECT_EQ(result.responses[1].field("upload-offset"), "10");
  play_every_way(script);
}

// ---- interruption

class Interrupted : public testing::TestWithParam<bool> {};
TEST_P(Interrupted, at_any_byte_keeps_what_has_come) {
  const bool creation = GetParam();
  const std::string whole = creation ? put("/new.txt", body, draft_fields(true, interop))
                                     : draft_append(1, 0, body, true);
  const std::size_t head = whole.find("\r\n\r\n") + 4;
  for (const Fault fault : {Fault::none, Fault::error, Fault::cancelled, Fault::timeout}) {
    for (std::size_t sent = head; sent < whole.size(); ++sent) {
      Script script = unfinished(0, whole.substr(0, sent));
      // The last receive lingers; the one before it waits for more of the body.
      const std::string trace = play(script).trace;
      const std::size_t steps = trace.rfind('R');
      Plan plan;
      if (fault != Fault::none) plan.fault_step = trace.rfind('R', steps - 1);
      plan.fault = fault;
      const Played result = play(script, plan);
      expect_sound(script, plan, result);
      const std::size_t number = creation ? 256 : 1;
      EXPECT_EQ(result.unfinished.at(upload_id(number)).content, body.substr(0, sent - head))
          << fault << " after " << sent - head << " bytes: " << result.trace;
      EXPECT_FALSE(result.files.contains("new.txt"));
      // And it goes on from there.
      script.unfinished = result.unfinished;
      script.input = draft_append(number, sent - head, body.substr(sent - head), true);
      EXPECT_EQ(play(script).files.at("new.txt"), body);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Kinds, Interrupted, testing::Bool(),
                         [](const auto& row) { return row.param ? "Creation" : "Append"; });

TEST(Interrupted, leaves_nothing_of_a_body_that_may_be_wrong) {
  const std::string whole =
      draft_append(1, 10, body.substr(10), true, digest_field("Content-Digest", body.substr(10)));
  Script script = unfinished(10, whole.substr(0, whole.size() - 1));
  const Played result = play(script);
  EXPECT_EQ(result.unfinished.at(upload_id(1)).content, body.substr(0, 10));
  play_every_way(script);
}

TEST(Interrupted, remembers_how_far_it_has_come_now_and_then) {
  const std::string large(20 * 1024 * 1024, 'l');
  Script script = unfinished(0, draft_append(1, 0, large, true));
  script.unfinished[upload_id(1)].content.clear();
  script.uploads["new.txt"] = {large};
  script.config.limits.body_bytes_max = large.size();
  script.config.limits.chunk_bytes = 256 * 1024;
  const Played result = play(script);
  EXPECT_EQ(std::count(result.trace.begin(), result.trace.end(), 'k'), 2);  // each 8 MiB
  EXPECT_EQ(result.responses.at(0).status, 201);
  expect_sound(script, {}, result);
  const std::size_t first = result.trace.find('k');
  const Plan plan{SIZE_MAX, first, Fault::no_space, SIZE_MAX};
  const Played full = play(script, plan);
  EXPECT_EQ(full.responses.at(0).status, 507);
  EXPECT_EQ(full.unfinished.at(upload_id(1)).content.size(), 8u * 1024 * 1024);
  expect_sound(script, plan, full);
}

}  // namespace
}  // namespace overlap::test
