// Who is let in: names of the host, pages of other origins, tokens, content.
#include "admin/api/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/admin/requests.h"

namespace overlap::admin {
namespace {

class GuardTest : public testing::Test {
 protected:
  explicit GuardTest(const config::Admin& admin = {}) : guard(admin, fake) {
    guard.listens_on(8100);
  }
  int host(std::vector<std::string> hosts) const {
    Request asked;
    asked.method = "GET";
    for (std::string& name : hosts) asked.fields.emplace_back("host", std::move(name));
    return status(guard.check_host(asked));
  }
  int page(std::vector<Field> fields) const {
    return status(guard.check_page(request("GET", "/", std::move(fields))));
  }
  int token(const std::string& authorization, Access access = Access::read) const {
    return status(
        guard.check_token(request("GET", "/", {{"Authorization", authorization}}), access));
  }
  static int content(const std::string& method, std::vector<Field> fields,
                     Access access = Access::change) {
    return status(Guard::check_content(request(method, "/", std::move(fields)), access));
  }
  static int status(const std::optional<Response>& refused) {
    return refused ? refused->status : 0;
  }

  FakeManagement fake;
  Guard guard;
};

TEST_F(GuardTest, answers_under_its_own_names_and_port_only) {
  for (const char* good : {"localhost", "LocalHost:8100", "127.0.0.1:8100", "[::1]:8100", "[::1]"})
    EXPECT_EQ(host({good}), 0) << good;
  for (const char* bad :
       {"evil.example", "evil.example:8100", "localhost.evil.example", "localhost:8101",
        "localhost:", "localhost:81000", "localhost:8100x", "localhost@evil", "127.0.0.2", "::1",
        "[::1", "", "localhost.", "0.0.0.0", "127.0.0.1.nip.io", "localhost:+8100"})
    EXPECT_EQ(host({bad}), 421) << bad;
  EXPECT_EQ(host({}), 400);
  EXPECT_EQ(host({"localhost", "localhost"}), 400);
}

TEST_F(GuardTest, answers_under_the_names_of_the_configuration_on_any_port) {
  config::Admin changed;
  changed.hosts = "files.example.org,proxy";
  EXPECT_EQ(host({"files.example.org"}), 421);
  guard.apply(changed);
  EXPECT_EQ(host({"Files.Example.org"}), 0);
  EXPECT_EQ(host({"proxy:443"}), 0);
  EXPECT_EQ(host({"example.org"}), 421);
  EXPECT_EQ(host({"localhost:443"}), 421);
  guard.apply({});
  EXPECT_EQ(host({"proxy"}), 421);
}

TEST_F(GuardTest, refuses_pages_of_other_origins) {
  EXPECT_EQ(page({}), 0);
  EXPECT_EQ(page({{"Origin", "http://localhost:8100"}}), 0);
  EXPECT_EQ(page({{"Sec-Fetch-Site", "same-origin"}}), 0);
  EXPECT_EQ(page({{"Sec-Fetch-Site", "none"}}), 0);
  for (const char* origin :
       {"null", "", "http://evil.example", "https://localhost:8100", "http://localhost",
        "http://localhost:8101", "http://localhost:8100.evil.example", "http://127.0.0.1:8100",
        "http://localhost:8100/", "ftp://localhost:8100", "http:/localhost:8100"})
    EXPECT_EQ(page({{"Origin", origin}}), 403) << origin;
  for (const char* site : {"cross-site", "same-site", "", "SAME-ORIGIN"})
    EXPECT_EQ(page({{"Sec-Fetch-Site", site}}), 403) << site;
  EXPECT_EQ(page({{"Origin", "http://localhost:8100"}, {"Origin", "http://evil.example"}}), 403);
}

TEST_F(GuardTest, leaves_the_scheme_to_a_proxy_under_the_names_of_the_configuration) {
  config::Admin changed;
  changed.hosts = "files.example.org";
  guard.apply(changed);
  const auto page_of = [&](const std::string& origin) {
    Request asked;
    asked.method = "POST";
    asked.fields = {{"Host", "files.example.org"}, {"Origin", origin}};
    return status(guard.check_page(asked));
  };
  EXPECT_EQ(page_of("https://files.example.org"), 0);
  EXPECT_EQ(page_of("http://files.example.org"), 0);
  EXPECT_EQ(page_of("https://other.example.org"), 403);
  EXPECT_EQ(page_of("ftp://files.example.org"), 403);
}

TEST_F(GuardTest, wants_the_token_in_its_field) {
  EXPECT_EQ(token("Bearer fake-token"), 0);
  EXPECT_EQ(token("bearer  fake-token"), 0);
  for (const char* wrong : {"", "Bearer", "Bearer ", "fake-token", "Basic fake-token",
                            "Bearer fake-toke", "Bearer fake-tokenx", "Bearer fake-token "})
    EXPECT_EQ(token(wrong), 401) << wrong;
  const auto twice = request("GET", "/", {bearer, bearer});
  EXPECT_EQ(status(guard.check_token(twice, Access::read)), 401);
  EXPECT_EQ(token("", Access::open), 0);
}

TEST_F(GuardTest, challenges_as_bearer) {
  const auto missing = guard.check_token(request("GET", "/"), Access::read);
  EXPECT_THAT(missing->fields,
              testing::ElementsAre(Field{"WWW-Authenticate", "Bearer realm=\"Overlap admin\""}));
  const auto wrong =
      guard.check_token(request("GET", "/", {{"Authorization", "Bearer x"}}), Access::read);
  EXPECT_THAT(wrong->fields.front().second, testing::HasSubstr("invalid_token"));
}

TEST_F(GuardTest, lets_anonymous_clients_read_but_never_change) {
  config::Admin changed;
  changed.anonymous_read = true;
  guard.apply(changed);
  EXPECT_EQ(token(""), 0);
  EXPECT_EQ(token("", Access::change), 401);
  guard.apply({});
  EXPECT_EQ(token(""), 401);
}

TEST(GuardOffLoopback, never_lets_anonymous_clients_read) {
  FakeManagement fake;
  config::Admin config;
  config.address = "0.0.0.0";
  config.anonymous_read = true;
  const Guard guard{config, fake};
  EXPECT_TRUE(guard.check_token(request("GET", "/"), Access::read).has_value());
}

TEST_F(GuardTest, wants_json_on_every_post_that_changes_something) {
  EXPECT_EQ(content("POST", {json_type}), 0);
  EXPECT_EQ(content("POST", {{"Content-Type", "Application/JSON ; charset=utf-8"}}), 0);
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded",
                           "multipart/form-data; boundary=x", "application/jsonx", "json"})
    EXPECT_EQ(content("POST", {{"Content-Type", type}}), 415) << type;
  EXPECT_EQ(content("POST", {}), 415);
  EXPECT_EQ(content("POST", {json_type, json_type}), 415);
  EXPECT_EQ(content("DELETE", {}), 0);
}

TEST_F(GuardTest, takes_content_of_known_length_up_to_the_limit) {
  const auto with_length = [](const char* length) {
    return content("POST", {json_type, {"Content-Length", length}});
  };
  EXPECT_EQ(with_length("65536"), 0);
  EXPECT_EQ(with_length("65537"), 413);
  EXPECT_EQ(with_length("99999999999999999999999"), 413);
  for (const char* length : {"", "-1", "+1", "1x", "0x10", "1,1"})
    EXPECT_EQ(with_length(length), 400) << length;
  EXPECT_EQ(content("POST", {json_type, {"Content-Length", "1"}, {"Content-Length", "1"}}), 400);
  EXPECT_EQ(content("POST", {json_type, {"Transfer-Encoding", "chunked"}}), 411);
  EXPECT_EQ(content("GET", {{"Content-Length", "1"}}, Access::read), 400);
  EXPECT_EQ(content("DELETE", {{"Content-Length", "1"}}), 400);
  EXPECT_EQ(content("GET", {{"Content-Length", "0"}}, Access::read), 0);
}

}  // namespace
}  // namespace overlap::admin
