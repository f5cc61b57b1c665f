// The folder ".overlap-uploads" in the served folder: what the store must find again after a crash.
// No URL reaches it.
//
//   <id>.upload  the state of a resumable upload (upload_record.h)
//   folders      where temporary files were made, a line for each run of a store and folder:
//                "mark path". After a crash the files of that mark in that folder are deleted, and
//                no others: a store that serves a folder above or below this one makes temporary
//                files in the same folders, under marks of its own
//   lock         open while a store serves the folder
//
// Where it cannot be written, the store can be read from and nothing can be uploaded. When a store
// ends that has nothing to remember, it takes the folder away.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/cleaning.h"
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

// Where the temporary files of one run may lie.
struct NotedFolder {
  std::string mark;  // temporary.h
  std::wstring folder;
  auto operator<=>(const NotedFolder&) const = default;
};

// Thread-safe.
class StateFolder {
 public:
  // Makes the folder if it is missing, and locks it. Throws std::system_error naming `root` if
  // another process has locked it.
  StateFolder(const ServedFolder& folder, const std::string& root);

  // False if it cannot be locked, so that nothing in it may be touched.
  bool usable() const noexcept { return unusable_ == ERROR_SUCCESS; }

  // Of a temporary file that this run makes.
  std::string make_id() const;
  // To be called before the temporary file `path` is made, or gets there with its folder, so that
  // it is found after a crash. ERROR_SUCCESS, or why it cannot be written down: then it may not.
  DWORD note(const std::wstring& path);

  // What earlier runs have noted.
  DWORD read_list(std::vector<NotedFolder>& noted) const;
  // Begins the list anew with these, and where files were left behind.
  DWORD begin_list(const std::set<NotedFolder>& noted);
  // Something may lie where the list says that nothing else remembers: it must not be lost.
  void keep_list() noexcept { keep_list_.store(true, std::memory_order_relaxed); }
  // For the end, when no upload is remembered: removes the folder, unless it is still needed.
  void close();

  // A temporary file that could not be deleted, since another program holds it: tried again.
  void leave_behind(std::wstring path);
  // What could be deleted now.
  Deleted remove_left_behind();

 private:
  // Folders that are remembered: past it they are forgotten and may be noted twice.
  static constexpr std::size_t noted_max = 4096;
  static constexpr std::size_t left_behind_max = 4096;

  void lock(const std::string& root);

  const ServedFolder& folder_;
  const std::string mark_;  // of this run
  win::FileHandle lock_;
  DWORD unusable_ = ERROR_SUCCESS;  // why the folder cannot be written to

  std::atomic<bool> keep_list_{false};

  // Workers make temporary files at the same time; each must know that the line is written.
  std::mutex mutex_;
  LineFile list_;
  std::set<std::string> noted_;  // lines
  std::vector<std::wstring> left_behind_;
};

// Up to `bytes_max` bytes of a file from `offset` on, and its size.
DWORD read_part(const ServedFolder& folder, const std::wstring& path, std::uint64_t offset,
                std::size_t bytes_max, std::string& content, std::uint64_t& size);

}  // namespace overlap::store
