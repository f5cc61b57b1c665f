#include "tests/store/bench.h"

#include <chrono>
#include <thread>

#include "common/protocol/etag.h"

namespace overlap::store {

StoreOutcome Client::ask(Ask ask) {
  const StoreVerb verb = ask.verb;
  if (verb == StoreVerb::commit || verb == StoreVerb::suspend || verb == StoreVerb::discard) {
    job_.file.reset();
  }
  job_.ask = std::move(ask);
  std::unique_lock hold(mutex_);
  waiting_ = true;
  store_.submit(job_);
  answered_.wait(hold, [this] { return !waiting_; });
  return std::move(job_.outcome);
}

void Client::on_answered(FileJob& job) noexcept {
  Client& client = static_cast<Job&>(job).client;
  const std::lock_guard hold(client.mutex_);
  client.waiting_ = false;
  client.answered_.notify_all();
}

StoreOutcome Client::ask_open(StoreVerb verb) {
  Ask ask = ask_for(verb);
  ask.offset = offset_;
  return this->ask(std::move(ask));
}

StoreOutcome Client::create(std::string_view url, std::optional<std::uint64_t> length) {
  Ask ask = ask_for(StoreVerb::create, url);
  ask.terms.length = length;
  offset_ = 0;
  return this->ask(std::move(ask));
}

StoreOutcome Client::create_resumable(std::string_view url, std::optional<std::uint64_t> length,
                                      const std::string& user) {
  Ask ask = ask_for(StoreVerb::create, url);
  ask.terms.length = length;
  ask.user = user;
  ask.terms.resumable = true;
  offset_ = 0;
  return this->ask(std::move(ask));
}

StoreOutcome Client::append(const std::string& id, std::uint64_t offset, const std::string& user) {
  Ask ask = ask_for(StoreVerb::append);
  ask.upload_id = id;
  ask.offset = offset_ = offset;
  ask.user = user;
  return this->ask(std::move(ask));
}

void Client::write(std::string_view bytes) { EXPECT_TRUE(try_write(bytes)); }

bool Client::try_write(std::string_view bytes) {
  const win::KernelHandle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  OVERLAPPED at{};
  at.Offset = static_cast<DWORD>(offset_);
  at.OffsetHigh = static_cast<DWORD>(offset_ >> 32);
  at.hEvent = done.get();
  const auto size = static_cast<DWORD>(bytes.size());
  if (!WriteFile(job_.file.get(), bytes.data(), size, nullptr, &at) &&
      GetLastError() != ERROR_IO_PENDING) {
    return false;
  }
  DWORD written = 0;
  if (!GetOverlappedResult(job_.file.get(), &at, &written, TRUE)) return false;
  offset_ += written;
  return written == size;
}

StoreOutcome Client::put(std::string_view url, std::string_view content,
                         const protocol::WriteCondition& condition) {
  Ask ask = ask_for(StoreVerb::create, url);
  ask.terms.length = content.size();
  ask.condition = condition;
  offset_ = 0;
  StoreOutcome created = this->ask(std::move(ask));
  if (created.error != StoreError::none) return created;
  if (!content.empty()) write(content);
  return commit();
}

std::string Client::read(std::size_t bytes_max) {
  const win::KernelHandle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  std::string content(bytes_max, '\0');
  OVERLAPPED at{};
  at.hEvent = done.get();
  ReadFile(job_.file.get(), content.data(), static_cast<DWORD>(content.size()), nullptr, &at);
  DWORD count = 0;
  if (!GetOverlappedResult(job_.file.get(), &at, &count, TRUE)) count = 0;
  content.resize(count);
  return content;
}

void Client::close() {
  job_.file.reset();
  job_.kept.reset();
}

StoreTest::StoreTest() {
  config_.root = folder_.path().string();
  config_.free_bytes_min = 0;
  store_.emplace(config_, uploads_);
}

void StoreTest::restart() {
  store_.reset();
  store_.emplace(config_, uploads_);
}

StoreOutcome StoreTest::query(const std::string& id, const std::string& user) {
  Ask ask = ask_for(StoreVerb::query);
  ask.upload_id = id;
  ask.user = user;
  return this->ask(ask);
}

StoreOutcome StoreTest::rename(StoreVerb verb, std::string_view from, std::string_view to,
                               bool overwrite) {
  Ask ask = ask_for(verb, from);
  ask.destination = path_of(to);
  ask.overwrite = overwrite;
  return this->ask(ask);
}

win::FileHandle StoreTest::hold(const std::string& name, DWORD access, DWORD share) const {
  win::FileHandle file(
      CreateFileW(native(name).c_str(), access, share, nullptr, OPEN_EXISTING, 0, nullptr));
  EXPECT_TRUE(file) << GetLastError();
  return file;
}

std::size_t StoreTest::state_files() const {
  std::size_t count = 0;
  // A store that had nothing to remember has taken the folder away.
  if (!has_state_folder()) return 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_.path() / ".overlap-uploads")) {
    if (entry.path().extension() == ".upload") ++count;
  }
  return count;
}

void StoreTest::sweep(std::int64_t unix_seconds) {
  store().sweep(unix_seconds);
  // Its jobs end before it does.
  restart();
}

protocol::WriteCondition if_match(std::string tag) { return {std::move(tag), {}, {}}; }
protocol::WriteCondition if_none_match(std::string tag) { return {{}, std::move(tag), {}}; }

std::string tag_of(const FileInfo& info) {
  return std::string(protocol::EntityTag(info.file_id, info.modified_ticks, info.size).text());
}

std::int64_t wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace overlap::store
