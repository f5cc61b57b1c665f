#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "common/listing/page.h"
#include "common/listing/page_assets.h"
#include "common/path/url_path.h"
#include "listing_texts.h"

namespace overlap::listing {
namespace {

using testing::HasSubstr;
using testing::Not;

PageInfo info_of(std::string_view url) {
  PageInfo info;
  info.folder = std::get<StorePath>(parse_url_path(url));
  info.request.entries_max = 10;
  return info;
}

// The page without its style and script, which are looked at on their own.
std::string markup(const Listing& listing, const PageInfo& info) {
  std::string html = to_html(listing, info);
  for (const auto part : {page_style, page_script}) {
    const auto at = html.find(part);
    EXPECT_NE(at, std::string::npos);
    if (at != std::string::npos) html.erase(at, part.size());
  }
  return html;
}

std::vector<std::string> links_of(const std::string& html) {
  static const std::regex link("<a [^>]*href=\"([^\"]*)\"");
  std::vector<std::string> links;
  for (std::sregex_iterator at(html.begin(), html.end(), link), end; at != end; ++at)
    links.push_back((*at)[1]);
  return links;
}
using Links = std::vector<std::string>;

TEST(Html, links_entries_by_their_own_names_and_folders_with_a_slash) {
  const Listing listing{
      .entries = {{"sub folder", true, 0, 0}, {"it's <b>&\u202E.txt", false, 1234, 1714566824}},
      .next = ""};
  const auto html = markup(listing, info_of("/"));
  EXPECT_THAT(html, HasSubstr("<tr class=\"folder\"><td class=\"name\"><a href=\"sub%20folder/\">"
                              "<bdi>sub folder</bdi></a></td><td class=\"size\"></td>"));
  EXPECT_THAT(
      html, HasSubstr("<tr><td class=\"name\"><a href=\"it%27s%20%3Cb%3E%26%E2%80%AE.txt\">"
                      "<bdi>it&#39;s &lt;b&gt;&amp;<i>U+202E</i>.txt</bdi></a></td>"
                      "<td class=\"size\" title=\"1,234 bytes\">1.2 KiB</td><td class=\"modified\">"
                      "<time datetime=\"2024-05-01T12:33:44Z\">2024-05-01<span> 12:33</span></time>"
                      "</td></tr>"));
}

TEST(Html, of_the_served_folder_has_no_way_up) {
  EXPECT_EQ(links_of(markup({}, info_of("/"))),
            (Links{"?sort=name&amp;order=desc", "?sort=size&amp;order=desc",
                   "?sort=modified&amp;order=desc"}));
}

TEST(Html, leads_up_to_every_folder_above) {
  const auto html = markup({}, info_of("/a/b%20%27c%27/%ED%95%9C/"));
  EXPECT_EQ(links_of(html),
            (Links{"../../../", "../../", "../", "?sort=name&amp;order=desc",
                   "?sort=size&amp;order=desc", "?sort=modified&amp;order=desc", "../"}));
}

TEST(Html, escapes_the_names_of_the_folders_above) {
  PageInfo info = info_of("/x&y;'z'/a&b/");
  const auto html = markup({}, info);
  EXPECT_THAT(html, HasSubstr("<a href=\"../\"><bdi>x&amp;y;&#39;z&#39;</bdi></a>"));
  EXPECT_THAT(html, HasSubstr("<h1><bdi>a&amp;b</bdi></h1>"));
  EXPECT_THAT(html, HasSubstr("<title>a&amp;b</title>"));
}

TEST(Html, turns_the_order_round_at_the_column_that_is_sorted_by) {
  auto info = info_of("/");
  info.request.sort = SortKey::size;
  info.request.descending = true;
  auto html = markup({}, info);
  EXPECT_EQ(links_of(html), (Links{"?sort=name&amp;order=asc", "?sort=size&amp;order=asc",
                                   "?sort=modified&amp;order=desc"}));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\" class=\"size\" aria-sort=\"descending\">"));
  info.request.descending = false;
  html = markup({}, info);
  EXPECT_EQ(links_of(html)[1], "?sort=size&amp;order=desc");
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\" class=\"size\" aria-sort=\"ascending\">"));
}

TEST(Html, leads_to_the_next_and_to_the_first_page) {
  const Listing full{.entries = {{"a", false, 1, 2}}, .next = "f_1_2_61"};
  auto info = info_of("/");
  auto html = markup(full, info);
  EXPECT_THAT(html, HasSubstr("<a rel=\"next\" href=\"?sort=name&amp;order=asc&amp;limit=10&amp;"
                              "after=f_1_2_61\">Next page</a>"));
  EXPECT_THAT(html, Not(HasSubstr("First page")));
  EXPECT_THAT(html, HasSubstr("0 folders, 1 file, 1 B on this page"));

  info.request.after = "f_1_2_61";
  html = markup({}, info);
  EXPECT_THAT(html, HasSubstr("<a href=\"?sort=name&amp;order=asc\">First page</a>"));
  EXPECT_THAT(html, Not(HasSubstr("Next page")));
  EXPECT_THAT(html, HasSubstr("Nothing follows."));
}

TEST(Html, says_that_a_folder_is_empty) {
  const auto html = markup({}, info_of("/x/"));
  EXPECT_THAT(html, HasSubstr("This folder is empty."));
  EXPECT_THAT(html, HasSubstr("<span>0 folders, 0 files</span>"));
  EXPECT_THAT(html, Not(HasSubstr("class=\"pages\"")));
}

TEST(Html, sums_up_without_overflow) {
  const Listing listing{
      .entries = {{"d", true, 0, 0}, {"a", false, UINT64_MAX, 0}, {"b", false, 9, 0}}, .next = ""};
  EXPECT_THAT(markup(listing, info_of("/")), HasSubstr("1 folder, 2 files, 16.0 EiB"));
}

TEST(Html, offers_only_what_may_be_done) {
  auto info = info_of("/");
  const auto none = markup({}, info);
  for (const auto* text :
       {"data-may-write", "data-may-remove", "id=\"files\"", "make-folder", "name=\"login\""})
    EXPECT_THAT(none, Not(HasSubstr(text)));
  info.may_write = true;
  EXPECT_THAT(markup({}, info), HasSubstr("<body data-may-write>"));
  EXPECT_THAT(markup({}, info), HasSubstr("id=\"files\""));
  info.may_remove = true;
  EXPECT_THAT(markup({}, info), HasSubstr("<body data-may-write data-may-remove>"));
  info.may_write = false;
  EXPECT_THAT(markup({}, info), HasSubstr("<body data-may-remove>"));
  info.offers_log_in = true;
  EXPECT_THAT(markup({}, info), HasSubstr("<form action=\"./\"><input type=\"hidden\" "
                                          "name=\"login\" value=\"/\">"));
  info.folder = info_of("/a&b/c%20d/").folder;
  EXPECT_THAT(markup({}, info), HasSubstr("<form action=\"../../\"><input type=\"hidden\" "
                                          "name=\"login\" value=\"/a&amp;b/c%20d/\">"));
}

// Programs that mirror a folder would follow it, and fail.
TEST(Html, does_not_link_to_log_in) {
  auto info = info_of("/");
  info.offers_log_in = true;
  for (const auto& link : links_of(markup({}, info))) EXPECT_THAT(link, Not(HasSubstr("login")));
}

TEST(Html, has_no_way_out_of_a_name_whatever_it_holds) {
  const Listing listing{
      .entries = {{"</bdi></a><script>alert(1)</script>\" onclick='x' &lt;", false, 0, 0}},
      .next = ""};
  const auto html = markup(listing, info_of("/"));
  const auto plain = markup({.entries = {{"a", false, 0, 0}}, .next = ""}, info_of("/"));
  for (const char c : {'<', '>', '"'})
    EXPECT_EQ(std::count(html.begin(), html.end(), c), std::count(plain.begin(), plain.end(), c));
}

TEST(Html, loads_and_runs_nothing_but_its_own) {
  const std::string policy(content_security_policy());
  EXPECT_TRUE(policy.starts_with("default-src 'none'; "));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
  // The hashes themselves are checked in policy_test.cpp.
  const auto html = markup({}, info_of("/"));
  EXPECT_THAT(html, Not(HasSubstr(" style=")));
  EXPECT_THAT(html, Not(HasSubstr(" src=")));
  EXPECT_THAT(html, Not(HasSubstr("javascript:")));
  EXPECT_FALSE(std::regex_search(html, std::regex(" on[a-z]+=")));
  EXPECT_THAT(std::string(page_script), Not(HasSubstr("</script")));
  EXPECT_THAT(std::string(page_script), Not(HasSubstr("<!--")));
  EXPECT_THAT(std::string(page_script), Not(HasSubstr("innerHTML")));
  EXPECT_THAT(std::string(page_style), Not(HasSubstr("</style")));
}

}  // namespace
}  // namespace overlap::listing
