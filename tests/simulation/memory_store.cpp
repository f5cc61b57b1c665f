#include "tests/simulation/memory_store.h"

#include <algorithm>
#include <array>

#include "common/digest/hasher.h"
#include "common/listing/page_builder.h"
#include "tests/simulation/memory_upload.h"

namespace overlap::simulation {
namespace {

StoreOutcome failed(StoreError error) {
  StoreOutcome outcome;
  outcome.error = error;
  return outcome;
}

}  // namespace

MemoryStore::~MemoryStore() = default;

FileInfo MemoryStore::new_info(std::uint64_t size) {
  ++ticks_;
  return {size, 1'700'000'000 + static_cast<std::int64_t>(ticks_), ticks_, ticks_, false};
}

void MemoryStore::put(const std::string& name, const Version& version) {
  auto content = std::make_shared<sim::FileContent>();
  content->write(0, version.bytes());
  files_[name] = {std::move(content), new_info(version.size)};
  versions_.sent_whole(version);
  committed_.insert(version.number);
}

void MemoryStore::submit(Job& job) noexcept {
  const auto microseconds = static_cast<std::uint64_t>(faults_.delay_max.count() / 1000);
  waiting_.push_back({&job, now_ + std::chrono::microseconds(random_.below(microseconds + 1))});
}

Instant MemoryStore::next_due() const noexcept {
  Instant next = never;
  for (const Waiting& waiting : waiting_) next = std::min(next, waiting.due);
  return next;
}

void MemoryStore::run(Instant now) noexcept {
  now_ = now;
  for (;;) {
    const auto first = std::ranges::min_element(waiting_, {}, &Waiting::due);
    if (first == waiting_.end() || first->due > now) return;
    Job& job = *first->job;
    waiting_.erase(first);
    job.outcome = answer(job);
    job.answered(job);
  }
}

StoreError MemoryStore::some_error() {
  constexpr std::array errors{StoreError::access_denied, StoreError::in_use, StoreError::no_space,
                              StoreError::failed, StoreError::not_found};
  return errors[static_cast<std::size_t>(random_.below(errors.size()))];
}

StoreOutcome MemoryStore::answer(Job& job) {
  switch (job.ask.verb) {
    case StoreVerb::open: return open(job);
    case StoreVerb::verify: return verify(job);
    case StoreVerb::digest: return digest(job);
    case StoreVerb::list: return list(job);
    case StoreVerb::create: return create(job);
    case StoreVerb::append: return append(job);
    case StoreVerb::checkpoint: return checkpoint(job);
    case StoreVerb::suspend: return suspend(job);
    case StoreVerb::commit: return commit(job);
    case StoreVerb::discard: return discard(job);
    case StoreVerb::query: return query(job);
    case StoreVerb::cancel: return cancel(job);
    case StoreVerb::remove: return remove(job);
    case StoreVerb::make_folder:
    case StoreVerb::move:
    case StoreVerb::copy: break;  // no simulated client asks for them
  }
  return failed(StoreError::failed);
}

StoreOutcome MemoryStore::open(Job& job) {
  if (job.kept) report_.fail("a file was opened amid an upload");
  if (refuses()) return failed(some_error());
  if (job.ask.path.names_folder()) return failed(StoreError::is_folder);
  const auto found = files_.find(job.ask.path.text());
  if (found == files_.end()) return failed(StoreError::not_found);
  job.file = {found->second.content, true, false};
  StoreOutcome outcome;
  outcome.info = found->second.info;
  return outcome;
}

StoreOutcome MemoryStore::verify(Job& job) {
  if (job.kept) report_.fail("an upload was verified");
  return refuses() ? failed(StoreError::changed) : StoreOutcome{};
}

StoreOutcome MemoryStore::digest(const Job& job) {
  const auto found = files_.find(job.ask.path.text());
  if (found == files_.end() || refuses()) return failed(StoreError::not_found);
  StoreOutcome outcome;
  outcome.info = found->second.info;
  outcome.digest = digest_of(job.ask.algorithm, found->second.content->bytes());
  return outcome;
}

StoreOutcome MemoryStore::list(const Job& job) {
  if (refuses()) return failed(some_error());
  listing::PageBuilder page(job.ask.list);
  const std::string& folder = job.ask.path.text();
  const std::string prefix = folder.empty() ? "" : folder + '/';
  for (const auto& [name, file] : files_) {
    if (name.starts_with(prefix) && name.find('/', prefix.size()) == std::string::npos)
      page.offer(name.substr(prefix.size()), false, file.info.size, 0);
  }
  StoreOutcome outcome;
  outcome.listing = std::make_unique<listing::Listing>(page.finish());
  return outcome;
}

StoreOutcome MemoryStore::remove(const Job& job) {
  if (refuses()) return failed(some_error());
  return files_.erase(job.ask.path.text()) != 0 ? StoreOutcome{} : failed(StoreError::not_found);
}

// ---- what must be true

std::vector<Version> MemoryStore::versions_of(const std::string& name,
                                              const sim::FileContent& content,
                                              std::uint64_t count) const {
  std::vector<std::byte> bytes(static_cast<std::size_t>(count));
  std::vector<Version> found;
  if (content.read(0, bytes) != bytes.size()) return found;
  for (const Version& version : versions_.offered(name)) {
    if (version.holds(0, bytes)) found.push_back(version);
  }
  return found;
}

std::vector<Version> MemoryStore::whole_versions_of(const std::string& name,
                                                    const sim::FileContent& content) const {
  std::vector<Version> found = versions_of(name, content, content.size());
  std::erase_if(found, [&](const Version& version) { return version.size != content.size(); });
  return found;
}

bool MemoryStore::sent_whole(const std::vector<Version>& versions) const {
  return std::ranges::any_of(versions,
                             [this](const Version& v) { return versions_.was_sent_whole(v); });
}

bool MemoryStore::remembers(const std::string& id, std::uint64_t offset) const {
  if (ended_.contains(id)) return true;
  const auto found = uploads_.find(id);
  return found != uploads_.end() && found->second.remembered >= offset;
}

void MemoryStore::check() const {
  for (const auto& [name, file] : files_) {
    const std::vector<Version> versions = whole_versions_of(name, *file.content);
    if (versions.empty()) {
      report_.fail("the file " + name + " is not one complete upload");
    } else if (!sent_whole(versions)) {
      report_.fail("the file " + name + " is an upload that was never sent to the end");
    }
  }
  for (const auto& [id, upload] : uploads_) {
    if (upload.holder) report_.fail("an unfinished upload is still held");
    if (versions_of(upload.name, *upload.content, upload.remembered).empty())
      report_.fail("an unfinished upload is not the beginning of what was sent");
  }
  if (open_uploads_ != 0) report_.fail(std::to_string(open_uploads_) + " uploads are left open");
  if (!waiting_.empty()) report_.fail("the store has jobs that nobody waits for");
}

}  // namespace overlap::simulation
