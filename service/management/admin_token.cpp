#include "service/management/admin_token.h"

#include <windows.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/digest/secrets.h"
#include "service/log/log.h"
#include "service/log/wide.h"
#include "service/win/private_file.h"
#include "service/win/read_file.h"

namespace overlap::management {
namespace {

void write_new(const std::string& path, win::IfThere if_there) {
  std::string text = access::make_token() + "\n";
  win::write_whole_file(win::to_wide(path), text, win::Readers::trusted, if_there);
  wipe(std::as_writable_bytes(std::span(text)));
}

bool exists(const std::wstring& path) noexcept {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

// What may stand after "Bearer " (RFC 6750, section 2.1: b64token).
bool is_token(std::string_view text) noexcept {
  const auto may_appear = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/=").find(c) != std::string_view::npos;
  };
  return text.size() >= admin_token_bytes_min && text.size() <= admin_token_bytes_max &&
         std::all_of(text.begin(), text.end(), may_appear);
}

[[noreturn]] void refuse_foreign(const std::string& path) {
  throw std::runtime_error(
      "the token file " + path +
      " belongs to somebody who is neither an administrator nor the service, and could read and "
      "change it at any time: delete it, and the next start makes another one");
}

void warn_of_readers(const std::string& path) {
  log::write(log::Severity::warning,
             "the file " + path +
                 " with the token of the management endpoint can be read by others than "
                 "administrators: whoever reads it may manage the service");
}

}  // namespace

bool AdminToken::ensure(const std::string& path) {
  if (exists(win::to_wide(path))) return false;
  try {
    write_new(path, win::IfThere::fail);
  } catch (const std::system_error& error) {
    // Another program was faster.
    if (error.code().value() == ERROR_ALREADY_EXISTS) return false;
    throw;
  }
  log::event(log::EventId::token_created, {path});
  return true;
}

void AdminToken::rotate(const std::string& path) { write_new(path, win::IfThere::replace); }

AdminToken::AdminToken(std::string path) : path_(std::move(path)), hash_(read()) {
  win::read_stamp(win::to_wide(path_), stamp_);
}

access::TokenHash AdminToken::read() const {
  const win::Kept kept = win::how_kept(win::to_wide(path_));
  if (kept == win::Kept::by_another) refuse_foreign(path_);
  // More than one byte past the longest: a line break is no part of it.
  std::string text = win::read_file(win::to_wide(path_), admin_token_bytes_max + 3,
                                    "cannot read the token file " + path_);
  std::string_view token = text;
  while (token.ends_with('\n') || token.ends_with('\r')) token.remove_suffix(1);
  const bool good = is_token(token);
  const access::TokenHash hash = good ? access::hash_token(token) : access::TokenHash{};
  wipe(std::as_writable_bytes(std::span(text)));
  if (!good)
    throw std::runtime_error("the token file " + path_ + " must have one word of " +
                             std::to_string(admin_token_bytes_min) + " to " +
                             std::to_string(admin_token_bytes_max) +
                             " of the characters A-Z a-z 0-9 - . _ ~ + / =, and no more");
  if (kept == win::Kept::readable) warn_of_readers(path_);
  return hash;
}

bool AdminToken::admits(std::string_view token) const noexcept {
  if (token.size() < admin_token_bytes_min || token.size() > admin_token_bytes_max) return false;
  try {
    const access::TokenHash given = access::hash_token(token);
    const std::lock_guard hold(mutex_);
    return equal_in_constant_time(given, hash_);
  } catch (const std::exception&) {
    return false;
  }
}

void AdminToken::refresh() noexcept {
  std::string problem;
  try {
    win::FileStamp found;
    if (const DWORD code = win::read_stamp(win::to_wide(path_), found))
      win::throw_error(code, "cannot read the token file " + path_);
    if (found == stamp_) return;
    try {
      const access::TokenHash hash = read();
      {
        const std::lock_guard hold(mutex_);
        hash_ = hash;
      }
      log::write(log::Severity::info, "the token was read again from " + path_);
    } catch (const std::system_error&) {
      // One that another program holds for itself is tried again; one that is gone is not there.
      if (!found.exists) stamp_ = found;
      throw;
    } catch (const std::runtime_error&) {
      stamp_ = found;  // only another one may be better
      throw;
    }
    stamp_ = found;
  } catch (const std::exception& error) {
    try {
      problem = std::string(error.what()) + ": the token of before stays";
      if (problem != problem_) log::write(log::Severity::error, problem);
    } catch (const std::bad_alloc&) {
    }
  }
  problem_ = std::move(problem);
}

}  // namespace overlap::management
