// The files of a script in memory: answers what a session asks of a store and notes each broken
// promise of common/transfer/action.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/unit/transfer/script.h"

namespace overlap::test {

FileInfo info_of(std::string_view path, std::string_view content);
// The entity tag of such a file, as long as nobody has written to it.
std::string tag_of(std::string_view path, std::string_view content);

class FakeStore {
 public:
  FakeStore(const Script& script, Played& played);

  // `fault`: what goes wrong, `none` if nothing does.
  StoreOutcome answer(const Ask& ask, StoreError fault);

  bool reads() const { return open_ == Open::download; }
  bool writes() const { return open_ == Open::upload; }
  const std::string& content() const { return file_->content; }  // of the open file, as it is now
  void append_bytes(std::uint64_t offset, std::string_view bytes);
  void close_file();

  // Another program writes.
  void overwrite(const std::string& path, const std::string& content);
  void finish();  // the session has ended

 private:
  enum class Open { none, download, upload };
  struct File {
    std::string content;
    std::uint64_t changes = 0;
    std::string path = {};  // that it was made for
  };
  struct Writing {  // the open upload
    std::string path;
    std::string content;
    UploadTerms terms;
    protocol::WriteCondition condition;
    std::string id;  // empty: not resumable
  };

  StoreOutcome open(const Ask& ask);
  StoreOutcome verify();
  StoreOutcome digest(const Ask& ask);
  StoreOutcome list(const Ask& ask);
  StoreOutcome create(const Ask& ask);
  StoreOutcome append(const Ask& ask, StoreError fault);
  StoreOutcome checkpoint(const Ask& ask, StoreError fault, bool closes);
  StoreOutcome commit(const Ask& ask, StoreError fault);
  StoreOutcome discard();
  StoreOutcome query(const Ask& ask);
  StoreOutcome cancel(const Ask& ask);
  StoreOutcome make_folder(const Ask& ask);
  StoreOutcome remove(const Ask& ask);
  StoreOutcome transfer(const Ask& ask);
  void put_file(const std::string& path, const std::string& content);

  void require(bool kept, const char* promise);
  StoreError judge(const StorePath& path, const protocol::WriteCondition& condition) const;
  bool has_folder(const std::string& path) const { return path.empty() || folders_.contains(path); }
  bool has_folder_of(const std::string& path) const;
  FileInfo info(const std::string& path) const;
  static protocol::UploadState state_of(const Unfinished& upload);

  const Script& script_;
  Played& played_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::set<std::string> folders_;
  Open open_ = Open::none;
  std::shared_ptr<File> file_;
  std::uint64_t changes_at_open_ = 0;
  std::size_t content_at_open_ = 0;  // bytes
  Writing upload_;
  std::size_t ids_ = 256;
};

}  // namespace overlap::test
