// Who may do what: log-ins, their failures, and rights by path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using access::Right;
using access::Rights;
using testing::HasSubstr;
using testing::Not;

const std::string ann = "Authorization: Basic YW5uOnB3\r\n";
const std::string ben = "Authorization: Bearer ben-token\r\n";
const std::string nobody = "Authorization: Basic bm9ib2R5\r\n";

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"a.txt", "content a"}, {"private/p.txt", "content p"}};
  script.folders = {"private"};
  script.uploads = {{"a.txt", {"new"}}, {"private/p.txt", {"new"}}};
  script.gate.anonymous = {{"", Right::read | Right::list}, {"private", Rights()}};
  script.gate.users = {{"ann", "Basic YW5uOnB3"},
                       {"ben",
                        "Bearer ben-token",
                        {{"", Rights::all()}, {"private", Rights()}},
                        true,
                        0,
                        "Ben Example"}};
  return script;
}

TEST(LogIn, opens_what_anonymous_may_not_see) {
  const Script script = script_of(get("/private/p.txt") + get("/private/p.txt", ann));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 401);
  EXPECT_EQ(result.responses[0].field("www-authenticate"),
            "Basic realm=\"Test\", charset=\"UTF-8\", Bearer realm=\"Test\"");
  EXPECT_EQ(result.responses[1].body, "content p");
  EXPECT_EQ(result.trace, "RSLorxSR");
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_EQ(result.records[0].user, "");
  EXPECT_EQ(result.records[1].user, "ann");
  play_every_way(script);
}

TEST(LogIn, is_asked_for_only_if_it_is_not_remembered) {
  const Script script = script_of(get("/a.txt", ben) + get("/a.txt", ann));
  const Played result = play(script);
  EXPECT_EQ(result.trace, "RorxSLorxSR");
  EXPECT_EQ(result.records.at(0).user, "ben");
  play_every_way(script);
}

TEST(LogIn, holds_for_one_request) {
  const Script script = script_of(get("/private/p.txt", ann) + get("/private/p.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 200);
  EXPECT_EQ(result.responses[1].status, 401);
  EXPECT_EQ(result.records.at(1).user, "");
}

TEST(LogIn, that_fails_is_401_even_where_anonymous_might_pass) {
  Script script = script_of(get("/a.txt", nobody) + get("/a.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 401);
  EXPECT_TRUE(result.responses[0].has("www-authenticate"));
  EXPECT_EQ(result.responses[1].status, 200);
  EXPECT_EQ(result.trace.find('P'), std::string::npos);
  play_every_way(script);
}

TEST(LogIn, that_fails_is_answered_late) {
  Script script = script_of(get("/a.txt", nobody));
  script.gate.wait = std::chrono::seconds(4);
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 401);
  EXPECT_EQ(result.trace, "RLPSR");
  EXPECT_GT(result.paused, std::chrono::milliseconds(3900));
  play_every_way(script);
}

TEST(LogIn, that_fails_reads_no_body) {
  const Script script = script_of(put("/a.txt", "new", nobody) + get("/a.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 401);
  EXPECT_EQ(result.responses[1].body, "content a");
  EXPECT_EQ(result.trace.find('c'), std::string::npos);
  play_every_way(script);
}

TEST(LogIn, is_refused_while_too_many_wait) {
  const Script script = script_of(get("/a.txt", ann));
  const Played result = play(script, {SIZE_MAX, 1, Fault::login_busy, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 503);
  EXPECT_EQ(result.responses.at(0).field("retry-after"), "1");
}

TEST(LogIn, of_another_scheme_is_401) {
  const Script script = script_of(get("/a.txt", "Authorization: Digest x\r\n"));
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 401);
  EXPECT_EQ(result.trace, "RSR");
  play_every_way(script);
}

TEST(LogIn, twice_in_one_request_is_400) {
  const Script script = script_of(get("/a.txt", ann + ben));
  EXPECT_EQ(play(script).responses.at(0).status, 400);
  play_every_way(script);
}

TEST(LogIn, in_clear_text_over_a_network_is_refused_and_not_asked_for) {
  Script script = script_of(get("/a.txt", ann) + get("/private/p.txt"));
  script.peer.loopback = false;
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 403);
  EXPECT_EQ(result.responses[1].status, 401);
  EXPECT_THAT(result.responses[1].field("www-authenticate"), Not(HasSubstr("Basic")));
  play_every_way(script);
  script.peer.secure = true;
  EXPECT_EQ(play(script).responses.at(0).status, 200);
}

TEST(LogIn, is_made_by_a_client_certificate) {
  Script script = script_of(put("/a.txt", "new") + get("/a.txt", ann));
  script.peer = {"192.0.2.1:5000", "192.0.2.1", false, true, "Ben Example"};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 204);
  EXPECT_EQ(result.records.at(0).user, "ben");
  EXPECT_EQ(result.records.at(1).user, "ann");  // what the request says counts more
  play_every_way(script);
  script.peer.certificate_name = "Somebody Else";
  EXPECT_EQ(play(script).responses.at(0).status, 401);
}

struct RightCase {
  std::string name, request;
  Rights needed;
};
class NeededRights : public testing::TestWithParam<RightCase> {};
TEST_P(NeededRights, decide) {
  for (const bool named : {false, true}) {
    const std::string& input = GetParam().request;
    Script script = script_of(input);
    const std::size_t end = input.find("\r\n") + 2;
    if (named) script.input.insert(end, ben);
    const auto with = [&](Rights rights) {
      script.gate.anonymous = {{"", rights}};
      script.gate.users[1].rules = {{"", rights}};
      return play(script).responses.at(0).status;
    };
    EXPECT_LT(with(GetParam().needed), 400);
    for (const Right right : {Right::list, Right::read, Right::write, Right::remove}) {
      if (!GetParam().needed.includes(right)) continue;
      Rights others;
      for (const Right other : {Right::list, Right::read, Right::write, Right::remove}) {
        if (other != right) others = others | other;
      }
      EXPECT_EQ(with(others), named ? 403 : 401);
      play_every_way(script);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(
    Table, NeededRights,
    testing::Values(RightCase{"get", get("/a.txt"), Right::read},
                    RightCase{"head", request("HEAD", "/a.txt"), Right::read},
                    RightCase{"list", get("/private/"), Right::list},
                    RightCase{"put", put("/a.txt", "new"), Right::write},
                    RightCase{"post", tus_creation("/x", 1), Right::write},
                    RightCase{"folder", put("/x/", ""), Right::write},
                    RightCase{"delete", request("DELETE", "/a.txt"), Right::remove},
                    RightCase{"copy", request("COPY", "/a.txt", "Destination: /x\r\n"),
                              Right::read | Right::write},
                    RightCase{"move", request("MOVE", "/a.txt", "Destination: /x\r\n"),
                              Right::read | Right::remove | Right::write}),
    [](const auto& row) { return row.param.name; });

TEST(Rights, are_judged_by_path) {
  const Script script = script_of(get("/a.txt", ben) + get("/private/p.txt", ben) +
                                  get("/PRIVATE/p.txt", ben) + put("/private/p.txt", "new", ben));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 4u);
  EXPECT_EQ(result.responses[0].status, 200);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(result.responses[i].status, 403);
    EXPECT_THAT(result.responses[i].body, HasSubstr("user ben"));
  }
  play_every_way(script);
}

TEST(Rights, are_not_needed_for_options) {
  Script script = script_of(request("OPTIONS", "/private/"));
  script.gate.anonymous.clear();
  EXPECT_EQ(play(script).responses.at(0).status, 204);
}

}  // namespace
}  // namespace overlap::test
