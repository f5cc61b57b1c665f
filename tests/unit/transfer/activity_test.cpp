// What a session tells of the request that it is busy with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

using testing::Contains;
using testing::StartsWith;

const std::string body = "the body of a file, longer than one buffer of sixteen bytes";

TEST(Activity, of_an_upload_of_declared_length_has_its_whole_and_its_progress) {
  Script script;
  script.input = put("/new.txt", body);
  script.uploads = {{"new.txt", {body}}};
  Plan plan;
  plan.piece_bytes = 16;
  const Played result = play(script, plan);
  EXPECT_THAT(result.activities, Contains("idle"));
  EXPECT_THAT(result.activities, Contains("receiving_head"));
  const std::string all = '/' + std::to_string(body.size());
  EXPECT_THAT(result.activities, Contains("receiving_body upload 16" + all));
  EXPECT_THAT(result.activities, Contains("sending upload " + std::to_string(body.size()) + all));
}

TEST(Activity, of_a_chunked_upload_has_no_whole_before_its_end) {
  Script script;
  script.input = chunked("PUT", "/new.txt", chunk(body) + "0\r\n\r\n");
  script.uploads = {{"new.txt", {body}}};
  Plan plan;
  plan.piece_bytes = 16;
  const Played result = play(script, plan);
  EXPECT_THAT(result.activities, Contains(StartsWith("receiving_body upload ")));
  for (const std::string& told : result.activities) {
    if (!told.starts_with("receiving_body")) continue;
    EXPECT_TRUE(told.ends_with("/?")) << told;
  }
}

TEST(Activity, of_a_download_has_its_whole_once_the_response_has_begun) {
  Script script;
  script.input = get("/old.txt");
  script.files = {{"old.txt", body}};
  const Played result = play(script);
  EXPECT_THAT(result.activities, Contains("working download 0/?"));
  EXPECT_THAT(result.activities, Contains("sending download 0/" + std::to_string(body.size())));
}

TEST(Activity, of_one_request_is_forgotten_by_the_next) {
  Script script;
  script.input = get("/old.txt") + get("/none");
  script.files = {{"old.txt", body}};
  const Played result = play(script);
  ASSERT_FALSE(result.activities.empty());
  EXPECT_THAT(result.activities, Contains("sending download 0/?"));
  EXPECT_EQ(result.activities.back(), "closing");
}

TEST(Record, of_an_upload_that_is_refused_before_its_body_says_that_it_was_answered) {
  Script script;
  script.input = put("/new.txt", std::string(65, 'x'));  // one byte too many
  const Played result = play(script);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].status, 413);
  EXPECT_TRUE(result.records[0].answered);
  EXPECT_FALSE(result.records[0].whole);
}

TEST(Record, of_a_download_that_is_cut_off_does_not) {
  Script script;
  script.input = get("/old.txt");
  script.files = {{"old.txt", body}};
  Plan plan;
  plan.fault = Fault::error;
  const Played whole = play(script);
  plan.fault_step = whole.trace.find('F');
  if (plan.fault_step == std::string::npos) plan.fault_step = whole.trace.find('S');
  const Played result = play(script, plan);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_FALSE(result.records[0].answered);
}

}  // namespace
}  // namespace overlap::test
