#include "tests/unit/transfer/fake_store.h"

#include <algorithm>
#include <functional>

#include "common/digest/hasher.h"
#include "common/listing/page_builder.h"
#include "common/path/url_path.h"
#include "common/protocol/etag.h"

namespace overlap::test {
namespace {

constexpr std::int64_t some_day = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

StoreOutcome failed(StoreError error) {
  StoreOutcome outcome;
  outcome.error = error;
  outcome.native = 5;
  return outcome;
}

StorePath path_of(const std::string& text) {
  std::string url;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    url += '/' + encode_segment(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return std::get<StorePath>(parse_url_path(url));
}

protocol::Digest digest_of_text(protocol::DigestAlgorithm algorithm, std::string_view text) {
  return digest_of(algorithm, std::as_bytes(std::span(text)));
}

}  // namespace

FileInfo info_of(std::string_view path, std::string_view content) {
  const std::size_t hash = std::hash<std::string_view>{}(content);
  return {content.size(), some_day, hash, std::hash<std::string_view>{}(path) | 1, false};
}

std::string tag_of(std::string_view path, std::string_view content) {
  const FileInfo info = info_of(path, content);
  return std::string(protocol::EntityTag(info.file_id, info.modified_ticks, info.size).text());
}

FakeStore::FakeStore(const Script& script, Played& played)
    : script_(script), played_(played), folders_(script.folders) {
  for (const auto& [path, content] : script.files) put_file(path, content);
  played_.unfinished = script.unfinished;
}

void FakeStore::put_file(const std::string& path, const std::string& content) {
  files_[path] = std::make_shared<File>(File{content, 0, path});
}

void FakeStore::require(bool kept, const char* promise) {
  if (!kept) played_.violations.emplace_back(promise);
}

bool FakeStore::has_folder_of(const std::string& path) const {
  const std::size_t slash = path.rfind('/');
  return has_folder(slash == std::string::npos ? std::string() : path.substr(0, slash));
}

FileInfo FakeStore::info(const std::string& path) const {
  const File& file = *files_.at(path);
  FileInfo info = info_of(file.path, file.content);
  info.modified_ticks += file.changes;
  info.unstable = script_.unstable.contains(path);
  return info;
}

protocol::UploadState FakeStore::state_of(const Unfinished& upload) {
  return {upload.content.size(), upload.length, upload.complete,
          upload.complete ? 0 : some_day + 100};
}

StoreError FakeStore::judge(const StorePath& path,
                            const protocol::WriteCondition& condition) const {
  std::optional<protocol::Validators> current;
  std::string tag;
  if (files_.contains(path.text())) {
    const FileInfo now = info(path.text());
    tag = protocol::EntityTag(now.file_id, now.modified_ticks, now.size).text();
    current = protocol::Validators{tag, now.unstable, now.modified_unix_seconds};
  } else if (has_folder(path.text())) {
    current = protocol::Validators{};
  }
  return condition.holds(current) ? StoreError::none : StoreError::condition_failed;
}

StoreOutcome FakeStore::answer(const Ask& ask, StoreError fault) {
  switch (ask.verb) {
    case StoreVerb::append: return append(ask, fault);
    case StoreVerb::checkpoint: return checkpoint(ask, fault, false);
    case StoreVerb::suspend: return checkpoint(ask, fault, true);
    case StoreVerb::commit: return commit(ask, fault);
    case StoreVerb::discard: return discard();
    default: break;
  }
  if (ask.verb != StoreVerb::verify && ask.verb != StoreVerb::digest)
    require(open_ == Open::none, "one file is open at a time");
  if (ask.verb == StoreVerb::verify)
    require(open_ == Open::download, "what is verified is open for reading");
  if (fault != StoreError::none) return failed(fault);
  switch (ask.verb) {
    case StoreVerb::open: return open(ask);
    case StoreVerb::verify: return verify();
    case StoreVerb::digest: return digest(ask);
    case StoreVerb::list: return list(ask);
    case StoreVerb::create: return create(ask);
    case StoreVerb::query: return query(ask);
    case StoreVerb::cancel: return cancel(ask);
    case StoreVerb::make_folder: return make_folder(ask);
    case StoreVerb::remove: return remove(ask);
    case StoreVerb::move:
    case StoreVerb::copy: return transfer(ask);
    default: return failed(StoreError::failed);
  }
}

// ---- reading

StoreOutcome FakeStore::open(const Ask& ask) {
  if (has_folder(ask.path.text())) return failed(StoreError::is_folder);
  const auto found = files_.find(ask.path.text());
  if (found == files_.end()) return failed(StoreError::not_found);
  open_ = Open::download;
  file_ = found->second;
  changes_at_open_ = file_->changes;
  content_at_open_ = file_->content.size();
  StoreOutcome outcome;
  outcome.info = info(ask.path.text());
  return outcome;
}

StoreOutcome FakeStore::verify() {
  const bool same = file_ && file_->changes == changes_at_open_;
  return same ? StoreOutcome{} : failed(StoreError::changed);
}

StoreOutcome FakeStore::digest(const Ask& ask) {
  const auto found = files_.find(ask.path.text());
  if (found == files_.end()) return failed(StoreError::not_found);
  StoreOutcome outcome;
  outcome.info = info(ask.path.text());
  outcome.digest = digest_of_text(ask.algorithm, found->second->content);
  return outcome;
}

StoreOutcome FakeStore::list(const Ask& ask) {
  const std::string& folder = ask.path.text();
  require(ask.list.entries_max > 0, "a page has room for an entry");
  if (files_.contains(folder)) return failed(StoreError::is_file);
  if (!has_folder(folder)) return failed(StoreError::not_found);
  listing::PageBuilder page(ask.list);
  const std::string prefix = folder.empty() ? "" : folder + '/';
  const auto is_in_it = [&prefix](const std::string& path) {
    return path.starts_with(prefix) && path.find('/', prefix.size()) == std::string::npos;
  };
  for (const auto& [path, file] : files_) {
    if (is_in_it(path))
      page.offer(path.substr(prefix.size()), false, file->content.size(), some_day);
  }
  for (const std::string& path : folders_) {
    if (is_in_it(path)) page.offer(path.substr(prefix.size()), true, 0, some_day);
  }
  StoreOutcome outcome;
  outcome.listing = std::make_unique<listing::Listing>(page.finish());
  return outcome;
}

void FakeStore::close_file() {
  require(open_ == Open::download, "the file that is closed is open for reading");
  open_ = Open::none;
  file_.reset();
}

void FakeStore::overwrite(const std::string& path, const std::string& content) {
  const auto found = files_.find(path);
  if (found == files_.end()) return;
  // A short file is open to nobody else who would write.
  constexpr std::size_t short_bytes_max = 64 * 1024;
  const bool held = open_ == Open::download && file_ == found->second;
  if (held && content_at_open_ <= short_bytes_max) return;
  found->second->content = content;
  ++found->second->changes;
}

// ---- uploads

StoreOutcome FakeStore::create(const Ask& ask) {
  require(ask.terms.resumable || ask.terms.metadata.empty(), "only tus has metadata");
  if (has_folder(ask.path.text())) return failed(StoreError::is_folder);
  if (!has_folder_of(ask.path.text())) return failed(StoreError::no_folder);
  if (const auto error = judge(ask.path, ask.condition); error != StoreError::none)
    return failed(error);
  open_ = Open::upload;
  upload_ = {ask.path.text(), {}, ask.terms, ask.condition, {}};
  StoreOutcome outcome;
  outcome.upload.length = ask.terms.length;
  if (ask.terms.resumable) {
    outcome.upload_id = upload_.id = upload_id(ids_++);
    Unfinished& kept = played_.unfinished[upload_.id];
    kept.path = upload_.path;
    kept.length = ask.terms.length;
    kept.user = ask.user;
    kept.metadata = ask.terms.metadata;
    kept.digests = ask.terms.digests;
    kept.condition = ask.condition;
  }
  return outcome;
}

StoreOutcome FakeStore::append(const Ask& ask, StoreError fault) {
  require(open_ == Open::none, "one file is open at a time");
  const auto found = played_.unfinished.find(ask.upload_id);
  const bool there = found != played_.unfinished.end() && found->second.user == ask.user;
  if (script_.held.contains(ask.upload_id)) return failed(StoreError::upload_in_use);
  StoreOutcome outcome = failed(fault);
  if (fault == StoreError::none && !there) outcome.error = StoreError::not_found;
  if (!there) return outcome;
  Unfinished& kept = found->second;
  const bool contradicts = ask.terms.length && ((kept.length && kept.length != ask.terms.length) ||
                                                *ask.terms.length < kept.content.size());
  if (fault == StoreError::none) {
    if (kept.complete) {
      outcome.error = StoreError::already_complete;
    } else if (kept.content.size() != ask.offset) {
      outcome.error = StoreError::wrong_offset;
    } else if (contradicts) {
      outcome.error = StoreError::wrong_length;
    }
  }
  if (outcome.error == StoreError::none && ask.terms.length) kept.length = ask.terms.length;
  outcome.path = path_of(kept.path);
  outcome.upload = state_of(kept);
  if (outcome.error == StoreError::already_complete) outcome.upload.complete = true;
  if (outcome.error != StoreError::none) return outcome;
  open_ = Open::upload;
  upload_ = {kept.path, kept.content, {}, kept.condition, ask.upload_id};
  upload_.terms.resumable = true;
  upload_.terms.length = kept.length;
  upload_.terms.digests = kept.digests;
  return outcome;
}

void FakeStore::append_bytes(std::uint64_t offset, std::string_view bytes) {
  require(offset == upload_.content.size(), "writes leave no gap and overlap nowhere");
  upload_.content += bytes;
  require(!upload_.terms.length || upload_.content.size() <= *upload_.terms.length,
          "an upload never becomes longer than was promised");
}

StoreOutcome FakeStore::checkpoint(const Ask& ask, StoreError fault, bool closes) {
  require(open_ == Open::upload, "what is remembered is an open upload");
  require(!closes || !upload_.id.empty(), "only what can be resumed is suspended");
  require(ask.offset <= upload_.content.size(), "no more is remembered than was written");
  if (closes) open_ = Open::none;
  if (fault != StoreError::none || upload_.id.empty()) return failed(fault);  // or there is room
  Unfinished& kept = played_.unfinished[upload_.id];
  require(ask.offset >= kept.content.size(), "what was remembered is not forgotten");
  kept.content = upload_.content.substr(0, ask.offset);
  StoreOutcome outcome;
  outcome.upload = state_of(kept);
  return outcome;
}

StoreOutcome FakeStore::commit(const Ask& ask, StoreError fault) {
  require(open_ == Open::upload, "a commit needs an open upload");
  require(ask.offset == upload_.content.size(), "a commit knows how much was written");
  require(!upload_.terms.length || *upload_.terms.length == ask.offset,
          "what is committed has the length that was promised");
  const Unfinished as_kept{upload_.path, upload_.content, upload_.content.size(), ask.user};
  open_ = Open::none;
  if (fault == StoreError::none) fault = judge(path_of(upload_.path), upload_.condition);
  for (const protocol::Digest& promised : upload_.terms.digests) {
    if (fault == StoreError::none &&
        digest_of_text(promised.algorithm, upload_.content) != promised)
      fault = StoreError::wrong_digest;
  }
  if (ask.known_digest) {
    require(digest_of_text(ask.known_digest->algorithm, upload_.content) == *ask.known_digest,
            "a known digest is that of the content");
  }
  StoreOutcome outcome = failed(fault);
  if (fault == StoreError::in_use) {
    outcome.upload_id = upload_.id.empty() ? upload_id(ids_++) : upload_.id;
    played_.unfinished[outcome.upload_id] = as_kept;
    return outcome;
  }
  if (fault != StoreError::none) {
    played_.unfinished.erase(upload_.id);
    return outcome;
  }
  outcome.created = !files_.contains(upload_.path);
  put_file(upload_.path, upload_.content);
  outcome.info = info(upload_.path);
  if (!upload_.id.empty()) {
    played_.unfinished[upload_.id] = as_kept;
    played_.unfinished[upload_.id].complete = true;
  }
  if (script_.strict_uploads) {
    const auto allowed = script_.uploads.find(upload_.path);
    const bool whole = allowed != script_.uploads.end() &&
                       std::count(allowed->second.begin(), allowed->second.end(), upload_.content);
    if (!whole) {
      played_.violations.push_back("what is committed is a complete body: " + upload_.path + " = " +
                                   upload_.content);
    }
  }
  return outcome;
}

StoreOutcome FakeStore::discard() {
  require(open_ == Open::upload, "a discard needs an open upload");
  require(upload_.id.empty(), "what can be resumed is not thrown away");
  open_ = Open::none;
  return {};
}

StoreOutcome FakeStore::query(const Ask& ask) {
  const auto found = played_.unfinished.find(ask.upload_id);
  if (found == played_.unfinished.end() || found->second.user != ask.user)
    return failed(StoreError::not_found);
  if (script_.held.contains(ask.upload_id)) return failed(StoreError::upload_in_use);
  StoreOutcome outcome;
  outcome.upload = state_of(found->second);
  outcome.path = path_of(found->second.path);
  outcome.metadata = found->second.metadata;
  return outcome;
}

StoreOutcome FakeStore::cancel(const Ask& ask) {
  const auto found = played_.unfinished.find(ask.upload_id);
  if (found == played_.unfinished.end() || found->second.user != ask.user)
    return failed(StoreError::not_found);
  played_.unfinished.erase(found);
  return {};
}

// ---- names

StoreOutcome FakeStore::make_folder(const Ask& ask) {
  const std::string& path = ask.path.text();
  if (const auto error = judge(ask.path, ask.condition); error != StoreError::none)
    return failed(error);
  if (has_folder(path)) return failed(StoreError::exists);
  if (files_.contains(path)) return failed(StoreError::is_file);
  if (!has_folder_of(path)) return failed(StoreError::no_folder);
  folders_.insert(path);
  return {};
}

StoreOutcome FakeStore::remove(const Ask& ask) {
  const std::string& path = ask.path.text();
  if (path.empty()) return failed(StoreError::access_denied);
  const bool file = files_.contains(path);
  if (!file && !has_folder(path)) return failed(StoreError::not_found);
  if (const auto error = judge(ask.path, ask.condition); error != StoreError::none)
    return failed(error);
  const auto is_below = [&path](const std::string& other) { return other.starts_with(path + '/'); };
  const bool holds_something =
      std::any_of(files_.begin(), files_.end(), [&](const auto& f) { return is_below(f.first); }) ||
      std::any_of(folders_.begin(), folders_.end(), is_below);
  if (holds_something) return failed(StoreError::not_empty);
  files_.erase(path);
  folders_.erase(path);
  return {};
}

StoreOutcome FakeStore::transfer(const Ask& ask) {
  const std::string& from = ask.path.text();
  const std::string& to = ask.destination.text();
  const bool folder = has_folder(from);
  if (!folder && !files_.contains(from)) return failed(StoreError::not_found);
  if (folder && (ask.verb == StoreVerb::copy || from.empty())) return failed(StoreError::is_folder);
  if (!has_folder_of(to)) return failed(StoreError::no_folder);
  if (const auto error = judge(ask.path, ask.condition); error != StoreError::none)
    return failed(error);
  const bool taken = files_.contains(to) || has_folder(to);
  if (taken && !ask.overwrite) return failed(StoreError::exists);
  if (has_folder(to) || (folder && taken)) return failed(StoreError::is_folder);
  StoreOutcome outcome;
  outcome.created = !taken;
  if (folder) {
    folders_.erase(from);
    folders_.insert(to);
    return outcome;
  }
  put_file(to, files_.at(from)->content);
  if (ask.verb == StoreVerb::move && from != to) files_.erase(from);
  outcome.info = info(to);
  return outcome;
}

void FakeStore::finish() {
  require(open_ != Open::upload, "an upload is committed, suspended or discarded before the close");
  for (const auto& [path, file] : files_) played_.files[path] = file->content;
  played_.folders = folders_;
}

}  // namespace overlap::test
