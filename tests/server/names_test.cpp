// Names, folders and conditions over real sockets and files, the same on every model.
#include <gtest/gtest.h>

#include <thread>

#include "tests/server/running_server.h"

namespace overlap::test {
namespace {

class Names : public testing::TestWithParam<config::ModelName> {};

TEST_P(Names, a_file_is_deleted_moved_and_copied) {
  RunningServer running(GetParam());
  running.folder.write("a.txt", "content");
  HttpClient client(running.port);
  EXPECT_EQ(client.request("COPY", "/a.txt", "Destination: /b.txt\r\n").status, 201);
  EXPECT_EQ(client.request("MOVE", "/a.txt", "Destination: http://test/c.txt\r\n").status, 201);
  EXPECT_EQ(client.request("MOVE", "/b.txt", "Destination: /c.txt\r\nOverwrite: F\r\n").status,
            412);
  EXPECT_EQ(client.request("MOVE", "/b.txt", "Destination: /c.txt\r\n").status, 204);
  EXPECT_EQ(running.folder.read("c.txt"), "content");
  EXPECT_EQ(running.folder.entries(), 1u);
  EXPECT_EQ(client.request("DELETE", "/c.txt").status, 204);
  EXPECT_EQ(client.request("DELETE", "/c.txt").status, 404);
  EXPECT_EQ(running.folder.entries(), 0u);
}

TEST_P(Names, a_folder_is_made_listed_and_deleted_when_it_is_empty) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  EXPECT_EQ(client.request("MKCOL", "/photos/").status, 201);
  EXPECT_EQ(client.request("MKCOL", "/photos/").status, 405);
  EXPECT_EQ(client.request("PUT", "/photos/2024/", "", "").status, 201);
  EXPECT_EQ(client.request("PUT", "/photos/2024/", "", "").status, 204);
  EXPECT_EQ(client.request("PUT", "/missing/folder/", "", "").status, 409);
  EXPECT_EQ(client.put("/photos/a.txt", "12345").status, 201);
  const Response json = client.get("/photos/", "Accept: application/json\r\n");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.header("content-type"), "application/json");
  EXPECT_NE(json.body.find(R"("name":"2024","type":"folder")"), std::string::npos) << json.body;
  EXPECT_NE(json.body.find(R"("name":"a.txt","type":"file","size":5)"), std::string::npos)
      << json.body;
  const Response html = client.get("/photos/");
  EXPECT_EQ(html.status, 200);
  EXPECT_NE(html.body.find("href=\"a.txt\""), std::string::npos) << html.body;
  EXPECT_EQ(client.get("/photos").status, 301);
  EXPECT_EQ(client.request("DELETE", "/photos/").status, 409);
  EXPECT_EQ(client.request("DELETE", "/photos/a.txt").status, 204);
  EXPECT_EQ(client.request("DELETE", "/photos/2024/").status, 204);
  EXPECT_EQ(client.request("DELETE", "/photos/").status, 204);
  EXPECT_EQ(running.folder.entries(), 0u);
}

TEST_P(Names, pages_of_a_listing_join_to_the_whole_folder) {
  RunningServer running(GetParam());
  for (int i = 0; i < 25; ++i) running.folder.write("file" + std::to_string(i), "x");
  HttpClient client(running.port);
  std::size_t entries = 0;
  std::size_t pages = 0;
  std::string next = "/?limit=10";
  while (!next.empty() && pages < 10) {
    const Response page = client.get(next, "Accept: application/json\r\n");
    ASSERT_EQ(page.status, 200) << page.body;
    ++pages;
    for (std::size_t at = 0; (at = page.body.find("\"type\":\"file\"", at)) != std::string::npos;
         ++at)
      ++entries;
    const std::string mark = "\"next\":\"";
    const std::size_t begin = page.body.find(mark);
    next.clear();
    if (begin != std::string::npos) {
      next = page.body.substr(begin + mark.size());
      next.resize(next.find('"'));
    }
  }
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(entries, 25u);
}

TEST_P(Names, conditions_protect_what_others_have_written) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  EXPECT_EQ(client.put("/a.txt", "first", "If-None-Match: *\r\n").status, 201);
  EXPECT_EQ(client.put("/a.txt", "second", "If-None-Match: *\r\n").status, 412);
  const std::string tag = client.get("/a.txt").header("etag");
  EXPECT_EQ(client.get("/a.txt", "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(client.put("/a.txt", "third", "If-Match: " + tag + "\r\n").status, 204);
  EXPECT_EQ(client.put("/a.txt", "fourth", "If-Match: " + tag + "\r\n").status, 412);
  EXPECT_EQ(client.request("DELETE", "/a.txt", "If-Match: " + tag + "\r\n").status, 412);
  EXPECT_EQ(client.get("/a.txt", "If-Match: " + tag + "\r\n").status, 412);
  EXPECT_EQ(running.folder.read("a.txt"), "third");
}

TEST_P(Names, of_many_that_create_one_name_exactly_one_succeeds) {
  RunningServer running(GetParam());
  std::atomic<int> created{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      HttpClient client(running.port);
      const std::string body(100'000, static_cast<char>('a' + i));
      const int status = client.put("/one.bin", body, "If-None-Match: *\r\n").status;
      ++(status == 201 ? created : refused);
      EXPECT_TRUE(status == 201 || status == 412) << status;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(created.load(), 1);
  EXPECT_EQ(refused.load(), 7);
  const std::string stored = running.folder.read("one.bin").value_or("");
  EXPECT_TRUE(stored == std::string(100'000, stored.empty() ? '?' : stored[0]));
}

TEST_P(Names, of_concurrent_writers_the_last_one_wins_whole) {
  RunningServer running(GetParam());
  std::vector<std::thread> writers;
  for (int i = 0; i < 6; ++i) {
    writers.emplace_back([&, i] {
      HttpClient client(running.port);
      const std::string body(300'000, static_cast<char>('a' + i));
      // Where a rename cannot replace a file that is open (Wine), the reader may be in the way for
      // too long: then the writer is told so.
      for (int round = 0; round < 5; ++round) {
        const int status = client.put("/one.bin", body).status;
        EXPECT_TRUE(status / 100 == 2 || status == 423) << status;
      }
    });
  }
  HttpClient reader(running.port);
  for (int round = 0; round < 30; ++round) {
    const Response seen = reader.get("/one.bin");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // lets the writers in
    if (seen.status == 404) continue;
    EXPECT_EQ(seen.status, 200) << seen.body;
    EXPECT_TRUE(seen.header("etag").starts_with('"')) << seen.header("etag");
    EXPECT_TRUE(seen.body == std::string(300'000, seen.body.empty() ? '?' : seen.body[0]));
  }
  for (std::thread& writer : writers) writer.join();
  const std::string last = running.folder.read("one.bin").value_or("");
  EXPECT_TRUE(last == std::string(300'000, last.empty() ? '?' : last[0]));
}

TEST_P(Names, hangul_composed_and_decomposed_and_long_paths_are_reached_as_stored) {
  RunningServer running(GetParam());
  HttpClient client(running.port);
  const std::string composed = "/%ED%95%9C.txt";                      // U+D55C
  const std::string decomposed = "/%E1%84%92%E1%85%A1%E1%86%AB.txt";  // U+1112 U+1161 U+11AB
  EXPECT_EQ(client.put(composed, "one").status, 201);
  EXPECT_EQ(client.put(decomposed, "three").status, 201);
  EXPECT_EQ(client.get(composed).body, "one");
  EXPECT_EQ(client.get(decomposed).body, "three");
  EXPECT_EQ(client.get("/%ED%95.txt").status, 400);
  std::string deep = "/";
  for (int level = 0; level < 6; ++level) {
    deep += std::string(100, static_cast<char>('a' + level)) + '/';
    EXPECT_EQ(client.request("MKCOL", deep).status, 201) << deep.size();
  }
  EXPECT_EQ(client.put(deep + "file.txt", "far below").status, 201);
  EXPECT_EQ(client.get(deep + "file.txt").body, "far below");
}

TEST_P(Names, several_ranges_come_as_parts) {
  RunningServer running(GetParam());
  for (const std::size_t size : {std::size_t{1000}, std::size_t{1} << 20}) {
    const std::string content = pattern(size);
    running.folder.write("file.bin", content);
    HttpClient client(running.port);
    const std::string last = std::to_string(size - 10);
    const Response parts = client.get("/file.bin", "Range: bytes=0-9,500-509,-10\r\n");
    ASSERT_EQ(parts.status, 206);
    const std::string type = parts.header("content-type");
    ASSERT_TRUE(type.starts_with("multipart/byteranges; boundary=")) << type;
    const std::string boundary = "\r\n--" + type.substr(type.find('=') + 1);
    const std::string total = std::to_string(size);
    const auto part = [&](const std::string& range, const std::string& bytes) {
      return boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes " +
             range + "/" + total + "\r\n\r\n" + bytes;
    };
    EXPECT_EQ(parts.body,
              part("0-9", content.substr(0, 10)) + part("500-509", content.substr(500, 10)) +
                  part(last + "-" + std::to_string(size - 1), content.substr(size - 10)) +
                  boundary + "--\r\n");
  }
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Names, testing::ValuesIn(all_models),
                         [](const auto& tested) { return model_text(tested.param); });

}  // namespace
}  // namespace overlap::test
