// Files over real sockets, the same on every model.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/server/running_server.h"
// windows.h comes first.
#include <winioctl.h>

namespace overlap::test {
namespace {

class Transfer : public testing::TestWithParam<config::ModelName> {};

constexpr std::size_t mebibyte = 1 << 20;

TEST_P(Transfer, downloads_are_identical_at_every_size_around_the_bounds) {
  RunningServer running(GetParam());
  // 64 KiB: up to here a file is read and gathered with its head; beyond, it is sent as a file.
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{1024}, std::size_t{65535}, std::size_t{65536},
        std::size_t{65537}, mebibyte, 64 * mebibyte + 1}) {
    const std::string content = pattern(size);
    running.folder.write("file.bin", content);
    HttpClient client(running.port);
    const Response response = client.get("/file.bin");
    EXPECT_EQ(response.status, 200) << size;
    EXPECT_TRUE(response.body == content) << size;
  }
}

TEST_P(Transfer, uploads_are_identical_and_whole) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, 256 * std::size_t{1024},
                                 256 * std::size_t{1024} + 1, 64 * mebibyte}) {
    const std::string content = pattern(size, 7);
    EXPECT_EQ(client.put("/up.bin", content).status, size == 0 ? 201 : 204) << size;
    EXPECT_TRUE(running.folder.read("up.bin") == content) << size;
  }
  EXPECT_EQ(running.folder.entries(), 1u);
}

TEST_P(Transfer, a_chunked_upload_is_joined) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  client.send("PUT /joined.txt HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("5\r\nfirst\r\n");
  client.send("7\r\n second\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 201);
  EXPECT_EQ(running.folder.read("joined.txt"), "first second");
}

TEST_P(Transfer, ranges_resume_a_download) {
  RunningServer running(GetParam());
  const std::string content = pattern(3 * mebibyte);
  running.folder.write("file.bin", content);
  HttpClient client(running.port);
  for (const std::size_t from : {std::size_t{1}, std::size_t{65536}, 3 * mebibyte - 1}) {
    const Response rest = client.get("/file.bin", "Range: bytes=" + std::to_string(from) + "-\r\n");
    EXPECT_EQ(rest.status, 206);
    EXPECT_TRUE(rest.body == content.substr(from)) << from;
  }
  EXPECT_EQ(client.get("/file.bin", "Range: bytes=3145728-\r\n").status, 416);
}

TEST_P(Transfer, pipelined_requests_are_answered_in_order) {
  RunningServer running(GetParam());
  running.folder.write("a", "first");
  running.folder.write("b", "second");
  HttpClient client(running.port);
  const std::string one = "GET /a HTTP/1.1\r\nHost: test\r\n\r\n";
  const std::string two = "GET /b HTTP/1.1\r\nHost: test\r\n\r\n";
  client.send(one + two + one);
  EXPECT_EQ(client.receive().body, "first");
  EXPECT_EQ(client.receive().body, "second");
  EXPECT_EQ(client.receive().body, "first");
}

TEST_P(Transfer, a_broken_upload_leaves_the_old_file_and_nothing_else) {
  RunningServer running(GetParam());
  running.folder.write("file.bin", "old");
  for (const bool abort : {true, false}) {
    HttpClient client(running.port);
    client.send("PUT /file.bin HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
    client.send(pattern(500'000));
    if (abort) {
      client.reset();
    } else {
      client.half_close();
      EXPECT_TRUE(client.ended());
    }
    ASSERT_TRUE(running.reaches_open(0));
    EXPECT_EQ(running.folder.read("file.bin"), "old");
    EXPECT_EQ(running.folder.entries(), 1u);
  }
}

TEST_P(Transfer, a_download_that_is_broken_off_closes_its_connection_only) {
  RunningServer running(GetParam());
  const std::string content = pattern(16 * mebibyte);
  running.folder.write("file.bin", content);
  HttpClient other(running.port);
  EXPECT_EQ(other.get("/file.bin", "Range: bytes=0-9\r\n").body, content.substr(0, 10));
  HttpClient client(running.port);
  client.send("GET /file.bin HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(running.reaches_open(2));
  client.reset();
  ASSERT_TRUE(running.reaches_open(1));
  EXPECT_TRUE(other.get("/file.bin").body == content);
}

TEST_P(Transfer, a_file_above_4_gib_is_served_at_its_end) {
  RunningServer running(GetParam());
  const std::uint64_t offset = (std::uint64_t{5} << 30) + 12345;
  {
    const auto path = (running.folder.path() / "sparse.bin").wstring();
    const win::FileHandle file(CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS,
                                           FILE_ATTRIBUTE_NORMAL, nullptr));
    ASSERT_TRUE(file);
    DWORD done = 0;
    DeviceIoControl(file.get(), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &done, nullptr);
    LARGE_INTEGER position;
    position.QuadPart = static_cast<LONGLONG>(offset);
    ASSERT_TRUE(SetFilePointerEx(file.get(), position, nullptr, FILE_BEGIN));
    const std::string tail = pattern(mebibyte);
    ASSERT_TRUE(
        WriteFile(file.get(), tail.data(), static_cast<DWORD>(tail.size()), &done, nullptr));
  }
  HttpClient client(running.port);
  const Response tail =
      client.get("/sparse.bin", "Range: bytes=" + std::to_string(offset) + "-\r\n");
  EXPECT_EQ(tail.status, 206);
  EXPECT_TRUE(tail.body == pattern(mebibyte));
}

TEST_P(Transfer, every_operation_kind_is_counted_and_every_snapshot_under_load_is_consistent) {
  RunningServer running(GetParam());
  running.folder.write("small.bin", pattern(1024));
  running.folder.write("large.bin", pattern(2 * mebibyte));
  std::atomic<bool> ended{false};
  std::atomic<int> snapshots{0};
  std::thread watcher([&] {
    while (!ended.load()) {
      const stats::ModelSnapshot snapshot = running.snapshot();
      EXPECT_TRUE(snapshot.readable);
      EXPECT_TRUE(snapshot.consistent());
      for (const auto& counts : snapshot.operations) {
        EXPECT_EQ(counts.submitted, counts.completed() + counts.in_flight);
        EXPECT_GE(counts.in_flight, 0);
      }
      ++snapshots;
    }
  });
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&running, i] {
      HttpClient client(running.port);
      for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(client.get("/small.bin").body.size(), 1024u);
        EXPECT_EQ(client.get("/large.bin").body.size(), 2 * mebibyte);
        const Response put = client.put("/up" + std::to_string(i), pattern(100'000));
        EXPECT_EQ(put.status / 100, 2);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  ended.store(true);
  watcher.join();
  EXPECT_GT(snapshots.load(), 10);
  EXPECT_TRUE(running.reaches([](const auto& s) { return s.requests[2] == 8 * 20 * 3; }));
  const stats::ModelSnapshot snapshot = running.snapshot();
  for (std::size_t kind = 0; kind < operation_kinds; ++kind) {
    EXPECT_GT(snapshot.operations[kind].completed(), 0) << operation_kind_names[kind];
  }
  running.stop();
  const stats::ModelSnapshot last = running.snapshot();
  EXPECT_EQ(last.total().in_flight, 0);
  EXPECT_EQ(last.total().submitted, last.total().completed());
  EXPECT_EQ(last.connections_open, 0);
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Transfer, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
