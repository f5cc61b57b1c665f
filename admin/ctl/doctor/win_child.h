// A program that is run and waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace overlap::ctl::doctor {

// A folder that nobody but administrators and who made it can look into; removed with all that is
// in it when this ends.
class PrivateFolder {
 public:
  PrivateFolder();  // throws std::system_error
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const std::wstring& path() const noexcept { return path_; }

 private:
  std::wstring path_;
};

// Runs the program, by no shell, with no handle of this process, without a window; `folder` is its
// working directory and where it puts temporary files. Its exit status; nothing if it did not end
// in time and was ended. It never outlives this process. Options may hold no quotes. Throws
// std::system_error.
std::optional<std::uint32_t> run_child(const std::wstring& program,
                                       const std::vector<std::wstring>& options,
                                       const std::wstring& folder, std::chrono::seconds timeout);

}  // namespace overlap::ctl::doctor
