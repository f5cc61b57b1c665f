// Other programs write to what is served: the end of the connection tells, never wrong bytes under
// a strong validator.
#include <gtest/gtest.h>

#include "tests/unit/transfer/fake_store.h"
#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

// A file of up to 64 KiB nobody can write to while it is open.
constexpr std::size_t size = 66'000;
const std::string before(size, 'b');
const std::string same_length(size, 'a');
const std::string longer(size + 500, 'l');
const std::string shorter(10, 's');

Script script_of(const std::string& range = "") {
  Script script;
  script.input = get("/f", range) + get("/next");
  script.files = {{"f", before}, {"next", "next"}};
  return script;
}

class ForeignWrites : public testing::TestWithParam<std::string> {};

TEST_P(ForeignWrites, at_any_step_never_reach_the_client_under_a_strong_tag) {
  for (const std::string& changed : {same_length, longer, shorter}) {
    Script script = script_of(GetParam());
    script.config.limits.chunk_bytes = 16;
    const std::size_t steps = play(script).trace.size();
    for (std::size_t step = 0; step < steps; ++step) {
      script.foreign_writes = {{step, "f", changed}};
      for (const std::size_t piece : {SIZE_MAX, std::size_t{7}}) {
        const Plan plan{piece, SIZE_MAX, Fault::none, SIZE_MAX};
        expect_sound(script, plan, play(script, plan));
      }
    }
  }
}

TEST_P(ForeignWrites, back_and_forth_are_noticed) {
  Script script = script_of(GetParam());
  const std::string trace = play(script).trace;
  for (std::size_t first = 2; first < trace.find('v'); ++first) {
    script.foreign_writes = {{first, "f", same_length}, {first + 1, "f", before}};
    const Played result = play(script);
    EXPECT_EQ(result.reason, CloseReason::failed);
    EXPECT_FALSE(result.responses.at(0).complete);
    ASSERT_EQ(result.records.size(), 1u);
    EXPECT_FALSE(result.records[0].whole);
    expect_sound(script, {}, result);
  }
}
INSTANTIATE_TEST_SUITE_P(Kinds, ForeignWrites,
                         testing::Values("", "Range: bytes=3-65990\r\n", "Range: bytes=-60000\r\n",
                                         "Range: bytes=0-4,60000-65999\r\n"));

TEST(ForeignWrites, are_confessed_where_nothing_was_sent_yet) {
  Script script = script_of("Range: bytes=0-9\r\n");
  const std::string trace = play(script).trace;
  ASSERT_EQ(trace.substr(0, 6), "RorvxS");
  script.foreign_writes = {{2, "f", same_length}};
  const Played result = play(script);
  ASSERT_EQ(result.responses.size(), 2u);
  EXPECT_EQ(result.responses[0].status, 409);
  EXPECT_EQ(result.responses[1].body, "next");
  play_every_way(script);
}

TEST(ForeignWrites, leave_the_last_bytes_unsent) {
  Script script = script_of();
  const std::string trace = play(script).trace;
  const std::size_t verified = trace.find('v');
  ASSERT_EQ(trace.substr(verified - 2, 4), "FrvS");
  script.foreign_writes = {{verified, "f", same_length}};  // all but the end has left
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).body, before.substr(0, size - 16));
  EXPECT_EQ(result.reason, CloseReason::failed);
}

TEST(ForeignWrites, after_the_verification_come_too_late_to_matter) {
  Script script = script_of();
  script.foreign_writes = {{play(script).trace.find('v') + 1, "f", same_length}};
  const Played result = play(script);
  EXPECT_EQ(result.responses.at(0).body, before);
  ASSERT_EQ(result.responses.size(), 2u);
}

TEST(ForeignWrites, that_are_under_way_make_the_tag_weak) {
  for (const std::size_t bytes : {10u, 66'000u}) {
    Script script = script_of();
    script.files["f"] = std::string(bytes, 'f');
    script.unstable = {"f"};
    const Played result = play(script);
    ASSERT_EQ(result.responses.size(), 2u);
    EXPECT_EQ(result.responses[0].field("etag"), "W/" + tag_of("f", script.files["f"]));
    EXPECT_EQ(result.trace.find('v'), std::string::npos);
    play_every_way(script);
  }
}

TEST(ForeignWrites, that_lock_a_part_of_a_short_file_are_423) {
  Script script = script_of();
  script.files["f"] = "short";
  const Played result = play(script, {SIZE_MAX, 2, Fault::locked, SIZE_MAX});
  EXPECT_EQ(result.responses.at(0).status, 423);
  EXPECT_EQ(result.responses.at(1).body, "next");
}

}  // namespace
}  // namespace overlap::test
