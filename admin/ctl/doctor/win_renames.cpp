// Files that are made to see whether, and how fast, it can be done. Their names begin as those of
// temporary files of the store do: no client can see them.
#include <windows.h>

#include <array>

#include "admin/ctl/doctor/win_facts.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::ctl::doctor {
namespace {

constexpr int rounds = 40;
constexpr int tries_max = 50;  // of one rename, with a pause between
constexpr DWORD pause_ms = 10;

std::wstring name_in(const std::string& folder, const wchar_t* ending) {
  return win::to_wide(folder) + L"\\.overlap-doctor-" + std::to_wstring(GetCurrentProcessId()) +
         ending;
}

// Is deleted, under whatever name it has, when this ends.
class Trial {
 public:
  Trial(std::wstring before, std::wstring after)
      : before_(std::move(before)), after_(std::move(after)) {}
  ~Trial() {
    DeleteFileW(before_.c_str());
    DeleteFileW(after_.c_str());
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  void write() const {
    const win::FileHandle file(CreateFileW(before_.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                           FILE_ATTRIBUTE_NORMAL, nullptr));
    if (const DWORD code = GetLastError(); !file) fail(code, "make");
    constexpr std::array<char, 4096> content{};
    DWORD written = 0;
    if (!WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &written,
                   nullptr))
      fail(GetLastError(), "write");
  }

  // Returns how often it was refused.
  std::size_t rename() const {
    for (int refused = 0;; ++refused) {
      if (MoveFileExW(before_.c_str(), after_.c_str(), MOVEFILE_REPLACE_EXISTING))
        return static_cast<std::size_t>(refused);
      const DWORD code = GetLastError();
      const bool held = code == ERROR_ACCESS_DENIED || code == ERROR_SHARING_VIOLATION;
      if (!held || refused == tries_max) fail(code, "rename");
      Sleep(pause_ms);
    }
  }

 private:
  [[noreturn]] void fail(DWORD code, const char* what) const {
    win::throw_error(code, std::string("cannot ") + what + " the file " + win::to_utf8(before_));
  }

  std::wstring before_;
  std::wstring after_;
};

double milliseconds_now() noexcept {
  LARGE_INTEGER ticks{};
  LARGE_INTEGER a_second{};
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&a_second);
  return static_cast<double>(ticks.QuadPart) * 1000 / static_cast<double>(a_second.QuadPart);
}

}  // namespace

void make_and_remove_file(const std::string& folder) {
  Trial(name_in(folder, L""), name_in(folder, L".neutral")).write();
}

// In turns, so that what else the machine does falls on both alike.
Renames time_renames(const std::string& folder) {
  Renames renames;
  const auto measure = [&](const wchar_t* ending, std::vector<double>& into) {
    const Trial trial(name_in(folder, L""), name_in(folder, ending));
    const double before = milliseconds_now();
    trial.write();
    if (trial.rename() != 0) ++renames.refused;
    into.push_back(milliseconds_now() - before);
  };
  for (int i = 0; i < rounds; ++i) {
    measure(L".exe", renames.as_program);
    measure(L".neutral", renames.neutral);
  }
  return renames;
}

}  // namespace overlap::ctl::doctor
