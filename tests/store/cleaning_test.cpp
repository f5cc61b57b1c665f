// What the store deletes of unfinished uploads, and tells: one event a pass.
#include <windows.h>

#include "service/log/log.h"
#include "service/log/recent.h"
#include "tests/store/bench.h"

namespace overlap::store {
namespace {

namespace fs = std::filesystem;

class Cleaning : public StoreTest {
 protected:
  Cleaning() : seen_(log::newest(config::Severity::debug, 1)) {}

  // An upload of two bytes and more to come.
  std::string interrupted(std::string_view url) {
    Client client(store());
    const std::string id = client.create_resumable(url, 5).upload_id;
    client.write("he");
    EXPECT_EQ(client.ask_open(StoreVerb::suspend).error, StoreError::none);
    return id;
  }
  std::uintmax_t bytes_of(const std::string& id) const {
    return fs::file_size(folder_.path() / (".overlap-" + id)) +
           fs::file_size(folder_.path() / ".overlap-uploads" / (id + ".upload"));
  }
  std::int64_t expired() const {
    return wall_clock() + std::chrono::duration_cast<std::chrono::seconds>(uploads_.expire).count();
  }
  // The texts of the events since the start of the test.
  std::vector<std::string> told() const {
    const std::uint64_t after = seen_.events.empty() ? 0 : seen_.events.back().sequence;
    const auto id = static_cast<std::uint32_t>(log::EventId::uploads_cleaned) & 0xFFFF;
    std::vector<std::string> texts;
    for (const auto& event : log::recent(after, config::Severity::info, log::recent_max).events)
      if (event.id == id) texts.push_back(event.text);
    return texts;
  }

 private:
  const management::EventPage seen_;
};

std::string text_of(std::size_t files, std::uintmax_t bytes, const std::string& why) {
  return "The store deleted " + std::to_string(files) + " files of unfinished uploads, " +
         std::to_string(bytes) + " bytes: " + why + ".";
}

TEST_F(Cleaning, of_expired_uploads_is_one_event_a_pass) {
  const std::string one = interrupted("/one");
  const std::string other = interrupted("/other");
  const std::uintmax_t bytes = bytes_of(one) + bytes_of(other);
  sweep(wall_clock());
  EXPECT_TRUE(told().empty());
  sweep(expired());
  ASSERT_EQ(told().size(), 1u);
  EXPECT_EQ(told()[0], text_of(4, bytes, "4 of expired uploads"));
  sweep(expired());
  EXPECT_EQ(told().size(), 1u);
}

TEST_F(Cleaning, of_what_is_remembered_of_a_complete_upload_is_no_event) {
  const std::string id = interrupted("/name");
  {
    Client client(store());
    ASSERT_EQ(client.append(id, 2).error, StoreError::none);
    client.write("llo");
    ASSERT_EQ(client.commit().error, StoreError::none);
  }
  ASSERT_EQ(state_files(), 1u);
  sweep(expired());
  EXPECT_EQ(state_files(), 0u);
  EXPECT_TRUE(told().empty());
}

TEST_F(Cleaning, of_what_an_earlier_run_has_left_is_one_event_of_the_start) {
  const std::string id = interrupted("/name");
  restart();
  EXPECT_TRUE(told().empty());  // it can go on
  stop();
  folder_.write(".overlap-" + id.substr(0, 8) + "445566778899aabbccddeeff", "as a crash leaves it");
  store_.emplace(config_, uploads_);
  ASSERT_EQ(told().size(), 1u);
  EXPECT_EQ(told()[0], text_of(1, 20, "1 left over by an earlier run"));
}

TEST_F(Cleaning, tells_later_of_a_file_that_another_program_holds) {
  const std::string id = interrupted("/name");
  const std::uintmax_t data = fs::file_size(folder_.path() / (".overlap-" + id));
  const std::uintmax_t state = bytes_of(id) - data;
  {
    const win::FileHandle holder = hold(".overlap-" + id, GENERIC_READ, FILE_SHARE_READ);
    sweep(expired());
    ASSERT_EQ(told().size(), 1u);
    EXPECT_EQ(told()[0], text_of(1, state, "1 of expired uploads"));
  }
  sweep(expired());
  ASSERT_EQ(told().size(), 2u);
  EXPECT_EQ(told()[1], text_of(1, data, "1 that another program had held"));
}

}  // namespace
}  // namespace overlap::store
