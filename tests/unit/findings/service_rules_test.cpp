#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/findings/scene.h"

namespace overlap::findings {
namespace {

using config::Severity;
using testing::HasSubstr;

TEST(ServiceRules, finds_a_journal_that_cannot_be_written) {
  Scene scene;
  EXPECT_FALSE(scene.finds("journal_not_writing"));
  scene.now.journal.problem = "the disk is full.";
  EXPECT_THAT(scene.find("journal_not_writing").sentence, HasSubstr(": the disk is full."));
  scene.now.journal.enabled = false;
  EXPECT_FALSE(scene.finds("journal_not_writing"));
}

TEST(ServiceRules, finds_what_journal_and_log_lose) {
  Scene scene;
  scene.before.journal.dropped_total = scene.now.journal.dropped_total = 7;
  scene.before.service.log_dropped = scene.now.service.log_dropped = 7;
  EXPECT_FALSE(scene.finds("journal_dropping"));
  EXPECT_FALSE(scene.finds("log_dropping"));
  ++scene.now.journal.dropped_total;
  ++scene.now.service.log_dropped;
  EXPECT_EQ(scene.find("journal_dropping").figure, 1);
  EXPECT_THAT(scene.find("journal_dropping").sentence, HasSubstr("lost 1 entry in"));
  EXPECT_EQ(scene.find("log_dropping").figure, 1);
  scene.has_before = false;
  EXPECT_FALSE(scene.finds("journal_dropping"));
  EXPECT_FALSE(scene.finds("log_dropping"));
}

TEST(ServiceRules, finds_a_disk_that_is_nearly_full) {
  Scene scene;
  scene.now.service.volume_bytes = 1'000'000'000'000;
  scene.now.service.free_bytes = 50'000'000'001;
  EXPECT_FALSE(scene.finds("disk_nearly_full"));
  scene.now.service.free_bytes = 50'000'000'000;
  EXPECT_EQ(scene.find("disk_nearly_full").severity, Severity::warning);
  scene.now.service.free_bytes = 70'000'000'000;
  EXPECT_TRUE(scene.keeps("disk_nearly_full"));
  scene.now.service.free_bytes = 70'000'000'001;
  EXPECT_FALSE(scene.keeps("disk_nearly_full"));
  scene.now.service.volume_bytes.reset();
  scene.now.service.free_bytes = 100'000'000;
  EXPECT_FALSE(scene.finds("disk_nearly_full"));
  scene.now.service.free_bytes.reset();
  EXPECT_TRUE(scene.judge().empty());
}

TEST(ServiceRules, finds_a_disk_on_which_uploads_are_refused) {
  Scene scene;
  scene.now.free_bytes_min = 1'000'000;
  scene.now.service.free_bytes = 1'000'001;
  EXPECT_FALSE(scene.finds("disk_full"));
  EXPECT_TRUE(scene.finds("disk_nearly_full"));
  scene.now.service.free_bytes = 1'000'000;
  EXPECT_EQ(scene.find("disk_full").severity, Severity::error);
  EXPECT_FALSE(scene.finds("disk_nearly_full"));
  scene.now.service.free_bytes = 1'100'000;
  EXPECT_TRUE(scene.keeps("disk_full"));
  scene.now.service.free_bytes = 1'100'001;
  EXPECT_FALSE(scene.keeps("disk_full"));
  scene.now.free_bytes_min = 0;
  scene.now.service.free_bytes = 0;
  EXPECT_FALSE(scene.finds("disk_full"));
}

TEST(ServiceRules, finds_a_certificate_that_is_about_to_expire) {
  constexpr std::int64_t day = 86'400'000;
  Scene scene;
  EXPECT_FALSE(scene.finds("certificate_expires"));
  auto& expires = scene.now.service.certificate_expires_unix_ms;
  expires = scene.now.unix_ms + 30 * day + 1;
  EXPECT_FALSE(scene.finds("certificate_expires"));
  expires = scene.now.unix_ms + 30 * day;
  EXPECT_EQ(scene.find("certificate_expires").severity, Severity::warning);
  EXPECT_EQ(scene.find("certificate_expires").threshold, 30);
  EXPECT_THAT(scene.find("certificate_expires").sentence, HasSubstr("in 30 days"));
  expires = scene.now.unix_ms + 7 * day + 1;
  EXPECT_EQ(scene.find("certificate_expires").severity, Severity::warning);
  expires = scene.now.unix_ms + 7 * day;
  EXPECT_EQ(scene.find("certificate_expires").severity, Severity::error);
  EXPECT_EQ(scene.find("certificate_expires").threshold, 7);
  expires = scene.now.unix_ms + 1;
  EXPECT_FALSE(scene.finds("certificate_expired"));
  expires = scene.now.unix_ms;
  EXPECT_TRUE(scene.finds("certificate_expired"));
  EXPECT_FALSE(scene.finds("certificate_expires"));
}

// Three times ten minutes with so many handles at least.
std::vector<Minute> half_hour(std::uint32_t first, std::uint32_t second, std::uint32_t third) {
  std::vector<Minute> minutes;
  for (const std::uint32_t least : {first, second, third}) {
    minutes.push_back({least, 50});
    minutes.insert(minutes.end(), 9, {least + 500, 10});
  }
  return minutes;
}

TEST(ServiceRules, finds_handles_that_grow_and_grow) {
  Scene scene;
  scene.minutes = half_hour(200, 250, 299);
  EXPECT_FALSE(scene.finds("handles_growing"));
  scene.minutes = half_hour(200, 250, 300);
  EXPECT_EQ(scene.find("handles_growing").figure, 100);
  scene.minutes.erase(scene.minutes.begin());
  EXPECT_FALSE(scene.finds("handles_growing"));
}

TEST(ServiceRules, takes_growth_in_one_step_or_with_the_load_for_normal) {
  Scene scene;
  scene.minutes = half_hour(200, 400, 424);
  EXPECT_FALSE(scene.finds("handles_growing"));
  scene.minutes = half_hour(200, 224, 400);
  EXPECT_FALSE(scene.finds("handles_growing"));
  scene.minutes = half_hour(200, 225, 400);
  EXPECT_TRUE(scene.finds("handles_growing"));
  scene.minutes.back().connections_max = 65;
  EXPECT_TRUE(scene.finds("handles_growing"));
  scene.minutes.back().connections_max = 66;
  EXPECT_FALSE(scene.finds("handles_growing"));
}

}  // namespace
}  // namespace overlap::findings
