#include "tests/unit/transfer/world.h"

#include <algorithm>
#include <functional>
#include <variant>

namespace overlap::test {
namespace {

constexpr std::int64_t some_day = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

StoreError store_error_of(Fault fault) {
  switch (fault) {
    case Fault::no_space: return StoreError::no_space;
    case Fault::not_found: return StoreError::not_found;
    case Fault::is_folder: return StoreError::is_folder;
    case Fault::access_denied: return StoreError::access_denied;
    case Fault::in_use: return StoreError::in_use;
    case Fault::name_too_long: return StoreError::name_too_long;
    default: return StoreError::failed;
  }
}

}  // namespace

FileInfo info_of(std::string_view path, std::string_view content) {
  const std::size_t hash = std::hash<std::string_view>{}(content);
  return {content.size(), some_day, hash, std::hash<std::string_view>{}(path)};
}

World::World(const Script& script, const Plan& plan, Played& played)
    : script_(script), plan_(plan), played_(played) {
  played_.files = script.files;
  now_.monotonic = std::chrono::hours(1);
  now_.unix_seconds = some_day;
  now_.draining = plan.drain_step == 0;
}

void World::broken(const std::string& promise) { played_.violations.push_back(promise); }
void World::require(bool kept, const char* promise) {
  if (!kept) broken(promise);
}

void World::deadline_is(const Action& action, Instant deadline) {
  deadline_ = deadline;
  const bool waits_for_peer = std::holds_alternative<Receive>(action) ||
                              std::holds_alternative<Send>(action) ||
                              std::holds_alternative<SendFile>(action);
  if (waits_for_peer) {
    require(deadline != never, "a wait for the peer has a deadline");
    require(deadline > now_.monotonic, "a deadline lies ahead");
  } else {
    require(deadline == never, "a file operation has no deadline");
  }
}

Answer World::perform(const Action& action) {
  now_.monotonic += std::chrono::milliseconds(1);
  Answer answer = std::visit([this](const auto& some) { return operate(some); }, action);
  ++played_.steps;
  if (played_.steps >= plan_.drain_step) now_.draining = true;
  return answer;
}

void World::ended(const Close& close) {
  played_.reason = close.reason;
  require(open_ != Open::upload, "an upload is committed or discarded before the close");
}

// How much is transferred of what was wanted.
std::size_t World::faulted(std::size_t wanted) const {
  if (!at_fault()) return wanted;
  switch (plan_.fault) {
    case Fault::shortened:
      return std::max<std::size_t>(wanted / 2, std::min<std::size_t>(wanted, 1));
    case Fault::error_midway: return wanted / 2;
    default: return 0;
  }
}

Outcome World::fault_of(std::size_t transferred) const {
  if (!at_fault()) return {Result::ok, 0, transferred};
  switch (plan_.fault) {
    case Fault::shortened:
    case Fault::nothing: return {Result::ok, 0, transferred};
    case Fault::eof: return {Result::eof, 0, 0};
    case Fault::cancelled: return {Result::cancelled, 995, transferred};
    case Fault::timeout: return {Result::timeout, 995, transferred};
    case Fault::no_space: return {Result::error, 112, transferred};
    default: return {Result::error, 64, transferred};
  }
}

Answer World::operate(const Receive& receive) {
  played_.trace += 'R';
  require(!receive.into.empty(), "a receive has room");
  played_.receives_into_most = std::max(played_.receives_into_most, receive.into.size());
  const std::size_t left = script_.input.size() - received_;
  const std::size_t wanted = std::min({receive.into.size(), left, plan_.piece_bytes});
  if (at_fault() && plan_.fault == Fault::timeout)
    now_.monotonic = std::max(now_.monotonic, deadline_);
  if (!at_fault() && wanted == 0) {
    if (script_.at_end == AtEnd::closes) return {{Result::eof, 0, 0}, {}};
    now_.monotonic = std::max(now_.monotonic, deadline_);
    return {{Result::timeout, 995, 0}, {}};
  }
  const std::size_t count = faulted(wanted);
  const auto* from = reinterpret_cast<const std::byte*>(script_.input.data()) + received_;
  std::copy_n(from, count, receive.into.begin());
  // What lies behind the bytes received is garbage: nobody may look at it.
  std::fill(receive.into.begin() + static_cast<std::ptrdiff_t>(count), receive.into.end(),
            std::byte{0xee});
  received_ += count;
  return {fault_of(count), {}};
}

Answer World::operate(const Send& send) {
  played_.trace += 'S';
  require(!shut_down_, "nothing is sent after the half-close");
  require(!send.head.empty() || !send.body.empty(), "a send has bytes");
  std::string all(text_of(send.head));
  all += text_of(send.body);
  const std::size_t count = faulted(all.size());
  played_.sent += all.substr(0, count);
  return {fault_of(count), {}};
}

Answer World::operate(const SendFile& send) {
  played_.trace += 'F';
  require(!shut_down_, "nothing is sent after the half-close");
  require(open_ == Open::download, "a file is sent while it is open");
  require(send.count >= 1 && send.count <= send_file_bytes_max, "send_file's count is in bounds");
  require(send.offset + send.count <= content_.size(), "send_file stays inside the file");
  std::string all(text_of(send.head));
  if (send.offset <= content_.size()) all += content_.substr(send.offset, send.count);
  const std::size_t count = faulted(all.size());
  played_.sent += all.substr(0, count);
  return {fault_of(count), {}};
}

Answer World::operate(const Read& read) {
  played_.trace += 'r';
  require(open_ == Open::download, "a file is read while it is open");
  require(!read.into.empty(), "a read has room");
  require(read.offset < content_.size(), "a read begins inside the file");
  const std::size_t left = content_.size() - std::min<std::size_t>(content_.size(), read.offset);
  const std::size_t count = faulted(std::min(left, read.into.size()));
  const auto* from = reinterpret_cast<const std::byte*>(content_.data()) + read.offset;
  std::copy_n(from, count, read.into.begin());
  return {fault_of(count), {}};
}

Answer World::operate(const Write& write) {
  played_.trace += 'w';
  require(open_ == Open::upload, "an upload is written while it is open");
  require(!write.bytes.empty(), "a write has bytes");
  require(write.offset == content_.size(), "writes leave no gap and overlap nowhere");
  const std::size_t count = faulted(write.bytes.size());
  content_ += text_of(write.bytes).substr(0, count);
  return {fault_of(count), {}};
}

Answer World::operate(const Ask& ask) {
  Answer answer;
  const char letter = "ocCD"[static_cast<std::size_t>(ask.verb)];
  played_.trace += letter;
  switch (ask.verb) {
    case StoreVerb::open: answer.store = open(ask); break;
    case StoreVerb::create: answer.store = create(ask); break;
    case StoreVerb::commit: answer.store = commit(); break;
    case StoreVerb::discard: answer.store = discard(); break;
  }
  return answer;
}

StoreOutcome World::open(const Ask& ask) {
  require(open_ == Open::none, "one file is open at a time");
  if (at_fault()) return {store_error_of(plan_.fault), 5, false, {}};
  const auto found = played_.files.find(ask.path.text());
  if (found == played_.files.end()) return {StoreError::not_found, 2, false, {}};
  open_ = Open::download;
  content_ = found->second;
  return {StoreError::none, 0, false, info_of(ask.path.text(), content_)};
}

StoreOutcome World::create(const Ask& ask) {
  require(open_ == Open::none, "one file is open at a time");
  if (at_fault()) return {store_error_of(plan_.fault), 5, false, {}};
  open_ = Open::upload;
  path_ = ask.path.text();
  content_.clear();
  return {};
}

StoreOutcome World::commit() {
  require(open_ == Open::upload, "a commit needs an open upload");
  open_ = Open::none;
  if (at_fault()) return {store_error_of(plan_.fault), 5, false, {}};
  const bool created = !played_.files.contains(path_);
  played_.files[path_] = content_;
  if (script_.strict_uploads) {
    const auto allowed = script_.uploads.find(path_);
    const bool whole = allowed != script_.uploads.end() &&
                       std::count(allowed->second.begin(), allowed->second.end(), content_) > 0;
    if (!whole) broken("what is committed is a complete body: " + path_ + " = " + content_);
  }
  return {StoreError::none, 0, created, info_of(path_, content_)};
}

StoreOutcome World::discard() {
  require(open_ == Open::upload, "a discard needs an open upload");
  open_ = Open::none;
  return {};
}

Answer World::operate(const CloseFile&) {
  played_.trace += 'x';
  require(open_ == Open::download, "the file that is closed is open for reading");
  open_ = Open::none;
  return {};
}

Answer World::operate(const ShutdownSend&) {
  played_.trace += 'H';
  require(!shut_down_, "the half-close happens once");
  shut_down_ = true;
  return {};
}

Answer World::operate(const Close&) { return {}; }

}  // namespace overlap::test
