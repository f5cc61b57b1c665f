#include "service/management/admin_token.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "service/log/log.h"
#include "service/log/recent.h"
#include "service/log/wide.h"
#include "service/win/private_file.h"
#include "tests/server/folder.h"

namespace overlap::management {
namespace {

class AdminTokenFile : public testing::Test {
 protected:
  AdminTokenFile() { testing::internal::CaptureStderr(); }
  ~AdminTokenFile() override { testing::internal::GetCapturedStderr(); }

  // The token of the file, as whoever may read it has it.
  std::string token() const {
    std::string text = folder_.read("token").value_or("");
    EXPECT_TRUE(text.ends_with('\n'));
    text.pop_back();
    return text;
  }
  std::string refusal() const {
    try {
      const AdminToken made(path_);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "accepted";
  }
  // Of the newest record of the log.
  static std::string said() {
    const auto page = log::newest(config::Severity::debug, 1);
    return page.events.empty() ? "" : page.events.back().text;
  }
  static std::uint64_t records() {
    const auto page = log::newest(config::Severity::debug, 1);
    return page.events.empty() ? 0 : page.events.back().sequence;
  }

  test::Folder folder_;
  const std::string path_ = win::to_utf8((folder_.path() / "token").wstring());
};

TEST_F(AdminTokenFile, is_made_once) {
  EXPECT_TRUE(AdminToken::ensure(path_));
  EXPECT_NE(said().find(path_), std::string::npos) << said();
  const std::string first = token();
  EXPECT_GE(first.size(), 43u);  // 256 bits in base 64
  EXPECT_FALSE(AdminToken::ensure(path_));
  EXPECT_EQ(token(), first);
  EXPECT_EQ(folder_.entries(), 1u);
  EXPECT_FALSE(win::others_may_read(win::to_wide(path_)));
}

TEST_F(AdminTokenFile, is_another_one_each_time) {
  AdminToken::ensure(path_);
  const std::string first = token();
  AdminToken::rotate(path_);
  EXPECT_NE(token(), first);
  EXPECT_EQ(token().size(), first.size());
  EXPECT_FALSE(win::others_may_read(win::to_wide(path_)));
}

TEST_F(AdminTokenFile, admits_its_token_and_nothing_else) {
  AdminToken::ensure(path_);
  const AdminToken admin(path_);
  const std::string good = token();
  EXPECT_TRUE(admin.admits(good));
  EXPECT_FALSE(admin.admits(""));
  EXPECT_FALSE(admin.admits(good + "\n"));
  EXPECT_FALSE(admin.admits(good + "a"));
  EXPECT_FALSE(admin.admits(good.substr(1)));
  EXPECT_FALSE(admin.admits(std::string(1 << 20, 'a')));
  std::string other = good;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  EXPECT_FALSE(admin.admits(other));
}

TEST_F(AdminTokenFile, may_be_written_by_hand_within_its_bounds) {
  for (const std::size_t size : {admin_token_bytes_min, admin_token_bytes_max}) {
    for (const char* end : {"", "\n", "\r\n"}) {
      folder_.write("token", std::string(size, 't') + end);
      const AdminToken admin(path_);
      EXPECT_TRUE(admin.admits(std::string(size, 't'))) << size << end;
    }
  }
}

TEST_F(AdminTokenFile, that_is_no_token_is_refused_with_its_name) {
  const std::string almost(admin_token_bytes_min - 1, 't');
  const std::vector<std::string> wrong{"",
                                       "\n",
                                       almost,
                                       almost + "\n",
                                       std::string(admin_token_bytes_max + 1, 't'),
                                       almost + " t",
                                       almost + "\nt",
                                       almost + "\xC3\xA4",
                                       std::string(1 << 20, 't')};
  for (const std::string& text : wrong) {
    folder_.write("token", text);
    EXPECT_NE(refusal().find(path_), std::string::npos) << refusal();
  }
  std::filesystem::remove(folder_.path() / "token");
  EXPECT_NE(refusal().find(path_), std::string::npos) << refusal();
}

TEST_F(AdminTokenFile, that_others_may_read_is_a_warning) {
  folder_.write("token", std::string(40, 't'));
  const AdminToken admin(path_);
  const auto page = log::newest(config::Severity::warning, 1);
  ASSERT_FALSE(page.events.empty());
  EXPECT_NE(page.events[0].text.find("can be read by others"), std::string::npos);
  EXPECT_NE(page.events[0].text.find(path_), std::string::npos);
  EXPECT_TRUE(admin.admits(std::string(40, 't')));
}

TEST_F(AdminTokenFile, is_read_again_when_it_has_changed) {
  AdminToken::ensure(path_);
  AdminToken admin(path_);
  const std::string old = token();
  const std::uint64_t before = records();
  admin.refresh();
  EXPECT_EQ(records(), before) << said();
  AdminToken::rotate(path_);
  EXPECT_TRUE(admin.admits(old));
  admin.refresh();
  EXPECT_FALSE(admin.admits(old));
  EXPECT_TRUE(admin.admits(token()));
}

TEST_F(AdminTokenFile, stays_while_the_file_is_gone_or_wrong_and_says_so_once) {
  AdminToken::ensure(path_);
  AdminToken admin(path_);
  const std::string old = token();
  const auto says_once = [&] {
    const std::uint64_t before = records();
    for (int i = 0; i < 3; ++i) admin.refresh();
    EXPECT_EQ(records(), before + 1);
    EXPECT_NE(said().find("the token of before stays"), std::string::npos) << said();
    EXPECT_TRUE(admin.admits(old));
  };
  std::filesystem::remove(folder_.path() / "token");
  says_once();
  folder_.write("token", "short");
  says_once();
  AdminToken::rotate(path_);
  admin.refresh();
  EXPECT_FALSE(admin.admits(old));
  EXPECT_TRUE(admin.admits(token()));
}

TEST_F(AdminTokenFile, can_be_asked_while_it_is_exchanged) {
  AdminToken::ensure(path_);
  AdminToken admin(path_);
  const std::string old = token();
  std::jthread asker([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) EXPECT_FALSE(admin.admits(std::string(43, 'w')));
  });
  for (int i = 0; i < 20; ++i) {
    AdminToken::rotate(path_);
    admin.refresh();
    EXPECT_TRUE(admin.admits(token()));
  }
  EXPECT_FALSE(admin.admits(old));
}

}  // namespace
}  // namespace overlap::management
