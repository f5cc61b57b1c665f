// Other settings for a gatekeeper that is in use.
#include <gtest/gtest.h>

#include "cheap.h"
#include "service/access/gatekeeper.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "tests/server/folder.h"

namespace overlap::access {
namespace {

class GatekeeperReload : public testing::Test {
 protected:
  GatekeeperReload() { testing::internal::CaptureStderr(); }
  ~GatekeeperReload() override { testing::internal::GetCapturedStderr(); }

  std::string path(const std::string& name) const {
    return win::to_utf8((folder_.path() / name).wstring());
  }
  config::Access with(const std::string& name) const {
    config::Access access;
    access.users_file = path(name);
    return access;
  }
  // A file with that one user.
  void put(const std::string& file, const std::string& user) const {
    UsersFile(path(file)).update([&](std::vector<UserRecord>& users) {
      users = {user_with_password(user, "secret")};
    });
  }
  std::string refusal(const Gatekeeper& gatekeeper, const config::Access& access) const {
    try {
      gatekeeper.prepare(access);
    } catch (const scm::StartError& error) {
      EXPECT_EQ(error.code(), scm::ExitCode::config);
      return error.what();
    }
    return "accepted";
  }
  static bool knows(const Gatekeeper& gatekeeper, const std::string& name) {
    return gatekeeper.named(name) != nullptr;
  }

  test::Folder folder_;
};

TEST_F(GatekeeperReload, prepares_without_changing_anything) {
  put("one", "ann");
  put("two", "bob");
  Gatekeeper gatekeeper(with("one"));
  config::Access next = with("two");
  next.anonymous_read = true;
  const Identity before = gatekeeper.anonymous();
  auto prepared = gatekeeper.prepare(next);
  EXPECT_TRUE(knows(gatekeeper, "ann"));
  EXPECT_FALSE(knows(gatekeeper, "bob"));
  EXPECT_EQ(gatekeeper.anonymous(), before);
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "ann"));
  gatekeeper.commit(std::move(prepared));
  EXPECT_FALSE(knows(gatekeeper, "ann"));
  EXPECT_TRUE(knows(gatekeeper, "bob"));
  EXPECT_NE(gatekeeper.anonymous(), before);
}

TEST_F(GatekeeperReload, looks_after_the_new_file_and_no_more_after_the_old_one) {
  put("one", "ann");
  put("two", "bob");
  Gatekeeper gatekeeper(with("one"));
  gatekeeper.commit(gatekeeper.prepare(with("two")));
  put("one", "carl");
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "bob"));
  EXPECT_FALSE(knows(gatekeeper, "carl"));
  put("two", "dora");
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "dora"));
}

TEST_F(GatekeeperReload, reads_a_file_that_changed_between_the_two_steps) {
  put("one", "ann");
  put("two", "bob");
  Gatekeeper gatekeeper(with("one"));
  auto prepared = gatekeeper.prepare(with("two"));
  put("two", "dora");
  gatekeeper.commit(std::move(prepared));
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "dora"));
}

TEST_F(GatekeeperReload, forgets_its_users_if_no_file_is_named) {
  put("one", "ann");
  Gatekeeper gatekeeper(with("one"));
  gatekeeper.commit(gatekeeper.prepare({}));
  EXPECT_FALSE(knows(gatekeeper, "ann"));
  EXPECT_FALSE(gatekeeper.knows_users());
  put("one", "bob");
  gatekeeper.refresh();
  EXPECT_FALSE(gatekeeper.knows_users());
}

TEST_F(GatekeeperReload, gets_its_first_users) {
  put("one", "ann");
  Gatekeeper gatekeeper(config::Access{});
  EXPECT_FALSE(gatekeeper.knows_users());
  gatekeeper.commit(gatekeeper.prepare(with("one")));
  EXPECT_TRUE(knows(gatekeeper, "ann"));
}

TEST_F(GatekeeperReload, refuses_users_that_are_wrong_and_keeps_its_own) {
  put("one", "ann");
  folder_.write("wrong", "[[user]]\nname = 1\n");
  std::filesystem::create_directories(folder_.path() / "folder");
  Gatekeeper gatekeeper(with("one"));
  EXPECT_NE(refusal(gatekeeper, with("wrong")).find(path("wrong")), std::string::npos)
      << refusal(gatekeeper, with("wrong"));
  EXPECT_NE(refusal(gatekeeper, with("folder")).find(path("folder")), std::string::npos)
      << refusal(gatekeeper, with("folder"));
  EXPECT_TRUE(knows(gatekeeper, "ann"));
}

// A program that saves in place empties the file first: a reload in that moment must not take the
// users away.
TEST_F(GatekeeperReload, refuses_the_file_in_use_while_it_is_gone_or_empty) {
  put("one", "ann");
  Gatekeeper gatekeeper(with("one"));
  folder_.write("one", "");
  EXPECT_NE(refusal(gatekeeper, with("one")).find(path("one")), std::string::npos);
  std::filesystem::remove(folder_.path() / "one");
  EXPECT_NE(refusal(gatekeeper, with("one")).find(path("one")), std::string::npos);
  EXPECT_TRUE(knows(gatekeeper, "ann"));
  EXPECT_EQ(refusal(gatekeeper, with("another that is not made yet")), "accepted");
}

TEST_F(GatekeeperReload, goes_on_without_a_file_that_was_never_made) {
  Gatekeeper gatekeeper(with("one"));
  EXPECT_EQ(refusal(gatekeeper, with("one")), "accepted");
  gatekeeper.commit(gatekeeper.prepare(with("one")));
  put("one", "ann");
  gatekeeper.refresh();
  EXPECT_TRUE(knows(gatekeeper, "ann"));
}

TEST_F(GatekeeperReload, leaves_sessions_what_they_have) {
  put("one", "ann");
  Gatekeeper gatekeeper(with("one"));
  const Identity session = gatekeeper.named("ann");
  ASSERT_NE(session, nullptr);
  gatekeeper.commit(gatekeeper.prepare({}));
  EXPECT_NE(session, nullptr);
  EXPECT_EQ(session.use_count(), 1);
}

}  // namespace
}  // namespace overlap::access
