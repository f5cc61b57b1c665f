#include "service/journal/w3c_log.h"

#include <windows.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "common/version.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::journal {
namespace {

constexpr std::string_view fields =
    "#Fields: date time s-sitename cs-method cs-uri-stem cs-uri-query cs-username c-ip sc-status "
    "sc-bytes cs-bytes time-taken x-model x-result\r\n";

std::string date_and_time(std::int64_t unix_ms) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(unix_ms)};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto seconds = floor<std::chrono::seconds>(time - day).count();
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", int{date.year()},
                unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return text;
}

void append(std::string& line, std::string_view value) {
  line += ' ';
  if (value.empty()) {
    line += '-';
    return;
  }
  for (const char c : value) line += c == ' ' ? '+' : c;
}

// Of "192.0.2.1:80" or "[2001:db8::1]:80", without the port, as c-ip has it.
std::string_view address_of(std::string_view peer) {
  if (peer.starts_with('[')) return peer.substr(1, peer.find(']') - 1);
  return peer.substr(0, peer.rfind(':'));
}

// NAME.00007.log is number 7; 0: it is something else.
std::uint64_t number_of(const std::wstring& name, const std::filesystem::path& file) {
  const std::wstring stem = file.stem().native() + L".";
  const std::wstring extension = file.extension().native();
  if (name.size() <= stem.size() + extension.size() || !name.starts_with(stem) ||
      !name.ends_with(extension))
    return 0;
  const std::string digits = win::to_utf8(
      std::wstring_view(name).substr(stem.size(), name.size() - stem.size() - extension.size()));
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number);
  return digits.size() >= 5 && read.ec == std::errc() && read.ptr == end ? number : 0;
}

std::vector<std::uint64_t> full_files(const std::filesystem::path& file) {
  std::vector<std::uint64_t> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
    if (const auto number = number_of(entry.path().filename().native(), file); number != 0)
      numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

std::string w3c_directives(std::int64_t unix_ms) {
  return std::string("#Software: Overlap ") + program_version +
         "\r\n#Version: 1.0\r\n#Date: " + date_and_time(unix_ms) + "\r\n" + std::string(fields);
}

std::string w3c_line(const management::JournalEntry& entry) {
  const std::string_view target = entry.path;
  const std::size_t stem_bytes = std::min(target.find('?'), target.size());
  std::string line = date_and_time(entry.unix_ms);
  append(line, entry.listener);
  append(line, entry.method);
  append(line, target.substr(0, stem_bytes));
  append(line, stem_bytes < target.size() ? target.substr(stem_bytes + 1) : std::string_view());
  append(line, entry.user);
  append(line, address_of(entry.peer));
  append(line, entry.status == 0 ? std::string() : std::to_string(entry.status));
  append(line, std::to_string(entry.bytes_sent));
  append(line, std::to_string(entry.bytes_received));
  append(line, std::to_string(std::llround(entry.seconds * 1000)));
  append(line, config::name_of(entry.model));
  append(line, management::transfer_result_names[static_cast<std::size_t>(entry.result)]);
  return line += "\r\n";
}

W3cLog::W3cLog(const config::Journal& config) : name_(config.w3c_file) {
  set_bounds(config);
  if (!name_.empty()) open();
}

void W3cLog::set_bounds(const config::Journal& config) noexcept {
  rotation_bytes_ = config.w3c_rotation_bytes;
  files_max_ = config.w3c_files_max;
}

void W3cLog::open() {
  const std::filesystem::path path(win::to_wide(name_));
  std::error_code ignored;  // the next call fails then, and says why
  std::filesystem::create_directories(path.parent_path(), ignored);
  file_.reset(CreateFileW(path.c_str(), FILE_APPEND_DATA | FILE_READ_ATTRIBUTES,
                          FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_ALWAYS,
                          FILE_ATTRIBUTE_NORMAL, nullptr));
  if (const DWORD code = GetLastError(); !file_)
    win::throw_error(code, "cannot write the W3C log " + name_);
  LARGE_INTEGER size{};
  if (!GetFileSizeEx(file_.get(), &size)) {
    const DWORD code = GetLastError();
    file_.reset();
    win::throw_error(code, "cannot write the W3C log " + name_);
  }
  size_ = static_cast<std::uint64_t>(size.QuadPart);
  needs_directives_ = true;
}

std::wstring W3cLog::full_name(std::uint64_t number) const {
  const std::filesystem::path path(win::to_wide(name_));
  std::wstring digits = std::to_wstring(number);
  if (digits.size() < 5) digits.insert(0, 5 - digits.size(), L'0');
  return (path.parent_path() / path.stem()).native() + L"." + digits + path.extension().native();
}

bool W3cLog::rotate() {
  file_.reset();
  const std::filesystem::path path(win::to_wide(name_));
  std::vector<std::uint64_t> full = full_files(path);
  const std::uint64_t next = full.empty() ? 1 : full.back() + 1;
  if (!MoveFileExW(path.c_str(), full_name(next).c_str(), 0)) {
    open();
    return false;
  }
  full.push_back(next);
  // One that cannot be deleted, because it is being read, is tried again the next time.
  const std::size_t kept = std::min(files_max_ - 1, full.size());
  for (std::size_t i = 0; i + kept < full.size(); ++i) DeleteFileW(full_name(full[i]).c_str());
  open();
  return true;
}

void W3cLog::put(std::string_view text) {
  if (text.empty()) return;
  DWORD written = 0;
  const BOOL done =
      WriteFile(file_.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr);
  const DWORD code = done ? ERROR_HANDLE_DISK_FULL : GetLastError();
  if (done && written == text.size()) return;
  file_.reset();  // opened anew, with its true size, by the next write
  win::throw_error(code, "cannot write the W3C log " + name_);
}

void W3cLog::write(std::span<const management::JournalEntry> entries) {
  if (name_.empty()) return;
  constexpr std::size_t put_bytes = 256 * 1024;  // in one call
  if (!file_) open();
  std::string waiting;
  bool may_rotate = true;
  for (const management::JournalEntry& entry : entries) {
    std::string text = w3c_line(entry);
    if (needs_directives_) text.insert(0, w3c_directives(entry.unix_ms));
    if (may_rotate && size_ != 0 && size_ + text.size() > rotation_bytes_) {
      put(waiting);
      waiting.clear();
      may_rotate = rotate();
      text = w3c_directives(entry.unix_ms) + w3c_line(entry);
    }
    needs_directives_ = false;
    size_ += text.size();
    waiting += text;
    if (waiting.size() >= put_bytes) {
      put(waiting);
      waiting.clear();
    }
  }
  put(waiting);
}

}  // namespace overlap::journal
