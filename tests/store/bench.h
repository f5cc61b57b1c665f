// The real store on a folder of its own, and clients that ask it one thing at a time.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/path/url_path.h"
#include "service/store/file_store.h"
#include "tests/server/folder.h"

namespace overlap::store {

using FileJob = StoreJob<win::FileHandle>;

inline StorePath path_of(std::string_view url) {
  auto path = parse_url_path(url);
  EXPECT_TRUE(std::holds_alternative<StorePath>(path)) << url;
  return std::holds_alternative<StorePath>(path) ? std::get<StorePath>(path) : StorePath();
}

inline Ask ask_for(StoreVerb verb, std::string_view url = "/") {
  Ask ask;
  ask.verb = verb;
  ask.path = path_of(url);
  ask.list.entries_max = 1000;
  return ask;
}

// As a connection does it: one request at a time, and its handle closed before the store takes the
// file back. Destroying it is a connection that is lost.
class Client {
 public:
  explicit Client(FileStore& store) : store_(store) {}
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  StoreOutcome ask(Ask ask);
  StoreOutcome ask(StoreVerb verb, std::string_view url = "/") { return ask(ask_for(verb, url)); }
  // Of the open upload, that holds what was written so far.
  StoreOutcome ask_open(StoreVerb verb);

  StoreOutcome create(std::string_view url, std::optional<std::uint64_t> length = {});
  StoreOutcome create_resumable(std::string_view url, std::optional<std::uint64_t> length = {},
                                const std::string& user = {});
  StoreOutcome append(const std::string& id, std::uint64_t offset, const std::string& user = {});
  void write(std::string_view bytes);
  bool try_write(std::string_view bytes);  // false if not all of it could be written
  StoreOutcome commit() { return ask_open(StoreVerb::commit); }
  // create, write, commit.
  StoreOutcome put(std::string_view url, std::string_view content,
                   const protocol::WriteCondition& condition = {});
  std::string read(std::size_t bytes_max = 1 << 20);

  void close();
  bool has_file() const { return static_cast<bool>(job_.file); }
  bool is_revoked() const { return job_.kept && job_.kept->revoked.load(); }
  std::uint64_t offset() const { return offset_; }

 private:
  struct Job : FileJob {
    explicit Job(Client& owner) : FileJob(&Client::on_answered), client(owner) {}
    Client& client;
  };
  static void on_answered(FileJob& job) noexcept;

  FileStore& store_;
  Job job_{*this};
  std::uint64_t offset_ = 0;
  std::mutex mutex_;
  std::condition_variable answered_;
  bool waiting_ = false;
};

class StoreTest : public testing::Test {
 protected:
  StoreTest();

  // Ends the store and begins another one on the same folder.
  void restart();
  void stop() { store_.reset(); }
  FileStore& store() { return *store_; }
  StoreOutcome ask(const Ask& ask) { return Client(store()).ask(ask); }
  StoreOutcome ask(StoreVerb verb, std::string_view url = "/") {
    return Client(store()).ask(verb, url);
  }
  StoreOutcome query(const std::string& id, const std::string& user = {});
  StoreOutcome rename(StoreVerb verb, std::string_view from, std::string_view to,
                      bool overwrite = true);
  std::wstring native(const std::string& name) const {
    return L"\\\\?\\" + (folder_.path() / name).wstring();
  }
  win::FileHandle hold(const std::string& name, DWORD access, DWORD share) const;
  std::size_t state_files() const;
  bool has_state_folder() const {
    return std::filesystem::exists(folder_.path() / ".overlap-uploads");
  }
  // Waits until sweep() is over, which answers nobody.
  void sweep(std::int64_t unix_seconds);

  test::Folder folder_;
  config::Store config_;
  config::Uploads uploads_;
  std::optional<FileStore> store_;
};

protocol::WriteCondition if_match(std::string tag);
protocol::WriteCondition if_none_match(std::string tag);
std::string tag_of(const FileInfo& info);
std::int64_t wall_clock();

}  // namespace overlap::store
