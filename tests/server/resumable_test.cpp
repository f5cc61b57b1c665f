// Resumable uploads in both dialects, and digests, over real sockets on every model.
#include <gtest/gtest.h>

#include "common/digest/hasher.h"
#include "common/protocol/digest_fields.h"
#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

class Resumable : public testing::TestWithParam<config::ModelName> {};

const std::string tus = "Tus-Resumable: 1.0.0\r\n";
const std::string octets = "Content-Type: application/offset+octet-stream\r\n";
const std::string partial = "Content-Type: application/partial-upload\r\n";
const std::string interop = "Upload-Draft-Interop-Version: 8\r\n";

std::string digest_text(const std::string& content) {
  const auto bytes = std::as_bytes(std::span(content));
  return std::string(
      protocol::DigestText(digest_of(protocol::DigestAlgorithm::sha_256, bytes)).text());
}

TEST_P(Resumable, a_tus_upload_goes_on_after_its_connection_was_lost) {
  RunningServer running(GetParam());
  const std::string content = pattern(1'000'000);
  HttpClient first(running.port);
  const Response created = first.request(
      "POST", "/", tus + "Upload-Length: 1000000\r\nUpload-Metadata: filename YS5iaW4=\r\n", "");
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string location = created.header("location");
  first.send("PATCH " + location + " HTTP/1.1\r\nHost: test\r\n" + tus + octets +
             "Upload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n" + content.substr(0, 400'000));
  first.reset();
  ASSERT_TRUE(running.reaches_open(0));

  HttpClient second(running.port);
  const Response state = second.request("HEAD", location, tus);
  ASSERT_EQ(state.status, 200);
  EXPECT_EQ(state.header("upload-length"), "1000000");
  const std::size_t offset = std::stoul(state.header("upload-offset"));
  EXPECT_LE(offset, 400'000u);
  EXPECT_EQ(running.folder.read("a.bin"), std::nullopt);
  const Response wrong =
      second.request("PATCH", location,
                     tus + octets + "Upload-Offset: " + std::to_string(offset + 1) + "\r\n", "x");
  EXPECT_EQ(wrong.status, 409) << wrong.body;
  const Response rest = second.request(
      "PATCH", location, tus + octets + "Upload-Offset: " + std::to_string(offset) + "\r\n",
      content.substr(offset));
  EXPECT_EQ(rest.status, 204) << rest.body;
  EXPECT_EQ(rest.header("upload-offset"), "1000000");
  EXPECT_TRUE(running.folder.read("a.bin") == content);
  EXPECT_EQ(running.folder.entries(), 1u);
}

TEST_P(Resumable, an_upload_of_the_draft_is_announced_broken_off_and_resumed) {
  RunningServer running(GetParam());
  const std::string content = pattern(1'000'000);
  HttpClient first(running.port);
  first.send("PUT /a.bin HTTP/1.1\r\nHost: test\r\n" + interop +
             "Upload-Complete: ?1\r\nContent-Length: 1000000\r\n\r\n" + content.substr(0, 300'000));
  const Response announced = first.receive();
  ASSERT_EQ(announced.status, 104);
  const std::string location = announced.header("location");
  first.half_close();
  first.receive_to_end();
  ASSERT_TRUE(running.reaches_open(0));

  HttpClient second(running.port);
  const Response state = second.request("HEAD", location, interop);
  ASSERT_EQ(state.status, 204);
  EXPECT_EQ(state.header("upload-complete"), "?0");
  const std::size_t offset = std::stoul(state.header("upload-offset"));
  EXPECT_EQ(offset, 300'000u);  // all that had come
  const Response wrong = second.request(
      "PATCH", location, interop + partial + "Upload-Offset: 1\r\nUpload-Complete: ?1\r\n", "x");
  EXPECT_EQ(wrong.status, 409);
  EXPECT_EQ(wrong.header("content-type"), "application/problem+json");
  EXPECT_NE(wrong.body.find("\"expected-offset\":300000"), std::string::npos) << wrong.body;
  const Response rest = second.request(
      "PATCH", location, interop + partial + "Upload-Offset: 300000\r\nUpload-Complete: ?1\r\n",
      content.substr(offset));
  EXPECT_EQ(rest.status, 201) << rest.body;
  EXPECT_TRUE(running.folder.read("a.bin") == content);
}

TEST_P(Resumable, a_cancelled_upload_is_gone) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  const std::string location =
      client.request("POST", "/b.bin", tus + "Upload-Length: 10\r\n", "").header("location");
  EXPECT_EQ(client.request("DELETE", location, tus).status, 204);
  EXPECT_EQ(client.request("HEAD", location, tus).status, 404);
  EXPECT_EQ(running.folder.entries(), 0u);
}

TEST_P(Resumable, a_second_connection_takes_an_upload_over_from_a_dead_one) {
  RunningServer running(GetParam());
  HttpClient dead(running.port);
  const std::string location =
      dead.request("POST", "/b.bin", tus + "Upload-Length: 10\r\n", "").header("location");
  dead.send("PATCH " + location + " HTTP/1.1\r\nHost: test\r\n" + tus + octets +
            "Upload-Offset: 0\r\nContent-Length: 10\r\n\r\nabc");
  HttpClient living(running.port);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int status = 0;
  while (status != 204 && std::chrono::steady_clock::now() < end) {
    const Response state = living.request("HEAD", location, tus);
    const std::string offset = state.header("upload-offset");
    ASSERT_FALSE(offset.empty()) << state.status;
    const std::string whole = "abcdefghij";
    status = living
                 .request("PATCH", location, tus + octets + "Upload-Offset: " + offset + "\r\n",
                          whole.substr(std::stoul(offset)))
                 .status;
    EXPECT_TRUE(status == 204 || status == 423 || status == 409) << status;
  }
  EXPECT_EQ(status, 204);
  EXPECT_EQ(running.folder.read("b.bin"), "abcdefghij");
}

TEST_P(Resumable, a_holder_that_pauses_for_bandwidth_lets_go_too) {
  RunningServer running(GetParam(), [](config::Config& config) {
    config.limits.receive_bytes_per_second_max = 20'000;
  });
  HttpClient holder(running.port);
  const std::string location =
      holder.request("POST", "/b.bin", tus + "Upload-Length: 1000000\r\n", "").header("location");
  holder.send("PATCH " + location + " HTTP/1.1\r\nHost: test\r\n" + tus + octets +
              "Upload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n" + pattern(500'000));
  ASSERT_TRUE(running.reaches([](const auto& s) { return s.pauses > 0; }));
  HttpClient client(running.port);
  EXPECT_EQ(client.request("HEAD", location, tus).status, 200);
}

TEST_P(Resumable, an_upload_survives_a_stop_of_the_server) {
  Folder folder;
  std::string location;
  const auto serve = [&folder](config::Config& config) {
    config.store.root = folder.path().string();
    config.timeouts.drain = std::chrono::milliseconds(0);
  };
  {
    RunningServer running(GetParam(), serve);
    HttpClient client(running.port);
    location =
        client.request("POST", "/c.bin", tus + "Upload-Length: 500000\r\n", "").header("location");
    client.send("PATCH " + location + " HTTP/1.1\r\nHost: test\r\n" + tus + octets +
                "Upload-Offset: 0\r\nContent-Length: 500000\r\n\r\n" + pattern(300'000));
    ASSERT_TRUE(running.reaches(
        [](const auto& s) { return s.operations[index(OperationKind::write)].bytes >= 200'000; }));
  }
  RunningServer again(GetParam(), serve);
  HttpClient client(again.port);
  const Response state = client.request("HEAD", location, tus);
  ASSERT_EQ(state.status, 200);
  const std::size_t offset = std::stoul(state.header("upload-offset"));
  EXPECT_GE(offset, 200'000u);
  const Response rest = client.request(
      "PATCH", location, tus + octets + "Upload-Offset: " + std::to_string(offset) + "\r\n",
      pattern(500'000).substr(offset));
  EXPECT_EQ(rest.status, 204);
  EXPECT_TRUE(folder.read("c.bin") == pattern(500'000));
}

TEST_P(Resumable, digests_are_verified_on_upload_and_offered_on_download) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  const std::string content = pattern(300'000);
  const std::string good = digest_text(content);
  const std::string bad = digest_text("something else");
  EXPECT_EQ(client.put("/d.bin", content, "Repr-Digest: " + bad + "\r\n").status, 400);
  EXPECT_EQ(client.put("/d.bin", content, "Content-Digest: " + bad + "\r\n").status, 400);
  EXPECT_EQ(running.folder.entries(), 0u);
  EXPECT_EQ(client.put("/d.bin", content, "Repr-Digest: " + good + "\r\n").status, 201);
  const Response got = client.get("/d.bin", "Want-Repr-Digest: sha-256=1\r\n");
  EXPECT_EQ(got.header("repr-digest"), good);
  running.folder.write("e.bin", "written by somebody else");
  EXPECT_EQ(
      client.request("HEAD", "/e.bin", "Want-Repr-Digest: sha-256=1\r\n").header("repr-digest"),
      digest_text("written by somebody else"));
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Resumable, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
