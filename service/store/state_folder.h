// The folder ".overlap-uploads" in the served folder: what the store must find again after a crash.
// No URL reaches it.
//
//   <id>.upload  the state of a resumable upload (upload_record.h)
//   folders      the folders in which temporary files were made, a line each
//   lock         open while a store serves the folder
//
// Where it cannot be written, the store can be read from and nothing can be uploaded.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/served_folder.h"

namespace overlap::store {

std::wstring state_folder_path();
std::wstring state_path(std::string_view name);  // of a file in it

// A file of lines that is only added to. One thread at a time.
class LineFile {
 public:
  // Opens or creates; `path` is relative to the served folder.
  static DWORD open(const ServedFolder& folder, const std::wstring& path, ULONG disposition,
                    LineFile& file);
  // Ends in a line feed. After a failure some of it may be there: the next line begins anew.
  DWORD append(std::string_view line);
  DWORD flush() const noexcept;
  void close() noexcept { file_.reset(); }
  explicit operator bool() const noexcept { return static_cast<bool>(file_); }
  // Replaces what is there.
  DWORD rename_to(const std::wstring& absolute) const {
    return rename(file_.get(), absolute, true);
  }
  // Deletes it by its handle, which stays open.
  DWORD remove() const noexcept { return mark_deleted(file_.get()); }

 private:
  win::FileHandle file_;
  bool torn_ = false;
};

// Thread-safe.
class StateFolder {
 public:
  // Makes the folder if it is missing, and locks it. Throws std::system_error naming `root` if
  // another process has locked it.
  StateFolder(const ServedFolder& folder, const std::string& root);

  // To be called before a temporary file is made in a folder, so that it is found after a crash.
  // ERROR_SUCCESS, or why it cannot be written down: then no file may be made.
  DWORD note_temporary_in(const std::wstring& folder);

  // The folders that earlier runs have noted.
  std::vector<std::wstring> noted_folders() const;
  // Begins the list anew with these.
  DWORD begin_list(const std::vector<std::wstring>& folders);

  // A temporary file that could not be deleted, since another program holds it: tried again.
  void leave_behind(std::wstring path);
  // How many could be deleted now.
  std::size_t remove_left_behind();

 private:
  // Folders that are remembered: past it they are forgotten and may be noted twice.
  static constexpr std::size_t noted_max = 4096;
  static constexpr std::size_t left_behind_max = 4096;

  const ServedFolder& folder_;
  win::FileHandle lock_;
  DWORD unusable_ = ERROR_SUCCESS;  // why the folder cannot be written to

  // Workers make temporary files at the same time; each must know that the line is written.
  std::mutex mutex_;
  LineFile list_;
  std::set<std::wstring> noted_;
  std::vector<std::wstring> left_behind_;
};

// Up to `bytes_max` bytes of a file from `offset` on, and its size.
DWORD read_part(const ServedFolder& folder, const std::wstring& path, std::uint64_t offset,
                std::size_t bytes_max, std::string& content, std::uint64_t& size);

}  // namespace overlap::store
