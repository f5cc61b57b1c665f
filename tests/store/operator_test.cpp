// What those who manage the service see of the store, and may delete.
#include <windows.h>

#include <set>
#include <thread>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

using management::UploadState;

class Operator : public StoreTest {
 protected:
  // An upload of `user` that was interrupted after "he".
  std::string interrupted(std::string_view url, const std::string& user = {}) {
    Client client(store());
    const std::string id = client.create_resumable(url, 5, user).upload_id;
    client.write("he");
    EXPECT_EQ(client.ask_open(StoreVerb::suspend).error, StoreError::none);
    return id;
  }
  std::int64_t expire_ms() const { return uploads_.expire.count(); }
};

TEST_F(Operator, sees_nothing_where_nothing_is_unfinished) {
  Client(store()).put("/name", "done");
  EXPECT_TRUE(store().uploads("", 100).empty());
}

TEST_F(Operator, sees_whose_upload_it_is_and_how_far_it_has_come) {
  const std::string id = interrupted("/a%20b", "ann");
  for (int starts = 0; starts < 2; ++starts) {
    const auto uploads = store().uploads("", 100);
    ASSERT_EQ(uploads.size(), 1u);
    const UploadState& upload = uploads.front();
    EXPECT_EQ(upload.id, id);
    EXPECT_EQ(upload.path, "/a%20b");
    EXPECT_EQ(upload.user, "ann");
    EXPECT_EQ(upload.offset, 2u);
    EXPECT_EQ(upload.length, 5u);
    EXPECT_FALSE(upload.active);
    EXPECT_NEAR(static_cast<double>(upload.touched_unix_ms),
                static_cast<double>(wall_clock() * 1000), 600'000.0);
    EXPECT_EQ(upload.expires_unix_ms, upload.touched_unix_ms + expire_ms());
    restart();
  }
}

TEST_F(Operator, sees_that_a_connection_writes_to_it) {
  Client client(store());
  client.create_resumable("/name");
  auto uploads = store().uploads("", 100);
  ASSERT_EQ(uploads.size(), 1u);
  EXPECT_TRUE(uploads.front().active);
  EXPECT_EQ(uploads.front().length, std::nullopt);
  client.write("he");
  client.ask_open(StoreVerb::suspend);
  uploads = store().uploads("", 100);
  ASSERT_EQ(uploads.size(), 1u);
  EXPECT_FALSE(uploads.front().active);
}

TEST_F(Operator, sees_neither_complete_nor_expired_uploads) {
  Client client(store());
  client.create_resumable("/name", 2);
  client.write("he");
  ASSERT_EQ(client.commit().error, StoreError::none);
  EXPECT_TRUE(store().uploads("", 100).empty());
  client.close();

  stop();
  uploads_.expire = std::chrono::seconds(1);
  restart();
  interrupted("/other");
  const std::int64_t expires = wall_clock() + 1;
  while (wall_clock() <= expires) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(store().uploads("", 100).empty());
}

TEST_F(Operator, pages_through_uploads_by_their_ids) {
  std::set<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.insert(interrupted("/" + std::to_string(i)));
  std::vector<std::string> seen;
  std::string after;
  for (const std::size_t expected : {2u, 2u, 1u, 0u}) {
    const auto page = store().uploads(after, 2);
    ASSERT_EQ(page.size(), expected);
    for (const UploadState& upload : page) seen.push_back(upload.id);
    if (!page.empty()) after = page.back().id;
  }
  EXPECT_EQ(seen, std::vector<std::string>(ids.begin(), ids.end()));
  EXPECT_TRUE(store().uploads("", 0).empty());
}

TEST_F(Operator, deletes_an_upload_with_its_files_whoever_began_it) {
  const std::string id = interrupted("/name", "ann");
  EXPECT_EQ(state_files(), 1u);
  EXPECT_EQ(folder_.entries(), 1u);
  EXPECT_TRUE(store().remove_upload(id));
  EXPECT_EQ(state_files(), 0u);
  EXPECT_EQ(folder_.entries(), 0u);
  EXPECT_EQ(query(id, "ann").error, StoreError::not_found);
  EXPECT_FALSE(store().remove_upload(id));
  restart();
  EXPECT_TRUE(store().uploads("", 100).empty());
}

TEST_F(Operator, cuts_off_who_writes_to_a_deleted_upload) {
  Client client(store());
  const std::string id = client.create_resumable("/name", 5).upload_id;
  client.write("hello");
  EXPECT_FALSE(client.is_revoked());
  EXPECT_TRUE(store().remove_upload(id));
  EXPECT_TRUE(client.is_revoked());
  EXPECT_NE(client.commit().error, StoreError::none);
  client.close();
  EXPECT_EQ(folder_.entries(), 0u);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Operator, deletes_no_upload_that_is_complete_or_unknown) {
  Client client(store());
  const std::string id = client.create_resumable("/name", 2).upload_id;
  client.write("he");
  ASSERT_EQ(client.commit().error, StoreError::none);
  EXPECT_FALSE(store().remove_upload(id));
  EXPECT_TRUE(query(id).upload.complete);
  EXPECT_FALSE(store().remove_upload(""));
  EXPECT_FALSE(store().remove_upload("..\\name"));
  EXPECT_FALSE(store().remove_upload(std::string(1 << 16, 'a')));
  EXPECT_EQ(folder_.read("name"), "he");
}

TEST_F(Operator, sees_the_space_on_the_volume) {
  const auto first = store().volume();
  ASSERT_TRUE(first);
  EXPECT_GT(first->free_bytes, 0u);
  EXPECT_LE(first->free_bytes, first->total_bytes);
  for (int i = 0; i < 1000; ++i) store().measure();
  EXPECT_EQ(ask(StoreVerb::make_folder, "/after-measuring/").error, StoreError::none);
  EXPECT_TRUE(store().volume());
}

}  // namespace
}  // namespace overlap::store
