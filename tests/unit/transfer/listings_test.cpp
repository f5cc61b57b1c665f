// GET and HEAD of folders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using access::Right;
using access::Rights;
using testing::HasSubstr;
using testing::Not;

const std::string json = "Accept: application/json\r\n";

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"a.txt", "content a"}, {"folder/c.txt", "content c"}};
  script.files["\xc3\xa9 & 'quoted'.txt"] = "quoted";
  script.folders = {"folder", "empty"};
  return script;
}

TEST(Listing, is_html_for_people) {
  const Script script = script_of(get("/"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  const Response& response = result.responses[0];
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.field("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(response.field("cache-control"), "no-cache");
  EXPECT_EQ(response.field("vary"), "Accept, Authorization");
  EXPECT_EQ(response.field("x-content-type-options"), "nosniff");
  EXPECT_THAT(response.field("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(response.body, HasSubstr("a.txt"));
  EXPECT_THAT(response.body, HasSubstr("folder/"));
  EXPECT_THAT(response.body, Not(HasSubstr("c.txt")));
  EXPECT_EQ(result.trace.substr(0, 3), "RlS");
  play_every_way(script);
}

TEST(Listing, is_json_for_programs) {
  const Script script = script_of(get("/", json));
  const Played result = play(script);
  const Response& response = result.responses.at(0);
  EXPECT_EQ(response.field("content-type"), "application/json");
  EXPECT_FALSE(response.has("content-security-policy"));
  EXPECT_THAT(response.body, HasSubstr("\"path\":\"/\""));
  EXPECT_THAT(response.body, HasSubstr("{\"name\":\"a.txt\",\"type\":\"file\",\"size\":9"));
  EXPECT_THAT(response.body, HasSubstr("\"next\":null"));
  play_every_way(script);
}

TEST(Listing, has_pages_that_lead_to_each_other) {
  Script script;
  script.folders = {"many"};
  script.config.limits.target_bytes_max = 512;
  for (int i = 100; i < 125; ++i) script.files["many/" + std::to_string(i)] = "x";
  std::string target = "/many/?limit=10";
  std::string seen;
  for (int page = 0; page < 3; ++page) {
    script.input = get(target, json);
    const std::string body = play(script).responses.at(0).body;
    seen += body;
    const std::string_view key = "\"next\":";
    const std::size_t at = body.find(key) + key.size();
    ASSERT_EQ(body.substr(at, 4) == "null", page == 2) << body;
    if (page < 2) target = body.substr(at + 1, body.find('"', at + 1) - at - 1);
  }
  for (int i = 100; i < 125; ++i) {
    const std::string entry = "{\"name\":\"" + std::to_string(i) + '"';
    EXPECT_NE(seen.find(entry), std::string::npos) << i;
    EXPECT_EQ(seen.find(entry), seen.rfind(entry)) << i;
  }
}

TEST(Listing, has_no_more_entries_than_are_allowed) {
  Script script = script_of(get("/?limit=100", json));
  script.config.limits.listing_entries_max = 2;
  const std::string body = play(script).responses.at(0).body;
  std::size_t names = 0;
  for (std::size_t at = 0; (at = body.find("\"name\"", at)) != std::string::npos; ++at) ++names;
  EXPECT_EQ(names, 2u);
  EXPECT_THAT(body, Not(HasSubstr("\"next\":null")));
}

TEST(Listing, of_a_bad_query_is_refused) {
  for (const char* query : {"?sort=colour", "?order=up", "?limit=0", "?limit=x", "?after=%00",
                            "?sort=name&sort=size"}) {
    const Script script = script_of(get(std::string("/") + query) + get("/a.txt"));
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 2u) << query;
    EXPECT_EQ(result.responses[0].status, 400) << query;
    play_every_way(script);
  }
}

TEST(Listing, of_nothing_is_404) {
  for (const char* target : {"/none/", "/a.txt/"}) {
    const Script script = script_of(get(target));
    EXPECT_EQ(play(script).responses.at(0).status, 404) << target;
    play_every_way(script);
  }
}

TEST(Listing, is_where_a_folder_without_its_slash_leads) {
  const Script script = script_of(get("/folder") + get("/folder?sort=name"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 301);
  EXPECT_EQ(result.responses[0].field("location"), "folder/");
  EXPECT_EQ(result.responses[1].status, 301);
  play_every_way(script);
  const Script single = script_of(get("/folder"));
  play_every_way(single);  // also as HEAD
}

TEST(Listing, takes_no_body) {
  const Script script = script_of(sized("GET", "/", "x") + get("/a.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, 400);
  play_every_way(script);
}

TEST(Listing, offers_what_its_reader_may_do) {
  Script script = script_of(get("/"));
  const auto page = [&script] { return play(script).responses.at(0).body; };
  script.gate.anonymous = {{"", Right::list | Right::read}};
  const std::string reader = page();
  script.gate.anonymous = {{"", Right::list | Right::read | Right::write}};
  const std::string writer = page();
  script.gate.anonymous = {{"", Rights::all()}};
  const std::string owner = page();
  EXPECT_NE(reader, writer);
  EXPECT_NE(writer, owner);
  EXPECT_THAT(owner, Not(HasSubstr("name=\"login\"")));  // there is nobody to log in as
  script.gate.users = {{"ann", "Bearer ann"}};
  EXPECT_THAT(page(), HasSubstr("name=\"login\""));
  script.input = get("/", "Authorization: Bearer ann\r\n");
  EXPECT_THAT(page(), Not(HasSubstr("name=\"login\"")));
}

TEST(Listing, asks_for_a_log_in_when_its_link_says_so) {
  Script script =
      script_of(get("/?login=/folder/") + get("/?login=/folder/", "Authorization: Bearer ann\r\n"));
  script.gate.users = {{"ann", "Bearer ann"}};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 401);
  EXPECT_TRUE(result.responses[0].has("www-authenticate"));
  EXPECT_EQ(result.responses[1].status, 303);
  EXPECT_EQ(result.responses[1].field("location"), "/folder/");
  play_every_way(script);
}

TEST(Listing, says_what_the_store_said) {
  const std::vector<std::pair<Fault, int>> table{
      {Fault::not_found, 404},     {Fault::no_folder, 404}, {Fault::is_file, 404},
      {Fault::access_denied, 403}, {Fault::in_use, 423},    {Fault::failed, 500}};
  for (const auto& [fault, status] : table) {
    const Played result = play(script_of(get("/folder/")), {SIZE_MAX, 1, fault, SIZE_MAX});
    EXPECT_EQ(result.responses.at(0).status, status) << fault;
  }
}

TEST(Listing, of_many_entries_goes_out_in_pieces_that_a_slow_peer_can_take) {
  Script script;
  script.input = get("/", json);
  for (int i = 0; i < 3000; ++i) script.files[std::string(60, 'n') + std::to_string(i)] = "x";
  script.peer_reads = 4000;  // the page takes minutes
  const Played result = play(script);
  EXPECT_TRUE(result.responses.at(0).complete);
  EXPECT_GT(result.duration, 3 * script.config.timeouts.progress);
  EXPECT_EQ(result.reason, CloseReason::finished);
  expect_sound(script, {}, result);
}

}  // namespace
}  // namespace overlap::test
