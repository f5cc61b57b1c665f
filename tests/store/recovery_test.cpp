// What a crash leaves, and what the next start makes of it.
#include <windows.h>

#include <set>
#include <thread>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

namespace fs = std::filesystem;

class Recovery : public StoreTest {
 protected:
  void start() { store_.emplace(config_, uploads_); }
  fs::path list() const { return folder_.path() / ".overlap-uploads/folders"; }
  // Of the run of the store that has made the upload.
  static std::string mark_of(const std::string& id) { return id.substr(0, 8); }
  fs::path state_file(const std::string& id) const {
    return folder_.path() / ".overlap-uploads" / (id + ".upload");
  }
  std::string text_of(const fs::path& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put_text(const fs::path& path, std::string_view text) const {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
  }
  // An upload of "hello", suspended after "he" and after "hell". The store is stopped.
  std::string interrupted() {
    std::string id;
    {
      Client client(store());
      id = client.create_resumable("/name", 5).upload_id;
      client.write("he");
      client.ask_open(StoreVerb::checkpoint);
      client.write("ll");
      client.ask_open(StoreVerb::suspend);
    }
    stop();
    return id;
  }
};

TEST_F(Recovery, of_a_state_file_torn_at_any_byte_goes_on_or_leaves_nothing) {
  const std::string id = interrupted();
  const std::string state = text_of(state_file(id));
  const std::string data = text_of(folder_.path() / (".overlap-" + id));
  ASSERT_EQ(data, "hell");
  std::set<std::uint64_t> offsets;
  for (std::size_t size = 0; size <= state.size(); ++size) {
    put_text(state_file(id), state.substr(0, size));
    put_text(folder_.path() / (".overlap-" + id), data);
    put_text(list(), mark_of(id) + " \n");
    start();
    const StoreOutcome found = query(id);
    if (found.error == StoreError::none) {
      offsets.insert(found.upload.offset);
      Client client(store());
      ASSERT_EQ(client.append(id, found.upload.offset).error, StoreError::none) << size;
      client.write(std::string_view("hello").substr(found.upload.offset));
      ASSERT_EQ(client.commit().error, StoreError::none) << size;
      ASSERT_EQ(folder_.read("name"), "hello") << size;
    } else {
      EXPECT_EQ(found.error, StoreError::not_found) << size;
      EXPECT_LT(size, state.find('\n', state.find('\n') + 1) + 1) << size;
    }
    EXPECT_LE(folder_.entries(), 1u) << size;
    stop();
    fs::remove(folder_.path() / "name");
    fs::remove(state_file(id));
  }
  EXPECT_EQ(offsets, (std::set<std::uint64_t>{0, 2, 4}));
}

TEST_F(Recovery, begins_a_new_line_after_a_torn_one) {
  std::string id;
  {
    Client client(store());
    id = client.create_resumable("/name").upload_id;
  }
  stop();
  put_text(state_file(id), text_of(state_file(id)) + "w 0 0 - 17 .");
  start();
  Ask append = ask_for(StoreVerb::append);
  append.upload_id = id;
  append.terms.length = 5;
  EXPECT_EQ(ask(append).error, StoreError::none);
  restart();
  EXPECT_EQ(query(id).upload.length, 5u);
}

TEST_F(Recovery, never_counts_more_than_the_file_holds) {
  const std::string id = interrupted();
  put_text(folder_.path() / (".overlap-" + id), "h");
  start();
  EXPECT_EQ(query(id).upload.offset, 1u);
}

TEST_F(Recovery, after_a_power_cut_counts_only_what_was_flushed) {
  const std::string id = interrupted();
  const std::string state = text_of(state_file(id));
  const std::string first = state.substr(0, state.find('\n') + 1);
  // A minute before the machine was started, and now.
  const std::int64_t before_start =
      wall_clock() - static_cast<std::int64_t>(GetTickCount64() / 1000) - 60;
  for (const auto policy : {config::FlushPolicy::file, config::FlushPolicy::none}) {
    config_.flush = policy;
    for (const std::int64_t when : {before_start, wall_clock()}) {
      put_text(state_file(id), first + "w 3 1 5 " + std::to_string(when) + " .\n");
      start();
      const bool lost = policy == config::FlushPolicy::file && when == before_start;
      EXPECT_EQ(query(id).upload.offset, lost ? 1u : 3u);
      stop();
    }
  }
}

TEST_F(Recovery, knows_an_upload_that_was_renamed_just_before_the_crash) {
  const std::string id = interrupted();
  fs::rename(folder_.path() / (".overlap-" + id), folder_.path() / "name");
  const std::string state = text_of(state_file(id));
  put_text(state_file(id), state + "r 4 4 4 " + std::to_string(wall_clock()) + " .\n");
  start();
  EXPECT_TRUE(query(id).upload.complete);
  EXPECT_EQ(Client(store()).append(id, 4).error, StoreError::already_complete);
  EXPECT_EQ(folder_.read("name"), "hell");
}

TEST_F(Recovery, goes_on_with_an_upload_that_was_about_to_be_renamed) {
  const std::string id = interrupted();
  const std::string state = text_of(state_file(id));
  put_text(state_file(id), state + "r 4 4 4 " + std::to_string(wall_clock()) + " .\n");
  start();
  EXPECT_FALSE(query(id).upload.complete);
  Client client(store());
  ASSERT_EQ(client.append(id, 4).error, StoreError::none);
  EXPECT_EQ(client.commit().error, StoreError::none);
}

TEST_F(Recovery, forgets_an_upload_whose_file_is_gone) {
  const std::string id = interrupted();
  fs::remove(folder_.path() / (".overlap-" + id));
  start();
  EXPECT_EQ(query(id).error, StoreError::not_found);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Recovery, deletes_temporary_files_that_belong_to_nothing) {
  fs::create_directories(folder_.path() / "a/b");
  folder_.write("a/b/name", "old");
  Client plain(store());
  ASSERT_EQ(plain.create("/a/b/name").error, StoreError::none);
  plain.write("new");
  const std::string id = Client(store()).create_resumable("/a/other").upload_id;
  folder_.write("a/.overlap-mine", "not the store's");
  // The temporary file as the crash leaves it, by another name: this one is still open.
  folder_.write("a/b/.overlap-" + mark_of(id) + "445566778899aabbccddeeff", "new");
  plain.close();
  stop();
  start();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "a/b"), {}), 1);
  EXPECT_EQ(folder_.read("a/b/name"), "old");
  EXPECT_TRUE(fs::exists(folder_.path() / "a/.overlap-mine"));
  EXPECT_EQ(query(id).error, StoreError::none);
  // The folder of what can go on stays in the list; the other one need not.
  stop();
  EXPECT_EQ(text_of(list()), mark_of(id) + " a\n");
}

TEST_F(Recovery, survives_a_list_of_folders_that_makes_no_sense) {
  stop();
  put_text(list(),
           "00112233 ../..\n\x01\n00112233 //\n00112233 C:\\\n00112233 none\n\n00112233\n"
           "0011223\n00112233x\n00112233 \xFF\n00112233 \n00112233 to");
  folder_.write(".overlap-00112233445566778899aabbccddeeff", "new");
  start();
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Recovery, leaves_the_files_of_a_store_that_serves_a_folder_below) {
  fs::create_directories(folder_.path() / "sub");
  const std::string ours = Client(store()).create_resumable("/sub/name").upload_id;
  config::Store below = config_;
  below.root += "\\sub";
  std::optional<FileStore> other(std::in_place, below, uploads_);
  std::string id;
  {
    Client client(*other);
    id = client.create_resumable("/other").upload_id;
    client.write("he");
    ASSERT_EQ(client.ask_open(StoreVerb::suspend).error, StoreError::none);
  }
  Client open(*other);
  ASSERT_EQ(open.create("/plain").error, StoreError::none);
  const std::string left = "sub/.overlap-" + mark_of(ours) + "445566778899aabbccddeeff";
  folder_.write(left, "ours");
  restart();
  EXPECT_FALSE(fs::exists(folder_.path() / left));
  EXPECT_TRUE(fs::exists(folder_.path() / ("sub/.overlap-" + id)));
  EXPECT_EQ(open.commit().error, StoreError::none);
  Client client(*other);
  EXPECT_EQ(client.append(id, 2).error, StoreError::none);
}

TEST_F(Recovery, finds_the_file_of_an_upload_that_was_moved_with_its_folder) {
  fs::create_directories(folder_.path() / "old");
  const std::string id = Client(store()).create_resumable("/old/name").upload_id;
  ASSERT_EQ(rename(StoreVerb::move, "/old/", "/new/").error, StoreError::none);
  stop();
  // As if the crash had come before the state was written anew.
  fs::remove(state_file(id));
  ASSERT_TRUE(fs::exists(folder_.path() / ("new/.overlap-" + id)));
  start();
  EXPECT_FALSE(fs::exists(folder_.path() / ("new/.overlap-" + id)));
}

TEST_F(Recovery, keeps_an_upload_whose_state_cannot_be_read_for_now) {
  const std::string id = interrupted();
  {
    const win::FileHandle scanner =
        hold(".overlap-uploads\\" + id + ".upload", GENERIC_READ | GENERIC_WRITE, 0);
    start();
    EXPECT_EQ(query(id).error, StoreError::not_found);
    sweep(wall_clock());
    stop();
  }
  start();
  EXPECT_EQ(query(id).upload.offset, 4u);
  EXPECT_EQ(Client(store()).append(id, 4).error, StoreError::none);
}

TEST_F(Recovery, waits_a_moment_for_a_state_that_is_held) {
  const std::string id = interrupted();
  win::FileHandle scanner =
      hold(".overlap-uploads\\" + id + ".upload", GENERIC_READ | GENERIC_WRITE, 0);
  std::thread lets_go([&] {
    Sleep(50);
    scanner.reset();
  });
  start();
  lets_go.join();
  EXPECT_EQ(query(id).upload.offset, 4u);
}

TEST_F(Recovery, looks_again_into_a_folder_that_could_not_be_looked_into) {
  stop();
  fs::create_directories(folder_.path() / "sub");
  const std::string name = "sub/.overlap-00112233445566778899aabbccddeeff";
  folder_.write(name, "left");
  put_text(list(), "00112233 sub\n");
  {
    const win::FileHandle other(CreateFileW(native("sub").c_str(), GENERIC_READ, 0, nullptr,
                                            OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
    ASSERT_TRUE(other);
    start();
    stop();
  }
  EXPECT_TRUE(folder_.read(name));
  start();
  EXPECT_FALSE(folder_.read(name));
  stop();
  EXPECT_FALSE(has_state_folder());
}

TEST_F(Recovery, deletes_nothing_while_the_list_or_the_state_folder_cannot_be_read) {
  const std::string id = interrupted();
  for (const char* name : {".overlap-uploads\\folders", ".overlap-uploads"}) {
    {
      const win::FileHandle other(CreateFileW(native(name).c_str(), GENERIC_READ, 0, nullptr,
                                              OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
      ASSERT_TRUE(other);
      start();
      stop();
    }
    start();
    EXPECT_EQ(query(id).upload.offset, 4u) << name;
    stop();
  }
}

TEST_F(Recovery, reads_the_last_state_of_a_very_long_upload) {
  const std::string id = interrupted();
  const std::string state = text_of(state_file(id));
  std::string lines;
  while (lines.size() < 5 * 1024 * 1024)
    lines += "w 1 1 5 " + std::to_string(wall_clock()) + " .\n";
  put_text(state_file(id), state + lines + "w 3 3 5 " + std::to_string(wall_clock()) + " .\n");
  start();
  EXPECT_EQ(query(id).upload.offset, 3u);
}

TEST_F(Recovery, counts_what_can_go_on_against_the_bound) {
  interrupted();
  uploads_.unfinished_max = 1;
  start();
  EXPECT_EQ(Client(store()).create_resumable("/other").error, StoreError::too_many);
}

TEST_F(Recovery, is_done_by_one_process_alone) {
  EXPECT_THROW(FileStore(config_, uploads_), std::system_error);
  stop();
  EXPECT_NO_THROW(FileStore(config_, uploads_));
}

TEST_F(Recovery, says_which_folder_cannot_be_served) {
  config_.root += "\\missing";
  try {
    FileStore(config_, uploads_);
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("missing"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace overlap::store
