// Names: folders made, things removed, moved, copied, listed.
#include <windows.h>

#include <set>

#include "service/store/store_error.h"
#include "tests/store/bench.h"

namespace overlap::store {
namespace {

namespace fs = std::filesystem;

class Names : public StoreTest {
 protected:
  void make_folder(const char* name) { fs::create_directories(folder_.path() / name); }
  bool exists(const char* name) const { return fs::exists(folder_.path() / name); }
  void set_read_only(const char* name, bool on) const {
    SetFileAttributesW(native(name).c_str(), on ? FILE_ATTRIBUTE_READONLY : FILE_ATTRIBUTE_NORMAL);
  }
  std::set<std::string> listed(std::string_view url = "/") {
    const StoreOutcome outcome = ask(StoreVerb::list, url);
    EXPECT_EQ(outcome.error, StoreError::none);
    std::set<std::string> names;
    if (!outcome.listing) return names;
    for (const auto& entry : outcome.listing->entries) names.insert(entry.name);
    return names;
  }
};

// ---- make_folder -------------------------------------------------------------------------------

TEST_F(Names, a_folder_is_made_once) {
  const StoreOutcome made = ask(StoreVerb::make_folder, "/new/");
  EXPECT_EQ(made.error, StoreError::none);
  EXPECT_TRUE(made.created);
  EXPECT_TRUE(fs::is_directory(folder_.path() / "new"));
  EXPECT_EQ(ask(StoreVerb::make_folder, "/new/").error, StoreError::exists);
  EXPECT_EQ(ask(StoreVerb::make_folder, "/NEW/").error, StoreError::exists);
  EXPECT_EQ(ask(StoreVerb::make_folder, "/").error, StoreError::exists);
}

TEST_F(Names, a_folder_is_not_made_over_a_file_or_without_a_parent) {
  folder_.write("file", "x");
  EXPECT_EQ(ask(StoreVerb::make_folder, "/file/").error, StoreError::is_file);
  EXPECT_EQ(ask(StoreVerb::make_folder, "/none/new/").error, StoreError::no_folder);
  EXPECT_EQ(ask(StoreVerb::make_folder, "/file/new/").error, StoreError::no_folder);
  Ask make = ask_for(StoreVerb::make_folder, "/new/");
  make.condition = if_match("*");
  EXPECT_EQ(ask(make).error, StoreError::condition_failed);
}

// ---- remove ------------------------------------------------------------------------------------

TEST_F(Names, a_file_is_removed) {
  folder_.write("file", "x");
  EXPECT_EQ(ask(StoreVerb::remove, "/file/").error, StoreError::is_file);
  EXPECT_EQ(ask(StoreVerb::remove, "/file").error, StoreError::none);
  EXPECT_FALSE(exists("file"));
  EXPECT_EQ(ask(StoreVerb::remove, "/file").error, StoreError::not_found);
  EXPECT_EQ(ask(StoreVerb::remove, "/none/file").error, StoreError::not_found);
}

TEST_F(Names, a_folder_is_removed_if_it_is_empty) {
  make_folder("sub");
  folder_.write("sub/file", "x");
  EXPECT_EQ(ask(StoreVerb::remove, "/sub/").error, StoreError::not_empty);
  EXPECT_EQ(ask(StoreVerb::remove, "/sub/file").error, StoreError::none);
  EXPECT_EQ(ask(StoreVerb::remove, "/sub/").error, StoreError::none);
  EXPECT_FALSE(exists("sub"));
}

TEST_F(Names, a_folder_with_an_unfinished_upload_is_not_empty) {
  make_folder("sub");
  const std::string id = Client(store()).create_resumable("/sub/name").upload_id;
  EXPECT_EQ(ask(StoreVerb::remove, "/sub/").error, StoreError::not_empty);
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = id;
  EXPECT_EQ(ask(cancel).error, StoreError::none);
  EXPECT_EQ(ask(StoreVerb::remove, "/sub/").error, StoreError::none);
}

TEST_F(Names, the_served_folder_is_never_removed_or_moved) {
  EXPECT_EQ(ask(StoreVerb::remove, "/").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::move, "/", "/sub/").error, StoreError::access_denied);
  make_folder("sub");
  EXPECT_EQ(rename(StoreVerb::move, "/sub/", "/").error, StoreError::exists);
  EXPECT_EQ(rename(StoreVerb::copy, "/", "/copy").error, StoreError::is_folder);
}

TEST_F(Names, what_is_read_only_is_not_removed_moved_or_replaced) {
  folder_.write("file", "x");
  folder_.write("other", "y");
  set_read_only("file", true);
  EXPECT_EQ(ask(StoreVerb::remove, "/file").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/new").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::move, "/other", "/file").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::copy, "/other", "/file").error, StoreError::access_denied);
  set_read_only("file", false);
  EXPECT_EQ(folder_.read("file"), "x");
  EXPECT_EQ(folder_.read("other"), "y");
}

TEST_F(Names, what_another_program_holds_is_in_use) {
  folder_.write("file", "x");
  folder_.write("other", "y");
  const win::FileHandle holder = hold("file", GENERIC_READ, FILE_SHARE_READ);
  EXPECT_EQ(ask(StoreVerb::remove, "/file").error, StoreError::in_use);
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/new").error, StoreError::in_use);
  EXPECT_EQ(rename(StoreVerb::move, "/other", "/file").error, StoreError::in_use);
  EXPECT_EQ(rename(StoreVerb::copy, "/other", "/file").error, StoreError::in_use);
  EXPECT_EQ(folder_.entries(), 2u);
}

TEST_F(Names, conditions_are_of_what_is_removed_moved_or_copied) {
  const std::string tag = tag_of(Client(store()).put("/file", "x").info);
  const auto outcome = [&](StoreVerb verb, const std::string& wanted) {
    Ask ask = ask_for(verb, "/file");
    ask.destination = path_of("/new");
    ask.condition = if_match(wanted);
    return this->ask(ask).error;
  };
  for (const StoreVerb verb : {StoreVerb::remove, StoreVerb::move, StoreVerb::copy}) {
    EXPECT_EQ(outcome(verb, "\"other\""), StoreError::condition_failed);
  }
  EXPECT_EQ(outcome(StoreVerb::copy, tag), StoreError::none);
  EXPECT_EQ(outcome(StoreVerb::move, tag), StoreError::none);
  EXPECT_EQ(folder_.entries(), 1u);
}

// ---- move --------------------------------------------------------------------------------------

TEST_F(Names, a_file_is_moved_and_keeps_its_validator) {
  const StoreOutcome put = Client(store()).put("/file", "x");
  make_folder("sub");
  const StoreOutcome moved = rename(StoreVerb::move, "/file", "/sub/new");
  EXPECT_EQ(moved.error, StoreError::none);
  EXPECT_TRUE(moved.created);
  EXPECT_FALSE(exists("file"));
  EXPECT_EQ(tag_of(ask(StoreVerb::open, "/sub/new").info), tag_of(put.info));
}

TEST_F(Names, a_move_replaces_a_file_only_if_it_may) {
  folder_.write("file", "x");
  folder_.write("other", "y");
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/other", false).error, StoreError::exists);
  EXPECT_EQ(folder_.read("other"), "y");
  const StoreOutcome moved = rename(StoreVerb::move, "/file", "/other");
  EXPECT_EQ(moved.error, StoreError::none);
  EXPECT_FALSE(moved.created);
  EXPECT_EQ(folder_.read("other"), "x");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Names, a_folder_is_moved_with_what_is_in_it_and_replaces_nothing) {
  make_folder("one/deep");
  folder_.write("one/deep/file", "x");
  make_folder("two");
  folder_.write("file", "y");
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/two/").error, StoreError::exists);
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/file").error, StoreError::exists);
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/two").error, StoreError::is_folder);
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/new/").error, StoreError::is_file);
  EXPECT_EQ(rename(StoreVerb::move, "/file/", "/new").error, StoreError::is_file);
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/two/one/").error, StoreError::none);
  EXPECT_EQ(folder_.read("two/one/deep/file"), "x");
}

TEST_F(Names, nothing_is_moved_into_or_onto_itself) {
  make_folder("one");
  folder_.write("file", "x");
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/one/two/").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/ONE/two/").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/one/").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/file").error, StoreError::access_denied);
  EXPECT_EQ(rename(StoreVerb::copy, "/file", "/FILE").error, StoreError::access_denied);
  // Not inside: a name that only begins alike.
  EXPECT_EQ(rename(StoreVerb::move, "/one/", "/onetwo/").error, StoreError::none);
}

TEST_F(Names, a_name_may_change_in_case_alone) {
  folder_.write("file", "x");
  make_folder("sub");
  EXPECT_EQ(rename(StoreVerb::move, "/file", "/FILE", false).error, StoreError::none);
  EXPECT_EQ(rename(StoreVerb::move, "/sub/", "/Sub/").error, StoreError::none);
  // Wine says that it has done so, and keeps the name as it was.
  if (!GetProcAddress(GetModuleHandleW(L"ntdll"), "wine_get_version")) {
    EXPECT_EQ(listed(), (std::set<std::string>{"FILE", "Sub"}));
  }
  EXPECT_EQ(folder_.entries(), 2u);
  EXPECT_EQ(folder_.read("FILE"), "x");
}

TEST_F(Names, what_is_missing_is_not_moved_or_copied) {
  folder_.write("file", "x");
  for (const StoreVerb verb : {StoreVerb::move, StoreVerb::copy}) {
    EXPECT_EQ(rename(verb, "/none", "/new").error, StoreError::not_found);
    EXPECT_EQ(rename(verb, "/file", "/none/new").error, StoreError::no_folder);
  }
  EXPECT_EQ(folder_.entries(), 1u);
}

// ---- copy --------------------------------------------------------------------------------------

TEST_F(Names, a_copy_is_another_file_with_the_same_content) {
  std::string content(3 * 1024 * 1024 + 17, 'x');
  for (std::size_t i = 0; i < content.size(); i += 997) content[i] = static_cast<char>(i);
  folder_.write("file", content);
  const StoreOutcome copied = rename(StoreVerb::copy, "/file", "/copy");
  EXPECT_EQ(copied.error, StoreError::none);
  EXPECT_TRUE(copied.created);
  EXPECT_EQ(copied.info.size, content.size());
  EXPECT_EQ(folder_.read("copy"), content);
  EXPECT_EQ(folder_.read("file"), content);
  EXPECT_EQ(tag_of(ask(StoreVerb::open, "/copy").info), tag_of(copied.info));
  EXPECT_NE(ask(StoreVerb::open, "/file").info.file_id, copied.info.file_id);
}

TEST_F(Names, an_empty_file_is_copied) {
  folder_.write("file", "");
  EXPECT_EQ(rename(StoreVerb::copy, "/file", "/copy").error, StoreError::none);
  EXPECT_EQ(folder_.read("copy"), "");
}

TEST_F(Names, a_copy_replaces_a_file_only_if_it_may) {
  folder_.write("file", "x");
  folder_.write("other", "y");
  make_folder("sub");
  EXPECT_EQ(rename(StoreVerb::copy, "/file", "/other", false).error, StoreError::exists);
  EXPECT_EQ(rename(StoreVerb::copy, "/file", "/sub").error, StoreError::is_folder);
  EXPECT_EQ(rename(StoreVerb::copy, "/file", "/sub/").error, StoreError::is_folder);
  EXPECT_EQ(rename(StoreVerb::copy, "/sub/", "/new/").error, StoreError::is_folder);
  EXPECT_EQ(folder_.read("other"), "y");
  EXPECT_FALSE(rename(StoreVerb::copy, "/file", "/other").created);
  EXPECT_EQ(folder_.read("other"), "x");
  EXPECT_EQ(folder_.entries(), 3u);
}

TEST_F(Names, what_somebody_writes_to_is_not_copied) {
  folder_.write("file", "x");
  const win::FileHandle writer = hold("file", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE);
  EXPECT_EQ(rename(StoreVerb::copy, "/file", "/copy").error, StoreError::in_use);
  EXPECT_EQ(folder_.entries(), 1u);
}

// ---- list --------------------------------------------------------------------------------------

TEST_F(Names, a_listing_tells_name_kind_size_and_time) {
  const StoreOutcome put = Client(store()).put("/file", "12345");
  make_folder("sub");
  const StoreOutcome outcome = ask(StoreVerb::list, "/");
  ASSERT_EQ(outcome.error, StoreError::none);
  ASSERT_EQ(outcome.listing->entries.size(), 2u);
  EXPECT_EQ(outcome.listing->next, "");
  EXPECT_EQ(outcome.listing->entries[0].name, "sub");
  EXPECT_TRUE(outcome.listing->entries[0].folder);
  const auto& file = outcome.listing->entries[1];
  EXPECT_EQ(file.name, "file");
  EXPECT_FALSE(file.folder);
  EXPECT_EQ(file.size, 5u);
  EXPECT_EQ(file.modified_unix_seconds, put.info.modified_unix_seconds);
}

TEST_F(Names, a_listing_leaves_out_what_no_url_can_name) {
  Client upload(store());
  ASSERT_EQ(upload.create("/upload").error, StoreError::none);
  folder_.write("file", "");
  // Deleted with their handles: no other program could name them.
  std::vector<win::FileHandle> odd;
  for (const wchar_t* name : {L"nul", L"end.", L"end ", L"LONGNA~1.TXT", L"\xD800x"}) {
    odd.emplace_back(CreateFileW((native("") + name).c_str(), GENERIC_WRITE | DELETE, 0, nullptr,
                                 CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, nullptr));
    // Wine cannot make the last one, whose name is not UTF-16.
    EXPECT_TRUE(odd.back() || odd.size() == 5) << name;
  }
  EXPECT_EQ(listed(), std::set<std::string>{"file"});
}

TEST_F(Names, a_folder_is_listed_page_by_page) {
  make_folder("sub");
  for (int i = 0; i < 25; ++i) folder_.write("sub/" + std::to_string(100 + i), "");
  Ask list = ask_for(StoreVerb::list, "/sub/");
  list.list.entries_max = 10;
  std::vector<std::string> names;
  for (int pages = 0; pages < 3; ++pages) {
    const StoreOutcome outcome = ask(list);
    for (const auto& entry : outcome.listing->entries) names.push_back(entry.name);
    list.list.after = outcome.listing->next;
  }
  EXPECT_EQ(list.list.after, "");
  ASSERT_EQ(names.size(), 25u);
  for (int i = 0; i < 25; ++i)
    EXPECT_EQ(names[static_cast<std::size_t>(i)], std::to_string(100 + i));
}

TEST_F(Names, only_a_folder_is_listed) {
  folder_.write("file", "");
  make_folder("empty");
  EXPECT_EQ(ask(StoreVerb::list, "/file/").error, StoreError::is_file);
  EXPECT_EQ(ask(StoreVerb::list, "/none/").error, StoreError::not_found);
  EXPECT_EQ(listed("/empty/"), std::set<std::string>{});
}

// ---- names -------------------------------------------------------------------------------------

TEST_F(Names, are_kept_as_they_were_given) {
  // Hangul and Latin, composed and decomposed: four names; and one outside the basic plane.
  const std::set<std::string> names{"\xED\x95\x9C", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB",
                                    "\xC3\xA9", "e\xCC\x81", "\xF0\x9F\x98\x80.txt"};
  for (const std::string& name : names) {
    EXPECT_EQ(Client(store()).put("/" + encode_segment(name), name).error, StoreError::none);
  }
  EXPECT_EQ(listed(), names);
  for (const std::string& name : names) {
    Client client(store());
    ASSERT_EQ(client.ask(StoreVerb::open, "/" + encode_segment(name)).error, StoreError::none);
    EXPECT_EQ(client.read(), name);
  }
}

TEST_F(Names, may_be_far_longer_than_260) {
  // Windows allows more; a path of Linux, on which Wine stands, ends at 4096 bytes.
  constexpr std::size_t units_max = 3900;
  std::vector<std::string> folders{""};
  while (folders.back().size() + 202 < units_max) {
    folders.push_back(folders.back() + '/' + std::string(199, 'd'));
    ASSERT_EQ(ask(StoreVerb::make_folder, folders.back() + '/').error, StoreError::none);
  }
  const std::string& folder = folders.back();
  const std::string file = folder + '/' + std::string(units_max - folder.size() - 1, 'f');
  EXPECT_EQ(Client(store()).put(file, "far").error, StoreError::none);
  {
    Client client(store());
    EXPECT_EQ(client.ask(StoreVerb::open, file).error, StoreError::none);
    EXPECT_EQ(client.read(), "far");
  }
  EXPECT_EQ(listed(folder + '/').size(), 1u);
  EXPECT_EQ(rename(StoreVerb::move, file, folder + "/moved").error, StoreError::none);
  EXPECT_EQ(rename(StoreVerb::copy, folder + "/moved", file).error, StoreError::none);
  const std::string id = Client(store()).create_resumable(folder + "/more").upload_id;
  restart();
  EXPECT_EQ(query(id).error, StoreError::none);
  Ask cancel = ask_for(StoreVerb::cancel);
  cancel.upload_id = id;
  EXPECT_EQ(ask(cancel).error, StoreError::none);
  EXPECT_EQ(ask(StoreVerb::remove, file).error, StoreError::none);
  EXPECT_EQ(ask(StoreVerb::remove, folder + "/moved").error, StoreError::none);
  for (; folders.size() > 1; folders.pop_back()) {
    EXPECT_EQ(ask(StoreVerb::remove, folders.back() + '/').error, StoreError::none);
  }
}

TEST(StoreErrors, have_an_answer_for_every_kind_of_windows_error) {
  EXPECT_EQ(store_error(ERROR_SUCCESS), StoreError::none);
  EXPECT_EQ(store_error(ERROR_FILE_NOT_FOUND), StoreError::not_found);
  EXPECT_EQ(store_error(ERROR_PATH_NOT_FOUND), StoreError::not_found);
  EXPECT_EQ(store_error(link_encountered), StoreError::not_found);
  EXPECT_EQ(store_error(ERROR_ACCESS_DENIED), StoreError::access_denied);
  EXPECT_EQ(store_error(ERROR_WRITE_PROTECT), StoreError::access_denied);
  EXPECT_EQ(store_error(ERROR_SHARING_VIOLATION), StoreError::in_use);
  EXPECT_EQ(store_error(ERROR_LOCK_VIOLATION), StoreError::in_use);
  EXPECT_EQ(store_error(ERROR_USER_MAPPED_FILE), StoreError::in_use);
  EXPECT_EQ(store_error(ERROR_DISK_FULL), StoreError::no_space);
  EXPECT_EQ(store_error(ERROR_HANDLE_DISK_FULL), StoreError::no_space);
  EXPECT_EQ(store_error(ERROR_FILENAME_EXCED_RANGE), StoreError::name_too_long);
  EXPECT_EQ(store_error(ERROR_ALREADY_EXISTS), StoreError::exists);
  EXPECT_EQ(store_error(ERROR_DIR_NOT_EMPTY), StoreError::not_empty);
  EXPECT_EQ(store_error(ERROR_DIRECTORY), StoreError::is_file);
  EXPECT_EQ(store_error(folder_as_file), StoreError::is_folder);
  EXPECT_EQ(store_error(ERROR_CRC), StoreError::failed);
  EXPECT_EQ(write_failure(ERROR_PATH_NOT_FOUND).error, StoreError::no_folder);
  EXPECT_EQ(write_failure(link_encountered).error, StoreError::access_denied);
}

}  // namespace
}  // namespace overlap::store
