// A folder for one test, removed with it.
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <windows.h>

namespace overlap::test {

class Folder {
 public:
  Folder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("overlap-test-" + std::to_string(GetCurrentProcessId()) + "-" +
             std::to_string(count.fetch_add(1)));
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;  // a test has left something open: its own check says so
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  std::optional<std::string> read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  // How many names it holds, but for the store's own folder of unfinished uploads.
  std::size_t entries() const {
    const auto names = std::filesystem::directory_iterator(path_);
    return static_cast<std::size_t>(
        std::count_if(begin(names), end(names), [](const std::filesystem::directory_entry& entry) {
          return entry.path().filename() != ".overlap-uploads";
        }));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace overlap::test
