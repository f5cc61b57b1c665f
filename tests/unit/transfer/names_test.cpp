// DELETE, MOVE, COPY and new folders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using access::Right;
using access::Rights;

Script script_of(std::string input) {
  Script script;
  script.input = std::move(input);
  script.files = {{"a.txt", "content a"}, {"b.txt", "content b"}, {"full/c.txt", "content c"}};
  script.folders = {"empty", "full"};
  return script;
}
std::string move(const std::string& from, const std::string& to, const std::string& more = "") {
  return request("MOVE", from, "Destination: " + to + "\r\n" + more);
}
std::string copy(const std::string& from, const std::string& to, const std::string& more = "") {
  return request("COPY", from, "Destination: " + to + "\r\n" + more);
}

TEST(Names, are_deleted) {
  const Script script =
      script_of(request("DELETE", "/a.txt") + request("DELETE", "/empty/") + get("/a.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.responses[0].status, 204);
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.responses[2].status, 404);
  EXPECT_EQ(result.trace, "RdSdSoSR");
  EXPECT_EQ(result.files.size(), 2u);
  EXPECT_EQ(result.folders, std::set<std::string>{"full"});
  play_every_way(script);
}

TEST(Names, are_moved) {
  const Script script = script_of(move("/a.txt", "/full/d.txt") + move("/b.txt", "/full/d.txt") +
                                  move("/empty/", "/other/"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 3u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[0].field("location"), "/full/d.txt");
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_FALSE(result.responses[1].has("location"));
  EXPECT_EQ(result.responses[2].status, 201);
  EXPECT_EQ(result.files, (std::map<std::string, std::string>{{"full/c.txt", "content c"},
                                                              {"full/d.txt", "content b"}}));
  EXPECT_EQ(result.folders, (std::set<std::string>{"full", "other"}));
  play_every_way(script);
}

TEST(Names, are_copied) {
  const Script script =
      script_of(copy("/a.txt", "http://files/new%20name") + copy("/a.txt", "/b.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[0].field("location"), "/new%20name");
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.files.at("new name"), "content a");
  EXPECT_EQ(result.files.at("b.txt"), "content a");
  EXPECT_EQ(result.files.at("a.txt"), "content a");
  play_every_way(script);
}

TEST(Names, of_folders_are_made) {
  const Script script = script_of(put("/new/", "") + put("/new/", "") + request("MKCOL", "/more/") +
                                  request("MKCOL", "/other") + request("PUT", "/without/"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 5u);
  EXPECT_EQ(result.responses[0].status, 201);
  EXPECT_EQ(result.responses[1].status, 204);
  EXPECT_EQ(result.responses[2].status, 201);
  EXPECT_EQ(result.responses[3].status, 201);
  EXPECT_EQ(result.responses[4].status, 201);
  EXPECT_EQ(result.folders,
            (std::set<std::string>{"empty", "full", "more", "new", "other", "without"}));
  play_every_way(script);
}

struct RefusedName {
  std::string name, request;
  int status;
  bool keeps = true;  // the connection
};
std::ostream& operator<<(std::ostream& out, const RefusedName& c) { return out << c.name; }

class RefusedNames : public testing::TestWithParam<RefusedName> {};
TEST_P(RefusedNames, stay_as_they_are) {
  const RefusedName& c = GetParam();
  const Script script = script_of(c.request + get("/a.txt"));
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), c.keeps ? 2u : 1u) << result.sent;
  EXPECT_EQ(result.responses[0].status, c.status) << result.sent;
  EXPECT_EQ(result.responses[0].has("connection"), !c.keeps);
  EXPECT_EQ(result.files, script.files);
  EXPECT_EQ(result.folders, script.folders);
  play_every_way(script);
}
INSTANTIATE_TEST_SUITE_P(
    Table, RefusedNames,
    testing::Values(
        RefusedName{"delete_missing", request("DELETE", "/x"), 404},
        RefusedName{"delete_full", request("DELETE", "/full/"), 409},
        RefusedName{"delete_root", request("DELETE", "/"), 403},
        RefusedName{"delete_with_body", sized("DELETE", "/a.txt", "x"), 400, false},
        RefusedName{"delete_dots", request("DELETE", "/full/../a.txt"), 400},
        RefusedName{"move_without_destination", request("MOVE", "/a.txt"), 400},
        RefusedName{"move_two_destinations", move("/a.txt", "/x", "Destination: /y\r\n"), 400},
        RefusedName{"move_to_another_host", move("/a.txt", "http://elsewhere/x"), 502},
        RefusedName{"move_to_dots", move("/a.txt", "/full/../../x"), 400},
        RefusedName{"move_to_device", move("/a.txt", "/nul"), 400},
        RefusedName{"move_relative", move("/a.txt", "x"), 400},
        RefusedName{"move_query", move("/a.txt", "/x?y"), 400},
        RefusedName{"move_missing", move("/x", "/y"), 404},
        RefusedName{"move_into_nothing", move("/a.txt", "/none/x"), 409},
        RefusedName{"move_onto_folder", move("/a.txt", "/full"), 409},
        RefusedName{"move_folder_onto_file", move("/empty/", "/a.txt"), 409},
        RefusedName{"move_not_overwriting", move("/a.txt", "/b.txt", "Overwrite: F\r\n"), 412},
        RefusedName{"move_bad_overwrite", move("/a.txt", "/b.txt", "Overwrite: x\r\n"), 400},
        RefusedName{"move_with_body", sized("MOVE", "/a.txt", "x", "Destination: /y\r\n"), 400,
                    false},
        RefusedName{"copy_folder", copy("/full/", "/x/"), 409},
        RefusedName{"copy_missing", copy("/x", "/y"), 404},
        RefusedName{"copy_not_overwriting", copy("/a.txt", "/b.txt", "Overwrite: F\r\n"), 412},
        RefusedName{"copy_to_another_port", copy("/a.txt", "http://files:81/x"), 502},
        RefusedName{"mkcol_there", request("MKCOL", "/full/"), 405},
        RefusedName{"mkcol_file", request("MKCOL", "/a.txt"), 409},
        RefusedName{"mkcol_no_parent", request("MKCOL", "/x/y/"), 409},
        RefusedName{"mkcol_with_body", sized("MKCOL", "/x/", "<xml/>"), 415, false},
        RefusedName{"put_folder_with_body", put("/x/", "body"), 415, false},
        RefusedName{"put_folder_chunked", chunked("PUT", "/x/", chunk("")), 415, false}),
    [](const auto& row) { return row.param.name; });

TEST(Names, are_replaced_only_where_that_is_wanted) {
  const Script script = script_of(move("/a.txt", "/b.txt", "Overwrite: T\r\n"));
  EXPECT_EQ(play(script).responses.at(0).status, 204);
}

struct RightsCase {
  std::string name, request;
  std::vector<access::Rule> rules;
  int status;
};
class RightsOfNames : public testing::TestWithParam<RightsCase> {};
TEST_P(RightsOfNames, are_needed) {
  Script script = script_of(GetParam().request);
  script.gate.anonymous = GetParam().rules;
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 1u);
  EXPECT_EQ(result.responses[0].status, GetParam().status);
  EXPECT_EQ(result.responses[0].has("www-authenticate"), GetParam().status == 401);
  if (GetParam().status == 401) {
    EXPECT_EQ(result.trace, "RSR");
  }
  play_every_way(script);
}
const Rights all = Rights::all();
INSTANTIATE_TEST_SUITE_P(
    Table, RightsOfNames,
    testing::Values(
        RightsCase{"delete", request("DELETE", "/a.txt"), {{"", Right::remove}}, 204},
        RightsCase{"delete_only_write",
                   request("DELETE", "/a.txt"),
                   {{"", Right::write | Right::read | Right::list}},
                   401},
        RightsCase{"folder", put("/x/", ""), {{"", Right::write}}, 201},
        RightsCase{"folder_only_read", put("/x/", ""), {{"", Right::read}}, 401},
        RightsCase{"move",
                   move("/a.txt", "/full/x"),
                   {{"", Right::read | Right::remove}, {"full", Right::write}},
                   201},
        RightsCase{"move_without_delete",
                   move("/a.txt", "/full/x"),
                   {{"", Right::read | Right::write}},
                   401},
        RightsCase{"move_without_read",
                   move("/a.txt", "/full/x"),
                   {{"", Right::remove | Right::write}},
                   401},
        RightsCase{"move_without_write_there",
                   move("/a.txt", "/full/x"),
                   {{"", all}, {"full", Right::read}},
                   401},
        RightsCase{"move_of_protected_folder",
                   move("/full/", "/other/"),
                   {{"", all}, {"full/secret", Rights()}},
                   401},
        RightsCase{"move_into_protected_folder",
                   move("/empty/", "/other/"),
                   {{"", all}, {"other/secret", Right::read}},
                   401},
        RightsCase{"copy", copy("/a.txt", "/x"), {{"", Right::read | Right::write}}, 201},
        RightsCase{"copy_without_read", copy("/a.txt", "/x"), {{"", Right::write}}, 401}),
    [](const auto& row) { return row.param.name; });

TEST(Names, that_another_program_holds_are_423) {
  for (const std::string& input :
       {request("DELETE", "/a.txt"), move("/a.txt", "/x"), copy("/a.txt", "/x")}) {
    const Played result = play(script_of(input), {SIZE_MAX, 1, Fault::in_use, SIZE_MAX});
    EXPECT_EQ(result.responses.at(0).status, 423) << input;
  }
}

TEST(Names, are_not_told_where_they_would_not_fit_into_the_head) {
  std::string name;
  for (int i = 0; i < 6; ++i) name += '/' + std::string(200, 'n');
  Script script = script_of(move("/a.txt", name));
  script.config.limits.head_bytes_max = 4096;
  std::string folder;
  for (int i = 0; i < 5; ++i) {
    folder += (i == 0 ? "" : "/") + std::string(200, 'n');
    script.folders.insert(folder);
  }
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).status, 201);
  EXPECT_FALSE(result.responses.at(0).has("location"));
  EXPECT_TRUE(result.violations.empty());
}

}  // namespace
}  // namespace overlap::test
