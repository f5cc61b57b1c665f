// Conditional requests: reading and writing, and what comes first if there are several.
#include <gtest/gtest.h>

#include "tests/unit/transfer/fake_store.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

const std::string content = "some content";
const std::string body = "another content, longer than one buffer";
const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";     // of every file of a script
const std::string earlier = "Sun, 06 Nov 1994 08:49:36 GMT";  // a second before
std::string tag() { return tag_of("a.txt", content); }

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"a.txt", content}};
  script.folders = {"folder"};
  script.uploads = {{"a.txt", {body}}, {"new.txt", {body}}};
  return script;
}

struct ConditionCase {
  std::string name;
  std::string headers;  // %t: the current tag, %d: the date of the file, %e: an earlier one
  int status;
};
std::ostream& operator<<(std::ostream& out, const ConditionCase& c) { return out << c.name; }

std::string filled(std::string headers) {
  const auto fill = [&headers](const std::string& mark, const std::string& value) {
    for (std::size_t at; (at = headers.find(mark)) != std::string::npos;)
      headers.replace(at, mark.size(), value);
  };
  fill("%t", tag());
  fill("%d", date);
  fill("%e", earlier);
  return headers;
}

class Reading : public testing::TestWithParam<ConditionCase> {};
TEST_P(Reading, is_judged_by_its_conditions) {
  const ConditionCase& c = GetParam();
  const Script script = script_of(get("/a.txt", filled(c.headers)));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  const Response& response = result.responses[0];
  EXPECT_EQ(response.status, c.status);
  EXPECT_FALSE(response.has("connection"));
  if (c.status == 304) {
    EXPECT_EQ(response.field("etag"), tag());
    EXPECT_EQ(response.field("last-modified"), date);
    EXPECT_FALSE(response.has("content-type"));
    EXPECT_EQ(result.trace, "RoxSR");
  }
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Reading,
    testing::Values(
        ConditionCase{"match", "If-Match: %t\r\n", 200},
        ConditionCase{"match_any", "If-Match: *\r\n", 200},
        ConditionCase{"match_one_of", "If-Match: \"x\", %t\r\n", 200},
        ConditionCase{"match_other", "If-Match: \"x\"\r\n", 412},
        ConditionCase{"match_weak", "If-Match: W/%t\r\n", 412},
        ConditionCase{"none_match_other", "If-None-Match: \"x\"\r\n", 200},
        ConditionCase{"none_match", "If-None-Match: %t\r\n", 304},
        ConditionCase{"none_match_weak", "If-None-Match: W/%t\r\n", 304},
        ConditionCase{"none_match_any", "If-None-Match: *\r\n", 304},
        ConditionCase{"modified_since", "If-Modified-Since: %e\r\n", 200},
        ConditionCase{"not_modified_since", "If-Modified-Since: %d\r\n", 304},
        ConditionCase{"unmodified_since", "If-Unmodified-Since: %d\r\n", 200},
        ConditionCase{"not_unmodified_since", "If-Unmodified-Since: %e\r\n", 412},
        ConditionCase{"no_date", "If-Modified-Since: yesterday\r\n", 200},
        ConditionCase{"match_before_unmodified", "If-Match: %t\r\nIf-Unmodified-Since: %e\r\n",
                      200},
        ConditionCase{"none_match_before_modified",
                      "If-None-Match: \"x\"\r\nIf-Modified-Since: %d\r\n", 200},
        ConditionCase{"match_before_none_match", "If-Match: \"x\"\r\nIf-None-Match: %t\r\n", 412},
        ConditionCase{"both_hold", "If-Match: %t\r\nIf-None-Match: %t\r\n", 304},
        ConditionCase{"condition_before_range", "If-None-Match: %t\r\nRange: bytes=0-1\r\n", 304},
        ConditionCase{"condition_before_416", "If-Match: \"x\"\r\nRange: bytes=99-\r\n", 412},
        ConditionCase{"malformed", "If-Match: no tag\r\n", 400},
        ConditionCase{"unclosed", "If-None-Match: \"x\r\n", 400}),
    [](const auto& row) { return row.param.name; });

TEST(Conditions, are_not_asked_of_a_file_that_does_not_exist) {
  for (const char* headers : {"If-Match: *\r\n", "If-None-Match: *\r\n"}) {
    const Script script = script_of(get("/missing", headers));
    EXPECT_EQ(play(script).responses.at(0).status, 404) << headers;
    play_every_way(script);
  }
}

TEST(Conditions, hold_strongly_for_no_file_that_another_program_writes) {
  Script script = script_of(get("/a.txt", filled("If-Match: %t\r\n")));
  script.unstable = {"a.txt"};
  EXPECT_EQ(play(script).responses.at(0).status, 412);
  script.input = get("/a.txt", filled("If-None-Match: %t\r\n"));  // weak comparison
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 304);
  EXPECT_EQ(result.responses.at(0).field("etag"), "W/" + tag());
}

class Writing : public testing::TestWithParam<ConditionCase> {};
TEST_P(Writing, is_judged_by_its_conditions) {
  const ConditionCase& c = GetParam();
  const Script script = script_of(put("/a.txt", body, filled(c.headers)));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, c.status);
  EXPECT_EQ(result.files.at("a.txt"), c.status == 204 ? body : content);
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Writing,
    testing::Values(ConditionCase{"match", "If-Match: %t\r\n", 204},
                    ConditionCase{"match_any", "If-Match: *\r\n", 204},
                    ConditionCase{"match_other", "If-Match: \"x\"\r\n", 412},
                    ConditionCase{"match_weak", "If-Match: W/%t\r\n", 412},
                    ConditionCase{"none_match", "If-None-Match: %t\r\n", 412},
                    ConditionCase{"none_match_any", "If-None-Match: *\r\n", 412},
                    ConditionCase{"none_match_other", "If-None-Match: \"x\"\r\n", 204},
                    ConditionCase{"unmodified_since", "If-Unmodified-Since: %d\r\n", 204},
                    ConditionCase{"not_unmodified_since", "If-Unmodified-Since: %e\r\n", 412},
                    ConditionCase{"match_before_date",
                                  "If-Match: %t\r\nIf-Unmodified-Since: %e\r\n", 204},
                    ConditionCase{"malformed", "If-Match: x\r\n", 400},
                    ConditionCase{"malformed_none", "If-None-Match: \"\r\n", 400}),
    [](const auto& row) { return row.param.name; });

TEST(Conditions, let_a_new_file_be_created_once) {
  const Script script = script_of(put("/new.txt", body, "If-None-Match: *\r\n") +
                                  put("/new.txt", body, "If-None-Match: *\r\n"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[1].status, 412);
  play_every_way(script);
}

TEST(Conditions, of_a_write_are_judged_before_the_body_is_asked_for) {
  Script script = script_of(put("/a.txt", body, "Expect: 100-continue\r\nIf-None-Match: *\r\n"));
  script.input.resize(script.input.find("\r\n\r\n") + 4);
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 412);
  EXPECT_EQ(result.responses[0].field("connection"), "close");
  play_every_way(script);
}

TEST(Conditions, are_judged_again_when_the_file_is_put_in_place) {
  const Script script = script_of(put("/a.txt", body, filled("If-Match: %t\r\n")));
  const std::size_t commit = play(script).trace.find('C');
  const Played result = play(script, {SIZE_MAX, commit, Fault::condition_failed, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 412);
  EXPECT_EQ(result.files.at("a.txt"), content);
}

struct NameCase {
  std::string name, request;
  int status;
};
std::ostream& operator<<(std::ostream& out, const NameCase& c) { return out << c.name; }

class ConditionalNames : public testing::TestWithParam<NameCase> {};
TEST_P(ConditionalNames, are_changed_only_if_the_conditions_hold) {
  const Script script = script_of(filled(GetParam().request));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u) << result.sent;
  EXPECT_EQ(result.responses[0].status, GetParam().status);
  if (GetParam().status >= 400) {
    EXPECT_EQ(result.files, script.files);
    EXPECT_EQ(result.folders, script.folders);
  }
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ConditionalNames,
    testing::Values(
        NameCase{"delete_held", request("DELETE", "/a.txt", "If-Match: %t\r\n"), 204},
        NameCase{"delete_changed", request("DELETE", "/a.txt", "If-Match: \"x\"\r\n"), 412},
        NameCase{"delete_malformed", request("DELETE", "/a.txt", "If-Match: x\r\n"), 400},
        NameCase{"delete_dated", request("DELETE", "/a.txt", "If-Unmodified-Since: %e\r\n"), 412},
        NameCase{"move_changed",
                 request("MOVE", "/a.txt", "Destination: /b\r\nIf-Match: \"x\"\r\n"), 412},
        NameCase{"move_held", request("MOVE", "/a.txt", "Destination: /b\r\nIf-Match: %t\r\n"),
                 201},
        NameCase{"copy_malformed", request("COPY", "/a.txt", "Destination: /b\r\nIf-Match: x\r\n"),
                 400},
        NameCase{"copy_changed",
                 request("COPY", "/a.txt", "Destination: /b\r\nIf-Match: \"x\"\r\n"), 412},
        NameCase{"folder_there", put("/folder/", "", "If-None-Match: *\r\n"), 412},
        NameCase{"folder_new", put("/other/", "", "If-None-Match: *\r\n"), 201},
        NameCase{"folder_missing", put("/other/", "", "If-Match: *\r\n"), 412},
        NameCase{"folder_malformed", put("/other/", "", "If-Match: x\r\n"), 400},
        NameCase{"mkcol_there", request("MKCOL", "/folder/", "If-None-Match: *\r\n"), 412}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace overlap::test
