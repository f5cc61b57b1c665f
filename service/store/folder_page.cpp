#include "service/store/folder_page.h"

#include "common/listing/page_builder.h"
#include "common/path/url_path.h"
#include "service/store/folder_scan.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

// One turn looks at as many pieces of the folder: some thousand entries.
constexpr int scans_per_turn = 8;

class ListWork final : public Work {
 public:
  ListWork(const ServedFolder& folder, const Ask& ask)
      : folder_(folder), ask_(ask), page_(ask.list) {}

  std::optional<StoreOutcome> turn() override {
    if (!open_) {
      if (const DWORD code = scan_.open(folder_, relative_path(ask_.path))) return failure(code);
      open_ = true;
    }
    for (int scans = 0; scans < scans_per_turn; ++scans) {
      const DWORD code = scan_.next([this](const FolderEntry& entry) { offer(entry); });
      if (code == ERROR_NO_MORE_FILES) return finish();
      if (code != ERROR_SUCCESS) return failure(code);
    }
    return std::nullopt;
  }

 private:
  void offer(const FolderEntry& entry) {
    if (entry.is_link || !to_utf8(entry.name, name_) || !is_reachable()) return;
    const std::uint64_t size = entry.is_folder ? 0 : entry.size;
    page_.offer(name_, entry.is_folder, size, entry.modified_unix_seconds);
  }
  // True if a client can ask for it by this name.
  bool is_reachable() {
    url_ = '/';
    url_ += encode_segment(name_);
    return std::holds_alternative<StorePath>(parse_url_path(url_));
  }
  StoreOutcome finish() {
    StoreOutcome outcome;
    outcome.listing = std::make_unique<listing::Listing>(page_.finish());
    return outcome;
  }

  const ServedFolder& folder_;
  const Ask& ask_;
  FolderScan scan_;
  bool open_ = false;
  listing::PageBuilder page_;
  std::string name_;  // of the entry that is looked at
  std::string url_;
};

}  // namespace

std::unique_ptr<Work> list_work(const ServedFolder& folder, const Ask& ask) {
  return std::make_unique<ListWork>(folder, ask);
}

}  // namespace overlap::store
