// Content-Digest and Repr-Digest: promised with an upload, wanted with a download (RFC 9530).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/digest/hasher.h"
#include "common/protocol/digest_fields.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using protocol::DigestAlgorithm;
using testing::HasSubstr;

const std::string body = "the body of a file, longer than one buffer of sixteen bytes";
const std::string other = "another body";

std::string digest_text(const std::string& content,
                        DigestAlgorithm algorithm = DigestAlgorithm::sha_256) {
  const auto digest = digest_of(algorithm, std::as_bytes(std::span(content)));
  return std::string(protocol::DigestText(digest).text());
}
std::string content_digest(const std::string& content) {
  return "Content-Digest: " + digest_text(content) + "\r\n";
}
std::string repr_digest(const std::string& content) {
  return "Repr-Digest: " + digest_text(content) + "\r\n";
}

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"old.txt", "old content"}, {"large.bin", body}};
  script.uploads = {{"old.txt", {body}}, {"empty", {""}}};
  script.config.limits.head_bytes_max = 2048;
  return script;
}

struct Promise {
  std::string name, headers;
  int status;
  std::string said = {};
};
std::ostream& operator<<(std::ostream& out, const Promise& c) { return out << c.name; }

class Promises : public testing::TestWithParam<Promise> {};
TEST_P(Promises, are_kept_or_nothing_is_stored) {
  const Promise& c = GetParam();
  for (const std::string& input :
       {put("/old.txt", body, c.headers),
        chunked("PUT", "/old.txt", chunk(body.substr(0, 20)) + chunk(body.substr(20)) + chunk(""),
                c.headers)}) {
    const Script script = script_of(input);
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 1u);
    EXPECT_EQ(result.responses[0].status, c.status);
    EXPECT_THAT(result.responses[0].body, HasSubstr(c.said));
    EXPECT_EQ(result.files.at("old.txt"), c.status == 204 ? body : "old content");
    EXPECT_TRUE(result.unfinished.empty());
    play_every_way(script);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Table, Promises,
    testing::Values(
        Promise{"content", content_digest(body), 204},
        Promise{"content_wrong", content_digest(other), 400, "Content-Digest"},
        Promise{"repr", repr_digest(body), 204},
        Promise{"repr_wrong", repr_digest(other), 400, "Repr-Digest"},
        Promise{"both", content_digest(body) + repr_digest(body), 204},
        Promise{"one_wrong", content_digest(body) + repr_digest(other), 400, "Repr-Digest"},
        Promise{"sha_512",
                "Content-Digest: " + digest_text(body, DigestAlgorithm::sha_512) + "\r\n", 204},
        Promise{"sha_512_wrong",
                "Content-Digest: " + digest_text(other, DigestAlgorithm::sha_512) + "\r\n", 400},
        Promise{"the_stronger_counts",
                "Content-Digest: " + digest_text(other) + ", " +
                    digest_text(body, DigestAlgorithm::sha_512) + "\r\n",
                204},
        Promise{"two_algorithms",
                content_digest(body) +
                    "Repr-Digest: " + digest_text(body, DigestAlgorithm::sha_512) + "\r\n",
                204},
        Promise{"unknown_algorithm", "Content-Digest: md5=:AAAA:\r\n", 204},
        Promise{"malformed", "Content-Digest: sha-256=abc\r\n", 400},
        Promise{"wrong_length", "Repr-Digest: sha-256=:AAAA:\r\n", 400}),
    [](const auto& row) { return row.param.name; });

TEST(Digests, of_an_empty_file_are_checked_too) {
  const Script good = script_of(put("/empty", "", content_digest("")));
  EXPECT_EQ(play(good).responses.at(0).status, 201);
  play_every_way(good);
  const Script bad = script_of(put("/empty", "", content_digest("x")));
  EXPECT_EQ(play(bad).responses.at(0).status, 400);
  play_every_way(bad);
}

TEST(Digests, that_are_malformed_are_refused_before_the_body_is_asked_for) {
  Script script =
      script_of(put("/old.txt", body, "Expect: 100-continue\r\nRepr-Digest: sha-256=x\r\n"));
  script.input.resize(script.input.find("\r\n\r\n") + 4);
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 400);
  EXPECT_EQ(result.trace, "RSHR");
}

TEST(Digests, are_given_to_those_who_want_them) {
  for (const char* file : {"old.txt", "large.bin"}) {
    for (const auto algorithm : {DigestAlgorithm::sha_256, DigestAlgorithm::sha_512}) {
      const std::string wish = "Want-Repr-Digest: " + std::string(name_of(algorithm)) + "=5\r\n";
      const Script script = script_of(get(std::string("/") + file, wish));
      const Played result = play(script);
      EXPECT_EQ(result.responses.at(0).field("repr-digest"),
                digest_text(script.files.at(file), algorithm));
      EXPECT_EQ(result.trace.substr(0, 3), "Roh");
      play_every_way(script);
    }
  }
}

TEST(Digests, of_a_part_are_those_of_the_whole) {
  const Script script =
      script_of(get("/large.bin", "Range: bytes=1-2\r\nWant-Repr-Digest: sha-256=1\r\n") +
                get("/large.bin", "Range: bytes=0-1,4-5,30-31\r\nWant-Repr-Digest: sha-256=1\r\n"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 206);
  EXPECT_EQ(result.responses[0].field("repr-digest"), digest_text(body));
  EXPECT_EQ(result.responses[1].status, 206);
  EXPECT_EQ(result.responses[1].field("repr-digest"), digest_text(body));
  play_every_way(script);
}

TEST(Digests, are_not_given_to_those_who_want_none_of_them) {
  for (const char* wish : {"", "Want-Repr-Digest: md5=9\r\n", "Want-Repr-Digest: sha-256=0\r\n",
                           "Want-Repr-Digest: ?\r\n", "Want-Content-Digest: sha-256=1\r\n"}) {
    const Played result = play(script_of(get("/old.txt", wish)));
    EXPECT_FALSE(result.responses.at(0).has("repr-digest")) << wish;
    EXPECT_EQ(result.trace, "RorxSR") << wish;
  }
}

TEST(Digests, are_not_given_of_a_file_that_cannot_be_hashed) {
  const Script script = script_of(get("/old.txt", "Want-Repr-Digest: sha-256=1\r\n"));
  const Played result = play(script, {SIZE_MAX, 2, Fault::in_use, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 200);
  EXPECT_FALSE(result.responses.at(0).has("repr-digest"));
}

TEST(Digests, are_not_given_of_another_state_of_the_file) {
  Script script = script_of(get("/large.bin", "Want-Repr-Digest: sha-256=1\r\n"));
  script.files["large.bin"] = std::string(66'000, 'l');  // shorter ones nobody can write to
  script.foreign_writes = {{2, "large.bin", std::string(66'000, 'x')}};
  const Played result = play(script);
  EXPECT_FALSE(result.responses.at(0).has("repr-digest"));
  EXPECT_EQ(result.reason, CloseReason::failed);
  play_every_way(script);
}

TEST(Digests, are_not_given_while_another_program_writes) {
  Script script = script_of(get("/old.txt", "Want-Repr-Digest: sha-256=1\r\n"));
  script.unstable = {"old.txt"};
  const Played result = play(script);
  EXPECT_FALSE(result.responses.at(0).has("repr-digest"));
  EXPECT_EQ(result.trace.find('h'), std::string::npos);
}

}  // namespace
}  // namespace overlap::test
