#include "admin/ctl/complete.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ctl/fakes.h"

namespace overlap::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::string>;

class Complete : public testing::Test, public ProgramFixture {
 protected:
  // The last of the words is completed.
  Words of(Words words) {
    Words line{"complete", "--"};
    const bool begun = !words.back().empty();
    if (!begun) {
      line.insert(line.begin() + 1, "--next");
      words.pop_back();
    }
    line.insert(line.end(), words.begin(), words.end());
    EXPECT_EQ(run(line), Exit::done) << terminal.errors;
    Words found;
    std::string rest = terminal.output;
    for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1))
      found.push_back(rest.substr(0, rest.find('\t')));
    return found;
  }
};

TEST_F(Complete, commands) {
  EXPECT_THAT(of({"up"}), ElementsAre("uploads"));
  EXPECT_THAT(of({"s"}), ElementsAre("status", "switch-model"));
  EXPECT_THAT(of({""}), Contains("drain"));
  EXPECT_THAT(of({""}), Not(Contains("complete")));
  EXPECT_THAT(of({"config", ""}), ElementsAre("check", "show"));
  EXPECT_THAT(of({"xyz"}), IsEmpty());
}

TEST_F(Complete, options_of_the_command_and_of_the_program) {
  EXPECT_THAT(of({"drain", "--w"}), ElementsAre("--wait"));
  EXPECT_THAT(of({"drain", "x", "--t"}), ElementsAre("--timeout", "--token-file", "--token-stdin"));
  EXPECT_THAT(of({"--ur"}), ElementsAre("--url"));
}

TEST_F(Complete, values_that_are_fixed) {
  EXPECT_THAT(of({"connections", "--model", ""}), ElementsAre("device", "event", "apc", "asio"));
  EXPECT_THAT(of({"events", "--severity", "w"}), ElementsAre("warning"));
  EXPECT_THAT(of({"transfers", "--finished", "--result", "re"}), ElementsAre("refused"));
  EXPECT_THAT(of({"switch-model", "device", "a"}), ElementsAre("apc", "asio"));
  EXPECT_THAT(of({"completion", ""}), ElementsAre("powershell"));
  EXPECT_THAT(of({"connections", "--state", "i"}), ElementsAre("idle"));
}

TEST_F(Complete, names_that_the_service_has_now) {
  service.answer("GET /api/v1/listeners", R"({"listeners":[{"name":"device"},{"name":"dmz"}]})");
  service.answer("GET /api/v1/connections", R"({"connections":[{"id":17}],"next":null})");
  service.answer("GET /api/v1/uploads", R"({"uploads":[{"id":"abc"}],"next":null})");
  EXPECT_THAT(of({"pause", ""}), ElementsAre("device", "dmz"));
  EXPECT_THAT(of({"pause", "dm"}), ElementsAre("dmz"));
  EXPECT_THAT(of({"switch-model", "d"}), ElementsAre("device", "dmz"));
  EXPECT_THAT(of({"connections", "--listener", "de"}), ElementsAre("device"));
  EXPECT_THAT(of({"close", ""}), ElementsAre("17"));
  EXPECT_THAT(of({"delete-upload", "a"}), ElementsAre("abc"));
  EXPECT_THAT(of({"pause", "device", ""}), IsEmpty());
  EXPECT_THAT(of({"pause", "--timeout", "5", "dm"}), ElementsAre("dmz"));
}

TEST_F(Complete, asks_the_service_that_the_line_names) {
  service.answer("GET /api/v1/listeners", R"({"listeners":[]})");
  of({"--url", "http://127.0.0.1:9", "pause", ""});
  ASSERT_EQ(service.endpoints.size(), 1u);
  EXPECT_EQ(service.endpoints[0].url, "http://127.0.0.1:9");
}

TEST_F(Complete, is_silent_if_the_service_does_not_answer) {
  service.silent = true;
  EXPECT_THAT(of({"pause", ""}), IsEmpty());
  EXPECT_EQ(terminal.errors, "");
}

TEST_F(Complete, a_name_cannot_forge_a_candidate) {
  service.answer("GET /api/v1/listeners", R"({"listeners":[{"name":"a\nrm\t-rf"}]})");
  EXPECT_THAT(of({"pause", ""}), ElementsAre("a\\x0Arm\\x09-rf"));
}

}  // namespace
}  // namespace overlap::ctl
