#include "common/listing/list_query.h"
#include "common/listing/page.h"
#include "common/listing/text.h"
#include "common/path/url_path.h"

namespace overlap::listing {
namespace {

void append_entry(std::string& out, const ListEntry& entry) {
  out += "{\"name\":";
  append_json(out, entry.name);
  if (entry.folder) {
    out += ",\"type\":\"folder\"";
  } else {
    out += ",\"type\":\"file\",\"size\":";
    out += std::to_string(entry.size);
  }
  out += ",\"modified\":\"";
  append_rfc3339(out, entry.modified_unix_seconds);
  out += "\"}";
}

}  // namespace

std::string to_json(const Listing& listing, const PageInfo& info) {
  constexpr std::size_t typical_entry_bytes = 110;
  const std::string path = to_url_path(info.folder);
  std::string out;
  out.reserve(256 + path.size() + listing.entries.size() * typical_entry_bytes);
  out += "{\"path\":";
  append_json(out, path);
  out += ",\"entries\":[";
  bool first = true;
  for (const auto& entry : listing.entries) {
    out += first ? "\n" : ",\n";
    first = false;
    append_entry(out, entry);
  }
  out += "],\"next\":";
  if (listing.next.empty()) {
    out += "null";
  } else {
    append_json(out, path + to_next_page_query(info.request, listing));
  }
  out += "}\n";
  return out;
}

}  // namespace overlap::listing
