// Resumable uploads as tus 1.0.0 has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/digest/hasher.h"
#include "common/protocol/base64.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

const std::string body = "the body of a file, longer than one buffer of sixteen bytes";
const std::size_t size = body.size();

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.folders = {"folder"};
  script.files = {{"old.txt", "old content"}};
  script.uploads = {{"new.txt", {body}},
                    {"old.txt", {body}},
                    {"folder/name \xc3\xa9.txt", {body}},
                    {"empty", {""}}};
  script.config.limits.headers_max = 20;
  return script;
}
// Of which the first `stored` bytes are there.
Script unfinished(std::size_t stored, std::string input) {
  Script script = script_of(std::move(input));
  script.unfinished[upload_id(1)] = {"new.txt", body.substr(0, stored), size};
  return script;
}
std::string checksum(const std::string& content, const std::string& name = "sha256") {
  const auto algorithm =
      name == "sha256" ? protocol::DigestAlgorithm::sha_256 : protocol::DigestAlgorithm::sha_512;
  const auto digest = digest_of(algorithm, std::as_bytes(std::span(content)));
  std::string text(protocol::base64_length(digest.size()), ' ');
  protocol::encode_base64(std::span(digest.bytes).first(digest.size()), text.data());
  return "Upload-Checksum: " + name + ' ' + text + "\r\n";
}

TEST(Tus, creates_an_upload_and_appends_until_it_is_a_file) {
  const Script script =
      script_of(tus_creation("/new.txt", size) + tus_append(256, 0, body.substr(0, 20)) +
                tus_query(256) + tus_append(256, 20, body.substr(20)) + tus_query(256));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 5u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[0].field("location"), upload_target(256));
  EXPECT_EQ(result.responses[0].field("upload-offset"), "0");
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.responses[1].field("upload-offset"), "20");
  EXPECT_TRUE(result.responses[1].has("upload-expires"));
  EXPECT_EQ(result.responses[2].status, 200);
  EXPECT_EQ(result.responses[2].field("upload-offset"), "20");
  EXPECT_EQ(result.responses[2].field("upload-length"), std::to_string(size));
  EXPECT_EQ(result.responses[2].field("cache-control"), "no-store");
  EXPECT_EQ(result.responses[3].status, 204);
  EXPECT_EQ(result.responses[3].field("upload-offset"), std::to_string(size));
  EXPECT_EQ(result.responses[3].field("etag").front(), '"');
  EXPECT_EQ(result.responses[4].field("upload-offset"), std::to_string(size));
  for (const Response& response : result.responses)
    EXPECT_EQ(response.field("tus-resumable"), "1.0.0");
  EXPECT_EQ(result.files.at("new.txt"), body);
  play_every_way(script);
}

TEST(Tus, takes_the_beginning_or_the_whole_with_the_creation) {
  const Script some = script_of(tus_creation_with(body.substr(0, 30), "/new.txt", size));
  const Played begun = play(some);
  EXPECT_EQ(begun.responses.at(0).status, 201);
  EXPECT_EQ(begun.responses.at(0).field("upload-offset"), "30");
  EXPECT_EQ(begun.unfinished.at(upload_id(256)).content, body.substr(0, 30));
  play_every_way(some);
  const Script all = script_of(tus_creation_with(body, "/old.txt", size));
  const Played whole = play(all);
  EXPECT_EQ(whole.responses.at(0).status, 201);
  EXPECT_EQ(whole.responses.at(0).field("location"), upload_target(256));
  EXPECT_EQ(whole.responses.at(0).field("upload-offset"), std::to_string(size));
  EXPECT_EQ(whole.files.at("old.txt"), body);
  play_every_way(all);
}

TEST(Tus, of_nothing_is_complete_at_once) {
  const Script script = script_of(tus_creation("/empty", 0));
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_EQ(result.files.at("empty"), "");
  play_every_way(script);
}

TEST(Tus, takes_the_name_from_the_metadata_and_gives_that_back) {
  const std::string metadata = "filename bmFtZSDDqS50eHQ=,other,type dGV4dA==";
  const Script script = script_of(
      tus_creation_with(body, "/folder/", size, "Upload-Metadata: " + metadata + "\r\n") +
      tus_creation("/folder/", 64, "Upload-Metadata: " + metadata + "\r\n") + tus_query(257));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.files.at("folder/name \xc3\xa9.txt"), body);
  EXPECT_EQ(result.responses[2].field("upload-metadata"), metadata);
  play_every_way(script);
}

TEST(Tus, learns_the_length_later) {
  const Script script = script_of(
      request("POST", "/new.txt", tus_fields("Upload-Defer-Length: 1\r\n")) +
      tus_append(256, 0, body.substr(0, 9)) + tus_query(256) +
      tus_append(256, 9, body.substr(9, 9), "Upload-Length: " + std::to_string(size) + "\r\n") +
      tus_query(256) + tus_append(256, 18, body.substr(18)));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 6u);
  EXPECT_EQ(result.responses[2].field("upload-defer-length"), "1");
  EXPECT_FALSE(result.responses[2].has("upload-length"));
  EXPECT_EQ(result.responses[4].field("upload-length"), std::to_string(size));
  EXPECT_EQ(result.files.at("new.txt"), body);
  play_every_way(script);
}

TEST(Tus, never_takes_more_than_the_length_or_the_limit) {
  const std::string too_long(65, 'x');  // the limit is 64
  const std::string length = "Upload-Length: " + std::to_string(size) + "\r\n";
  struct Case {
    std::string input;
    int status;
  };
  const std::vector<Case> table{
      {tus_creation("/new.txt", 65), 413},
      {tus_creation("/new.txt", 64), 201},
      {tus_creation_with(body + "x", "/new.txt", size), 413},
      {chunked("POST", "/new.txt", chunk(body + "x") + chunk(""), tus_body_fields(length)), 413},
      {chunked("POST", "/new.txt", chunk(body) + chunk(""), tus_body_fields(length)), 201},
      {tus_append(1, 10, body.substr(10) + "x"), 413},
      {chunked("PATCH", upload_target(1), chunk(body.substr(10) + "x") + chunk(""),
               tus_body_fields("Upload-Offset: 10\r\n")),
       413},
      {chunked("PATCH", upload_target(1), chunk(body.substr(10)) + chunk(""),
               tus_body_fields("Upload-Offset: 10\r\n")),
       204},
      {tus_append(2, 0, "x", "Upload-Length: 65\r\n"), 413},
      {tus_append(2, 0, "x", "Upload-Length: 64\r\n"), 204},
      {tus_append(2, 0, too_long), 413},
      {chunked("PATCH", upload_target(2), chunk(too_long) + chunk(""),
               tus_body_fields("Upload-Offset: 0\r\n")),
       413},
  };
  for (const auto& [input, status] : table) {
    Script script = unfinished(10, input);
    script.unfinished[upload_id(2)] = {"new.txt", ""};  // of unknown length
    const Played result = play(script);
    EXPECT_EQ(result.responses.at(0).status, status) << input;
    play_every_way(script);
  }
}

struct Append {
  std::string name, input;
  int status;
  std::string offset;  // that the answer names
  std::size_t stored;  // of the upload, afterwards; it had 10
};
std::ostream& operator<<(std::ostream& out, const Append& c) { return out << c.name; }

class TusAppend : public testing::TestWithParam<Append> {};
TEST_P(TusAppend, is_answered) {
  const Append& c = GetParam();
  const Script script = unfinished(10, c.input);
  const Played result = play(script);
  ASSERT_GE(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, c.status) << result.sent;
  EXPECT_EQ(result.responses[0].field("upload-offset"), c.offset);
  EXPECT_EQ(result.unfinished.at(upload_id(1)).content.size(), c.stored);
  EXPECT_FALSE(result.files.contains("new.txt"));
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, TusAppend,
    testing::Values(
        Append{"more", tus_append(1, 10, body.substr(10, 5)), 204, "15", 15},
        Append{"nothing", tus_append(1, 10, ""), 204, "10", 10},
        Append{"below", tus_append(1, 9, "x"), 409, "10", 10},
        Append{"beyond", tus_append(1, 11, "x"), 409, "10", 10},
        Append{"no_offset", sized("PATCH", upload_target(1), "x", tus_body_fields()), 400, "", 10},
        Append{"two_offsets", tus_append(1, 10, "x", "Upload-Offset: 10\r\n"), 400, "", 10},
        Append{"no_type",
               sized("PATCH", upload_target(1), "x", tus_fields("Upload-Offset: 10\r\n")), 415, "",
               10},
        Append{"version", sized("PATCH", upload_target(1), "x", "Tus-Resumable: 2.0.0\r\n"), 412,
               "", 10},
        Append{"other_length", tus_append(1, 10, "x", "Upload-Length: 20\r\n"), 400, "", 10},
        Append{"checksum", tus_append(1, 10, "01234", checksum("01234")), 204, "15", 15},
        Append{"checksum_512", tus_append(1, 10, "01234", checksum("01234", "sha512")), 204, "15",
               15},
        Append{"checksum_wrong",
               tus_append(1, 10, body.substr(10, 40), checksum(body.substr(10, 39))), 460, "", 10},
        Append{"checksum_unknown", tus_append(1, 10, "x", "Upload-Checksum: md5 AAAA\r\n"), 400, "",
               10},
        Append{"checksum_malformed", tus_append(1, 10, "x", "Upload-Checksum: sha256\r\n"), 400, "",
               10},
        Append{"content_range", tus_append(1, 10, "x", "Content-Range: bytes 0-0/1\r\n"), 400, "",
               10},
        Append{"coded", tus_append(1, 10, "x", "Content-Encoding: gzip\r\n"), 415, "", 10}),
    [](const auto& row) { return row.param.name; });

TEST(Tus, answers_what_was_complete_already_as_if_it_had_just_become_so) {
  Script script = unfinished(size, tus_append(1, size, ""));
  script.unfinished[upload_id(1)].complete = true;
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 204);
  EXPECT_EQ(result.responses.at(0).field("upload-offset"), std::to_string(size));
  play_every_way(script);
}

TEST(Tus, ends_an_upload_that_is_not_wanted) {
  const Script script = unfinished(10, request("DELETE", upload_target(1), tus_fields()) +
                                           tus_query(1) + tus_append(1, 10, "x"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.responses[0].status, 204);
  EXPECT_EQ(result.responses[1].status, 404);
  EXPECT_EQ(result.responses[2].status, 404);
  EXPECT_TRUE(result.unfinished.empty());
  play_every_way(script);
}

TEST(Tus, keeps_what_it_has_when_the_file_in_its_way_is_held) {
  Script script = unfinished(10, tus_append(1, 10, body.substr(10)));
  const std::size_t commit = play(script).trace.find('C');
  const Played result = play(script, {SIZE_MAX, commit, Fault::in_use, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 423);
  EXPECT_EQ(result.responses.at(0).field("location"), upload_target(1));
  EXPECT_TRUE(result.responses.at(0).has("retry-after"));
  EXPECT_EQ(result.unfinished.at(upload_id(1)).content, body);
  // The client comes again when the file is free.
  script.unfinished = result.unfinished;
  script.input = tus_append(1, size, "");
  const Played again = play(script);
  EXPECT_EQ(again.responses.at(0).status, 204);
  EXPECT_EQ(again.files.at("new.txt"), body);
}

// To a tus client an upload whose offset is its length is a file.
TEST(Tus, finishes_when_asked_what_only_lacked_its_end) {
  Script script = unfinished(size, tus_query(1));
  script.unfinished[upload_id(1)].metadata = "k djE=";
  const Played result = play(script);
  EXPECT_EQ(result.trace, "RqaCSR");
  EXPECT_EQ(result.responses.at(0).status, 200);
  EXPECT_EQ(result.responses.at(0).field("upload-offset"), std::to_string(size));
  EXPECT_EQ(result.responses.at(0).field("upload-metadata"), "k djE=");
  EXPECT_EQ(result.files.at("new.txt"), body);
  play_every_way(script);
  // Not as long as the file in its way is held.
  const Played held = play(script, {SIZE_MAX, 3, Fault::in_use, SIZE_MAX});
  EXPECT_EQ(held.responses.at(0).status, 423);
  EXPECT_EQ(held.unfinished.at(upload_id(1)).content, body);
  // And a client of the draft is told that the end is missing.
  script.input = draft_query(1);
  const Played asked = play(script);
  EXPECT_EQ(asked.responses.at(0).field("upload-complete"), "?0");
  EXPECT_FALSE(asked.files.contains("new.txt"));
}

TEST(Tus, that_another_connection_writes_to_is_waited_for) {
  const Played result =
      play(unfinished(10, tus_append(1, 10, "x")), {SIZE_MAX, 1, Fault::upload_in_use, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 204);
  EXPECT_NE(result.trace.find('P'), std::string::npos) << result.trace;
}

TEST(Tus, that_another_connection_never_lets_go_is_423) {
  for (const std::string& input : {tus_append(1, 10, "x"), tus_query(1)}) {
    Script script = unfinished(10, input);
    script.held = {upload_id(1)};
    const Played result = play(script);
    EXPECT_EQ(result.responses.at(0).status, 423);
    EXPECT_TRUE(result.responses.at(0).has("retry-after"));
    EXPECT_GT(result.paused, Instant::zero());
    EXPECT_EQ(result.unfinished.at(upload_id(1)).content.size(), 10u);
    play_every_way(script, {SIZE_MAX});
  }
}

struct BadCreation {
  std::string name, input;
  int status;
};
class TusCreation : public testing::TestWithParam<BadCreation> {};
TEST_P(TusCreation, is_refused) {
  const Script script = script_of(GetParam().input);
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, GetParam().status) << result.sent;
  EXPECT_TRUE(result.unfinished.empty());
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, TusCreation,
    testing::Values(
        BadCreation{"no_name", tus_creation("/folder/", 1), 400},
        BadCreation{"name_with_slash",
                    tus_creation("/folder/", 1, "Upload-Metadata: filename YS9i\r\n"), 400},
        BadCreation{"name_of_device",
                    tus_creation("/folder/", 1, "Upload-Metadata: filename bnVs\r\n"), 400},
        BadCreation{"name_with_line_break",
                    tus_creation("/folder/", 1, "Upload-Metadata: filename YQ1i\r\n"), 400},
        BadCreation{"bad_metadata", tus_creation("/x", 1, "Upload-Metadata: a b c\r\n"), 400},
        BadCreation{"no_length", request("POST", "/x", tus_fields()), 400},
        BadCreation{"odd_length", request("POST", "/x", tus_fields("Upload-Length: -1\r\n")), 400},
        BadCreation{"version", request("POST", "/x", "Tus-Resumable: 0.2\r\n"), 412},
        BadCreation{"no_protocol", sized("POST", "/x", "body"), 400},
        BadCreation{"onto_folder", tus_creation("/folder", 1), 409},
        BadCreation{"no_such_folder", tus_creation("/none/x", 1), 409},
        BadCreation{"condition", tus_creation("/old.txt", 1, "If-None-Match: *\r\n"), 412},
        BadCreation{"concatenation", tus_creation("/x", 1, "Upload-Concat: partial\r\n"), 400}),
    [](const auto& row) { return row.param.name; });

TEST(Tus, is_not_offered_where_resumable_uploads_are_off) {
  Script script = unfinished(10, tus_creation("/x", 1) + tus_query(1) + request("OPTIONS", "/"));
  script.config.uploads.resumable = false;
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.responses[0].status, 405);
  EXPECT_EQ(result.responses[1].status, 400);  // a name that nobody may use
  EXPECT_FALSE(result.responses[2].has("tus-version"));
  play_every_way(script);
}

}  // namespace
}  // namespace overlap::test
