#include "service/store/file_store.h"

// The pool brings winsock2.h, which must come before windows.h.
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "common/path/utf.h"
#include "service/store/file_calls.h"
#include "service/win/error.h"

namespace overlap::store {

class FileStore::Pool : public boost::asio::thread_pool {
  using boost::asio::thread_pool::thread_pool;
};

namespace {

std::wstring wide(std::string_view utf8) {
  const std::u16string units = to_utf16(utf8);
  return {units.begin(), units.end()};
}

// Absolute, with the prefix that turns off all interpretation of names (Microsoft: "Naming Files,
// Paths, and Namespaces").
std::wstring extended(const std::string& folder) {
  const std::wstring given = wide(folder);
  const DWORD size = GetFullPathNameW(given.c_str(), 0, nullptr, nullptr);
  if (size == 0) win::throw_last_error(("the served folder " + folder).c_str());
  std::wstring full(size, L'\0');
  full.resize(GetFullPathNameW(given.c_str(), size, full.data(), nullptr));
  while (full.ends_with(L'\\')) full.pop_back();
  if (full.starts_with(L"\\\\?\\")) return full;
  if (full.starts_with(L"\\\\")) return L"\\\\?\\UNC" + full.substr(1);
  return L"\\\\?\\" + full;
}

std::wstring path_under(const std::wstring& root, const StorePath& path) {
  std::wstring full = root + L'\\' + wide(path.text());
  std::replace(full.begin() + static_cast<std::ptrdiff_t>(root.size()), full.end(), L'/', L'\\');
  return full;
}

StoreOutcome answer(StoreJob<win::FileHandle>& job, const std::wstring& root,
                    config::FlushPolicy flush) {
  switch (job.ask.verb) {
    case StoreVerb::open: return open_for_reading(path_under(root, job.ask.path), job.file);
    case StoreVerb::create:
      return PendingFile::create(path_under(root, job.ask.path), job.ask.size_expected, job.upload,
                                 job.file);
    case StoreVerb::commit: {
      const auto pending = std::move(job.upload);  // discarded unless it becomes the file
      return static_cast<PendingFile&>(*pending).commit(flush);
    }
    case StoreVerb::discard: job.upload.reset(); return {};
  }
  return {StoreError::failed, 0, false, {}};
}

}  // namespace

FileStore::FileStore(const config::Store& config)
    : root_(extended(config.root)), flush_(config.flush) {
  const DWORD attributes = GetFileAttributesW((root_ + L'\\').c_str());
  const std::string what = "cannot serve the folder " + config.root;
  if (attributes == INVALID_FILE_ATTRIBUTES) win::throw_last_error(what.c_str());
  if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) win::throw_error(ERROR_DIRECTORY, what);
  pool_ = std::make_unique<Pool>(config.threads);
}

FileStore::~FileStore() { pool_->join(); }

void FileStore::submit(StoreJob<win::FileHandle>& job) noexcept {
  boost::asio::post(*pool_, [this, &job] {
    try {
      job.outcome = answer(job, root_, flush_);
    } catch (const std::exception&) {  // out of memory
      job.upload.reset();
      job.outcome = {StoreError::failed, ERROR_NOT_ENOUGH_MEMORY, false, {}};
    }
    job.answered(job);
  });
}

}  // namespace overlap::store
