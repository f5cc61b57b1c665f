// Command lines against an API in memory: what is asked, what is shown, how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/ctl/complete.h"
#include "tests/unit/ctl/fakes.h"

namespace overlap::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr char listener[] =
    R"({"name":"device","model":"device","address":"127.0.0.1","port":8101,"tls":false,)"
    R"("state":"paused","accept_failing":false,"threads_max":32,"connections":{"current":3,)"
    R"("peak":9,"limit":2000,"total":1234,"limit_per_address":1000},"rejected_total":0,)"
    R"("former_models":[]})";

std::string listener_in(const std::string& state, const std::string& former = "") {
  std::string text = listener;
  text.replace(text.find("paused"), 6, state);
  text.insert(text.size() - 2, former);
  return text;
}

class Commands : public testing::Test, public ProgramFixture {};

TEST_F(Commands, json_is_what_the_service_sent) {
  const std::string odd = "{ \"listeners\" : [ ] , \"more\":1e2 }";
  service.answer("GET /api/v1/listeners", odd);
  EXPECT_EQ(run({"listeners", "--json"}), Exit::done);
  EXPECT_EQ(terminal.output, odd + "\n");
  EXPECT_EQ(run({"--json", "listeners"}), Exit::done);
  EXPECT_EQ(terminal.output, odd + "\n");
}

TEST_F(Commands, each_reading_asks_for_its_resource) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> readings{
      {{"status"}, "/api/v1/service"},
      {{"models"}, "/api/v1/models"},
      {{"models", "apc"}, "/api/v1/models/apc"},
      {{"listeners"}, "/api/v1/listeners"},
      {{"listeners", "a/b"}, "/api/v1/listeners/a%2Fb"},
      {{"findings"}, "/api/v1/findings"},
      {{"config", "show"}, "/api/v1/config"},
      {{"version"}, "/version"},
      {{"connections"}, "/api/v1/connections?limit=100"},
      {{"transfers"}, "/api/v1/transfers?state=live&limit=100"},
      {{"uploads"}, "/api/v1/uploads?limit=100"},
      {{"events"}, "/api/v1/events?newest=true&limit=50"}};
  for (auto [words, target] : readings) {
    service.answer("GET " + target, "{\"x\":1}");
    words.emplace_back("--json");
    EXPECT_EQ(run(words), Exit::done) << target << terminal.errors;
    EXPECT_THAT(service.asked, ElementsAre("GET " + target));
    EXPECT_EQ(terminal.output, "{\"x\":1}\n");
  }
}

TEST_F(Commands, filters_become_the_query) {
  run({"connections", "--listener", "a b", "--model", "apc", "--state", "idle", "--user", "x&y",
       "--peer", "10.", "--limit", "7", "--after", "42"});
  EXPECT_THAT(service.asked,
              ElementsAre("GET /api/v1/connections?listener=a%20b&model=apc&state=idle&user=x%26y&"
                          "peer=10.&limit=7&after=42"));
  run({"connections", "--user", ""});
  EXPECT_THAT(service.asked, ElementsAre("GET /api/v1/connections?limit=100&user="));
  run({"transfers", "--finished", "--since", "2h", "--until", "2026-11-23", "--path", "/a/",
       "--method", "PUT", "--result", "done"});
  EXPECT_THAT(service.asked,
              ElementsAre(HasSubstr("?state=finished&path=%2Fa%2F&since=2026-11-23T10%3A00%3A0")));
  EXPECT_THAT(service.asked,
              ElementsAre(HasSubstr("&until=2026-11-23T00%3A00%3A00.000Z&method=PUT&result=done")));
}

TEST_F(Commands, pages_go_on_until_the_last) {
  service.answer("GET /api/v1/uploads?limit=1000", R"({"uploads":[{"id":"a"}],"next":"a"})");
  service.answer("GET /api/v1/uploads?limit=1000&after=a",
                 R"({"uploads":[{"id":"b"}],"next":null})");
  EXPECT_EQ(run({"uploads", "--all"}), Exit::done);
  EXPECT_THAT(terminal.output, HasSubstr("\na "));
  EXPECT_THAT(terminal.output, HasSubstr("\nb "));
  EXPECT_EQ(terminal.errors, "");
  EXPECT_EQ(run({"uploads", "--all", "--json"}), Exit::done);
  EXPECT_EQ(terminal.output,
            "{\"uploads\":[{\"id\":\"a\"}],\"next\":\"a\"}\n"
            "{\"uploads\":[{\"id\":\"b\"}],\"next\":null}\n");
}

TEST_F(Commands, a_page_that_is_not_the_last_says_so) {
  service.answer("GET /api/v1/uploads?limit=1", R"({"uploads":[{"id":"a"}],"next":"a"})");
  EXPECT_EQ(run({"uploads", "--limit", "1"}), Exit::done);
  EXPECT_EQ(terminal.errors, "There are more: add --after a, or --all.\n");
}

TEST_F(Commands, changes_are_posts_and_deletes) {
  for (const char* action : {"pause", "resume", "drain"}) {
    service.answer(std::string("POST /api/v1/listeners/device/") + action, listener);
    EXPECT_EQ(run({action, "device"}), Exit::done);
    EXPECT_EQ(terminal.output,
              "Listener device: paused on 127.0.0.1:8101 by device, 3 connections.\n");
  }
  service.answer("POST /api/v1/listeners/device/model", listener);
  EXPECT_EQ(run({"switch-model", "device", "apc", "--json"}), Exit::done);
  EXPECT_THAT(service.asked,
              ElementsAre("POST /api/v1/listeners/device/model {\"model\":\"apc\"}"));
  EXPECT_EQ(terminal.output, listener + std::string("\n"));
  service.answer("DELETE /api/v1/connections/17", "", 204);
  EXPECT_EQ(run({"close", "17"}), Exit::done);
  EXPECT_EQ(terminal.output, "17 was closed.\n");
  service.answer("DELETE /api/v1/uploads/a%2Fb", "", 204);
  EXPECT_EQ(run({"delete-upload", "a/b"}), Exit::done);
  EXPECT_EQ(terminal.output, "a/b was deleted.\n");
}

TEST_F(Commands, waits_until_a_drain_is_complete) {
  service.answer("POST /api/v1/listeners/device/drain", listener_in("draining"));
  service.answer("GET /api/v1/listeners/device", listener_in("draining"));
  service.answer("GET /api/v1/listeners/device", listener_in("drained"));
  terminal.waits = 10;
  EXPECT_EQ(run({"drain", "device", "--wait"}), Exit::done);
  EXPECT_THAT(terminal.output, StartsWith("Listener device: drained"));
  EXPECT_EQ(service.asked.size(), 3u);
}

TEST_F(Commands, waits_until_nothing_is_left_on_the_old_model) {
  const std::string former = R"({"model":"device","connections":2})";
  service.answer("POST /api/v1/listeners/device/model", listener_in("running", former));
  service.answer("GET /api/v1/listeners/device", listener_in("running", former));
  service.answer("GET /api/v1/listeners/device", listener_in("running"));
  terminal.waits = 10;
  EXPECT_EQ(run({"switch-model", "device", "apc"}), Exit::done);
  EXPECT_THAT(terminal.output, HasSubstr(", 2 of them still by device."));
  EXPECT_EQ(run({"switch-model", "device", "apc", "--wait"}), Exit::done);
  EXPECT_THAT(terminal.output, Not(HasSubstr("still by")));
}

TEST_F(Commands, a_wait_has_an_end) {
  service.answer("POST /api/v1/listeners/device/drain", listener_in("draining"));
  service.answer("GET /api/v1/listeners/device", listener_in("draining"));
  terminal.waits = 1000;
  EXPECT_EQ(run({"drain", "device", "--wait", "--timeout", "5"}), Exit::timeout);
  EXPECT_THAT(terminal.errors, HasSubstr("not complete within 5 s"));
  EXPECT_THAT(terminal.output, HasSubstr("draining"));
}

TEST_F(Commands, a_reload_lists_what_has_changed_or_what_is_wrong) {
  service.answer("POST /api/v1/config/reload", R"({"changed":["limits.chunk_bytes"]})");
  service.answer("POST /api/v1/config/reload", R"({"changed":[]})");
  service.answer("POST /api/v1/config/reload",
                 R"({"status":422,"detail":"It is not valid.","problems":["line 1","line 2"]})",
                 422);
  service.answer("POST /api/v1/config/reload",
                 R"({"status":409,"detail":"Not now.","problems":["store.root"]})", 409);
  EXPECT_EQ(run({"reload"}), Exit::done);
  EXPECT_EQ(terminal.output, "The configuration was read again. Changed:\n  limits.chunk_bytes\n");
  EXPECT_EQ(run({"reload"}), Exit::done);
  EXPECT_THAT(terminal.output, HasSubstr("nothing has changed"));
  EXPECT_EQ(run({"reload"}), Exit::not_valid);
  EXPECT_EQ(terminal.errors, "It is not valid.\n  line 1\n  line 2\n");
  EXPECT_EQ(run({"reload"}), Exit::refused);
  EXPECT_EQ(terminal.errors, "Not now.\n  store.root\n");
}

TEST_F(Commands, each_refusal_has_its_exit_status) {
  const std::vector<std::pair<int, Exit>> statuses{
      {400, Exit::not_valid}, {401, Exit::denied},  {403, Exit::denied}, {404, Exit::not_found},
      {405, Exit::failed},    {409, Exit::refused}, {413, Exit::failed}, {421, Exit::failed},
      {422, Exit::not_valid}, {500, Exit::failed},  {503, Exit::busy}};
  for (const auto& [status, code] : statuses) {
    service.answers.clear();
    service.answer("POST /api/v1/listeners/device/pause", R"({"detail":"This is why."})", status);
    EXPECT_EQ(run({"pause", "device"}), code) << status;
    EXPECT_EQ(terminal.output, "");
    if (status == 401) continue;
    EXPECT_EQ(terminal.errors, "This is why.\n");
  }
  EXPECT_EQ(run({"listeners", "nobody"}), Exit::not_found);
}

TEST_F(Commands, a_busy_service_says_when_to_try_again) {
  service.answers["POST /api/v1/listeners/device/pause"].push_back(
      {503, "application/problem+json", R"({"detail":"Others wait already."})", "2"});
  EXPECT_EQ(run({"pause", "device"}), Exit::busy);
  EXPECT_EQ(terminal.errors, "Others wait already. Try again in 2 s.\n");
}

TEST_F(Commands, a_refused_token_is_explained) {
  service.answer("GET /api/v1/models", R"({"status":401})", 401);
  EXPECT_EQ(run({"models"}), Exit::denied);
  EXPECT_EQ(terminal.errors,
            "Overlap at http://127.0.0.1:8100 does not take the token from the file " +
                in_etc("token") + ".\n");
  files.erase(in_etc("token"));
  EXPECT_EQ(run({"models"}), Exit::denied);
  EXPECT_EQ(terminal.errors,
            "Overlap at http://127.0.0.1:8100 asks for the administrators' token. The token file " +
                in_etc("token") + " cannot be read: no such file. Administrators may read it.\n");
}

TEST_F(Commands, no_answer_has_its_exit_status) {
  service.silent = true;
  EXPECT_EQ(run({"status"}), Exit::no_answer);
  EXPECT_THAT(terminal.errors, HasSubstr("connection refused"));
  EXPECT_EQ(run({"top"}), Exit::no_answer);
}

TEST_F(Commands, what_is_no_answer_of_overlap_is_a_failure) {
  service.answer("GET /api/v1/models", "<html>");
  EXPECT_EQ(run({"models"}), Exit::failed);
  EXPECT_THAT(terminal.errors, HasSubstr("does not speak as Overlap does"));
  service.answer("GET /api/v1/listeners", "[1]");
  EXPECT_EQ(run({"listeners"}), Exit::failed);
}

TEST_F(Commands, an_answer_without_its_members_is_shown_with_dashes) {
  for (const char* target : {"/api/v1/service", "/api/v1/listeners", "/api/v1/findings",
                             "/api/v1/models", "/api/v1/models/apc", "/api/v1/config"})
    service.answer(std::string("GET ") + target,
                   R"({"models":[{}],"listeners":[null,{}],"findings":[7,{}],"config":[]})");
  for (const auto& words : std::vector<std::vector<std::string>>{{"status"},
                                                                 {"listeners"},
                                                                 {"findings"},
                                                                 {"models"},
                                                                 {"models", "apc"},
                                                                 {"config", "show"}})
    EXPECT_EQ(run(words), Exit::done) << terminal.errors;
}

TEST_F(Commands, command_lines_that_are_wrong_end_with_1) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{},
                                             {"stats"},
                                             {"pause"},
                                             {"switch-model", "device", "iocp"},
                                             {"events", "--severity", "x"},
                                             {"connections", "--limit", "0"},
                                             {"connections", "--limit", "1001"},
                                             {"close"},
                                             {"transfers", "--since", "1h"},
                                             {"transfers", "--live", "--finished"},
                                             {"pause", "device", "--timeout", "5"},
                                             {"completion", "fish"},
                                             {"top", "--json"},
                                             {"connections", "--state", "sleeping"},
                                             {"transfers", "--finished", "--since", "noon"}}) {
    EXPECT_EQ(run(words), Exit::not_valid);
    EXPECT_NE(terminal.errors, "");
    EXPECT_EQ(terminal.output, "");
    EXPECT_THAT(service.asked, IsEmpty());
  }
}

TEST_F(Commands, help_tells_the_exit_statuses) {
  EXPECT_EQ(run({"--help"}), Exit::done);
  EXPECT_THAT(terminal.output, HasSubstr("10 not found"));
  EXPECT_THAT(terminal.output, Not(HasSubstr("\n  complete ")));  // that one is hidden
  EXPECT_EQ(run({"drain", "--help"}), Exit::done);
  EXPECT_THAT(terminal.output, HasSubstr("--timeout"));
}

TEST_F(Commands, config_check_needs_no_service) {
  EXPECT_EQ(run({"config", "check"}), Exit::done);
  EXPECT_EQ(terminal.output, "/etc/overlap.toml is valid.\n");
  files["/x.toml"] = "[store]\nroot = 7\n";
  EXPECT_EQ(run({"config", "check", "/x.toml"}), Exit::not_valid);
  EXPECT_THAT(terminal.errors, HasSubstr("store.root"));
  EXPECT_EQ(run({"config", "check", "/none"}), Exit::not_valid);
  EXPECT_THAT(service.endpoints, IsEmpty());
}

TEST_F(Commands, the_dashboard_has_the_token_behind_its_address) {
  EXPECT_EQ(run({"dashboard"}), Exit::done);
  EXPECT_EQ(terminal.output, "http://127.0.0.1:8100/#token=secret-of-this-machine\n");
  EXPECT_EQ(run({"token", "show"}), Exit::done);
  EXPECT_EQ(terminal.output, "secret-of-this-machine\n");
  files.erase(in_etc("token"));
  EXPECT_EQ(run({"dashboard"}), Exit::done);
  EXPECT_EQ(terminal.output, "http://127.0.0.1:8100/\n");
  EXPECT_EQ(run({"token", "show"}), Exit::denied);
}

TEST_F(Commands, events_are_followed_without_gaps) {
  const auto page = [](int first, int count, const char* next, int lost) {
    std::string text = "{\"events\":[";
    for (int i = first; i < first + count; ++i)
      text += std::string(i > first ? "," : "") + "{\"sequence\":" + std::to_string(i) +
              R"(,"time":"2026-11-23T12:00:00.250Z","severity":"warning","id":null,"text":"no. )" +
              std::to_string(i) + "\"}";
    return text + "],\"next\":" + next + ",\"lost\":" + std::to_string(lost) + "}";
  };
  service.answer("GET /api/v1/events?newest=true&limit=2&severity=info", page(1, 2, "2", 0));
  service.answer("GET /api/v1/events?after=2&limit=1000&severity=info", page(3, 1, "3", 0));
  service.answer("GET /api/v1/events?after=3&limit=1000&severity=info", page(9, 1, "9", 5));
  service.answer("GET /api/v1/events?after=9&limit=1000&severity=info", page(0, 0, "9", 0));
  terminal.waits = 3;
  EXPECT_EQ(run({"events", "--follow", "--limit", "2", "--severity", "info"}), Exit::done);
  EXPECT_EQ(terminal.output,
            "2026-11-23 12:00:00.250 warning no. 1\n2026-11-23 12:00:00.250 warning no. 2\n"
            "2026-11-23 12:00:00.250 warning no. 3\n2026-11-23 12:00:00.250 warning no. 9\n");
  EXPECT_EQ(terminal.errors, "5 records came too fast to be shown.\n");
}

TEST_F(Commands, finished_transfers_are_followed_in_their_order) {
  const auto entry = [](int id) {
    return "{\"id\":" + std::to_string(id) +
           R"(,"ended":"2026-11-23T12:00:00.250Z","seconds":1.5,"listener":"apc","model":"apc",)"
           R"("peer":"10.0.0.1:5","user":null,"method":"GET","path":"/)" +
           std::to_string(id) +
           R"(","status":200,"bytes_received":0,"bytes_sent":2048,"result":"done","digest":null})";
  };
  const std::string target = "GET /api/v1/transfers?state=finished&limit=";
  service.answer(target + "2", "{\"transfers\":[" + entry(5) + "," + entry(4) + "],\"next\":4}");
  service.answer(target + "1000", "{\"transfers\":[" + entry(7) + "],\"next\":7}");
  service.answer(target + "1000&before=7",
                 "{\"transfers\":[" + entry(6) + "," + entry(5) + "],\"next\":5}");
  terminal.waits = 1;
  EXPECT_EQ(run({"transfers", "--finished", "--follow", "--limit", "2"}), Exit::done)
      << terminal.errors;
  std::string expected;
  for (const char* id : {"4", "5", "6", "7"})
    expected +=
        std::string("2026-11-23 12:00:00.250 done 200 GET 2 KiB in 1.5 s apc 10.0.0.1:5 - /") + id +
        "\n";
  EXPECT_EQ(terminal.output, expected);
}

TEST_F(Commands, completion_prints_the_script) {
  EXPECT_EQ(run({"completion", "powershell"}), Exit::done);
  EXPECT_THAT(terminal.output, HasSubstr("Register-ArgumentCompleter -Native"));
  EXPECT_EQ(terminal.output, powershell_script());
}

}  // namespace
}  // namespace overlap::ctl
