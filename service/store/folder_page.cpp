#include "service/store/folder_page.h"

#include "common/listing/page_builder.h"
#include "common/path/url_path.h"
#include "service/store/file_bytes.h"
#include "service/store/folder_scan.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

// True if a client can ask for it by this name.
bool is_reachable(std::string_view name, std::string& url) {
  url = '/';
  url += encode_segment(name);
  return std::holds_alternative<StorePath>(parse_url_path(url));
}

}  // namespace

StoreOutcome list_folder(const ServedFolder& folder, const Ask& ask) {
  listing::PageBuilder page(ask.list);
  std::string url;
  std::string name;
  const DWORD code = scan_folder(folder, relative_path(ask.path), [&](const FolderEntry& entry) {
    if (entry.is_link || !to_utf8(entry.name, name) || !is_reachable(name, url)) return;
    page.offer(name, entry.is_folder, entry.is_folder ? 0 : entry.size,
               entry.modified_unix_seconds);
  });
  if (code != ERROR_SUCCESS) return failure(code);
  StoreOutcome outcome;
  outcome.listing = std::make_unique<listing::Listing>(page.finish());
  return outcome;
}

}  // namespace overlap::store
