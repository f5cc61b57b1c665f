// One page of a folder as HTML for people and as JSON for programs. docs/PROTOCOL.md has the
// format.
#pragma once

#include <string>
#include <string_view>

#include "common/listing/listing.h"
#include "common/path/store_path.h"

namespace overlap::listing {

struct PageInfo {
  StorePath folder;         // the request's path; names_folder() is true: links are relative to it
  ListRequest request;      // what the listing was asked for with
  bool may_write = false;   // the HTML offers to upload files and to make folders
  bool may_remove = false;  // the HTML offers to delete
  bool offers_log_in = false;  // the HTML has a button for it, see asks_for_log_in()
};

// A whole document in UTF-8. Self-contained: it loads nothing. It must be sent with
// content_security_policy(), under which nothing but its own script and style runs, and with
// Content-Type "text/html; charset=utf-8".
std::string to_html(const Listing& listing, const PageInfo& info);

// {"path":"/x/","entries":[{"name":"a.txt","type":"file","size":3,
//   "modified":"2024-05-01T12:33:44Z"}],"next":"/x/?..."}
// `path` and `next` are percent-encoded, `name` is not. `type` is "file" or "folder", and a folder
// has no `size`. `next` is null on the last page. Content-Type "application/json".
std::string to_json(const Listing& listing, const PageInfo& info);

// The value of Content-Security-Policy for to_html(). Static storage.
std::string_view content_security_policy() noexcept;

}  // namespace overlap::listing
