#include <algorithm>
#include <cstdint>

#include "common/listing/list_query.h"
#include "common/listing/page.h"
#include "common/listing/page_assets.h"
#include "common/listing/text.h"
#include "common/path/url_path.h"

namespace overlap::listing {
namespace {

constexpr std::string_view root_name = "Files";  // the served folder has none of its own

class Page {
 public:
  Page(const Listing& listing, const PageInfo& info) : listing_(listing), info_(info) {}

  std::string write() && {
    constexpr std::size_t typical_entry_bytes = 320;
    out_.reserve(2048 + page_style.size() + page_script.size() +
                 listing_.entries.size() * typical_entry_bytes);
    head();
    out_ += "<body";
    if (info_.may_write) out_ += " data-may-write";
    if (info_.may_remove) out_ += " data-may-remove";
    out_ += ">\n<header>\n";
    breadcrumbs();
    actions();
    out_ += "</header>\n<main id=\"listing\">\n";
    table();
    pages();
    summary();
    out_ += "</main>\n<script>";
    out_ += page_script;
    out_ += "</script>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void head() {
    out_ +=
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
    const auto name = info_.folder.file_name();
    append_html(out_, name.empty() ? root_name : name);
    // Without an icon of its own the page would make browsers ask for /favicon.ico.
    out_ += "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>";
    out_ += page_style;
    out_ += "</style>\n</head>\n";
  }

  // How many folders lie above this one.
  std::size_t depth() const {
    const std::string& path = info_.folder.text();
    if (path.empty()) return 0;
    return 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  }

  void way_up(std::size_t levels) {
    out_ += levels == 0 ? "./" : "";
    for (; levels > 0; --levels) out_ += "../";
  }

  // From the served folder down to this one, all but the last as links.
  void breadcrumbs() {
    const std::string& path = info_.folder.text();
    out_ += "<nav aria-label=\"Folders\"><ol>";
    std::size_t levels_up = depth();
    breadcrumb(root_name, levels_up);
    for (std::string_view rest = path; levels_up > 0;) {
      const auto name = rest.substr(0, rest.find('/'));
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      breadcrumb(name, --levels_up);
    }
    out_ += "</ol></nav>\n";
  }

  void breadcrumb(std::string_view name, std::size_t levels_up) {
    if (levels_up == 0) {
      out_ += "<li><h1>";
      append_name(out_, name);
      out_ += "</h1></li>";
      return;
    }
    out_ += "<li><a href=\"";
    way_up(levels_up);
    out_ += "\">";
    append_name(out_, name);
    out_ += "</a></li>";
  }

  // The script shows what it serves: without it the buttons would do nothing. To log in is a form
  // and no link, because programs that mirror a folder follow every link.
  void actions() {
    out_ += "<div class=\"actions\">";
    if (info_.offers_log_in) {
      out_ += "<form action=\"";
      way_up(depth());
      out_ += "\"><input type=\"hidden\" name=\"login\" value=\"";
      append_html(out_, to_url_path(info_.folder));
      out_ += "\"><button type=\"submit\">Log in</button></form>";
    }
    if (info_.may_write) {
      out_ +=
          "<button type=\"button\" id=\"make-folder\" hidden>New folder</button>"
          "<label class=\"primary\" id=\"choose\" hidden>Upload files"
          "<input type=\"file\" id=\"files\" multiple></label>";
    }
    out_ += "</div>\n";
  }

  void table() {
    out_ += "<table>\n<thead><tr>";
    column_head(SortKey::name, "name", "Name");
    column_head(SortKey::size, "size", "Size");
    column_head(SortKey::modified, "modified", "Modified");
    out_ += "</tr></thead>\n<tbody>\n";
    if (!info_.folder.text().empty()) {
      out_ +=
          "<tr class=\"parent\"><td class=\"name\"><a href=\"../\">Parent folder</a></td>"
          "<td></td><td></td></tr>\n";
    }
    for (const auto& entry : listing_.entries) row(entry);
    out_ += "</tbody>\n</table>\n";
    if (listing_.entries.empty())
      out_ += info_.request.after.empty() ? "<p class=\"empty\">This folder is empty.</p>\n"
                                          : "<p class=\"empty\">Nothing follows.</p>\n";
  }

  // A second click turns the order round. The first shows what people look for: names from A, the
  // largest, the newest.
  void column_head(SortKey key, std::string_view css_class, std::string_view title) {
    const bool sorted = info_.request.sort == key;
    ListRequest wanted;
    wanted.sort = key;
    wanted.descending = sorted ? !info_.request.descending : key != SortKey::name;
    out_ += "<th scope=\"col\" class=\"";
    out_ += css_class;
    if (sorted) {
      out_ += "\" aria-sort=\"";
      out_ += info_.request.descending ? "descending" : "ascending";
    }
    out_ += "\"><a href=\"";
    append_html(out_, to_first_page_query(wanted));
    out_ += "\">";
    out_ += title;
    out_ += "</a></th>";
  }

  void row(const ListEntry& entry) {
    out_ += entry.folder ? "<tr class=\"folder\">" : "<tr>";
    out_ += "<td class=\"name\"><a href=\"";
    append_href(out_, entry.name);
    out_ += entry.folder ? "/\">" : "\">";
    append_name(out_, entry.name);
    out_ += "</a></td><td class=\"size\"";
    if (!entry.folder) {
      out_ += " title=\"";
      append_exact_size(out_, entry.size);
      out_ += "\">";
      append_size(out_, entry.size);
    } else {
      out_ += '>';
    }
    out_ += "</td><td class=\"modified\"><time datetime=\"";
    std::string moment;
    append_rfc3339(moment, entry.modified_unix_seconds);
    const std::string_view text = moment;
    out_ += text;
    out_ += "\">";
    out_ += text.substr(0, 10);  // the day
    out_ += "<span> ";
    out_ += text.substr(11, 5);  // hours and minutes; hidden where there is little room
    out_ += "</span></time></td></tr>\n";
  }

  void pages() {
    const bool first = info_.request.after.empty();
    if (first && listing_.next.empty()) return;
    out_ += "<nav class=\"pages\" aria-label=\"Pages\">";
    if (!first) {
      out_ += "<a href=\"";
      append_html(out_, to_first_page_query(info_.request));
      out_ += "\">First page</a>";
    }
    if (!listing_.next.empty()) {
      out_ += "<a rel=\"next\" href=\"";
      append_html(out_, to_next_page_query(info_.request, listing_));
      out_ += "\">Next page</a>";
    }
    out_ += "</nav>\n";
  }

  void summary() {
    std::uint64_t folders = 0;
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    for (const auto& entry : listing_.entries) {
      (entry.folder ? folders : files) += 1;
      bytes += std::min(entry.size, UINT64_MAX - bytes);
    }
    const bool whole = info_.request.after.empty() && listing_.next.empty();
    out_ += "<footer><span>";
    count(folders, "folder");
    out_ += ", ";
    count(files, "file");
    if (files > 0) {
      out_ += ", ";
      append_size(out_, bytes);
    }
    if (!whole) out_ += " on this page";
    out_ += "</span><span id=\"zone\">Times in UTC</span></footer>\n";
  }

  void count(std::uint64_t number, std::string_view noun) {
    out_ += std::to_string(number);
    out_ += ' ';
    out_ += noun;
    if (number != 1) out_ += 's';
  }

  const Listing& listing_;
  const PageInfo& info_;
  std::string out_;
};

}  // namespace

std::string to_html(const Listing& listing, const PageInfo& info) {
  return Page(listing, info).write();
}

std::string_view content_security_policy() noexcept { return page_policy; }

}  // namespace overlap::listing
