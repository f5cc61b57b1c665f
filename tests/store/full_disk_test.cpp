// A disk that fills up. Needs a volume of 2 to 16 MiB that nobody else uses, empty, named by
// OVERLAP_SMALL_VOLUME (on Linux a tmpfs will do); skipped without one.
#include <windows.h>

#include <cstdlib>
#include <set>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

namespace fs = std::filesystem;

class FullDisk : public StoreTest {
 protected:
  void SetUp() override {
    const char* volume = std::getenv("OVERLAP_SMALL_VOLUME");
    if (!volume) GTEST_SKIP() << "OVERLAP_SMALL_VOLUME names no volume";
    root_ = volume;
    ASSERT_LT(free_bytes(), std::uint64_t{17} << 20);
    ASSERT_GT(free_bytes(), std::uint64_t{2} << 20);
    stop();
    config_.root = root_.string();
    store_.emplace(config_, uploads_);
  }
  void TearDown() override {
    stop();
    if (root_.empty()) return;
    for (const auto& entry : fs::directory_iterator(root_)) fs::remove_all(entry.path());
  }
  // Not std::filesystem::space(), which libstdc++ asks of the drive.
  std::uint64_t free_bytes() const {
    ULARGE_INTEGER bytes{};
    EXPECT_TRUE(GetDiskFreeSpaceExW(root_.c_str(), &bytes, nullptr, nullptr));
    return bytes.QuadPart;
  }
  // Nothing but the store's own folder and the files of these names.
  bool holds_only(const std::set<std::string>& names) const {
    for (const auto& entry : fs::directory_iterator(root_)) {
      const std::string name = entry.path().filename().string();
      if (name != ".overlap-uploads" && !names.contains(name)) return false;
    }
    return true;
  }
  void fill(const char* name, std::uint64_t left) const {
    std::ofstream file(root_ / name, std::ios::binary);
    const std::string page(4096, 'x');
    while (file && free_bytes() > left) {
      file.write(page.data(), 4096);
      file.flush();
    }
  }

  fs::path root_;
};

TEST_F(FullDisk, refuses_what_does_not_fit) {
  const std::uint64_t free = free_bytes();
  EXPECT_EQ(Client(store()).create("/name", free + 1).error, StoreError::no_space);
  EXPECT_EQ(Client(store()).create("/name", free / 2).error, StoreError::none);
  EXPECT_TRUE(holds_only({}));
}

TEST_F(FullDisk, refuses_a_copy_that_would_take_what_is_promised_to_an_upload) {
  fill("filler", free_bytes() / 3 * 2);
  const std::uint64_t free = free_bytes();
  {
    Client client(store());
    ASSERT_EQ(client.create("/name", free / 3 * 2).error, StoreError::none);
    EXPECT_EQ(rename(StoreVerb::copy, "/filler", "/copy").error, StoreError::no_space);
  }
  EXPECT_EQ(rename(StoreVerb::copy, "/filler", "/copy").error, StoreError::none);
}

TEST_F(FullDisk, leaves_nothing_of_a_plain_upload_that_filled_it) {
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  const std::string piece(256 * 1024, 'x');
  int pieces = 0;
  while (client.try_write(piece)) ASSERT_LT(++pieces, 100);
  EXPECT_EQ(client.ask_open(StoreVerb::discard).error, StoreError::none);
  EXPECT_TRUE(holds_only({}));
  EXPECT_GT(free_bytes(), std::uint64_t{1} << 20);
}

TEST_F(FullDisk, stops_an_upload_of_unknown_length_before_the_room_is_used_up) {
  config_.free_bytes_min = 1 << 20;
  store_.reset();
  store_.emplace(config_, uploads_);
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  const std::string piece(64 * 1024, 'x');
  StoreError error = StoreError::none;
  while (error == StoreError::none && client.try_write(piece)) {
    error = client.ask_open(StoreVerb::checkpoint).error;
  }
  EXPECT_EQ(error, StoreError::no_space);
  EXPECT_GT(free_bytes(), std::uint64_t{512} << 10);
}

TEST_F(FullDisk, keeps_what_an_upload_held_that_can_be_resumed) {
  std::string id;
  std::uint64_t held = 0;
  {
    Client client(store());
    id = client.create_resumable("/name").upload_id;
    const std::string piece(256 * 1024, 'x');
    int pieces = 0;
    while (client.try_write(piece)) {
      ASSERT_LT(++pieces, 100);
      const StoreOutcome outcome = client.ask_open(StoreVerb::checkpoint);
      if (outcome.error != StoreError::none) {
        EXPECT_EQ(outcome.error, StoreError::no_space);
        break;
      }
      held = client.offset();
    }
    client.ask_open(StoreVerb::suspend);
  }
  const std::uint64_t offset = query(id).upload.offset;
  EXPECT_GE(offset, held);
  store_.reset();
  store_.emplace(config_, uploads_);
  EXPECT_GE(query(id).upload.offset, held);
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = id;
  EXPECT_EQ(ask(cancel).error, StoreError::none);
  EXPECT_TRUE(holds_only({}));
}

TEST_F(FullDisk, leaves_nothing_of_an_upload_that_cannot_be_begun) {
  fill("filler", 0);
  const StoreOutcome plain = Client(store()).create("/name");
  EXPECT_TRUE(plain.error == StoreError::no_space || plain.error == StoreError::none);
  EXPECT_EQ(Client(store()).create_resumable("/name").error, StoreError::no_space);
  EXPECT_EQ(rename(StoreVerb::copy, "/filler", "/copy").error, StoreError::no_space);
  EXPECT_TRUE(holds_only({"filler"}));
}

}  // namespace
}  // namespace overlap::store
