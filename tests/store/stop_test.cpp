// What the end of the store ends, and what it leaves.
#include <windows.h>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t long_bytes = std::uint64_t{20} << 20;  // takes several turns

class Stop : public StoreTest {
 protected:
  std::string long_content() const { return std::string(long_bytes, 'x'); }
  // Answered after the stop, and not because it was done.
  static void expect_ended(const StoreOutcome& outcome) {
    EXPECT_EQ(outcome.error, StoreError::failed);
    EXPECT_EQ(outcome.native, DWORD{ERROR_SHUTDOWN_IN_PROGRESS});
  }
  static std::vector<protocol::Digest> some_digest() {
    return {protocol::Digest{protocol::DigestAlgorithm::sha_256, {}}};
  }
};

TEST_F(Stop, ends_a_copy_and_leaves_nothing_of_it) {
  folder_.write("name", long_content());
  store().stop();
  expect_ended(rename(StoreVerb::copy, "/name", "/copy"));
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Stop, ends_a_digest) {
  folder_.write("name", long_content());
  store().stop();
  expect_ended(ask(StoreVerb::digest, "/name"));
}

TEST_F(Stop, ends_the_hashing_before_a_commit) {
  Client client(store());
  Ask create = ask_for(StoreVerb::create, "/name");
  create.terms.digests = some_digest();
  ASSERT_EQ(client.ask(create).error, StoreError::none);
  client.write(long_content());
  store().stop();
  expect_ended(client.commit());
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Stop, keeps_an_upload_whose_commit_it_has_ended) {
  std::string id;
  {
    Client client(store());
    Ask create = ask_for(StoreVerb::create, "/name");
    create.terms.digests = some_digest();
    create.terms.resumable = true;
    id = client.ask(create).upload_id;
    client.write(long_content());
    store().stop();
    const StoreOutcome outcome = client.commit();
    expect_ended(outcome);
    EXPECT_EQ(outcome.upload_id, id);
    EXPECT_FALSE(outcome.upload.complete);
  }
  restart();
  EXPECT_EQ(query(id).upload.offset, long_bytes);
  EXPECT_FALSE(query(id).upload.complete);
  Client client(store());
  ASSERT_EQ(client.append(id, long_bytes).error, StoreError::none);
  EXPECT_EQ(client.commit().error, StoreError::wrong_digest);
}

TEST_F(Stop, lets_go_on_what_is_short) {
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("short");
  store().stop();
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "short");
}

TEST_F(Stop, leaves_nothing_of_the_store_if_there_is_nothing_to_remember) {
  ASSERT_EQ(Client(store()).put("/name", "content").error, StoreError::none);
  Client cancelled(store());
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = cancelled.create_resumable("/other").upload_id;
  cancelled.close();
  ASSERT_EQ(ask(cancel).error, StoreError::none);
  EXPECT_TRUE(has_state_folder());
  stop();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
  restart();
  EXPECT_EQ(Client(store()).put("/name", "again").error, StoreError::none);
}

TEST_F(Stop, leaves_what_can_go_on_and_what_is_complete) {
  const std::string id = Client(store()).create_resumable("/name").upload_id;
  restart();
  EXPECT_TRUE(has_state_folder());
  {
    Client client(store());
    ASSERT_EQ(client.append(id, 0).error, StoreError::none);
    ASSERT_EQ(client.commit().error, StoreError::none);
  }
  restart();
  EXPECT_TRUE(query(id).upload.complete);
  const auto expire = std::chrono::duration_cast<std::chrono::seconds>(uploads_.expire).count();
  sweep(wall_clock() + expire + 1);
  stop();
  EXPECT_FALSE(has_state_folder());
}

TEST_F(Stop, leaves_what_is_not_of_the_store) {
  folder_.write(".overlap-uploads/notes", "somebody's");
  stop();
  EXPECT_EQ(folder_.read(".overlap-uploads/notes"), "somebody's");
}

}  // namespace
}  // namespace overlap::store
