#include "common/listing/list_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "common/listing/cursor.h"
#include "common/path/url_path.h"

namespace overlap::listing {
namespace {

constexpr std::array<std::string_view, 3> sort_names{"name", "size", "modified"};

std::string_view take_until(std::string_view& rest, char end) noexcept {
  const auto part = rest.substr(0, rest.find(end));
  rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
  return part;
}

// Empty if a '%' has no two hexadecimal digits behind it. No value that is understood holds a
// space, so '+' has no meaning of its own.
std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const auto escape = text.substr(i + 1, 2);
    unsigned byte = 0;
    const auto* end = escape.data() + escape.size();
    const auto read = std::from_chars(escape.data(), end, byte, 16);
    if (escape.size() != 2 || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

// Each reads one value into the request, and returns whether it could.
bool read_sort(std::string_view value, ListRequest& request) {
  const auto found = std::find(sort_names.begin(), sort_names.end(), value);
  if (found == sort_names.end()) return false;
  request.sort = static_cast<SortKey>(found - sort_names.begin());
  return true;
}

bool read_order(std::string_view value, ListRequest& request) {
  request.descending = value == "desc";
  return request.descending || value == "asc";
}

bool read_limit(std::string_view value, ListRequest& request) {
  std::uint64_t limit = 0;
  const auto* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, limit);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return false;
  if (read.ec == std::errc::result_out_of_range) return true;  // far above every bound
  if (limit == 0) return false;
  request.entries_max =
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, request.entries_max));
  return true;
}

bool read_after(std::string_view value, ListRequest& request) {
  if (!parse_cursor(value)) return false;
  request.after = value;
  return true;
}

struct Key {
  std::string_view name;
  bool (*read)(std::string_view value, ListRequest& request);
  std::string_view sentence;
};
constexpr std::array keys{
    Key{"sort", read_sort, "The query's \"sort\" must be name, size or modified."},
    Key{"order", read_order, "The query's \"order\" must be asc or desc."},
    Key{"limit", read_limit, "The query's \"limit\" must be a whole number above 0."},
    Key{"after", read_after, "The query's \"after\" is not one that a listing of here gave."},
};
constexpr std::string_view repeated = "The query names one of its keys twice.";

std::optional<std::string_view> value_of_log_in(std::string_view query) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (take_until(value, '=') == "login") return value;
  }
  return std::nullopt;
}

std::string query_of(const ListRequest& request) {
  std::string query = "?sort=";
  query += sort_names[static_cast<std::size_t>(request.sort)];
  query += request.descending ? "&order=desc" : "&order=asc";
  return query;
}

}  // namespace

std::variant<ListRequest, QueryRefusal> parse_list_query(std::string_view query,
                                                         std::size_t entries_max) {
  ListRequest request;
  request.entries_max = std::max<std::size_t>(entries_max, 1);
  std::array<bool, keys.size()> seen{};
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const auto name = decoded(take_until(value, '='));
    const auto* key = std::find_if(keys.begin(), keys.end(),
                                   [&](const Key& known) { return name && known.name == *name; });
    if (key == keys.end() || value.empty()) continue;
    if (std::exchange(seen[static_cast<std::size_t>(key - keys.begin())], true))
      return QueryRefusal{repeated};
    const auto text = decoded(value);
    if (!text || !key->read(*text, request)) return QueryRefusal{key->sentence};
  }
  return request;
}

std::string to_first_page_query(const ListRequest& request) { return query_of(request); }

std::string to_next_page_query(const ListRequest& request, const Listing& listing) {
  return query_of(request) + "&limit=" + std::to_string(request.entries_max) +
         "&after=" + listing.next;
}

bool asks_for_log_in(std::string_view query) { return value_of_log_in(query).has_value(); }

StorePath log_in_return(std::string_view query) {
  const auto value = decoded(value_of_log_in(query).value_or(""));
  if (!value) return {};
  auto path = parse_url_path(*value);
  auto* folder = std::get_if<StorePath>(&path);
  return folder != nullptr && folder->names_folder() ? std::move(*folder) : StorePath();
}

}  // namespace overlap::listing
