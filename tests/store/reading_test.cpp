// Files open for reading, and what other programs do to them meanwhile.
#include <windows.h>

#include "service/store/digest_cache.h"
#include "service/store/reading.h"
#include "tests/store/bench.h"

namespace overlap::store {
namespace {

class Reading : public StoreTest {
 protected:
  void write_size(const char* name, std::uint64_t size) {
    folder_.write(name, std::string(size, 'a'));
  }
  // Opens for writing as a program would that shares everything. Null if it may not.
  win::FileHandle writer(const char* name) const {
    return win::FileHandle(CreateFileW(native(name).c_str(), GENERIC_WRITE,
                                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                       nullptr, OPEN_EXISTING, 0, nullptr));
  }
};
constexpr std::uint64_t small = held_bytes_max;
constexpr std::uint64_t large = held_bytes_max + 1;

TEST_F(Reading, tells_files_folders_and_missing_names_apart) {
  folder_.write("name", "12345");
  std::filesystem::create_directory(folder_.path() / "sub");
  const StoreOutcome found = ask(StoreVerb::open, "/name");
  EXPECT_EQ(found.error, StoreError::none);
  EXPECT_EQ(found.info.size, 5u);
  EXPECT_FALSE(found.info.unstable);
  EXPECT_GT(found.info.modified_unix_seconds, 1'600'000'000);
  EXPECT_EQ(ask(StoreVerb::open, "/NAME").info.file_id, found.info.file_id);
  EXPECT_EQ(ask(StoreVerb::open, "/sub").error, StoreError::is_folder);
  EXPECT_EQ(ask(StoreVerb::open, "/").error, StoreError::is_folder);
  EXPECT_EQ(ask(StoreVerb::open, "/missing").error, StoreError::not_found);
  EXPECT_EQ(ask(StoreVerb::open, "/no/such").error, StoreError::not_found);
  EXPECT_EQ(ask(StoreVerb::open, "/name/such").error, StoreError::not_found);
}

TEST_F(Reading, refuses_what_another_program_has_for_itself) {
  folder_.write("name", "12345");
  const win::FileHandle holder = hold("name", GENERIC_READ, 0);
  EXPECT_EQ(ask(StoreVerb::open, "/name").error, StoreError::in_use);
  EXPECT_EQ(ask(StoreVerb::digest, "/name").error, StoreError::in_use);
}

TEST_F(Reading, of_a_small_file_keeps_writers_out) {
  write_size("name", small);
  Client client(store());
  ASSERT_EQ(client.ask(StoreVerb::open, "/name").error, StoreError::none);
  EXPECT_FALSE(writer("name"));
  EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::none);
  client.close();
  EXPECT_TRUE(writer("name"));
}

TEST_F(Reading, of_a_large_file_lets_writers_in_and_notices_them) {
  write_size("name", large);
  Client client(store());
  ASSERT_EQ(client.ask(StoreVerb::open, "/name").error, StoreError::none);
  EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::none);
  {
    const win::FileHandle program = writer("name");
    ASSERT_TRUE(program);
    EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::changed);
  }
  // It has written nothing, and is gone.
  EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::none);
}

TEST_F(Reading, of_a_large_file_notices_a_writer_that_is_gone) {
  write_size("name", large);
  Client client(store());
  ASSERT_EQ(client.ask(StoreVerb::open, "/name").error, StoreError::none);
  {
    const win::FileHandle program = writer("name");
    DWORD written = 0;
    ASSERT_TRUE(WriteFile(program.get(), "b", 1, &written, nullptr));
    // However coarse the clock of the file system is.
    FILETIME time{};
    GetSystemTimeAsFileTime(&time);
    time.dwHighDateTime += 1;
    ASSERT_TRUE(SetFileTime(program.get(), nullptr, nullptr, &time));
  }
  EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::changed);
}

TEST_F(Reading, of_a_large_file_notices_that_it_was_cut) {
  write_size("name", large);
  Client client(store());
  ASSERT_EQ(client.ask(StoreVerb::open, "/name").error, StoreError::none);
  {
    const win::FileHandle program = writer("name");
    SetFilePointer(program.get(), 5, nullptr, FILE_BEGIN);
    ASSERT_TRUE(SetEndOfFile(program.get()));
  }
  EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::changed);
}

TEST_F(Reading, of_a_file_that_somebody_writes_to_is_unstable) {
  for (const std::uint64_t size : {small, large}) {
    write_size("name", size);
    const win::FileHandle program = writer("name");
    Client client(store());
    const StoreOutcome found = client.ask(StoreVerb::open, "/name");
    EXPECT_EQ(found.error, StoreError::none);
    EXPECT_TRUE(found.info.unstable);
    EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::none);
    SetFilePointer(program.get(), 5, nullptr, FILE_BEGIN);
    ASSERT_TRUE(SetEndOfFile(program.get()));
    EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::changed);
  }
}

TEST_F(Reading, goes_on_in_a_file_that_was_deleted) {
  write_size("name", large);
  Client client(store());
  ASSERT_EQ(client.ask(StoreVerb::open, "/name").error, StoreError::none);
  EXPECT_EQ(ask(StoreVerb::remove, "/name").error, StoreError::none);
  EXPECT_EQ(client.ask(StoreVerb::verify).error, StoreError::none);
  EXPECT_EQ(client.read(), std::string(large, 'a'));
}

TEST_F(Reading, gives_another_identity_after_the_file_was_replaced) {
  const std::string before = tag_of(Client(store()).put("/name", "first").info);
  const std::string after = tag_of(Client(store()).put("/name", "other").info);
  EXPECT_NE(before, after);
}

// ---- digests -----------------------------------------------------------------------------------

std::string hex(const std::optional<protocol::Digest>& digest) {
  std::string text;
  for (std::size_t i = 0; digest && i < digest->size(); ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[std::to_integer<unsigned>(digest->bytes[i]) >> 4];
    text += digits[std::to_integer<unsigned>(digest->bytes[i]) & 15];
  }
  return text;
}

TEST_F(Reading, gives_the_digest_of_a_file) {
  folder_.write("name", "abc");
  Ask digest = ask_for(StoreVerb::digest, "/name");
  // FIPS 180-2, "abc".
  const StoreOutcome found = ask(digest);
  EXPECT_EQ(hex(found.digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(tag_of(found.info), tag_of(ask(StoreVerb::open, "/name").info));
  digest.algorithm = protocol::DigestAlgorithm::sha_512;
  EXPECT_EQ(hex(ask(digest).digest),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_F(Reading, gives_the_digest_of_a_file_of_many_turns) {
  // FIPS 180-2: a million times "a"; then the same content by another name.
  folder_.write("million", std::string(1'000'000, 'a'));
  EXPECT_EQ(hex(ask(StoreVerb::digest, "/million").digest),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  const std::string content(20 * 1024 * 1024 + 1, 'b');
  folder_.write("one", content);
  folder_.write("two", content);
  const std::string one = hex(ask(StoreVerb::digest, "/one").digest);
  EXPECT_EQ(one.size(), 64u);
  EXPECT_EQ(one, hex(ask(StoreVerb::digest, "/two").digest));
}

TEST_F(Reading, gives_the_digest_of_an_empty_file) {
  folder_.write("name", "");
  EXPECT_EQ(hex(ask(StoreVerb::digest, "/name").digest),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Reading, gives_no_digest_of_a_file_above_the_bound) {
  config_.digest_file_bytes_max = 3;
  restart();
  folder_.write("three", "abc");
  folder_.write("four", "abcd");
  EXPECT_TRUE(ask(StoreVerb::digest, "/three").digest);
  const StoreOutcome refused = ask(StoreVerb::digest, "/four");
  EXPECT_EQ(refused.error, StoreError::none);
  EXPECT_FALSE(refused.digest);
}

TEST_F(Reading, gives_no_digest_while_somebody_writes) {
  folder_.write("name", "abc");
  const win::FileHandle program = writer("name");
  const StoreOutcome found = ask(StoreVerb::digest, "/name");
  EXPECT_EQ(found.error, StoreError::none);
  EXPECT_FALSE(found.digest);
  EXPECT_TRUE(found.info.unstable);
}

TEST_F(Reading, gives_a_new_digest_after_a_change) {
  Client(store()).put("/name", "abc");
  const std::string before = hex(ask(StoreVerb::digest, "/name").digest);
  Client(store()).put("/name", "abd");
  EXPECT_NE(before, hex(ask(StoreVerb::digest, "/name").digest));
  EXPECT_EQ(ask(StoreVerb::digest, "/none").error, StoreError::not_found);
  EXPECT_EQ(ask(StoreVerb::digest, "/").error, StoreError::is_folder);
}

TEST_F(Reading, trusts_the_digest_that_was_found_on_upload) {
  Client client(store());
  ASSERT_EQ(client.create("/name").error, StoreError::none);
  client.write("abc");
  Ask commit = ask_for(StoreVerb::commit);
  commit.offset = 3;
  commit.known_digest.emplace();  // not the true one: it must come from memory
  ASSERT_EQ(client.ask(commit).error, StoreError::none);
  EXPECT_EQ(hex(ask(StoreVerb::digest, "/name").digest), std::string(64, '0'));
}

TEST(DigestCache, forgets_the_one_that_was_used_the_longest_ago) {
  DigestCache cache;
  const auto file = [](std::uint64_t id) {
    FileInfo info;
    info.file_id = id;
    return info;
  };
  for (std::uint64_t id = 0; id < DigestCache::entries_max; ++id) cache.remember(file(id), {});
  EXPECT_EQ(cache.size(), DigestCache::entries_max);
  EXPECT_TRUE(cache.find(file(0), {}));
  cache.remember(file(DigestCache::entries_max), {});
  EXPECT_EQ(cache.size(), DigestCache::entries_max);
  EXPECT_TRUE(cache.find(file(0), {}));
  EXPECT_FALSE(cache.find(file(1), {}));
  EXPECT_TRUE(cache.find(file(2), {}));
}

TEST(DigestCache, tells_apart_what_differs_in_anything) {
  DigestCache cache;
  const FileInfo file{1, 0, 2, 3};
  cache.remember(file, {});
  EXPECT_TRUE(cache.find(file, protocol::DigestAlgorithm::sha_256));
  EXPECT_FALSE(cache.find(file, protocol::DigestAlgorithm::sha_512));
  EXPECT_FALSE(cache.find({2, 0, 2, 3}, protocol::DigestAlgorithm::sha_256));
  EXPECT_FALSE(cache.find({1, 0, 3, 3}, protocol::DigestAlgorithm::sha_256));
  EXPECT_FALSE(cache.find({1, 0, 2, 4}, protocol::DigestAlgorithm::sha_256));
}

}  // namespace
}  // namespace overlap::store
