#include "admin/api/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "admin/api/openapi.h"
#include "admin/web/assets.h"
#include "tests/unit/admin/requests.h"

namespace overlap::admin {
namespace {

using management::CommandStatus;
using testing::HasSubstr;

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    guard.listens_on(8100);
    sampler.take(std::chrono::seconds{1}, 1'795'000'000'000);
    fake.advance(std::chrono::milliseconds{100});
    sampler.take(std::chrono::seconds{2}, 1'795'000'001'000);
  }
  Response respond(const Request& asked) const {
    if (auto refused = routes_.refuse(asked)) return std::move(*refused);
    return routes_.perform(asked);
  }
  Response get(const std::string& target) const {
    return respond(request("GET", target, {bearer}));
  }
  Response post(const std::string& target, const std::string& body = {}) const {
    return respond(request("POST", target, {bearer, json_type}, body));
  }
  boost::json::value shown(const std::string& target) const {
    const Response response = get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    return body_of(response);
  }
  std::string detail(const std::string& target, int status = 400) const {
    const Response response = get(target);
    EXPECT_EQ(response.status, status) << target;
    EXPECT_EQ(response.content_type, "application/problem+json") << target;
    return std::string{body_of(response).at("detail").as_string()};
  }
  management::AuditRecord last_audit() const { return fake.audits().back(); }

  FakeManagement fake;
  config::Admin config;
  Sampler sampler{fake, fake};
  Guard guard{config, fake};
  Routes routes_{guard, fake.management(), sampler};
};

TEST_F(RoutesTest, are_those_of_the_document) {
  const auto document = boost::json::parse(openapi_document());
  std::set<std::pair<std::string, std::string>> described;
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& path : document.at("paths").as_object())
    for (const auto& method : path.value().as_object()) {
      std::string name{method.key()};
      for (char& letter : name) letter = static_cast<char>(letter - 'a' + 'A');
      described.emplace(name, path.key());
    }
  for (const Route& route : routes()) known.emplace(route.method, route.path);
  EXPECT_EQ(known, described);
  EXPECT_EQ(known.size(), routes().size()) << "a route is listed twice";
}

TEST_F(RoutesTest, have_the_parameters_and_rights_of_the_document) {
  const auto document = boost::json::parse(openapi_document());
  for (const Route& route : routes()) {
    std::string method{route.method};
    for (char& letter : method) letter = static_cast<char>(letter - 'A' + 'a');
    const auto& described = document.at("paths").at(route.path).at(method);
    std::set<std::string> names;
    if (const auto* list = described.as_object().if_contains("parameters"))
      for (const auto& one : list->as_array())
        if (one.at("in").as_string() == "query") names.emplace(one.at("name").as_string());
    std::set<std::string> known;
    for (const Parameter& parameter : route.parameters) known.emplace(parameter.name);
    EXPECT_EQ(known, names) << route.path;
    const auto* security = described.as_object().if_contains("security");
    const bool open = security != nullptr && security->as_array().empty();
    EXPECT_EQ(route.access == Access::open, open) << route.path;
    EXPECT_EQ(route.access == Access::change, route.method != "GET") << route.path;
  }
}

TEST_F(RoutesTest, lead_nowhere_by_tricks_of_the_path) {
  for (const char* path : {"/api/v1/models/iocp",
                           "/api/v1/models/",
                           "/api/v1/models/asio/",
                           "/api/v1/models/asio/x",
                           "/api/v2/models",
                           "/LIVEZ",
                           "//livez",
                           "/livez/",
                           "/./livez",
                           "/assets/../livez",
                           "/assets/%2e%2e/livez",
                           "/assets/..%2flivez",
                           "/api/v1/models/%zz",
                           "/api/v1/models/%6",
                           "/api//v1/models",
                           "livez",
                           "",
                           "*",
                           "http://localhost:8100/livez",
                           "/assets/",
                           "/%00"}) {
    SCOPED_TRACE(path);
    detail(path, 404);
  }
}

TEST_F(RoutesTest, decode_a_segment_once) {
  EXPECT_EQ(shown("/api/v1/models/%61sio").at("name").as_string(), "asio");
  detail("/api/v1/models/%2561sio", 404);
  post("/api/v1/listeners/a%2Fb/pause");
  EXPECT_EQ(std::get<management::PauseListener>(fake.commands().back()).listener, "a/b");
}

TEST_F(RoutesTest, refuse_other_methods_and_name_those_allowed) {
  for (const char* method : {"PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "POST"}) {
    SCOPED_TRACE(method);
    const Response response = respond(request(method, "/api/v1/models", {bearer, json_type}));
    EXPECT_EQ(response.status, 405);
    EXPECT_THAT(response.fields, testing::Contains(Field{"Allow", "GET, HEAD"}));
  }
  const Response response = get("/api/v1/connections/1");
  EXPECT_THAT(response.fields, testing::Contains(Field{"Allow", "DELETE"}));
  EXPECT_EQ(respond(request("HEAD", "/livez")).status, 200);
}

TEST_F(RoutesTest, name_the_parameter_that_is_wrong) {
  EXPECT_THAT(detail("/api/v1/events?limit=0"), HasSubstr("limit must be a whole number from 1"));
  EXPECT_THAT(detail("/api/v1/events?limit=1001"), HasSubstr("to 1000"));
  EXPECT_THAT(detail("/api/v1/events?limit=1&limit=2"), HasSubstr("limit is given twice"));
  EXPECT_THAT(detail("/api/v1/events?limit="), HasSubstr("limit"));
  EXPECT_THAT(detail("/api/v1/events?limit=-1"), HasSubstr("limit"));
  EXPECT_THAT(detail("/api/v1/events?after=9223372036854775808"), HasSubstr("after"));
  EXPECT_THAT(detail("/api/v1/events?severity=loud"), HasSubstr("debug, info, warning, error"));
  EXPECT_THAT(detail("/api/v1/events?newest=yes"), HasSubstr("newest"));
  EXPECT_THAT(detail("/api/v1/events?colour=red"), HasSubstr("\"colour\""));
  EXPECT_THAT(detail("/livez?x"), HasSubstr("\"x\""));
  EXPECT_THAT(detail("/api/v1/history?seconds=9"), HasSubstr("10 to 3600"));
  EXPECT_THAT(detail("/api/v1/history?seconds=3601"), HasSubstr("10 to 3600"));
  EXPECT_THAT(detail("/api/v1/connections?model=iocp"), HasSubstr("device, event, apc, asio"));
  EXPECT_THAT(detail("/api/v1/connections?user=%F"), HasSubstr("%"));
  EXPECT_THAT(detail("/api/v1/transfers?state=finished&since=yesterday"), HasSubstr("since"));
  EXPECT_THAT(detail("/api/v1/transfers?since=2026-11-23T12:00:00Z"), HasSubstr("finished"));
  EXPECT_THAT(detail("/api/v1/transfers?state=finished&after=1"), HasSubstr("before"));
  for (const char* good : {"limit=1", "limit=1000", "after=9223372036854775807", "newest=true", ""})
    EXPECT_EQ(get(std::string{"/api/v1/events?"} + good).status, 200) << good;
}

TEST_F(RoutesTest, page_and_filter_connections) {
  std::set<std::int64_t> seen;
  std::string after = "0";
  for (int pages = 0; pages < 10 && !after.empty(); ++pages) {
    const auto page = shown("/api/v1/connections?limit=5&after=" + after);
    EXPECT_LE(page.at("connections").as_array().size(), 5u);
    for (const auto& one : page.at("connections").as_array())
      EXPECT_TRUE(seen.insert(one.at("id").to_number<std::int64_t>()).second);
    const auto& next = page.at("next");
    after = next.is_null() ? "" : std::to_string(next.to_number<std::int64_t>());
  }
  EXPECT_EQ(seen.size(), 16u);
  const auto count = [&](const std::string& filter) {
    return shown("/api/v1/connections?" + filter).at("connections").as_array().size();
  };
  EXPECT_EQ(count("model=apc"), 4u);
  EXPECT_EQ(count("listener=event&state=idle"), 1u);
  EXPECT_EQ(count("user="), 4u);
  EXPECT_EQ(count("user=anna"), 4u);
  EXPECT_EQ(count("peer=192.0.2.1:"), 4u);
  EXPECT_EQ(count("peer=10."), 0u);
}

TEST_F(RoutesTest, show_live_transfers_by_path) {
  const auto count = [&](const std::string& filter) {
    return shown("/api/v1/transfers?" + filter).at("transfers").as_array().size();
  };
  EXPECT_EQ(count(""), 12u);
  EXPECT_EQ(count("path=/reports/"), 4u);
  EXPECT_EQ(count("path=/reports"), 0u);
  EXPECT_EQ(count("path=%2Freports%2Fquarter.pdf&model=asio"), 1u);
  EXPECT_EQ(count("user="), 4u);
}

TEST_F(RoutesTest, page_the_journal_from_the_newest) {
  const auto first = shown("/api/v1/transfers?state=finished&limit=2");
  EXPECT_EQ(first.at("next").to_number<int>(), 249);
  const auto next = shown("/api/v1/transfers?state=finished&limit=1&before=249");
  EXPECT_EQ(next.at_pointer("/transfers/0/id").to_number<int>(), 248);
  const auto refused = shown("/api/v1/transfers?state=finished&result=refused&limit=1000");
  for (const auto& one : refused.at("transfers").as_array())
    EXPECT_EQ(one.at("status").to_number<int>(), 404);
  fake.journal_error = "the file cannot be read";
  detail("/api/v1/transfers?state=finished", 500);
  fake.journal_enabled = false;
  detail("/api/v1/transfers?state=finished", 409);
}

TEST_F(RoutesTest, show_the_oldest_or_the_newest_events) {
  const auto oldest = shown("/api/v1/events?limit=1");
  EXPECT_EQ(oldest.at("next").to_number<int>(), 1);
  const auto newest = shown("/api/v1/events?limit=1&newest=true");
  EXPECT_EQ(newest.at_pointer("/events/0/sequence").to_number<int>(), 2);
  EXPECT_EQ(shown("/api/v1/events?after=2").at("next").to_number<int>(), 2);
  EXPECT_EQ(shown("/api/v1/events?severity=warning").at("events").as_array().size(), 1u);
}

TEST_F(RoutesTest, carry_out_each_change) {
  EXPECT_EQ(body_of(post("/api/v1/listeners/apc/pause")).at("state").as_string(), "paused");
  EXPECT_EQ(body_of(post("/api/v1/listeners/apc/resume")).at("state").as_string(), "running");
  EXPECT_EQ(body_of(post("/api/v1/listeners/apc/drain", "{}")).at("state").as_string(), "draining");
  const auto moved = body_of(post("/api/v1/listeners/apc/model", R"({"model":"asio"})"));
  EXPECT_EQ(moved.at("model").as_string(), "asio");
  EXPECT_EQ(moved.at_pointer("/former_models/0/model").as_string(), "apc");
  EXPECT_EQ(body_of(post("/api/v1/config/reload")).at("changed").as_array().size(), 2u);
  const Response closed = respond(request("DELETE", "/api/v1/connections/3", {bearer}));
  EXPECT_EQ(closed.status, 204);
  EXPECT_TRUE(closed.body.empty() && closed.content_type.empty());
  EXPECT_EQ(respond(request("DELETE", "/api/v1/connections/3", {bearer})).status, 404);
  EXPECT_EQ(respond(request("DELETE", "/api/v1/connections/x", {bearer})).status, 404);
  EXPECT_EQ(respond(request("DELETE", "/api/v1/uploads/a1b2c3", {bearer})).status, 204);
  EXPECT_EQ(post("/api/v1/listeners/nobody/pause").status, 404);
}

TEST_F(RoutesTest, refuse_content_that_they_do_not_know) {
  const auto status = [&](const char* body) {
    return post("/api/v1/listeners/apc/model", body).status;
  };
  for (const char* body : {"", "{}", "[]", "null", "{", R"({"model":"iocp"})", R"({"model":3})",
                           R"({"model":"apc","force":true})", R"({"Model":"apc"})"})
    EXPECT_EQ(status(body), 400) << body;
  EXPECT_EQ(post("/api/v1/listeners/apc/pause", R"({"now":true})").status, 400);
  EXPECT_EQ(post("/api/v1/listeners/apc/pause?now=true").status, 400);
  EXPECT_TRUE(fake.commands().empty());
}

TEST_F(RoutesTest, say_why_a_command_was_not_carried_out) {
  const std::pair<CommandStatus, int> answers[] = {
      {CommandStatus::not_found, 404}, {CommandStatus::conflict, 409},
      {CommandStatus::invalid, 422},   {CommandStatus::failed, 500},
      {CommandStatus::busy, 503},      {CommandStatus::stopping, 503}};
  for (const auto& [given, status] : answers) {
    fake.answer = [given = given](const auto&) {
      return management::CommandResult{given, "Because.", {"limits.x: no"}, {}};
    };
    const Response response = post("/api/v1/config/reload");
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(body_of(response).at("detail").as_string(),
              status == 404 ? "There is no such configuration." : "Because.");
    EXPECT_EQ(body_of(response).as_object().contains("problems"), status == 409 || status == 422);
    EXPECT_EQ(response.fields.size(), status == 503 ? 1u : 0u);
    EXPECT_EQ(last_audit().status, status);
  }
}

TEST_F(RoutesTest, audit_every_attempt_to_change_something) {
  post("/api/v1/listeners/apc/pause");
  EXPECT_EQ(last_audit().action, "POST /api/v1/listeners/apc/pause");
  EXPECT_EQ(last_audit().status, 200);
  EXPECT_EQ(last_audit().peer, "127.0.0.1:5000");
  EXPECT_TRUE(last_audit().detail.empty());
  EXPECT_TRUE(last_audit().admitted);
  respond(request("POST", "/api/v1/config/reload", {json_type}));
  EXPECT_EQ(last_audit().status, 401);
  EXPECT_FALSE(last_audit().detail.empty());
  EXPECT_FALSE(last_audit().admitted);
  respond(request("DELETE", "/api/v1/connections/1", {bearer, {"Origin", "http://evil.example"}}));
  EXPECT_EQ(last_audit().status, 403);
  post("/api/v1/nothing?token=secret");
  EXPECT_EQ(last_audit().status, 404);
  EXPECT_EQ(last_audit().action, "POST /api/v1/nothing");
  respond(request("GET", "/api/v1/models"));
  EXPECT_EQ(last_audit().status, 401);
  const std::size_t count = fake.audits().size();
  get("/api/v1/models");
  get("/nothing");
  EXPECT_EQ(fake.audits().size(), count);
  fake.answer = [](const auto&) -> management::CommandResult { throw std::bad_alloc(); };
  EXPECT_THROW(post("/api/v1/config/reload"), std::bad_alloc);
  EXPECT_EQ(last_audit().status, 500);
}

TEST_F(RoutesTest, serve_the_dashboard_with_its_policy) {
  const Response page = respond(request("GET", "/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.fields, testing::Contains(Field{"Content-Security-Policy",
                                                   std::string{web::content_security_policy}}));
  const auto etag = page.fields.front().second;
  const Response same = respond(request("GET", "/", {{"If-None-Match", etag}}));
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
  EXPECT_EQ(respond(request("GET", "/assets/nothing.js")).status, 404);
}

TEST_F(RoutesTest, show_text_that_is_no_utf8) {
  fake.add_event(config::Severity::info, 0, "a\xFF\xC0\xAF\xED\xA0\x80z\xE2\x82\xAC");
  const auto events = shown("/api/v1/events?newest=true&limit=1");
  const auto text = std::string{events.at_pointer("/events/0/text").as_string()};
  EXPECT_THAT(text, testing::StartsWith("a\xEF\xBF\xBD"));
  EXPECT_THAT(text, testing::EndsWith("z\xE2\x82\xAC"));
}

TEST_F(RoutesTest, become_unready_without_being_dead) {
  EXPECT_EQ(get("/readyz").status, 200);
  fake.is_ready = false;
  const Response response = get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_FALSE(body_of(response).at("ready").as_bool());
  EXPECT_EQ(get("/livez").status, 200);
}

TEST_F(RoutesTest, open_eight_streams_and_no_ninth) {
  std::vector<Response> streams;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(get("/api/v1/stream"));
    ASSERT_TRUE(streams.back().next);
  }
  const Response ninth = get("/api/v1/stream");
  EXPECT_EQ(ninth.status, 503);
  EXPECT_FALSE(ninth.next);
  streams.pop_back();
  EXPECT_EQ(get("/api/v1/stream").status, 200);
}

TEST_F(RoutesTest, stream_a_snapshot_and_its_news_once) {
  Response stream = get("/api/v1/stream");
  std::string piece;
  ASSERT_TRUE(stream.next(piece));
  EXPECT_EQ(piece, "retry: 2000\n\n");
  ASSERT_TRUE(stream.next(piece));
  EXPECT_THAT(piece, testing::StartsWith("event: snapshot\nid: 2\ndata: {"));
  const auto data = boost::json::parse(piece.substr(piece.find('{')));
  EXPECT_EQ(data.at("events").as_array().size(), 2u);
  EXPECT_EQ(data.at("models").as_array().size(), 4u);
  EXPECT_EQ(data.at("transfers").as_array().size(), 12u);
  for (int i = 0; i < 60; ++i) fake.add_event(config::Severity::info, 0, std::to_string(i));
  sampler.take(std::chrono::seconds{3}, 1'795'000'002'000);
  ASSERT_TRUE(stream.next(piece));
  const auto more = boost::json::parse(piece.substr(piece.find('{')));
  EXPECT_EQ(more.at("events").as_array().size(), 50u);
  sampler.stop();
  EXPECT_FALSE(stream.next(piece));
}

}  // namespace
}  // namespace overlap::admin
