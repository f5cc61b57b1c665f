// Conditions: lists of tags, dates, their order, and what a write asks of its target.
#include "common/protocol/conditions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/entity_tags.h"
#include "common/protocol/http_date.h"
#include "tests/unit/protocol/head_of.h"

namespace overlap::protocol {
namespace {

constexpr std::int64_t modified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::int64_t today = 1795424400;    // in 2026
constexpr std::string_view same = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view after = "Sun, 06 Nov 1994 08:49:38 GMT";

const Validators strong{"\"a\"", false, modified};
const Validators weak{"\"a\"", true, modified};

std::string line(std::string_view name, std::string_view value) {
  return std::string(name) + ": " + std::string(value) + "\r\n";
}

char letter(Verdict verdict) {
  switch (verdict) {
    case Verdict::proceed: return 'p';
    case Verdict::not_modified: return 'n';
    case Verdict::failed: return 'f';
    case Verdict::malformed: return 'm';
  }
  return '?';
}

struct Row {
  std::string lines;
  // Verdicts in this order: GET and PUT of a file with a strong tag, of one with a weak tag, and
  // without a file.
  std::string verdicts;
};

void check(const std::vector<Row>& rows) {
  const std::vector<std::optional<Validators>> versions{strong, weak, std::nullopt};
  for (const Row& row : rows) {
    const TestHead get("GET", "/a", row.lines);
    const TestHead head("HEAD", "/a", row.lines);
    const TestHead put("PUT", "/a", row.lines);
    const TestHead move("MOVE", "/a", row.lines);
    std::string verdicts;
    for (const auto& version : versions) {
      verdicts += letter(evaluate(get, version, today));
      verdicts += letter(evaluate(put, version, today));
      EXPECT_EQ(evaluate(head, version, today), evaluate(get, version, today)) << row.lines;
      EXPECT_EQ(evaluate(move, version, today), evaluate(put, version, today)) << row.lines;

      const auto condition = read_write_condition(put, today);
      const bool refused = std::holds_alternative<Refusal>(condition);
      EXPECT_EQ(refused, evaluate(put, version, today) == Verdict::malformed) << row.lines;
      if (refused) continue;
      const auto copy = std::get<WriteCondition>(condition);
      EXPECT_EQ(copy.holds(version), evaluate(put, version, today) == Verdict::proceed)
          << row.lines;
    }
    EXPECT_EQ(verdicts, row.verdicts) << row.lines;
  }
}

TEST(Conditions, of_one_field) {
  check({
      {"", "pppppp"},
      {line("If-Match", "\"a\""), "ppffff"},
      {line("If-Match", "\"b\""), "ffffff"},
      {line("If-Match", "W/\"a\""), "ffffff"},
      {line("If-Match", "\"b\", \"a\""), "ppffff"},
      {line("If-Match", "*"), "ppppff"},
      {line("If-Match", ""), "ffffff"},
      {line("If-Match", ","), "ffffff"},
      {line("If-None-Match", "\"a\""), "nfnfpp"},
      {line("If-None-Match", "W/\"a\""), "nfnfpp"},
      {line("If-None-Match", "\"b\""), "pppppp"},
      {line("If-None-Match", "\"b\",W/\"a\""), "nfnfpp"},
      {line("If-None-Match", "*"), "nfnfpp"},
      {line("If-None-Match", ""), "pppppp"},
      {line("If-Modified-Since", before), "pppppp"},
      {line("If-Modified-Since", same), "npnppp"},
      {line("If-Modified-Since", after), "npnppp"},
      {line("If-Unmodified-Since", before), "ffffpp"},
      {line("If-Unmodified-Since", same), "pppppp"},
      {line("If-Unmodified-Since", after), "pppppp"},
  });
}

TEST(Conditions, in_their_order) {
  check({
      // If-Match goes before If-Unmodified-Since, whatever that says.
      {line("If-Match", "\"a\"") + line("If-Unmodified-Since", before), "ppffff"},
      {line("If-Match", "\"b\"") + line("If-Unmodified-Since", after), "ffffff"},
      // If-None-Match goes before If-Modified-Since.
      {line("If-None-Match", "\"b\"") + line("If-Modified-Since", after), "pppppp"},
      {line("If-None-Match", "\"a\"") + line("If-Modified-Since", before), "nfnfpp"},
      // A write condition that fails is 412 although a 304 would follow.
      {line("If-Match", "\"b\"") + line("If-None-Match", "\"a\""), "ffffff"},
      {line("If-Match", "\"a\"") + line("If-None-Match", "\"a\""), "nfffff"},
      {line("If-Unmodified-Since", before) + line("If-None-Match", "\"a\""), "ffffpp"},
      {line("If-Match", "\"a\"") + line("If-None-Match", "\"b\""), "ppffff"},
      {line("If-Unmodified-Since", after) + line("If-Modified-Since", same), "npnppp"},
  });
}

TEST(Conditions, fields_in_several_lines_are_one_list) {
  check({
      {line("If-Match", "\"b\"") + line("if-match", "\"a\""), "ppffff"},
      {line("If-Match", "\"a\"") + line("If-Match", "\"b\""), "ppffff"},
      {line("If-Match", "") + line("If-Match", "\"a\""), "ppffff"},
      {line("If-None-Match", "\"b\"") + line("If-None-Match", "W/\"a\""), "nfnfpp"},
      {line("If-Match", "*") + line("If-Match", "\"a\""), "mmmmmm"},
      {line("If-Match", "\"a\"") + line("If-Match", "*"), "mmmmmm"},
      {line("If-Match", "*") + line("If-Match", "*"), "mmmmmm"},
      {line("If-None-Match", "*") + line("If-None-Match", ""), "mmmmmm"},
      {line("If-Modified-Since", after) + line("If-Modified-Since", after), "pppppp"},
      {line("If-Unmodified-Since", before) + line("If-Unmodified-Since", before), "pppppp"},
  });
}

TEST(Conditions, lists_are_read_strictly) {
  const std::vector<std::string> malformed{
      "a",        "\"a",       "a\"",      "\"a\"\"b\"", "\"a\" \"b\"", "w/\"a\"", "W/a",
      "W/ \"a\"", "\"a\";q=1", "*, \"a\"", "\"a\", *",   "**",          "\"a b\"", "'a'",
      "\"a\"x",   "W/",        "\"a\", b", "\"\\\"\"",   "W/\"a",       "\"a\tb\""};
  for (const std::string& list : malformed)
    check({{line("If-Match", list), "mmmmmm"}, {line("If-None-Match", list), "mmmmmm"}});
  check({
      // Commas and slashes belong to a quoted tag.
      {line("If-Match", "\"x,\\,y\",\"a\""), "ppffff"},
      {line("If-Match", "\"W/\""), "ffffff"},
      {line("If-Match", "\"a,\""), "ffffff"},
      {line("If-Match", "\"\""), "ffffff"},
      {line("If-Match", "\"\xc3\xa9\", \"a\""), "ppffff"},
      {line("If-Match", ",, \"b\" ,\t\"a\" , ,"), "ppffff"},
  });
}

TEST(Conditions, dates_that_are_none_are_ignored) {
  for (const char* date : {"", "yesterday", "0", "784111777", "Sun, 06 Nov 1994 08:49:36",
                           "Sun, 06 Nov 1994 08:49:36 GMT, Sun, 06 Nov 1994 08:49:36 GMT"}) {
    check({{line("If-Unmodified-Since", date), "pppppp"},
           {line("If-Modified-Since", date), "pppppp"}});
  }
  check({
      {line("If-Unmodified-Since", "Sunday, 06-Nov-94 08:49:36 GMT"), "ffffpp"},
      {line("If-Unmodified-Since", "Sun Nov  6 08:49:36 1994"), "ffffpp"},
      {line("If-Modified-Since", "Sun Nov  6 08:49:37 1994"), "npnppp"},
  });
}

TEST(Conditions, a_write_condition_is_empty_without_its_fields) {
  const auto of = [](const std::string& lines) {
    return std::get<WriteCondition>(read_write_condition(TestHead("PUT", "/a", lines), today));
  };
  EXPECT_TRUE(WriteCondition().empty());
  EXPECT_TRUE(WriteCondition().holds(strong));
  EXPECT_TRUE(WriteCondition().holds(std::nullopt));
  EXPECT_TRUE(of("").empty());
  EXPECT_TRUE(of(line("If-Modified-Since", same) + line("If-Range", "\"a\"")).empty());
  EXPECT_TRUE(of(line("If-Unmodified-Since", "never")).empty());
  EXPECT_FALSE(of(line("If-Match", "")).empty());
  EXPECT_FALSE(of(line("If-None-Match", "")).empty());
  EXPECT_FALSE(of(line("If-Unmodified-Since", same)).empty());
  EXPECT_EQ(of(line("If-Match", "*")), WriteCondition("*", "", std::nullopt));
}

TEST(Conditions, a_range_applies_to_the_version_that_it_was_meant_for) {
  struct RangeRow {
    std::string lines;
    bool of_strong, of_weak;
  };
  const std::vector<RangeRow> rows{
      {"", true, true},
      {line("If-Range", "\"a\""), true, false},
      {line("If-Range", " \"a\" "), true, false},
      {line("If-Range", "\"b\""), false, false},
      {line("If-Range", "W/\"a\""), false, false},
      {line("If-Range", "\"a\", \"a\""), false, false},
      {line("If-Range", "\"a\"x"), false, false},
      {line("If-Range", "\"a\","), false, false},
      {line("If-Range", "\"a\", x"), false, false},
      {line("If-Range", "a"), false, false},
      {line("If-Range", "*"), false, false},
      {line("If-Range", ""), false, false},
      {line("If-Range", same), false, false},
      {line("If-Range", after), false, false},
      {line("If-Range", "\"a\"") + line("If-Range", "\"a\""), false, false},
  };
  for (const RangeRow& row : rows) {
    EXPECT_EQ(range_applies(TestHead(row.lines), strong), row.of_strong) << row.lines;
    EXPECT_EQ(range_applies(TestHead(row.lines), weak), row.of_weak) << row.lines;
  }
}

TEST(Conditions, a_file_without_a_tag_is_the_same_as_none) {
  const Validators untagged{{}, false, modified};
  EXPECT_FALSE(range_applies(TestHead(line("If-Range", "")), untagged));
  EXPECT_EQ(evaluate(TestHead(line("If-Match", "\"\"")), untagged, today), Verdict::failed);
  EXPECT_EQ(evaluate(TestHead(line("If-Match", "*")), untagged, today), Verdict::proceed);
}

TEST(HttpDate, of_the_three_forms) {
  const std::vector<std::string> rows{"Sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                                      "Sun Nov 06 08:49:37 1994"};
  for (const std::string& text : rows) EXPECT_EQ(parse_any_http_date(text, today), modified);
  EXPECT_EQ(parse_any_http_date("Wed Nov 16 08:49:37 1994", today), modified + 10 * 86400);
  for (const char* text : {"",
                           ",",
                           "Sunday",
                           "Sunday,",
                           "Sunday, 06-Nov-94",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06 Nov 94 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 UTC",
                           "Monday, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 6-Nov-94 08:49:37 GMT",
                           "Sunday, 06-Nov-xx 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Mon Nov  6 08:49:37 1994",
                           "Sun Nov  6 08:49:37 1994 GMT",
                           "Sun Nov 31 08:49:37 1994",
                           "Sun nov  6 08:49:37 1994",
                           "Sun Nov  6 24:49:37 1994",
                           "Sun Nov  6 08:49:37 94",
                           "sunday, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 31-Nov-94 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_any_http_date(text, today)) << text;
  }
}

TEST(HttpDate, two_digits_of_a_year_are_within_fifty_years_of_now) {
  const auto year_of = [](const char* text, const char* now) {
    const auto seconds = parse_any_http_date(text, *parse_http_date(now));
    return seconds ? std::string(HttpDate(*seconds).text().substr(12, 4)) : std::string("none");
  };
  const char* in_2026 = "Mon, 23 Nov 2026 00:00:00 GMT";
  EXPECT_EQ(year_of("Sunday, 22-Nov-26 08:49:37 GMT", in_2026), "2026");
  EXPECT_EQ(year_of("Sunday, 01-Nov-76 08:49:37 GMT", in_2026), "2076");
  EXPECT_EQ(year_of("Tuesday, 01-Nov-77 08:49:37 GMT", in_2026), "1977");
  EXPECT_EQ(year_of("Saturday, 01-Nov-99 08:49:37 GMT", in_2026), "none");  // a Monday in 1999
  EXPECT_EQ(year_of("Sunday, 01-Nov-01 08:49:37 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"), "none");
  EXPECT_EQ(year_of("Tuesday, 01-Nov-01 08:49:37 GMT", "Thu, 01 Jan 2099 00:00:00 GMT"), "2101");
}

}  // namespace
}  // namespace overlap::protocol
