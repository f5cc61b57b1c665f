#include "common/listing/list_query.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace overlap::listing {
namespace {

constexpr std::size_t entries_max = 50;

struct Good {
  std::string query;
  ListRequest request;
};
std::ostream& operator<<(std::ostream& out, const Good& row) {
  return out << '"' << row.query << '"';
}

class GoodQuery : public testing::TestWithParam<Good> {};

TEST_P(GoodQuery, is_understood) {
  const auto result = parse_list_query(GetParam().query, entries_max);
  const auto* request = std::get_if<ListRequest>(&result);
  ASSERT_NE(request, nullptr) << std::get<QueryRefusal>(result).sentence;
  EXPECT_EQ(request->sort, GetParam().request.sort);
  EXPECT_EQ(request->descending, GetParam().request.descending);
  EXPECT_EQ(request->after, GetParam().request.after);
  EXPECT_EQ(request->entries_max, GetParam().request.entries_max);
}

constexpr auto name = SortKey::name;
constexpr auto size = SortKey::size;
constexpr auto modified = SortKey::modified;

INSTANTIATE_TEST_SUITE_P(
    table, GoodQuery,
    testing::ValuesIn(std::vector<Good>{
        {"", {name, false, "", 50}},
        {"sort=name", {name, false, "", 50}},
        {"sort=size", {size, false, "", 50}},
        {"sort=modified", {modified, false, "", 50}},
        {"order=asc", {name, false, "", 50}},
        {"order=desc", {name, true, "", 50}},
        {"sort=size&order=desc&limit=7&after=f_1_2_61", {size, true, "f_1_2_61", 7}},
        {"after=f_1_2_61&limit=7&order=desc&sort=size", {size, true, "f_1_2_61", 7}},
        {"after=%66_1_2_6%31", {name, false, "f_1_2_61", 50}},
        {"%73ort=siz%65", {size, false, "", 50}},
        {"limit=1", {name, false, "", 1}},
        {"limit=49", {name, false, "", 49}},
        {"limit=50", {name, false, "", 50}},
        {"limit=51", {name, false, "", 50}},
        {"limit=007", {name, false, "", 7}},
        {"limit=18446744073709551616", {name, false, "", 50}},
        {"limit=99999999999999999999999999", {name, false, "", 50}},
        {"sort=&order=&limit=&after=", {name, false, "", 50}},
        {"sort&order", {name, false, "", 50}},
        {"sort=&sort=size", {size, false, "", 50}},
        {"&&sort=size&", {size, false, "", 50}},
        {"C=N;O=D", {name, false, "", 50}},
        {"utm_source=x&Sort=y&sort =z&%=1&%zz=2&a=%zz", {name, false, "", 50}},
        {"login", {name, false, "", 50}},
        {"\xFF=\xFF&%00=1", {name, false, "", 50}},
    }));

struct Bad {
  std::string query;
  std::string sentence;
};
std::ostream& operator<<(std::ostream& out, const Bad& row) {
  return out << '"' << row.query << '"';
}

class BadQuery : public testing::TestWithParam<Bad> {};

TEST_P(BadQuery, is_refused_with_a_sentence) {
  const auto result = parse_list_query(GetParam().query, entries_max);
  const auto* refusal = std::get_if<QueryRefusal>(&result);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->sentence, GetParam().sentence);
}

const std::string bad_sort = "The query's \"sort\" must be name, size or modified.";
const std::string bad_order = "The query's \"order\" must be asc or desc.";
const std::string bad_limit = "The query's \"limit\" must be a whole number above 0.";
const std::string bad_after = "The query's \"after\" is not one that a listing of here gave.";
const std::string repeated = "The query names one of its keys twice.";

INSTANTIATE_TEST_SUITE_P(table, BadQuery,
                         testing::ValuesIn(std::vector<Bad>{
                             {"sort=date", bad_sort},
                             {"sort=Name", bad_sort},
                             {"sort=name ", bad_sort},
                             {"sort=%6", bad_sort},
                             {"sort=name%00", bad_sort},
                             {"sort=name=size", bad_sort},
                             {"order=ascending", bad_order},
                             {"order=%", bad_order},
                             {"order=des%zz", bad_order},
                             {"order=%-1", bad_order},
                             {"limit=0", bad_limit},
                             {"limit=000", bad_limit},
                             {"limit=-1", bad_limit},
                             {"limit=+1", bad_limit},
                             {"limit=1.5", bad_limit},
                             {"limit=1e3", bad_limit},
                             {"limit=ten", bad_limit},
                             {"limit=99999999999999999999999999x", bad_limit},
                             {"after=x", bad_after},
                             {"after=f_1_2_", bad_after},
                             {"after=%66_1_2_%2", bad_after},
                             {"sort=name&sort=name", repeated},
                             {"limit=1&a=b&limit=2", repeated},
                             {"sort=name&%73ort=size", repeated},
                         }));

TEST(ListQuery, of_the_next_page_reads_as_the_same_request_further_on) {
  const ListRequest request{
      .sort = size, .descending = true, .after = "f_1_2_61", .entries_max = 9};
  const Listing listing{.entries = {}, .next = "f_3_-4_62"};
  const auto query = to_next_page_query(request, listing);
  EXPECT_EQ(query, "?sort=size&order=desc&limit=9&after=f_3_-4_62");
  const auto read = std::get<ListRequest>(parse_list_query(query.substr(1), entries_max));
  EXPECT_EQ(read.sort, size);
  EXPECT_TRUE(read.descending);
  EXPECT_EQ(read.entries_max, 9u);
  EXPECT_EQ(read.after, "f_3_-4_62");
}

TEST(ListQuery, of_the_first_page_has_no_place_in_it) {
  const ListRequest request{.sort = modified, .after = "f_1_2_61", .entries_max = 9};
  EXPECT_EQ(to_first_page_query(request), "?sort=modified&order=asc");
}

TEST(ListQuery, never_allows_a_page_without_entries) {
  EXPECT_EQ(std::get<ListRequest>(parse_list_query("", 0)).entries_max, 1u);
}

TEST(ListQuery, asks_for_log_in_by_a_key) {
  for (const auto* query : {"login", "login=", "login=1", "sort=name&login", "login&x"})
    EXPECT_TRUE(asks_for_log_in(query)) << query;
  for (const auto* query : {"", "Login", "x=login", "logins", "log=in", "=login"})
    EXPECT_FALSE(asks_for_log_in(query)) << query;
}

TEST(ListQuery, leads_back_to_the_folder_that_asked_for_log_in_and_nowhere_else) {
  for (const auto& [query, text] : std::vector<std::pair<std::string, std::string>>{
           {"login=%2Fa%2520b%2F%25ED%2595%259C%2F", "a b/한"},
           {"sort=name&login=/x/&login=/y/", "x"},
           {"login=/", ""},
           {"login", ""},
           {"", ""},
           {"login=/file", ""},
           {"login=//host/", ""},
           {"login=/%5C/host/", ""},
           {"login=http://host/", ""},
           {"login=https:%2F%2Fhost%2F", ""},
           {"login=/a/../b/", ""},
           {"login=/%250D%250Aa/", ""},
           {"login=/%0D%0Aa/", ""},
           {"login=%zz", ""},
       }) {
    EXPECT_EQ(log_in_return(query).text(), text) << query;
    EXPECT_TRUE(log_in_return(query).names_folder()) << query;
  }
}

}  // namespace
}  // namespace overlap::listing
