// Uploads in the store of a simulated run.
#include "tests/simulation/memory_upload.h"

#include <array>

#include "common/path/url_path.h"

namespace overlap::simulation {
namespace {

StoreOutcome failed(StoreError error) {
  StoreOutcome outcome;
  outcome.error = error;
  return outcome;
}

}  // namespace

std::string MemoryStore::new_id() {
  std::string id;
  for (int i = 0; i < 2; ++i) {
    std::uint64_t bits = random_.next();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4) id += "0123456789abcdef"[bits & 15];
  }
  return id;
}

MemoryStore::Held* MemoryStore::held(Job& job, const char* purpose) {
  if (!job.kept) report_.fail(std::string("no upload is open to be ") + purpose);
  return static_cast<Held*>(job.kept.get());
}

StoreOutcome MemoryStore::create(Job& job) {
  if (job.kept) report_.fail("an upload was begun amid another");
  if (refuses()) return failed(some_error());
  auto upload = std::make_unique<Held>(*this, job.ask.path.text());
  StoreOutcome outcome;
  outcome.upload.length = job.ask.terms.length;
  if (job.ask.terms.resumable) {
    outcome.upload_id = upload->id = new_id();
    uploads_[upload->id] = {upload->name, upload->content, 0,           job.ask.terms.length,
                            job.ask.user, false,           upload.get()};
  }
  job.file = {upload->content, true, true};
  job.kept = std::move(upload);
  return outcome;
}

StoreOutcome MemoryStore::append(Job& job) {
  if (job.kept) report_.fail("an upload was opened amid another");
  if (refuses()) return failed(StoreError::access_denied);
  const auto found = uploads_.find(job.ask.upload_id);
  if (found == uploads_.end() || found->second.user != job.ask.user)
    return failed(StoreError::not_found);
  Unfinished& upload = found->second;
  if (upload.holder) {
    upload.holder->revoked = true;
    return failed(StoreError::upload_in_use);
  }
  StoreOutcome outcome;
  outcome.path = std::get<StorePath>(parse_url_path("/" + upload.name));
  if (upload.complete) {
    outcome.error = StoreError::already_complete;
  } else if (job.ask.offset != upload.remembered) {
    outcome.error = StoreError::wrong_offset;
  } else if (upload.length && job.ask.terms.length && upload.length != job.ask.terms.length) {
    outcome.error = StoreError::wrong_length;
  } else if (job.ask.terms.length) {
    upload.length = job.ask.terms.length;
  }
  outcome.upload = {upload.remembered, upload.length, upload.complete, 0};
  if (outcome.error != StoreError::none) return outcome;
  // What was not remembered is cut off, as after a crash.
  std::vector<std::byte> bytes(static_cast<std::size_t>(upload.remembered));
  upload.content->read(0, bytes);
  auto reopened = std::make_unique<Held>(*this, upload.name);
  if (!bytes.empty()) reopened->content->write(0, bytes);
  reopened->id = found->first;
  upload.content = reopened->content;
  upload.holder = reopened.get();
  job.file = {reopened->content, true, true};
  job.kept = std::move(reopened);
  return outcome;
}

StoreError MemoryStore::remember(const Held& held, std::uint64_t offset) {
  const auto found = uploads_.find(held.id);
  if (found == uploads_.end()) {
    if (!ended_.contains(held.id)) report_.fail("what cannot be resumed was to be remembered");
    return StoreError::not_found;
  }
  Unfinished& upload = found->second;
  if (offset < upload.remembered) report_.fail("an upload was to forget what it holds");
  if (offset > held.content->size()) report_.fail("more was to be remembered than was written");
  if (refuses()) return some_error();
  upload.remembered = std::max(offset, upload.remembered);
  return StoreError::none;
}

StoreOutcome MemoryStore::checkpoint(Job& job) {
  const Held* upload = held(job, "remembered");
  if (upload && upload->id.empty())
    return refuses() ? failed(StoreError::no_space) : StoreOutcome{};
  return upload ? failed(remember(*upload, job.ask.offset)) : failed(StoreError::failed);
}

StoreOutcome MemoryStore::suspend(Job& job) {
  if (!held(job, "suspended")) return failed(StoreError::failed);
  const auto kept = std::move(job.kept);
  const Held& upload = static_cast<const Held&>(*kept);
  StoreOutcome outcome = failed(remember(upload, job.ask.offset));
  const auto found = uploads_.find(upload.id);
  if (found != uploads_.end())
    outcome.upload = {found->second.remembered, found->second.length, false, 0};
  return outcome;
}

StoreOutcome MemoryStore::commit(Job& job) {
  if (!held(job, "committed")) return failed(StoreError::failed);
  const auto kept = std::move(job.kept);
  const Held& upload = static_cast<const Held&>(*kept);
  const std::uint64_t size = upload.content->size();
  if (job.ask.offset != size) report_.fail("a commit does not know how much was written");
  if (refuses()) {
    const StoreError error = some_error();
    StoreOutcome outcome = failed(error);
    if (error == StoreError::in_use) {
      outcome.upload_id = upload.id.empty() ? new_id() : upload.id;
      uploads_[outcome.upload_id] = {upload.name,  upload.content, size,   size,
                                     job.ask.user, false,          nullptr};
    } else if (uploads_.erase(upload.id) != 0) {
      ended_.insert(upload.id);
    }
    return outcome;
  }
  const std::vector<Version> versions = whole_versions_of(upload.name, *upload.content);
  if (versions.empty()) {
    report_.fail("the file " + upload.name + " was replaced by what no client has sent");
  } else if (!sent_whole(versions)) {
    report_.fail("the file " + upload.name + " was replaced before its upload had ended");
  }
  for (const Version& version : versions) committed_.insert(version.number);
  ++report_.uploads_committed;
  StoreOutcome outcome;
  outcome.created = !files_.contains(upload.name);
  File& file = files_[upload.name];
  file = {upload.content, new_info(size)};
  outcome.info = file.info;
  const auto found = uploads_.find(upload.id);
  if (found != uploads_.end()) {
    ++report_.resumable_committed;
    found->second.remembered = size;
    found->second.complete = true;
  }
  return outcome;
}

StoreOutcome MemoryStore::discard(Job& job) {
  const Held* upload = held(job, "discarded");
  if (upload && !upload->id.empty()) report_.fail("what can be resumed was thrown away");
  job.kept.reset();
  return {};
}

StoreOutcome MemoryStore::query(const Job& job) {
  const auto found = uploads_.find(job.ask.upload_id);
  if (found == uploads_.end() || found->second.user != job.ask.user)
    return failed(StoreError::not_found);
  if (found->second.holder) {
    found->second.holder->revoked = true;
    return failed(StoreError::upload_in_use);
  }
  StoreOutcome outcome;
  outcome.upload = {found->second.remembered, found->second.length, found->second.complete, 0};
  return outcome;
}

StoreOutcome MemoryStore::cancel(const Job& job) {
  const auto found = uploads_.find(job.ask.upload_id);
  if (found == uploads_.end() || found->second.user != job.ask.user)
    return failed(StoreError::not_found);
  if (found->second.holder) {
    found->second.holder->revoked = true;
    return failed(StoreError::upload_in_use);
  }
  ended_.insert(found->first);
  uploads_.erase(found);
  return {};
}

}  // namespace overlap::simulation
