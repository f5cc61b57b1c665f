// Log-ins and permissions over real sockets, the same on every model.
#include <gtest/gtest.h>

#include "common/access/users.h"
#include "common/protocol/base64.h"
#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

using access::Right;

constexpr access::ScryptCost cheap{10, 1, 1};

access::UserRecord user(const std::string& name, const std::string& password) {
  access::UserRecord record;
  record.name = name;
  record.password = access::PasswordHash::make(password, cheap);
  return record;
}

std::string basic(const std::string& name, const std::string& password) {
  const std::string pair = name + ':' + password;
  std::string encoded(protocol::base64_length(pair.size()), '\0');
  protocol::encode_base64(std::as_bytes(std::span(pair)), encoded.data());
  return "Authorization: Basic " + encoded + "\r\n";
}

// Anna owns /anna and may read /public; the program may only upload to /inbox.
const std::string token = "overlap_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

class Access : public testing::TestWithParam<config::ModelName> {
 protected:
  Access() {
    access::UserRecord anna = user("anna", "secret");
    anna.home = "anna";
    anna.rules = {{"public", Right::list | Right::read}};
    access::UserRecord program;
    program.name = "program";
    program.tokens = {{"nightly", access::hash_token(token), 0}};
    program.rules = {{"inbox", Right::write}};
    users.write("users.toml", access::describe({anna, program}));
    running.emplace(GetParam(), [this](config::Config& config) {
      config.access.anonymous_read = config.access.anonymous_write = false;
      config.access.users_file = (users.path() / "users.toml").string();
    });
    for (const char* name : {"anna", "public", "inbox"})
      std::filesystem::create_directory(running->folder.path() / name);
    running->folder.write("public/a.txt", "for all users");
  }

  Folder users;
  std::optional<RunningServer> running;
};

TEST_P(Access, nobody_is_let_in_without_a_name) {
  HttpClient client(running->port);
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    const Response refused = client.request(method, "/public/a.txt");
    EXPECT_EQ(refused.status, 401) << method;
    EXPECT_NE(refused.header("www-authenticate"), "") << method;
  }
  EXPECT_EQ(client.put("/inbox/a", "x").status, 401);
  EXPECT_EQ(client.get("/").status, 401);
  EXPECT_TRUE(running->reaches([](const auto& s) { return s.unauthorized == 5; }));
}

TEST_P(Access, a_user_does_what_the_rules_say_and_no_more) {
  HttpClient client(running->port);
  const std::string anna = basic("anna", "secret");
  EXPECT_EQ(client.put("/anna/b.txt", "mine", anna).status, 201);
  EXPECT_EQ(client.get("/anna/", anna).status, 200);
  EXPECT_EQ(client.get("/public/a.txt", anna).body, "for all users");
  EXPECT_EQ(client.put("/public/a.txt", "changed", anna).status, 403);
  EXPECT_EQ(client.request("DELETE", "/public/a.txt", anna).status, 403);
  EXPECT_EQ(client.request("MOVE", "/anna/b.txt", anna + "Destination: /public/b.txt\r\n").status,
            403);
  EXPECT_EQ(client.get("/inbox/", anna).status, 403);
  EXPECT_EQ(client.request("DELETE", "/anna/b.txt", anna).status, 204);
}

TEST_P(Access, a_token_is_as_good_as_a_password) {
  HttpClient client(running->port);
  const std::string bearer = "Authorization: Bearer " + token + "\r\n";
  EXPECT_EQ(client.put("/inbox/c.txt", "delivered", bearer).status, 201);
  EXPECT_EQ(client.get("/inbox/c.txt", bearer).status, 403);
  EXPECT_EQ(client.put("/inbox/c.txt", "x", "Authorization: Bearer overlap_no\r\n").status, 401);
}

TEST_P(Access, a_wrong_password_is_refused_after_a_pause_and_others_go_on_meanwhile) {
  HttpClient guesser(running->port);
  HttpClient client(running->port);
  for (int guess = 0; guess < 3; ++guess)
    EXPECT_EQ(guesser.get("/public/a.txt", basic("anna", "guess")).status, 401);
  EXPECT_GT(running->snapshot().pauses, 0);
  EXPECT_EQ(client.get("/public/a.txt", basic("anna", "secret")).status, 200);
  EXPECT_EQ(guesser.get("/public/a.txt", basic("nobody", "secret")).status, 401);
}

TEST_P(Access, guesses_on_many_connections_are_put_off_and_what_is_known_goes_on) {
  HttpClient known(running->port);
  EXPECT_EQ(known.get("/public/a.txt", basic("anna", "secret")).status, 200);
  std::vector<HttpClient> guessers;
  for (int i = 0; i < 8; ++i) guessers.emplace_back(running->port);
  for (HttpClient& guesser : guessers)
    ASSERT_TRUE(guesser.send("GET /public/a.txt HTTP/1.1\r\nHost: a\r\n" +
                             basic("program", "guess") + "\r\n"));
  EXPECT_EQ(known.get("/public/a.txt", basic("anna", "secret")).status, 200);
  int put_off = 0;
  for (HttpClient& guesser : guessers) {
    const Response answer = guesser.receive();
    if (answer.status == 503) {
      ++put_off;
      EXPECT_NE(answer.header("retry-after"), "");
    } else {
      EXPECT_EQ(answer.status, 401);
    }
  }
  EXPECT_GT(put_off, 0);
}

TEST_P(Access, a_right_password_that_was_put_off_works_a_little_later) {
  HttpClient guesser(running->port);
  ASSERT_TRUE(
      guesser.send("GET /public/a.txt HTTP/1.1\r\nHost: a\r\n" + basic("anna", "guess") + "\r\n"));
  HttpClient client(running->port);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int status = 0;
  do {
    status = client.get("/public/a.txt", basic("anna", "secret")).status;
    EXPECT_TRUE(status == 200 || status == 503) << status;
  } while (status == 503 && std::chrono::steady_clock::now() < end);
  EXPECT_EQ(status, 200);
  EXPECT_EQ(guesser.receive().status, 401);
}

TEST_P(Access, a_changed_password_takes_effect_while_the_server_runs) {
  HttpClient client(running->port);
  EXPECT_EQ(client.get("/public/a.txt", basic("anna", "secret")).status, 200);
  access::UserRecord anna = user("anna", "another");
  anna.rules = {{"public", Right::read}};
  users.write("users.toml", access::describe({anna}));
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int status = 0;
  do {
    HttpClient again(running->port);
    status = again.get("/public/a.txt", basic("anna", "another")).status;
  } while (status != 200 && std::chrono::steady_clock::now() < end);
  EXPECT_EQ(status, 200);
  EXPECT_EQ(client.get("/public/a.txt", basic("anna", "secret")).status, 401);
}

TEST_P(Access, an_upload_belongs_to_who_began_it) {
  access::UserRecord anna = user("anna", "secret");
  anna.home = "anna";
  access::UserRecord bert = user("bert", "hidden");
  bert.rules = {{"", access::Rights::all()}};
  const std::string tus = "Tus-Resumable: 1.0.0\r\n";
  users.write("users.toml", access::describe({anna, bert}));
  HttpClient client(running->port);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  Response created;
  do {
    created = client.request("POST", "/anna/b.bin",
                             basic("bert", "hidden") + tus + "Upload-Length: 4\r\n", "");
  } while (created.status != 201 && std::chrono::steady_clock::now() < end);
  ASSERT_EQ(created.status, 201);
  const std::string location = created.header("location");
  EXPECT_EQ(client.request("HEAD", location, basic("anna", "secret") + tus).status, 404);
  EXPECT_EQ(client.request("DELETE", location, basic("anna", "secret") + tus).status, 404);
  EXPECT_EQ(client.request("HEAD", location, basic("bert", "hidden") + tus).status, 200);
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Access, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
