// Uploads that can be resumed: append, checkpoint, suspend, query, cancel, expiry.
#include <windows.h>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

class Resumable : public StoreTest {
 protected:
  // An upload of "hello" that was interrupted after "he".
  std::string interrupted(std::string_view url = "/name", std::optional<std::uint64_t> length = 5) {
    Client client(store());
    const StoreOutcome created = client.create_resumable(url, length);
    EXPECT_EQ(created.error, StoreError::none);
    EXPECT_EQ(created.upload.offset, 0u);
    client.write("he");
    EXPECT_EQ(client.ask_open(StoreVerb::suspend).error, StoreError::none);
    return created.upload_id;
  }
  std::int64_t expire_seconds() const {
    return std::chrono::duration_cast<std::chrono::seconds>(uploads_.expire).count();
  }
};

TEST_F(Resumable, goes_on_where_it_was_suspended) {
  const std::string id = interrupted();
  EXPECT_EQ(query(id).upload.offset, 2u);
  EXPECT_EQ(query(id).upload.length, 5u);
  Client client(store());
  ASSERT_EQ(client.append(id, 2).error, StoreError::none);
  client.write("llo");
  const StoreOutcome outcome = client.commit();
  EXPECT_EQ(outcome.error, StoreError::none);
  EXPECT_TRUE(outcome.created);
  EXPECT_EQ(folder_.read("name"), "hello");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Resumable, tells_its_target_and_what_its_client_said_of_it) {
  Ask create = ask_for(StoreVerb::create, "/name");
  create.terms.resumable = true;
  create.terms.metadata = "filename d29ybGQ=";
  const std::string id = ask(create).upload_id;
  for (int starts = 0; starts < 2; ++starts) {
    EXPECT_EQ(query(id).metadata, "filename d29ybGQ=");
    EXPECT_EQ(query(id).path, path_of("/name"));
    EXPECT_EQ(Client(store()).append(id, 1).path, path_of("/name"));
    EXPECT_EQ(Client(store()).append(id, 0).path, path_of("/name"));
    restart();
  }
  Client client(store());
  ASSERT_EQ(client.append(id, 0).error, StoreError::none);
  EXPECT_EQ(client.commit().path, path_of("/name"));
}

TEST_F(Resumable, has_an_id_that_is_not_to_be_guessed) {
  const std::string one = interrupted("/one");
  const std::string other = interrupted("/other");
  EXPECT_EQ(one.size(), 32u);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one, other);
}

TEST_F(Resumable, is_known_to_be_complete_for_a_while) {
  const std::string id = interrupted();
  {
    Client client(store());
    ASSERT_EQ(client.append(id, 2).error, StoreError::none);
    client.write("llo");
    ASSERT_EQ(client.commit().error, StoreError::none);
  }
  for (int starts = 0; starts < 2; ++starts) {
    const StoreOutcome known = query(id);
    EXPECT_EQ(known.error, StoreError::none);
    EXPECT_TRUE(known.upload.complete);
    EXPECT_EQ(known.upload.offset, 5u);
    EXPECT_EQ(Client(store()).append(id, 5).error, StoreError::already_complete);
    restart();
  }
  sweep(wall_clock() + expire_seconds() + 1);
  EXPECT_EQ(query(id).error, StoreError::not_found);
  EXPECT_EQ(state_files(), 0u);
  EXPECT_EQ(folder_.read("name"), "hello");
}

TEST_F(Resumable, tells_where_to_go_on_if_the_offset_is_another) {
  const std::string id = interrupted();
  for (const std::uint64_t offset : {0u, 1u, 3u}) {
    const StoreOutcome outcome = Client(store()).append(id, offset);
    EXPECT_EQ(outcome.error, StoreError::wrong_offset);
    EXPECT_EQ(outcome.upload.offset, 2u);
  }
}

TEST_F(Resumable, keeps_to_the_length_that_was_given_first) {
  const std::string id = interrupted("/name", std::nullopt);
  const auto append_with = [&](std::uint64_t length) {
    Ask ask = ask_for(StoreVerb::append);
    ask.upload_id = id;
    ask.offset = 2;
    ask.terms.length = length;
    return this->ask(ask).error;
  };
  EXPECT_EQ(append_with(1), StoreError::wrong_length);
  EXPECT_EQ(append_with(2), StoreError::none);
  EXPECT_EQ(append_with(3), StoreError::wrong_length);
  EXPECT_EQ(append_with(2), StoreError::none);
  restart();
  EXPECT_EQ(query(id).upload.length, 2u);
}

TEST_F(Resumable, belongs_to_the_user_who_began_it) {
  Ask create = ask_for(StoreVerb::create, "/name");
  create.terms.resumable = true;
  create.user = "ann";
  const std::string id = ask(create).upload_id;
  for (int starts = 0; starts < 2; ++starts) {
    EXPECT_EQ(query(id, "ann").error, StoreError::none);
    EXPECT_EQ(query(id, "bob").error, StoreError::not_found);
    EXPECT_EQ(query(id).error, StoreError::not_found);
    EXPECT_EQ(Client(store()).append(id, 0, "bob").error, StoreError::not_found);
    Ask cancel = ask_for(StoreVerb::cancel);
    cancel.upload_id = id;
    cancel.user = "bob";
    EXPECT_EQ(ask(cancel).error, StoreError::not_found);
    restart();
  }
  EXPECT_EQ(Client(store()).append(id, 0, "ann").error, StoreError::none);
}

TEST_F(Resumable, loses_what_came_after_the_last_checkpoint_with_its_connection) {
  std::string id;
  {
    Client client(store());
    id = client.create_resumable("/name").upload_id;
    client.write("he");
    const StoreOutcome outcome = client.ask_open(StoreVerb::checkpoint);
    EXPECT_EQ(outcome.upload.offset, 2u);
    client.write("XYZ");
  }
  EXPECT_EQ(query(id).upload.offset, 2u);
  Client client(store());
  ASSERT_EQ(client.append(id, 2).error, StoreError::none);
  client.write("y");
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "hey");
}

TEST_F(Resumable, is_taken_from_a_connection_that_still_holds_it) {
  Client first(store());
  const std::string id = first.create_resumable("/name").upload_id;
  first.write("he");
  EXPECT_FALSE(first.is_revoked());
  Client second(store());
  EXPECT_EQ(second.append(id, 0).error, StoreError::upload_in_use);
  EXPECT_TRUE(first.is_revoked());
  EXPECT_EQ(first.ask_open(StoreVerb::suspend).error, StoreError::none);
  EXPECT_EQ(second.append(id, 2).error, StoreError::none);
}

TEST_F(Resumable, is_let_go_for_who_asks_how_much_it_holds) {
  Client first(store());
  const std::string id = first.create_resumable("/name").upload_id;
  first.write("he");
  EXPECT_EQ(query(id).error, StoreError::upload_in_use);
  EXPECT_TRUE(first.is_revoked());
  EXPECT_EQ(first.ask_open(StoreVerb::suspend).error, StoreError::none);
  EXPECT_EQ(query(id).error, StoreError::none);
  EXPECT_EQ(query(id).upload.offset, 2u);
}

TEST_F(Resumable, is_gone_when_it_is_cancelled) {
  const std::string id = interrupted();
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = id;
  EXPECT_EQ(ask(cancel).error, StoreError::none);
  EXPECT_EQ(ask(cancel).error, StoreError::not_found);
  EXPECT_EQ(query(id).error, StoreError::not_found);
  EXPECT_EQ(Client(store()).append(id, 2).error, StoreError::not_found);
  EXPECT_EQ(folder_.entries(), 0u);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Resumable, that_is_cancelled_under_a_connection_cannot_be_committed) {
  Client client(store());
  const std::string id = client.create_resumable("/name").upload_id;
  client.write("he");
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = id;
  EXPECT_EQ(ask(cancel).error, StoreError::none);
  EXPECT_TRUE(client.is_revoked());
  EXPECT_EQ(client.ask_open(StoreVerb::checkpoint).error, StoreError::not_found);
  EXPECT_EQ(client.commit().error, StoreError::not_found);
  EXPECT_EQ(folder_.entries(), 0u);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Resumable, is_gone_when_it_is_discarded) {
  Client client(store());
  const std::string id = client.create_resumable("/name").upload_id;
  client.write("he");
  EXPECT_EQ(client.ask_open(StoreVerb::discard).error, StoreError::none);
  EXPECT_EQ(query(id).error, StoreError::not_found);
  EXPECT_EQ(folder_.entries(), 0u);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Resumable, is_not_begun_past_the_share_of_a_user_and_others_have_places_left) {
  uploads_.unfinished_max = 130;  // half of it is more than the 64 that anybody may have
  restart();
  std::string last;
  for (int i = 0; i < 65; ++i) {
    const StoreOutcome begun = Client(store()).create_resumable("/" + std::to_string(i), 5, "ann");
    ASSERT_EQ(begun.error, StoreError::none) << i;
    last = begun.upload_id;
  }
  const auto begin = [this](const char* user) {
    return Client(store()).create_resumable("/more", 5, user).error;
  };
  EXPECT_EQ(begin("ann"), StoreError::too_many);
  EXPECT_EQ(begin("bob"), StoreError::none);
  restart();
  EXPECT_EQ(begin("ann"), StoreError::too_many);
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = last;
  cancel.user = "ann";
  ask(cancel);
  EXPECT_EQ(begin("ann"), StoreError::none);
}

TEST_F(Resumable, is_not_begun_past_the_bound_of_unfinished_ones) {
  uploads_.unfinished_max = 2;
  restart();
  const std::string one = interrupted("/one");
  interrupted("/two");
  EXPECT_EQ(Client(store()).create_resumable("/three").error, StoreError::too_many);
  EXPECT_EQ(folder_.entries(), 2u);
  EXPECT_EQ(state_files(), 2u);
  EXPECT_EQ(Client(store()).put("/plain", "x").error, StoreError::none);
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = one;
  ask(cancel);
  EXPECT_EQ(Client(store()).create_resumable("/three").error, StoreError::none);
}

TEST_F(Resumable, expires_at_its_time_and_not_before) {
  const std::int64_t begun = wall_clock();
  const std::string id = interrupted();
  const std::int64_t expires = query(id).upload.expires_unix_seconds;
  EXPECT_GE(expires, begun + expire_seconds());
  sweep(expires - 1);
  EXPECT_EQ(query(id).error, StoreError::none);
  EXPECT_EQ(folder_.entries(), 1u);
  sweep(expires);
  EXPECT_EQ(query(id).error, StoreError::not_found);
  EXPECT_EQ(folder_.entries(), 0u);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Resumable, does_not_expire_while_a_connection_writes_to_it) {
  Client client(store());
  const std::string id = client.create_resumable("/name").upload_id;
  client.write("he");
  store().sweep(wall_clock() + expire_seconds() + 1);
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "he");
}

TEST_F(Resumable, is_not_found_once_its_file_was_deleted) {
  const std::string id = interrupted();
  ASSERT_TRUE(DeleteFileW(native(".overlap-" + id).c_str()));
  EXPECT_EQ(Client(store()).append(id, 2).error, StoreError::not_found);
  EXPECT_EQ(query(id).error, StoreError::not_found);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Resumable, stays_unfinished_while_another_program_holds_its_target) {
  folder_.write("name", "old");
  const std::string id = interrupted();
  Client client(store());
  ASSERT_EQ(client.append(id, 2).error, StoreError::none);
  client.write("llo");
  {
    const win::FileHandle holder = hold("name", GENERIC_READ, 0);
    const StoreOutcome outcome = client.commit();
    EXPECT_EQ(outcome.error, StoreError::in_use);
    EXPECT_EQ(outcome.upload_id, id);
  }
  restart();
  Client again(store());
  ASSERT_EQ(again.append(id, 5).error, StoreError::none);
  EXPECT_EQ(again.commit().error, StoreError::none);
  EXPECT_EQ(folder_.read("name"), "hello");
}

TEST_F(Resumable, keeps_its_condition_over_a_restart) {
  Ask create = ask_for(StoreVerb::create, "/name");
  create.condition = if_none_match("*");
  create.terms.resumable = true;
  const std::string id = ask(create).upload_id;
  restart();
  folder_.write("name", "other");
  Client client(store());
  ASSERT_EQ(client.append(id, 0).error, StoreError::none);
  EXPECT_EQ(client.commit().error, StoreError::condition_failed);
  EXPECT_EQ(folder_.read("name"), "other");
  EXPECT_EQ(folder_.entries(), 1u);
  EXPECT_EQ(state_files(), 0u);
}

TEST_F(Resumable, keeps_its_folder_where_it_is_while_somebody_writes_to_it) {
  std::filesystem::create_directories(folder_.path() / "old");
  Client client(store());
  const std::string id = client.create_resumable("/old/name").upload_id;
  EXPECT_EQ(rename(StoreVerb::move, "/old/", "/new/").error, StoreError::in_use);
  EXPECT_FALSE(client.is_revoked());
  client.write("whole");
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(rename(StoreVerb::move, "/old/", "/new/").error, StoreError::none);
  EXPECT_EQ(folder_.read("new/name"), "whole");
}

TEST_F(Resumable, stays_where_it_was_if_its_folder_cannot_be_moved) {
  std::filesystem::create_directories(folder_.path() / "old");
  const std::string id = Client(store()).create_resumable("/old/name").upload_id;
  EXPECT_EQ(rename(StoreVerb::move, "/old/", "/none/new/").error, StoreError::no_folder);
  EXPECT_EQ(query(id).path.text(), "old/name");
  EXPECT_EQ(Client(store()).append(id, 0).error, StoreError::none);
}

TEST_F(Resumable, moves_with_its_folder) {
  std::filesystem::create_directory(folder_.path() / "old");
  const std::string id = interrupted("/old/name");
  EXPECT_EQ(rename(StoreVerb::move, "/old/", "/new/").error, StoreError::none);
  restart();
  Client client(store());
  ASSERT_EQ(client.append(id, 2).error, StoreError::none);
  client.write("llo");
  EXPECT_EQ(client.commit().error, StoreError::none);
  EXPECT_EQ(folder_.read("new/name"), "hello");
}

}  // namespace
}  // namespace overlap::store
