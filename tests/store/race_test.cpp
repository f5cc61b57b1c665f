// Many clients at the same names.
#include <windows.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

// Not std::barrier, which waits on an atomic and loses wake-ups in GCC 12 for Windows.
class Rendezvous {
 public:
  explicit Rendezvous(int count) : missing_(count) {}
  void arrive_and_wait() {
    std::unique_lock hold(mutex_);
    --missing_;
    all_here_.notify_all();
    all_here_.wait(hold, [this] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  int missing_;
};

class Races : public StoreTest {
 protected:
  static constexpr int clients = 8;
  // Runs it in as many threads, which begin together.
  template <class Function>
  void together(Function function) {
    Rendezvous start(clients);
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        function(i);
      });
    }
    for (auto& thread : threads) thread.join();
  }
};

TEST_F(Races, of_those_who_create_a_name_exactly_one_wins) {
  for (int round = 0; round < 20; ++round) {
    const std::string url = "/name" + std::to_string(round);
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::atomic<int> winner{-1};
    together([&](int i) {
      const StoreOutcome outcome = Client(store()).put(url, std::to_string(i), if_none_match("*"));
      if (outcome.error == StoreError::none) {
        ++won;
        winner = i;
        EXPECT_TRUE(outcome.created);
      } else if (outcome.error == StoreError::condition_failed) {
        ++lost;
      }
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, clients - 1);
    EXPECT_EQ(folder_.read(url.substr(1)), std::to_string(winner));
  }
}

TEST_F(Races, what_another_program_has_created_is_not_replaced_by_who_wanted_to_create) {
  for (int round = 0; round < 100; ++round) {
    const std::string name = "name" + std::to_string(round);
    Client client(store());
    Ask create = ask_for(StoreVerb::create, '/' + name);
    create.condition = if_none_match("*");
    ASSERT_EQ(client.ask(create).error, StoreError::none);
    client.write("ours");
    Rendezvous start(2);
    bool theirs = false;
    std::thread program([&] {
      start.arrive_and_wait();
      theirs = static_cast<bool>(win::FileHandle(
          CreateFileW(native(name).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr)));
    });
    start.arrive_and_wait();
    const bool ours = client.commit().error == StoreError::none;
    program.join();
    EXPECT_NE(ours, theirs) << round;
    EXPECT_EQ(folder_.read(name), ours ? "ours" : "");
  }
}

TEST_F(Races, of_those_who_replace_a_version_exactly_one_wins) {
  std::string tag = tag_of(Client(store()).put("/name", "0").info);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> won{0};
    std::mutex mutex;
    std::string next;
    together([&](int i) {
      const StoreOutcome outcome = Client(store()).put("/name", std::to_string(i), if_match(tag));
      if (outcome.error != StoreError::none) return;
      ++won;
      const std::lock_guard hold(mutex);
      next = tag_of(outcome.info);
    });
    EXPECT_EQ(won, 1);
    tag = next;
  }
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Races, a_name_always_holds_one_whole_upload) {
  const auto content = [](int i) {
    return std::string(static_cast<std::size_t>(1000 + i * 7000), static_cast<char>('a' + i));
  };
  Client(store()).put("/name", content(0));
  std::atomic<bool> over{false};
  std::atomic<int> read{0};
  std::thread reader([&] {
    while (!over) {
      Client client(store());
      if (client.ask(StoreVerb::open, "/name").error != StoreError::none) continue;
      const std::string found = client.read();
      EXPECT_EQ(found, content(found.empty() ? -1 : found.front() - 'a'));
      ++read;
    }
  });
  together([&](int i) {
    for (int round = 0; round < 5; ++round) {
      const StoreOutcome outcome = Client(store()).put("/name", content(i));
      // A file system without POSIX renames refuses while the reader has the file open.
      EXPECT_TRUE(outcome.error == StoreError::none || outcome.error == StoreError::in_use);
    }
  });
  over = true;
  reader.join();
  EXPECT_GT(read, 0);
}

TEST_F(Races, of_those_who_go_on_with_an_upload_exactly_one_wins) {
  const std::string id = Client(store()).create_resumable("/name").upload_id;
  std::atomic<int> won{0};
  Rendezvous done(clients);
  together([&](int) {
    Client client(store());
    if (client.append(id, 0).error == StoreError::none) ++won;
    done.arrive_and_wait();
  });
  EXPECT_EQ(won, 1);
}

TEST_F(Races, an_upload_is_found_in_its_folder_however_that_is_renamed) {
  std::filesystem::create_directories(folder_.path() / "0");
  const std::string id = Client(store()).create_resumable("/0/name").upload_id;
  std::atomic<int> moved{0};
  std::atomic<int> taken{0};
  together([&](int i) {
    for (int round = 0; round < 60; ++round) {
      if (i < clients / 2) {
        // Whichever name it has now, it gets another one.
        const std::string from = "/" + std::to_string(round % 3) + "/";
        const std::string to = "/" + std::to_string((round + i + 1) % 3) + "/";
        if (rename(StoreVerb::move, from, to, false).error == StoreError::none) ++moved;
      } else {
        const StoreError error = Client(store()).append(id, 0).error;
        EXPECT_TRUE(error == StoreError::none || error == StoreError::upload_in_use)
            << static_cast<int>(error);
        if (error == StoreError::none) ++taken;
      }
    }
  });
  EXPECT_GT(moved, 0);
  EXPECT_GT(taken, 0);
  EXPECT_EQ(query(id).error, StoreError::none);
  restart();
  Client client(store());
  ASSERT_EQ(client.append(id, 0).error, StoreError::none);
  client.write("whole");
  const StoreOutcome outcome = client.commit();
  ASSERT_EQ(outcome.error, StoreError::none);
  EXPECT_EQ(folder_.read(outcome.path.text()), "whole");
}

TEST_F(Races, of_those_who_make_a_folder_or_move_to_a_name_exactly_one_wins) {
  std::atomic<int> made{0};
  std::atomic<int> moved{0};
  for (int i = 0; i < clients; ++i) folder_.write("from" + std::to_string(i), "x");
  together([&](int i) {
    if (ask(StoreVerb::make_folder, "/sub/").error == StoreError::none) ++made;
    const std::string from = "/from" + std::to_string(i);
    if (rename(StoreVerb::move, from, "/to", false).error == StoreError::none) ++moved;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(folder_.entries(), static_cast<std::size_t>(clients) + 1);
}

TEST_F(Races, anything_at_once_leaves_whole_files_and_no_temporary_ones) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  constexpr std::string_view names[] = {"/a", "/b", "/A"};
  together([&](int i) {
    std::mt19937 random(seed + static_cast<unsigned>(i));
    for (int step = 0; step < 40; ++step) {
      const std::string_view name = names[random() % 3];
      const std::string_view other = names[random() % 3];
      const std::string content(random() % 3000 + 1, static_cast<char>('a' + i));
      switch (random() % 6) {
        case 0: Client(store()).put(name, content); break;
        case 1: ask(StoreVerb::remove, name); break;
        case 2: rename(StoreVerb::move, name, other, random() % 2 == 0); break;
        case 3: rename(StoreVerb::copy, name, other, random() % 2 == 0); break;
        case 4: ask(StoreVerb::list, "/"); break;
        default: {
          Client client(store());
          if (client.create_resumable(name).error != StoreError::none) break;
          client.write(content);
          if (random() % 2) client.ask_open(StoreVerb::suspend);
        }
      }
    }
  });
  restart();
  sweep(wall_clock() + 30 * 24 * 3600);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    EXPECT_FALSE(name.starts_with(".overlap-")) << name;
    const std::string content = folder_.read(name).value();
    EXPECT_EQ(content.find_first_not_of(content.front()), std::string::npos) << name;
  }
  EXPECT_EQ(state_files(), 0u);
}

}  // namespace
}  // namespace overlap::store
