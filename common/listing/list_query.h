// The query of a folder's URL: how its listing is sorted and which page of it is asked for.
//
//   sort=name|size|modified   order=asc|desc   limit=1..   after=CURSOR
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "common/listing/listing.h"
#include "common/path/store_path.h"

namespace overlap::listing {

// The query cannot be understood: 400.
struct QueryRefusal {
  std::string_view sentence;  // for the body of the response; static storage
};

// `query` is what follows the '?', percent-encoded, without it; empty if there is none. Keys other
// than the four are ignored, since other programs add their own to links; an empty value counts as
// none. A `limit` above `entries_max` (at least 1) is lowered to it: a client learns from `next`
// that there is more.
std::variant<ListRequest, QueryRefusal> parse_list_query(std::string_view query,
                                                         std::size_t entries_max);

// The query, with its '?', that parse_list_query() reads as the same sort and order, beginning at
// the first page.
std::string to_first_page_query(const ListRequest& request);

// The same for the page after `listing`, with its limit. The listing has a `next`.
std::string to_next_page_query(const ListRequest& request, const Listing& listing);

// Whether the query has the key `login`: a button of the page asks with it for a password, always
// at the served folder, since a browser goes on to send what it was told there to every path below
// (RFC 7617, 2.2). A session answers 401 to whoever has no name, and redirects others to
// log_in_return().
bool asks_for_log_in(std::string_view query);

// The folder that the button was on: the value of `login` as a URL path. The served folder if that
// is none, so that no query can redirect to another host.
StorePath log_in_return(std::string_view query);

}  // namespace overlap::listing
