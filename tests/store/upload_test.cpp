// Plain uploads: create, commit, discard.
#include <windows.h>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

class Uploads : public StoreTest {};

TEST_F(Uploads, are_invisible_until_they_are_committed) {
  folder_.write("name", "old");
  Client client(store());
  ASSERT_EQ(client.create("/name", 3).error, StoreError::none);
  client.write("new");
  EXPECT_EQ(folder_.read("name"), "old");
  EXPECT_EQ(folder_.entries(), 2u);
  const StoreOutcome outcome = client.commit();
  EXPECT_EQ(outcome.error, StoreError::none);
  EXPECT_FALSE(outcome.created);
  EXPECT_EQ(outcome.info.size, 3u);
  EXPECT_EQ(folder_.read("name"), "new");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Uploads, say_whether_the_name_is_new) {
  EXPECT_TRUE(Client(store()).put("/name", "new").created);
  EXPECT_FALSE(Client(store()).put("/name", "newer").created);
}

TEST_F(Uploads, may_be_empty) {
  EXPECT_EQ(Client(store()).put("/name", "").error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "");
}

TEST_F(Uploads, are_deleted_when_they_are_discarded) {
  folder_.write("name", "old");
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("new");
  EXPECT_EQ(client.ask_open(StoreVerb::discard).error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "old");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Uploads, are_deleted_when_the_connection_is_lost) {
  {
    Client client(store());
    ASSERT_EQ(client.create("/name").error, StoreError::none);
    client.write("new");
    EXPECT_EQ(folder_.entries(), 1u);
  }
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Uploads, are_not_begun_over_a_folder_or_without_one) {
  std::filesystem::create_directory(folder_.path() / "sub");
  EXPECT_EQ(ask(StoreVerb::create, "/sub").error, StoreError::is_folder);
  EXPECT_EQ(ask(StoreVerb::create, "/sub/").error, StoreError::is_folder);
  EXPECT_EQ(ask(StoreVerb::create, "/").error, StoreError::is_folder);
  EXPECT_EQ(ask(StoreVerb::create, "/missing/name").error, StoreError::no_folder);
  folder_.write("file", "");
  EXPECT_EQ(ask(StoreVerb::create, "/file/name").error, StoreError::no_folder);
  EXPECT_EQ(folder_.entries(), 2u);
}

TEST_F(Uploads, do_not_replace_a_file_that_is_read_only) {
  folder_.write("name", "old");
  ASSERT_TRUE(SetFileAttributesW(native("name").c_str(), FILE_ATTRIBUTE_READONLY));
  EXPECT_EQ(ask(StoreVerb::create, "/name").error, StoreError::access_denied);
  SetFileAttributesW(native("name").c_str(), FILE_ATTRIBUTE_NORMAL);
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  ASSERT_TRUE(SetFileAttributesW(native("name").c_str(), FILE_ATTRIBUTE_READONLY));
  EXPECT_EQ(client.commit().error, StoreError::access_denied);
  SetFileAttributesW(native("name").c_str(), FILE_ATTRIBUTE_NORMAL);
  EXPECT_EQ(folder_.read("name"), "old");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Uploads, have_the_validator_that_a_reader_gets_afterwards) {
  const StoreOutcome committed = Client(store()).put("/name", "new");
  const StoreOutcome found = ask(StoreVerb::open, "/name");
  EXPECT_EQ(tag_of(committed.info), tag_of(found.info));
}

TEST_F(Uploads, are_refused_before_a_byte_is_sent_if_the_disk_cannot_hold_them) {
  Client client(store());
  EXPECT_EQ(client.create("/name", std::uint64_t{1} << 60).error, StoreError::no_space);
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Uploads, leave_the_configured_room_on_the_volume) {
  ULARGE_INTEGER free{};
  ASSERT_TRUE(GetDiskFreeSpaceExW(folder_.path().c_str(), &free, nullptr, nullptr));
  // Other programs use the volume too: a margin on either side.
  constexpr std::uint64_t margin = std::uint64_t{1} << 30;
  ASSERT_GT(free.QuadPart, 3 * margin);
  config_.free_bytes_min = free.QuadPart - 2 * margin;
  restart();
  EXPECT_EQ(Client(store()).create("/name", margin).error, StoreError::none);
  EXPECT_EQ(Client(store()).create("/name", 3 * margin).error, StoreError::no_space);
  config_.free_bytes_min = free.QuadPart + margin;
  restart();
  EXPECT_EQ(Client(store()).create("/name", 0).error, StoreError::no_space);
  EXPECT_EQ(Client(store()).create("/name").error, StoreError::no_space);
}

TEST_F(Uploads, of_unknown_length_end_when_the_room_is_used_up) {
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("new");
  EXPECT_EQ(client.ask_open(StoreVerb::checkpoint).error, StoreError::none);
  EXPECT_EQ(client.ask_open(StoreVerb::discard).error, StoreError::none);
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Uploads, are_refused_if_the_file_does_not_hold_what_was_sent) {
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("new");
  Ask commit = ask_for(StoreVerb::commit);
  commit.offset = 4;
  EXPECT_EQ(client.ask(commit).error, StoreError::failed);
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Uploads, wait_for_a_program_that_holds_the_target_for_a_moment) {
  folder_.write("name", "old");
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("new");
  win::FileHandle holder = hold("name", GENERIC_READ, 0);
  // A small part of the time that the store waits in all.
  const win::KernelHandle never_set(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  HANDLE wait = nullptr;
  ASSERT_TRUE(RegisterWaitForSingleObject(
      &wait, never_set.get(),
      [](void* held, BOOLEAN) { static_cast<win::FileHandle*>(held)->reset(); }, &holder, 50,
      WT_EXECUTEONLYONCE));
  const StoreOutcome outcome = client.commit();
  UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  EXPECT_EQ(outcome.error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "new");
}

TEST_F(Uploads, are_kept_if_another_program_holds_the_target_for_too_long) {
  folder_.write("name", "old");
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("new");
  StoreOutcome outcome;
  {
    const win::FileHandle holder = hold("name", GENERIC_READ, 0);
    outcome = client.commit();
  }
  EXPECT_EQ(outcome.error, StoreError::in_use);
  ASSERT_EQ(outcome.upload_id.size(), 32u);
  EXPECT_EQ(folder_.read("name"), "old");
  const StoreOutcome kept = query(outcome.upload_id);
  EXPECT_EQ(kept.upload.offset, 3u);
  EXPECT_EQ(kept.upload.length, 3u);
  EXPECT_FALSE(kept.upload.complete);
  ASSERT_EQ(client.append(outcome.upload_id, 3).error, StoreError::none);
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "new");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Uploads, that_cannot_be_kept_leave_nothing) {
  uploads_.resumable = false;
  restart();
  folder_.write("name", "old");
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  const win::FileHandle holder = hold("name", GENERIC_READ, 0);
  const StoreOutcome outcome = client.commit();
  EXPECT_EQ(outcome.error, StoreError::in_use);
  EXPECT_EQ(outcome.upload_id, "");
  EXPECT_EQ(folder_.entries(), 1u);
  EXPECT_EQ(state_files(), 0u);
}

// ---- conditions --------------------------------------------------------------------------------

TEST_F(Uploads, with_if_none_match_create_only) {
  EXPECT_EQ(Client(store()).put("/name", "new", if_none_match("*")).error, StoreError::none);
  EXPECT_EQ(Client(store()).put("/name", "newer", if_none_match("*")).error,
            StoreError::condition_failed);
  EXPECT_EQ(folder_.read("name"), "new");
}

TEST_F(Uploads, with_if_match_replace_that_version_only) {
  const std::string first = tag_of(Client(store()).put("/name", "first").info);
  EXPECT_EQ(Client(store()).put("/name", "second", if_match(first)).error, StoreError::none);
  EXPECT_EQ(Client(store()).put("/name", "third", if_match(first)).error,
            StoreError::condition_failed);
  EXPECT_EQ(Client(store()).put("/none", "first", if_match("*")).error,
            StoreError::condition_failed);
  EXPECT_EQ(folder_.read("name"), "second");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Uploads, are_refused_at_the_end_if_their_condition_no_longer_holds) {
  Client slow(store());
  Ask create = ask_for(StoreVerb::create, "/name");
  create.condition = if_none_match("*");
  ASSERT_EQ(slow.ask(create).error, StoreError::none);
  slow.write("slow");
  EXPECT_EQ(Client(store()).put("/NAME", "fast").error, StoreError::none);
  EXPECT_EQ(slow.commit().error, StoreError::condition_failed);
  EXPECT_EQ(folder_.read("NAME"), "fast");
  EXPECT_EQ(folder_.entries(), 1u);
}

// ---- digests -----------------------------------------------------------------------------------

// FIPS 180-2, "abc".
protocol::Digest sha_256_of_abc() {
  protocol::Digest digest;
  constexpr std::string_view hex =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  for (std::size_t i = 0; i < 32; ++i) {
    digest.bytes[i] = static_cast<std::byte>(std::stoi(std::string(hex.substr(2 * i, 2)), {}, 16));
  }
  return digest;
}

TEST_F(Uploads, that_are_what_was_promised_are_committed_and_their_digest_is_known) {
  Client client(store());
  Ask create = ask_for(StoreVerb::create, "/name");
  create.terms.digests = {sha_256_of_abc()};
  ASSERT_EQ(client.ask(create).error, StoreError::none);
  client.write("abc");
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(ask(StoreVerb::digest, "/name").digest, sha_256_of_abc());
}

TEST_F(Uploads, that_are_not_what_was_promised_leave_nothing) {
  for (const bool resumable : {false, true}) {
    Client client(store());
    Ask create = ask_for(StoreVerb::create, "/name");
    create.terms.digests = {sha_256_of_abc()};
    create.terms.resumable = resumable;
    ASSERT_EQ(client.ask(create).error, StoreError::none);
    client.write("abd");
    EXPECT_EQ(client.commit().error, StoreError::wrong_digest);
    EXPECT_EQ(folder_.entries(), 0u);
    EXPECT_EQ(state_files(), 0u);
  }
}

}  // namespace
}  // namespace overlap::store
