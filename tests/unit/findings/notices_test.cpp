#include "common/findings/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/findings/scene.h"

namespace overlap::findings {
namespace {

using config::Severity;
using Kind = Notice::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Finding finding(std::string id, Severity severity = Severity::warning) {
  Finding made;
  made.id = std::move(id);
  made.severity = severity;
  made.sentence = "It is so.";
  made.advice = "Do this.";
  return made;
}

Finding stall(const std::string& listener, double seconds, const std::string& model = "apc") {
  Finding made = finding("shard_stalled", Severity::error);
  made.model = model;
  made.listener = listener;
  made.figure = seconds;
  return made;
}

struct NoticesTest : testing::Test {
  NoticesTest() {
    scene.add(config::ModelName::apc);
    scene.add(config::ModelName::event);
  }
  std::vector<Kind> kinds(const std::vector<Finding>& before,
                          const std::vector<Finding>& now) const {
    std::vector<Kind> found;
    for (const Notice& notice : notices(before, now, scene.now)) found.push_back(notice.kind);
    return found;
  }
  management::ListenerState& listener() { return scene.now.listeners.front(); }

  Scene scene;
};

TEST_F(NoticesTest, tell_what_has_come_and_what_to_do) {
  for (const auto& [id, kind] :
       std::vector<std::pair<std::string, Kind>>{{"shard_stalled", Kind::shard_stalled},
                                                 {"certificate_expires", Kind::certificate_expires},
                                                 {"certificate_expired", Kind::certificate_expired},
                                                 {"disk_nearly_full", Kind::disk_nearly_full},
                                                 {"disk_full", Kind::disk_full}}) {
    const auto told = notices({}, std::vector{finding(id)}, scene.now);
    ASSERT_EQ(told.size(), 1u) << id;
    EXPECT_EQ(told[0].kind, kind) << id;
    EXPECT_EQ(told[0].text, "It is so.");
    EXPECT_EQ(told[0].advice, "Do this.");
  }
}

TEST_F(NoticesTest, tell_nothing_of_other_findings) {
  EXPECT_THAT(kinds({}, {finding("pauses_many"), finding("snapshot_inconsistent")}), IsEmpty());
  EXPECT_THAT(kinds({finding("pauses_many")}, {}), IsEmpty());
}

TEST_F(NoticesTest, tell_a_finding_once_while_it_stands) {
  const Finding standing = finding("disk_full", Severity::error);
  EXPECT_THAT(kinds({standing}, {standing}), IsEmpty());
}

TEST_F(NoticesTest, tell_it_again_when_it_has_become_more_severe) {
  const Finding soon = finding("certificate_expires");
  const Finding urgent = finding("certificate_expires", Severity::error);
  EXPECT_THAT(kinds({soon}, {urgent}), ElementsAre(Kind::certificate_expires));
  EXPECT_THAT(kinds({urgent}, {soon}), IsEmpty());
  EXPECT_THAT(kinds({urgent}, {finding("certificate_expired", Severity::error)}),
              ElementsAre(Kind::certificate_expired));
  EXPECT_THAT(kinds({urgent}, {}), IsEmpty());  // replaced: nothing is left to be done
}

TEST_F(NoticesTest, tell_listeners_apart) {
  EXPECT_THAT(kinds({stall("apc", 11)}, {stall("apc", 12), stall("event", 10)}),
              ElementsAre(Kind::shard_stalled));
}

TEST_F(NoticesTest, tell_that_a_listener_turns_again) {
  listener().stalled_seconds = 10.9;
  const auto told = notices(std::vector{stall("apc", 11)}, {}, scene.now);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, Kind::shard_turns_again);
  EXPECT_EQ(told[0].text, "apc");
}

TEST_F(NoticesTest, do_not_take_another_threshold_or_a_removed_listener_for_one_that_turns) {
  listener().stalled_seconds = 11;
  EXPECT_THAT(kinds({stall("apc", 11)}, {}), IsEmpty());
  scene.now.listeners.erase(scene.now.listeners.begin());
  EXPECT_THAT(kinds({stall("apc", 11)}, {}), IsEmpty());
}

TEST_F(NoticesTest, do_not_take_a_listener_for_turning_that_is_stalled_on_another_model) {
  listener().stalled_seconds = 10;
  EXPECT_THAT(kinds({stall("apc", 30)}, {stall("apc", 10, "asio")}),
              ElementsAre(Kind::shard_stalled));
}

TEST_F(NoticesTest, tell_that_the_disk_has_room_again_with_the_figure) {
  scene.now.service.free_bytes = 3ull << 30;
  for (const char* id : {"disk_full", "disk_nearly_full"}) {
    const auto told = notices(std::vector{finding(id)}, {}, scene.now);
    ASSERT_EQ(told.size(), 1u) << id;
    EXPECT_EQ(told[0].kind, Kind::disk_has_room);
    EXPECT_THAT(told[0].text, HasSubstr("has 3 GiB left."));
  }
}

TEST_F(NoticesTest, do_not_take_a_disk_that_is_nearly_full_for_one_with_room) {
  EXPECT_THAT(kinds({finding("disk_full")}, {finding("disk_nearly_full")}),
              ElementsAre(Kind::disk_nearly_full));
  EXPECT_THAT(kinds({finding("disk_nearly_full")}, {finding("disk_full")}),
              ElementsAre(Kind::disk_full));
}

TEST_F(NoticesTest, do_not_take_silence_for_room) {
  scene.now.service.free_bytes.reset();
  EXPECT_THAT(kinds({finding("disk_full")}, {}), IsEmpty());
}

}  // namespace
}  // namespace overlap::findings
