#include "admin/api/routes.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tests/unit/admin/fake_source.h"

namespace overlap::admin {
namespace {

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    source.shown.push_back(named_model("device"));
    source.shown.push_back(named_model("asio"));
  }
  Response get(const std::string& path, const std::string& host = "localhost:8100") const {
    return routes.respond({"GET", path, {host}});
  }
  static boost::json::value body(const Response& response) {
    return boost::json::parse(response.body);
  }
  static void expect_problem(const Response& response, int status) {
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto problem = body(response);
    EXPECT_EQ(problem.at("type").as_string(), "about:blank");
    EXPECT_EQ(problem.at("status").to_number<int>(), status);
    EXPECT_FALSE(problem.at("title").as_string().empty());
    EXPECT_FALSE(problem.at("detail").as_string().empty());
  }

  FakeSource source;
  Routes routes{source, {"overlap", "1.2.3"}, "127.0.0.1"};
};

TEST_F(RoutesTest, lists_every_model_in_order) {
  const Response response = get("/api/v1/models");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  const auto models = body(response).at("models").as_array();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].at("name").as_string(), "device");
  EXPECT_EQ(models[1].at("name").as_string(), "asio");
  EXPECT_EQ(body(response).at("state").as_string(), "running");
}

TEST_F(RoutesTest, shows_one_model_by_name) {
  const Response response = get("/api/v1/models/asio");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(body(response).at("name").as_string(), "asio");
}

TEST_F(RoutesTest, does_not_know_other_paths) {
  for (const char* path : {"/api/v1/models/iocp", "/api/v1/models/", "/api/v1/models/asio/",
                           "/api/v1/models/asio/queue", "/api/v1/model", "/api/v1/modelsx",
                           "/api/v2/models", "/", "", "/livez/", "/LIVEZ", "//livez"}) {
    SCOPED_TRACE(path);
    expect_problem(get(path), 404);
  }
}

TEST_F(RoutesTest, refuses_other_methods_and_names_those_allowed) {
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"}) {
    SCOPED_TRACE(method);
    const Response response = routes.respond({method, "/api/v1/models", {"localhost"}});
    expect_problem(response, 405);
    EXPECT_EQ(response.allow, "GET, HEAD");
  }
  EXPECT_EQ(routes.respond({"DELETE", "/nothing", {"localhost"}}).status, 404);
}

TEST_F(RoutesTest, answers_head_like_get) {
  const Response response = routes.respond({"HEAD", "/livez", {"localhost"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, get("/livez").body);
}

TEST_F(RoutesTest, is_ready_while_every_listener_accepts) {
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_TRUE(body(get("/readyz")).at("ready").as_bool());
  source.is_ready = false;
  expect_problem(get("/readyz"), 503);
  EXPECT_FALSE(body(get("/readyz")).at("ready").as_bool());
  EXPECT_EQ(body(get("/readyz")).at("state").as_string(), "draining");
}

TEST_F(RoutesTest, lives_also_when_not_ready) {
  source.is_ready = false;
  EXPECT_EQ(get("/livez").status, 200);
}

TEST_F(RoutesTest, tells_its_version) {
  const auto version = body(get("/version"));
  EXPECT_EQ(version.at("name").as_string(), "overlap");
  EXPECT_EQ(version.at("version").as_string(), "1.2.3");
}

TEST_F(RoutesTest, answers_under_the_names_of_this_machine) {
  for (const char* host : {"localhost", "LocalHost", "localhost:8100", "127.0.0.1",
                           "127.0.0.1:65535", "[::1]", "[::1]:8100"})
    EXPECT_EQ(get("/livez", host).status, 200) << host;
}

TEST_F(RoutesTest, refuses_names_that_others_point_at_this_machine) {
  for (const char* host : {"evil.example", "evil.example:8100", "localhost.evil.example",
                           "localhost.", "", ":8100", "127.0.0.1.evil.example", "127.0.0.2", "::1",
                           "[::1", "[::1]x", "[::1]:", "localhost:", "localhost:80a",
                           "localhost:8100:8100", " localhost", "localhost@evil.example"}) {
    SCOPED_TRACE(host);
    expect_problem(get("/livez", host), 421);
  }
}

TEST_F(RoutesTest, wants_exactly_one_host) {
  expect_problem(routes.respond({"GET", "/livez", {}}), 400);
  expect_problem(routes.respond({"GET", "/livez", {"localhost", "localhost"}}), 400);
}

TEST_F(RoutesTest, answers_under_the_address_that_it_listens_on) {
  const auto status = [this](const char* address, const char* host) {
    return Routes{source, {}, address}.respond({"GET", "/livez", {host}}).status;
  };
  EXPECT_EQ(status("192.0.2.7", "192.0.2.7:8100"), 200);
  EXPECT_EQ(status("192.0.2.7", "192.0.2.8:8100"), 421);
  EXPECT_EQ(status("2001:db8::7", "[2001:db8::7]:8100"), 200);
  EXPECT_EQ(status("2001:db8::7", "[2001:DB8::7]"), 200);
  EXPECT_EQ(status("0.0.0.0", "0.0.0.0"), 421);
  EXPECT_EQ(status("::", "[::]"), 421);
  EXPECT_EQ(status("", ""), 421);
}

}  // namespace
}  // namespace overlap::admin
