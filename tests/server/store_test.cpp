// The synchronous file calls, on the real file system.
#include <gtest/gtest.h>

#include "common/path/windows_name.h"
#include "service/store/file_calls.h"
#include "tests/server/folder.h"

namespace overlap::store {
namespace {

using test::Folder;

std::wstring path_in(const Folder& folder, const char* name) {
  return L"\\\\?\\" + (folder.path() / name).wstring();
}

std::unique_ptr<Upload> begin(const Folder& folder, const char* name, std::string_view content) {
  std::unique_ptr<Upload> upload;
  win::FileHandle file;
  EXPECT_EQ(PendingFile::create(path_in(folder, name), content.size(), upload, file).error,
            StoreError::none);
  OVERLAPPED at{};
  const win::KernelHandle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  at.hEvent = done.get();
  DWORD written = 0;
  WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), nullptr, &at);
  EXPECT_TRUE(GetOverlappedResult(file.get(), &at, &written, TRUE));
  EXPECT_EQ(written, content.size());
  return upload;
}

StoreOutcome commit(std::unique_ptr<Upload>& upload) {
  return static_cast<PendingFile&>(*upload).commit(config::FlushPolicy::file);
}

TEST(PendingFile, is_invisible_until_it_is_committed) {
  const Folder folder;
  folder.write("name", "old");
  auto upload = begin(folder, "name", "new");
  EXPECT_EQ(folder.read("name"), "old");
  EXPECT_EQ(folder.entries(), 2u);
  const StoreOutcome outcome = commit(upload);
  EXPECT_EQ(outcome.error, StoreError::none);
  EXPECT_FALSE(outcome.created);
  EXPECT_EQ(outcome.info.size, 3u);
  EXPECT_EQ(folder.read("name"), "new");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(PendingFile, says_whether_the_name_is_new) {
  const Folder folder;
  auto upload = begin(folder, "name", "new");
  EXPECT_TRUE(commit(upload).created);
}

TEST(PendingFile, is_deleted_when_it_is_discarded) {
  const Folder folder;
  folder.write("name", "old");
  begin(folder, "name", "new").reset();
  EXPECT_EQ(folder.read("name"), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(PendingFile, reports_a_target_that_another_program_holds_and_leaves_nothing) {
  const Folder folder;
  folder.write("name", "old");
  auto upload = begin(folder, "name", "new");
  {
    const win::FileHandle holder(CreateFileW(path_in(folder, "name").c_str(), GENERIC_READ, 0,
                                             nullptr, OPEN_EXISTING, 0, nullptr));
    ASSERT_TRUE(holder);
    EXPECT_EQ(commit(upload).error, StoreError::in_use);
    upload.reset();
  }
  EXPECT_EQ(folder.read("name"), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(PendingFile, refuses_a_folder_and_a_missing_parent) {
  const Folder folder;
  std::filesystem::create_directory(folder.path() / "sub");
  std::unique_ptr<Upload> upload;
  win::FileHandle file;
  EXPECT_EQ(PendingFile::create(path_in(folder, "sub"), 0, upload, file).error,
            StoreError::is_folder);
  EXPECT_EQ(PendingFile::create(path_in(folder, "missing\\name"), 0, upload, file).error,
            StoreError::not_found);
  EXPECT_FALSE(upload);
}

TEST(PendingFile, refuses_a_target_that_is_read_only) {
  const Folder folder;
  folder.write("name", "old");
  const std::wstring path = path_in(folder, "name");
  ASSERT_TRUE(SetFileAttributesW(path.c_str(), FILE_ATTRIBUTE_READONLY));
  std::unique_ptr<Upload> upload;
  win::FileHandle file;
  EXPECT_EQ(PendingFile::create(path, 3, upload, file).error, StoreError::access_denied);
  SetFileAttributesW(path.c_str(), FILE_ATTRIBUTE_NORMAL);
  EXPECT_EQ(folder.read("name"), "old");
}

TEST(PendingFile, gives_the_validator_that_a_reader_gets_afterwards) {
  const Folder folder;
  auto upload = begin(folder, "name", "new");
  const StoreOutcome committed = commit(upload);
  upload.reset();
  win::FileHandle file;
  const StoreOutcome found = open_for_reading(path_in(folder, "name"), file);
  EXPECT_EQ(committed.info.modified_ticks, found.info.modified_ticks);
  EXPECT_EQ(committed.info.file_id, found.info.file_id);
}

TEST(PendingFile, refuses_more_than_the_disk_can_hold_before_a_byte_is_sent) {
  const Folder folder;
  std::unique_ptr<Upload> upload;
  win::FileHandle file;
  EXPECT_EQ(
      PendingFile::create(path_in(folder, "name"), std::uint64_t{1} << 60, upload, file).error,
      StoreError::no_space);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(OpenForReading, tells_files_folders_and_missing_names_apart) {
  const Folder folder;
  folder.write("name", "12345");
  std::filesystem::create_directory(folder.path() / "sub");
  win::FileHandle file;
  const StoreOutcome found = open_for_reading(path_in(folder, "name"), file);
  EXPECT_EQ(found.error, StoreError::none);
  EXPECT_EQ(found.info.size, 5u);
  EXPECT_GT(found.info.modified_unix_seconds, 1'600'000'000);
  EXPECT_EQ(open_for_reading(path_in(folder, "sub"), file).error, StoreError::is_folder);
  EXPECT_EQ(open_for_reading(path_in(folder, "missing"), file).error, StoreError::not_found);
  EXPECT_EQ(open_for_reading(path_in(folder, "no\\such"), file).error, StoreError::not_found);
}

TEST(OpenForReading, gives_another_identity_after_the_file_was_replaced) {
  const Folder folder;
  folder.write("name", "first");
  win::FileHandle file;
  const StoreOutcome before = open_for_reading(path_in(folder, "name"), file);
  file.reset();
  auto upload = begin(folder, "name", "other");
  ASSERT_EQ(commit(upload).error, StoreError::none);
  const StoreOutcome after = open_for_reading(path_in(folder, "name"), file);
  EXPECT_TRUE(before.info.file_id != after.info.file_id ||
              before.info.modified_ticks != after.info.modified_ticks);
}

TEST(StoreError, has_an_answer_for_every_kind_of_windows_error) {
  EXPECT_EQ(store_error(ERROR_SUCCESS), StoreError::none);
  EXPECT_EQ(store_error(ERROR_FILE_NOT_FOUND), StoreError::not_found);
  EXPECT_EQ(store_error(ERROR_PATH_NOT_FOUND), StoreError::not_found);
  EXPECT_EQ(store_error(ERROR_ACCESS_DENIED), StoreError::access_denied);
  EXPECT_EQ(store_error(ERROR_SHARING_VIOLATION), StoreError::in_use);
  EXPECT_EQ(store_error(ERROR_LOCK_VIOLATION), StoreError::in_use);
  EXPECT_EQ(store_error(ERROR_DISK_FULL), StoreError::no_space);
  EXPECT_EQ(store_error(ERROR_HANDLE_DISK_FULL), StoreError::no_space);
  EXPECT_EQ(store_error(ERROR_FILENAME_EXCED_RANGE), StoreError::name_too_long);
  EXPECT_EQ(store_error(ERROR_CRC), StoreError::failed);
}

}  // namespace
}  // namespace overlap::store
