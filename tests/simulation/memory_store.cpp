#include "tests/simulation/memory_store.h"

#include <algorithm>
#include <array>

namespace overlap::simulation {

struct MemoryStore::Temporary : store::Upload {
  Temporary(MemoryStore& s, std::string n) : store(s), name(std::move(n)) { ++store.temporaries_; }
  ~Temporary() override { --store.temporaries_; }
  MemoryStore& store;
  std::string name;
  std::shared_ptr<sim::FileContent> content = std::make_shared<sim::FileContent>();
};

MemoryStore::~MemoryStore() = default;

FileInfo MemoryStore::new_info(std::uint64_t size) {
  ++ticks_;
  return {size, 1'700'000'000 + static_cast<std::int64_t>(ticks_), ticks_, ticks_};
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
    case StoreVerb::create: return create(job);
    case StoreVerb::commit: return commit(job);
    case StoreVerb::discard:
      if (!job.upload) report_.fail("an upload was discarded that was not begun");
      job.upload.reset();
      return {};
  }
  return {StoreError::failed, 0, false, {}};
}

StoreOutcome MemoryStore::open(Job& job) {
  if (random_.chance(faults_.refused)) return {some_error(), 0, false, {}};
  if (job.ask.path.names_folder()) return {StoreError::is_folder, 0, false, {}};
  const auto found = files_.find(job.ask.path.text());
  if (found == files_.end()) return {StoreError::not_found, 0, false, {}};
  job.file = {found->second.content, true, false};
  return {StoreError::none, 0, false, found->second.info};
}

StoreOutcome MemoryStore::create(Job& job) {
  if (job.upload) report_.fail("an upload was begun amid another");
  if (random_.chance(faults_.refused)) return {some_error(), 0, false, {}};
  auto upload = std::make_unique<Temporary>(*this, job.ask.path.text());
  job.file = {upload->content, true, true};
  job.upload = std::move(upload);
  return {};
}

StoreOutcome MemoryStore::commit(Job& job) {
  const auto upload = std::move(job.upload);
  if (!upload) {
    report_.fail("an upload was committed that was not begun");
    return {StoreError::failed, 0, false, {}};
  }
  auto& temporary = static_cast<Temporary&>(*upload);
  if (random_.chance(faults_.refused)) return {some_error(), 0, false, {}};
  const std::vector<Version> versions = versions_of(temporary.name, *temporary.content);
  if (versions.empty()) {
    report_.fail("the file " + temporary.name + " was replaced by what no client has sent");
  } else if (!sent_whole(versions)) {
    report_.fail("the file " + temporary.name + " was replaced before its upload had ended");
  }
  for (const Version& version : versions) committed_.insert(version.number);
  ++report_.uploads_committed;
  const bool created = !files_.contains(temporary.name);
  File& file = files_[temporary.name];
  file = {temporary.content, new_info(temporary.content->size())};
  return {StoreError::none, 0, created, file.info};
}

std::vector<Version> MemoryStore::versions_of(const std::string& name,
                                              const sim::FileContent& content) const {
  const std::vector<std::byte> bytes = content.bytes();
  std::vector<Version> found;
  for (const Version& version : versions_.offered(name))
    if (version.size == bytes.size() && version.holds(0, bytes)) found.push_back(version);
  return found;
}

bool MemoryStore::sent_whole(const std::vector<Version>& versions) const {
  return std::ranges::any_of(versions,
                             [this](const Version& v) { return versions_.was_sent_whole(v); });
}

void MemoryStore::check() const {
  for (const auto& [name, file] : files_) {
    const std::vector<Version> versions = versions_of(name, *file.content);
    if (versions.empty()) {
      report_.fail("the file " + name + " is not one complete upload");
    } else if (!sent_whole(versions)) {
      report_.fail("the file " + name + " is an upload that was never sent to the end");
    }
  }
  if (temporaries_ != 0)
    report_.fail(std::to_string(temporaries_) + " temporary files are left over");
  if (!waiting_.empty()) report_.fail("the store has jobs that nobody waits for");
}

}  // namespace overlap::simulation
