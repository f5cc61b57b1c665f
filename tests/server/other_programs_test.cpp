// Files that other programs change, lock and delete while they are served: a correct status or a
// cut connection, never wrong bytes under a strong validator. On every model.
#include <gtest/gtest.h>

#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

class OtherPrograms : public testing::TestWithParam<config::ModelName> {};

constexpr std::size_t mebibyte = 1 << 20;
constexpr std::size_t size = 48 * mebibyte;  // more than any socket buffers

win::FileHandle open(const RunningServer& running, const char* name, DWORD access, DWORD share) {
  const auto path = (running.folder.path() / name).wstring();
  return win::FileHandle(
      CreateFileW(path.c_str(), access, share, nullptr, OPEN_EXISTING, 0, nullptr));
}
constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

void write(HANDLE file, std::uint64_t offset, std::string_view bytes) {
  OVERLAPPED at{};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  DWORD done = 0;
  ASSERT_TRUE(WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &done, &at));
}

// A download of /a.bin has begun, and waits for its client to read.
void begin_download(RunningServer& running, HttpClient& client) {
  client.send("GET /a.bin HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(running.reaches(
      [](const auto& s) { return s.operations[index(OperationKind::send_file)].submitted > 0; }));
}

TEST_P(OtherPrograms, a_file_that_is_overwritten_in_place_while_served_is_not_served_whole) {
  RunningServer running(GetParam());
  running.folder.write("a.bin", pattern(size));
  HttpClient client(running.port);
  begin_download(running, client);
  {
    const win::FileHandle writer = open(running, "a.bin", GENERIC_WRITE, share_all);
    ASSERT_TRUE(writer) << "others may write while a long file is served";
    write(writer.get(), size - 100, std::string(100, 'x'));
  }
  const std::string got = client.receive_to_end();
  EXPECT_LT(got.size(), size) << "the response must be cut";
}

TEST_P(OtherPrograms, a_writer_that_is_still_at_work_at_the_end_cuts_the_download_too) {
  RunningServer running(GetParam());
  running.folder.write("a.bin", pattern(size));
  HttpClient client(running.port);
  begin_download(running, client);
  const win::FileHandle writer = open(running, "a.bin", GENERIC_WRITE, share_all);
  ASSERT_TRUE(writer);
  const std::string got = client.receive_to_end();
  EXPECT_LT(got.size(), size);
}

TEST_P(OtherPrograms, a_file_that_is_replaced_or_deleted_while_served_is_served_as_it_was) {
  RunningServer running(GetParam());
  const std::string content = pattern(size);
  running.folder.write("a.bin", content);
  HttpClient client(running.port);
  begin_download(running, client);
  const auto path = (running.folder.path() / "a.bin").wstring();
  ASSERT_TRUE(DeleteFileW(path.c_str()));
  EXPECT_TRUE(client.receive().body == content);
  EXPECT_EQ(client.get("/a.bin").status, 404);
}

TEST_P(OtherPrograms, a_file_that_is_being_written_gets_no_strong_validator) {
  RunningServer running(GetParam());
  for (const std::size_t bytes : {std::size_t{1000}, mebibyte}) {
    running.folder.write("a.bin", pattern(bytes));
    HttpClient client(running.port);
    {
      const win::FileHandle writer = open(running, "a.bin", GENERIC_WRITE, share_all);
      ASSERT_TRUE(writer);
      const Response unstable = client.get("/a.bin", "Want-Repr-Digest: sha-256=1\r\n");
      EXPECT_EQ(unstable.status, 200);
      EXPECT_TRUE(unstable.header("etag").starts_with("W/\"")) << unstable.header("etag");
      EXPECT_EQ(unstable.header("repr-digest"), "");
      EXPECT_TRUE(unstable.body == pattern(bytes));
    }
    EXPECT_TRUE(client.get("/a.bin").header("etag").starts_with("\""));
  }
}

TEST_P(OtherPrograms, a_file_that_is_held_exclusively_is_locked) {
  RunningServer running(GetParam());
  running.folder.write("a.bin", "content");
  const win::FileHandle holder = open(running, "a.bin", GENERIC_READ | GENERIC_WRITE, 0);
  ASSERT_TRUE(holder);
  HttpClient client(running.port);
  EXPECT_EQ(client.get("/a.bin").status, 423);
}

TEST_P(OtherPrograms, an_upload_whose_target_is_held_is_kept_and_finished_later) {
  RunningServer running(GetParam());
  running.folder.write("a.bin", "old");
  HttpClient client(running.port);
  std::string location;
  {
    const win::FileHandle holder = open(running, "a.bin", GENERIC_READ, FILE_SHARE_READ);
    ASSERT_TRUE(holder);
    const Response kept = client.put("/a.bin", "new content");
    EXPECT_EQ(kept.status, 423);
    location = kept.header("location");
    ASSERT_FALSE(location.empty());
  }
  const Response finished = client.request("PATCH", location,
                                           "Content-Type: application/partial-upload\r\n"
                                           "Upload-Offset: 11\r\nUpload-Complete: ?1\r\n",
                                           "");
  EXPECT_EQ(finished.status / 100, 2) << finished.body;
  EXPECT_EQ(running.folder.read("a.bin"), "new content");
}

INSTANTIATE_TEST_SUITE_P(EveryModel, OtherPrograms, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
