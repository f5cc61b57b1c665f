// Listeners that are changed while they serve: another model, a drain, other settings; and what is
// told of their connections. Through the manager, as the endpoint does it.
#include <gtest/gtest.h>

#include "service/management/manager.h"
#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

using config::ModelName;
using management::CommandStatus;
using management::ConnectionPhase;
using management::ConnectionState;
using management::ListenerPhase;

constexpr std::size_t mebibyte = 1024 * 1024;

// A running server with its manager; what a reload reads is `next`.
struct Managed {
  explicit Managed(ModelName model, const RunningServer::Change& change = {})
      : running(model, change),
        next(running.server->config()),
        manager(*running.server, {"overlap.toml", [this] { return next; },
                                  [this](const auto&, const auto&) {
                                    if (!refusal.empty()) throw std::runtime_error(refusal);
                                  },
                                  nullptr}) {}

  management::ListenerState listener() const { return manager.listeners().at(0); }
  std::vector<ConnectionState> connections() const {
    return manager.connections(0, 1000, [](const ConnectionState&) { return true; });
  }
  CommandStatus run(const management::Command& command) {
    const management::CommandResult result = manager.run(command);
    said = result.detail;
    for (const std::string& problem : result.problems) said += " " + problem;
    changed = result.changed;
    return result.status;
  }
  template <class Condition>
  bool reaches(Condition condition) const {
    return running.reaches([&](const auto&) { return condition(); });
  }

  RunningServer running;
  config::Config next;
  std::string refusal;  // of what a reload changes beside the server
  management::Manager manager;
  std::string said;
  std::vector<std::string> changed;
};

std::string other_name(ModelName model) { return model_text(model); }

class Switching : public testing::TestWithParam<std::tuple<ModelName, ModelName>> {};

TEST_P(Switching, new_connections_go_to_the_new_model_and_transfers_end_on_the_old_one) {
  const auto [from, to] = GetParam();
  Managed managed(from);
  const std::string content = pattern(8 * mebibyte);
  managed.running.folder.write("large.bin", content);
  const std::string name = model_text(from);
  HttpClient idle(managed.running.port);
  ASSERT_EQ(idle.get("/large.bin", "Range: bytes=0-3\r\n").status, 206);
  HttpClient downloading(managed.running.port);
  downloading.send("GET /large.bin HTTP/1.1\r\nHost: test\r\n\r\n");
  HttpClient uploading(managed.running.port);
  uploading.send("PUT /up.bin HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                 std::to_string(content.size()) + "\r\n\r\n" + content.substr(0, mebibyte));
  ASSERT_TRUE(managed.reaches([&] {
    const auto all = managed.connections();
    return std::count_if(all.begin(), all.end(),
                         [](const auto& c) { return c.transfer && c.transfer->bytes > 0; }) == 2;
  }));

  EXPECT_EQ(managed.run(management::SwitchModel{name, to}), CommandStatus::done) << managed.said;
  EXPECT_EQ(managed.listener().model, to);
  HttpClient fresh(managed.running.port);
  ASSERT_EQ(fresh.get("/large.bin", "Range: bytes=4-7\r\n").body, content.substr(4, 4));
  for (const ConnectionState& c : managed.connections()) {
    EXPECT_EQ(c.model, c.id == 4 ? to : from) << c.id;
  }
  if (from != to) {
    ASSERT_EQ(managed.listener().former.size(), 1u);
    EXPECT_EQ(managed.listener().former[0].model, from);
    EXPECT_EQ(managed.listener().former[0].connections, 3u);
  }

  uploading.send(std::string_view(content).substr(mebibyte));
  EXPECT_EQ(uploading.receive().status, 201);
  EXPECT_TRUE(managed.running.folder.read("up.bin") == content);
  EXPECT_TRUE(downloading.receive().body == content);
  // One that waits may ask once more, and is told to come again on a new connection.
  const Response last = idle.get("/large.bin", "Range: bytes=0-3\r\n");
  EXPECT_EQ(last.status, 206);
  if (from != to) {
    EXPECT_EQ(last.header("connection"), "close");
    EXPECT_TRUE(managed.reaches([&] { return managed.listener().former.empty(); }));
  }
}

std::string pair_name(const testing::TestParamInfo<Switching::ParamType>& info) {
  return other_name(std::get<0>(info.param)) + "_to_" + other_name(std::get<1>(info.param));
}
INSTANTIATE_TEST_SUITE_P(EveryPair, Switching,
                         testing::Combine(testing::ValuesIn(all_models),
                                          testing::ValuesIn(all_models)),
                         pair_name);

class Managing : public testing::TestWithParam<ModelName> {
 protected:
  std::string name() const { return model_text(GetParam()); }
};

TEST_P(Managing, nothing_is_taken_from_the_statistics_by_going_round_all_models) {
  Managed managed(GetParam());
  managed.running.folder.write("file", "content");
  for (int round = 0; round < 2; ++round) {
    for (const ModelName model : all_models) {
      ASSERT_EQ(managed.run(management::SwitchModel{name(), model}), CommandStatus::done)
          << managed.said;
      ASSERT_EQ(HttpClient(managed.running.port).get("/file").body, "content");
    }
  }
  ASSERT_TRUE(managed.reaches([&] {
    std::int64_t requests = 0;
    for (const auto& model : managed.manager.models()) requests += model.requests[2];
    return requests == 8;
  }));
  for (const auto& model : managed.manager.models()) EXPECT_TRUE(model.consistent()) << model.name;
  EXPECT_EQ(managed.listener().connections_total, 8u);
}

TEST_P(Managing, a_paused_listener_stays_paused_on_its_new_model) {
  Managed managed(GetParam());
  EXPECT_EQ(managed.run(management::PauseListener{name()}), CommandStatus::done);
  EXPECT_EQ(managed.run(management::SwitchModel{name(), ModelName::event}), CommandStatus::done);
  EXPECT_EQ(managed.listener().phase, ListenerPhase::paused);
  EXPECT_EQ(HttpClient(managed.running.port).receive().status, 503);
  EXPECT_EQ(managed.run(management::ResumeListener{name()}), CommandStatus::done);
  EXPECT_EQ(HttpClient(managed.running.port).get("/none").status, 404);
}

TEST_P(Managing, a_drain_gives_the_port_up_and_lets_a_transfer_end_and_a_resume_takes_it_again) {
  Managed managed(GetParam());
  const std::string content = pattern(2 * mebibyte);
  HttpClient uploading(managed.running.port);
  uploading.send("PUT /up.bin HTTP/1.1\r\nHost: test\r\nContent-Length: " +
                 std::to_string(content.size()) + "\r\n\r\n" + content.substr(0, mebibyte));
  HttpClient idle(managed.running.port);
  ASSERT_TRUE(managed.running.reaches_open(2));
  ASSERT_TRUE(managed.reaches([&] {
    const auto all = managed.connections();
    return !all.empty() && all[0].transfer && all[0].transfer->bytes == mebibyte;
  }));
  EXPECT_EQ(managed.run(management::DrainListener{name()}), CommandStatus::done);
  EXPECT_EQ(managed.listener().phase, ListenerPhase::draining);
  EXPECT_FALSE(managed.manager.ready());
  EXPECT_TRUE(idle.ended());
  EXPECT_FALSE(HttpClient(managed.running.port).connected());
  EXPECT_EQ(managed.run(management::PauseListener{name()}), CommandStatus::conflict);
  EXPECT_EQ(managed.run(management::DrainListener{name()}), CommandStatus::done);
  uploading.send(std::string_view(content).substr(mebibyte));
  EXPECT_EQ(uploading.receive().status, 201);
  EXPECT_TRUE(managed.running.folder.read("up.bin") == content);
  EXPECT_TRUE(managed.reaches([&] { return managed.listener().phase == ListenerPhase::drained; }));

  EXPECT_EQ(managed.run(management::ResumeListener{name()}), CommandStatus::done) << managed.said;
  EXPECT_EQ(managed.listener().phase, ListenerPhase::running);
  EXPECT_EQ(HttpClient(managed.running.port).get("/up.bin").status, 200);
  EXPECT_TRUE(managed.manager.ready());
}

TEST_P(Managing, a_drained_listener_takes_another_model_when_it_is_resumed) {
  Managed managed(GetParam());
  EXPECT_EQ(managed.run(management::DrainListener{name()}), CommandStatus::done);
  EXPECT_EQ(managed.run(management::SwitchModel{name(), ModelName::apc}), CommandStatus::done);
  EXPECT_FALSE(HttpClient(managed.running.port).connected());
  EXPECT_EQ(managed.run(management::ResumeListener{name()}), CommandStatus::done);
  EXPECT_EQ(HttpClient(managed.running.port).get("/none").status, 404);
  EXPECT_EQ(managed.listener().model, ModelName::apc);
}

TEST_P(Managing, a_transfer_is_told_with_its_progress) {
  Managed managed(GetParam());
  HttpClient client(managed.running.port);
  ASSERT_TRUE(managed.running.reaches_open(1));
  ASSERT_EQ(managed.connections().size(), 1u);
  EXPECT_EQ(managed.connections()[0].phase, ConnectionPhase::idle);
  EXPECT_FALSE(managed.connections()[0].transfer);
  client.send("PUT /up.bin?a=b HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n" +
              std::string(250, 'x'));
  ASSERT_TRUE(managed.reaches([&] {
    const auto all = managed.connections();
    return all[0].transfer && all[0].transfer->bytes == 250;
  }));
  const ConnectionState one = managed.connections()[0];
  EXPECT_EQ(one.phase, ConnectionPhase::receiving_body);
  EXPECT_EQ(one.listener, name());
  EXPECT_EQ(one.requests, 1u);
  EXPECT_EQ(one.bytes_received, 250u);
  EXPECT_EQ(one.transfer->method, "PUT");
  EXPECT_EQ(one.transfer->path, "/up.bin?a=b");
  EXPECT_EQ(one.transfer->bytes_total, 1000u);
  EXPECT_EQ(one.transfer->direction, management::Direction::upload);
  client.send(std::string(750, 'x'));
  EXPECT_EQ(client.receive().status, 201);
  EXPECT_TRUE(managed.reaches([&] { return !managed.connections()[0].transfer; }));
  EXPECT_EQ(managed.connections()[0].bytes_received, 1000u);
  EXPECT_EQ(managed.connections()[0].requests, 1u);
}

TEST_P(Managing, connections_come_in_pages_and_only_those_that_are_wanted) {
  Managed managed(GetParam());
  std::vector<HttpClient> clients;
  for (int i = 0; i < 7; ++i) clients.emplace_back(managed.running.port);
  ASSERT_TRUE(managed.running.reaches_open(7));
  std::vector<std::uint64_t> ids;
  std::uint64_t after = 0;
  for (;;) {
    const auto page =
        managed.manager.connections(after, 3, [](const ConnectionState& c) { return c.id != 4; });
    if (page.empty()) break;
    EXPECT_LE(page.size(), 3u);
    for (const ConnectionState& c : page) ids.push_back(after = c.id);
  }
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{1, 2, 3, 5, 6, 7}));
}

TEST_P(Managing, a_connection_is_closed_whatever_it_does_and_others_stay) {
  Managed managed(GetParam());
  // One after another: accepts that are outstanding together may be answered in any order.
  HttpClient idle(managed.running.port);
  ASSERT_TRUE(managed.running.reaches_open(1));
  HttpClient other(managed.running.port);
  ASSERT_TRUE(managed.running.reaches_open(2));
  HttpClient uploading(managed.running.port);
  uploading.send("PUT /up.bin HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n12345");
  ASSERT_TRUE(managed.running.reaches_open(3));
  ASSERT_TRUE(managed.reaches([&] { return managed.connections().back().transfer.has_value(); }));
  EXPECT_EQ(managed.run(management::CloseConnection{1}), CommandStatus::done);
  EXPECT_EQ(managed.run(management::CloseConnection{3}), CommandStatus::done);
  EXPECT_EQ(managed.run(management::CloseConnection{99}), CommandStatus::not_found);
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(uploading.ended());
  EXPECT_TRUE(managed.running.reaches_open(1));
  EXPECT_EQ(other.get("/up.bin").status, 404);
}

TEST_P(Managing, a_reload_of_limits_holds_for_new_connections_and_open_ones_go_on) {
  Managed managed(GetParam());
  HttpClient before(managed.running.port);
  ASSERT_TRUE(managed.running.reaches_open(1));
  managed.next.limits.body_bytes_max = 10;
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::done) << managed.said;
  EXPECT_EQ(managed.changed, std::vector<std::string>{"limits.body_bytes_max"});
  HttpClient after(managed.running.port);
  EXPECT_EQ(after.put("/a", std::string(11, 'x')).status, 413);
  EXPECT_EQ(before.put("/b", std::string(11, 'x')).status, 201);
  EXPECT_EQ(managed.manager.config().limits.body_bytes_max, 10u);
}

TEST_P(Managing, a_reload_adds_changes_and_removes_listeners) {
  Managed managed(GetParam());
  managed.running.folder.write("file", "content");
  const std::uint16_t port = managed.running.port;
  config::Listener added;
  added.name = "added";
  added.model = ModelName::event;
  managed.next.listeners.push_back(added);
  managed.next.listeners[0].port = 0;
  managed.next.listeners[0].connections_max = 1;
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::done) << managed.said;
  const std::uint16_t added_port = managed.running.server->port("added");
  ASSERT_NE(added_port, 0);
  HttpClient first(added_port);
  EXPECT_EQ(first.get("/file").body, "content");
  HttpClient only(port);
  EXPECT_EQ(only.get("/file").body, "content");
  EXPECT_EQ(HttpClient(port).receive().status, 503);

  managed.next.listeners.erase(managed.next.listeners.begin());
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::done) << managed.said;
  EXPECT_TRUE(only.ended());
  EXPECT_FALSE(HttpClient(port).connected());
  EXPECT_EQ(first.get("/file").body, "content");
  EXPECT_EQ(managed.manager.listeners().size(), 1u);
}

TEST_P(Managing, a_reload_that_cannot_be_applied_changes_nothing_and_says_why) {
  Managed managed(GetParam());
  managed.running.folder.write("file", "content");
  const config::Config before = managed.manager.config();
  const auto expect_unchanged = [&] {
    EXPECT_EQ(managed.manager.config(), before);
    EXPECT_EQ(managed.manager.listeners().size(), 1u);
    EXPECT_EQ(HttpClient(managed.running.port).get("/file").body, "content");
  };
  managed.next.limits.body_bytes_max = 10;

  managed.next.store.threads = 5;
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::conflict);
  EXPECT_NE(managed.said.find("store.threads"), std::string::npos) << managed.said;
  expect_unchanged();
  managed.next.store = before.store;

  config::Listener taken;
  taken.name = "taken";
  taken.port = managed.running.port;  // by the listener that is there
  managed.next.listeners.push_back(taken);
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::failed);
  EXPECT_NE(managed.said.find("Listener taken"), std::string::npos) << managed.said;
  expect_unchanged();
  managed.next.listeners.pop_back();

  managed.next.tls.certificate_file = "Z:\\no\\such.pem";
  managed.next.tls.key_file = "Z:\\no\\such.key";
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::invalid);
  EXPECT_NE(managed.said.find("such.pem"), std::string::npos) << managed.said;
  expect_unchanged();
  managed.next.tls = before.tls;

  managed.refusal = "the log cannot be opened";
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::failed);
  EXPECT_NE(managed.said.find("the log cannot be opened"), std::string::npos) << managed.said;
  expect_unchanged();
}

TEST_P(Managing, an_unfinished_upload_is_listed_and_deleted) {
  Managed managed(GetParam());
  const std::string tus = "Tus-Resumable: 1.0.0\r\n";
  HttpClient client(managed.running.port);
  const std::string location =
      client.request("POST", "/b.bin", tus + "Upload-Length: 10\r\n", "").header("location");
  const auto uploads = managed.manager.uploads("", 10);
  ASSERT_EQ(uploads.size(), 1u);
  EXPECT_EQ(uploads[0].path, "/b.bin");
  EXPECT_EQ(uploads[0].offset, 0u);
  EXPECT_EQ(uploads[0].length, 10u);
  EXPECT_EQ(managed.run(management::DeleteUpload{uploads[0].id}), CommandStatus::done);
  EXPECT_EQ(managed.run(management::DeleteUpload{uploads[0].id}), CommandStatus::not_found);
  EXPECT_EQ(client.request("HEAD", location, tus).status, 404);
  EXPECT_TRUE(managed.manager.uploads("", 10).empty());
}

TEST_P(Managing, a_stop_that_waits_for_a_transfer_opens_nothing_again) {
  Managed managed(GetParam(),
                  [](config::Config& c) { c.timeouts.drain = std::chrono::minutes(5); });
  HttpClient uploading(managed.running.port);
  uploading.send("PUT /up.bin HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n12345");
  ASSERT_TRUE(managed.reaches([&] {
    const auto all = managed.connections();
    return !all.empty() && all[0].transfer && all[0].transfer->bytes == 5;
  }));
  std::thread stop([&] { managed.running.stop(); });
  while (managed.running.server->state() != "draining") std::this_thread::yield();
  EXPECT_EQ(managed.run(management::ResumeListener{name()}), CommandStatus::stopping);
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::stopping);
  EXPECT_EQ(managed.run(management::CloseConnection{99}), CommandStatus::not_found);
  EXPECT_TRUE(managed.running.server->run_first([&] { managed.running.server->resume(); }));
  EXPECT_EQ(managed.running.server->state(), "draining");
  uploading.send("67890");
  EXPECT_EQ(uploading.receive().status, 201);
  stop.join();
  EXPECT_EQ(managed.running.folder.read("up.bin"), "1234567890");
}

TEST_P(Managing, a_listener_that_a_reload_adds_to_a_paused_server_is_paused) {
  Managed managed(GetParam());
  managed.running.server->run([&] { managed.running.server->pause(); });
  config::Listener added;
  added.name = "added";
  managed.next.listeners.push_back(added);
  EXPECT_EQ(managed.run(management::ReloadConfig{}), CommandStatus::done) << managed.said;
  EXPECT_EQ(HttpClient(managed.running.server->port("added")).receive().status, 503);
  managed.running.server->run([&] { managed.running.server->resume(); });
  EXPECT_EQ(HttpClient(managed.running.server->port("added")).get("/none").status, 404);
}

TEST_P(Managing, what_is_not_there_is_not_found) {
  Managed managed(GetParam());
  EXPECT_EQ(managed.run(management::PauseListener{"none"}), CommandStatus::not_found);
  EXPECT_EQ(managed.run(management::ResumeListener{"none"}), CommandStatus::not_found);
  EXPECT_EQ(managed.run(management::DrainListener{"none"}), CommandStatus::not_found);
  EXPECT_EQ(managed.run(management::SwitchModel{"none", ModelName::apc}), CommandStatus::not_found);
  EXPECT_NE(managed.said.find("none"), std::string::npos);
  managed.running.stop();
  EXPECT_EQ(managed.run(management::PauseListener{name()}), CommandStatus::stopping);
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Managing, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
