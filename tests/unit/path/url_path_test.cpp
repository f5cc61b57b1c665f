#include "common/path/url_path.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <variant>
#include <vector>

namespace overlap {
namespace {

using namespace std::string_literals;
using enum PathError;

// ---- accepted ----------------------------------------------------------------------------------

struct Accepted {
  std::string url;
  std::string text;
  bool folder = false;
};

std::ostream& operator<<(std::ostream& out, const Accepted& row) {
  return out << row.url.substr(0, 80);
}

class UrlPathAccepts : public testing::TestWithParam<Accepted> {};

TEST_P(UrlPathAccepts, and_finds_its_way_back) {
  const auto& row = GetParam();
  const auto parsed = parse_url_path(row.url);
  ASSERT_TRUE(std::holds_alternative<StorePath>(parsed)) << describe(std::get<PathRefusal>(parsed));
  const auto& path = std::get<StorePath>(parsed);
  EXPECT_EQ(path.text(), row.text);
  EXPECT_EQ(path.names_folder(), row.folder);
  const auto again = parse_url_path(to_url_path(path));
  ASSERT_TRUE(std::holds_alternative<StorePath>(again)) << to_url_path(path);
  EXPECT_EQ(std::get<StorePath>(again), path);
}

INSTANTIATE_TEST_SUITE_P(plain, UrlPathAccepts,
                         testing::ValuesIn(std::vector<Accepted>{
                             {"/", "", true},
                             {"/a", "a"},
                             {"/a/", "a", true},
                             {"/a/b.txt", "a/b.txt"},
                             {"/a/b/c/", "a/b/c", true},
                             {"/photos/2024/a.jpg", "photos/2024/a.jpg"},
                             {"/.well-known/x", ".well-known/x"},
                             {"/.gitignore", ".gitignore"},
                             {"/..a", "..a"},
                             {"/a..b", "a..b"},
                             {"/...a", "...a"},
                             {"/a.b.c.tar.gz", "a.b.c.tar.gz"},
                             {"/%61%62", "ab"},
                             // Composed and decomposed are two names, as they are to NTFS.
                             {"/%ED%95%9C", "\xED\x95\x9C"},
                             {"/%E1%84%92%E1%85%A1%E1%86%AB",
                              "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"},
                             {"/%C3%A9", "\xC3\xA9"},
                             {"/e%CC%81", "e\xCC\x81"},
                             {"/a%20b", "a b"},
                             {"/a b", "a b"},
                             {"/%20a", " a"},
                             {"/a%2eb", "a.b"},
                             {"/a%2Eb", "a.b"},
                             {"/100%25", "100%"},
                             {"/a%252fb", "a%2fb"},  // decoded once only
                             {"/%252e%252e", "%2e%2e"},
                             {"/%255c", "%5c"},
                             {"/a%23b", "a#b"},
                             {"/a+b", "a+b"},
                             {"/a;b=c,d@e!$&'()", "a;b=c,d@e!$&'()"},
                             {"/[x]{y}^`", "[x]{y}^`"},
                             {"/~user", "~user"},
                             {"/%7E", "~"},
                         }));

INSTANTIATE_TEST_SUITE_P(
    unicode, UrlPathAccepts,
    testing::ValuesIn(std::vector<Accepted>{
        {"/%C3%A4", "ä"},
        {"/%c3%a4", "ä"},
        {"/ä", "ä"},
        {"/%E2%82%AC.txt", "€.txt"},
        {"/%F0%9F%98%80", "\U0001F600"},
        {"/%EF%BC%8F", "\uFF0F"},  // full-width solidus: a plain character
        {"/%EF%BC%8E%EF%BC%8E", "\uFF0E\uFF0E"},
        {"/%E2%88%95", "\u2215"},  // division slash
        {"/%EF%BC%BC", "\uFF3C"},  // full-width backslash
        {"/%EF%BC%9A", "\uFF1A"},  // full-width colon
        {"/%C2%A0", "\u00A0"},     // first past the C1 controls; not the space that Windows drops
        {"/%E2%80%AE", "\u202E"},
        {"/%EF%BF%BE", "\uFFFE"},
        {"/%ED%9F%BF", "\uD7FF"},
        {"/%EE%80%80", "\uE000"},
        {"/%F4%8F%BF%BF", "\U0010FFFF"},
        {"/CO%C2%B9", "CO\u00B9"},
    }));

INSTANTIATE_TEST_SUITE_P(near_misses_of_names, UrlPathAccepts,
                         testing::ValuesIn(std::vector<Accepted>{
                             {"/CONS", "CONS"},
                             {"/ICON", "ICON"},
                             {"/con-1", "con-1"},
                             {"/x.con", "x.con"},
                             {"/%20con", " con"},
                             {"/COM", "COM"},
                             {"/COM10", "COM10"},
                             {"/com1x", "com1x"},
                             {"/LPT", "LPT"},
                             {"/lpt00", "lpt00"},
                             {"/COM%E2%81%B4", "COM\u2074"},  // superscript four
                             {"/COM%C2%B9%C2%B9", "COM\u00B9\u00B9"},
                             {"/nul%C2%A0", "nul\u00A0"},
                             {"/CONIN", "CONIN"},
                             {"/CONOUT", "CONOUT"},
                             {"/CLOCK", "CLOCK"},
                             {"/console.log", "console.log"},
                             {"/auxiliary", "auxiliary"},
                             {"/~1", "~1"},
                             {"/a~", "a~"},
                             {"/a~b", "a~b"},
                             {"/a~1b", "a~1b"},
                             {"/ABCDEFG~1", "ABCDEFG~1"},  // a base of nine
                             {"/ABCDEF~1.html", "ABCDEF~1.html"},
                             {"/a~1.b.c", "a~1.b.c"},
                             {"/a.b~1", "a.b~1"},
                             {"/a~12345678", "a~12345678"},
                             {"/.overlap", ".overlap"},
                             {"/.overlaq-x", ".overlaq-x"},
                             {"/overlap-x", "overlap-x"},
                             {"/x.overlap-", "x.overlap-"},
                         }));

// ---- refused -----------------------------------------------------------------------------------

struct Refused {
  std::string url;
  PathError error;
  std::string segment;  // as sent
};

std::ostream& operator<<(std::ostream& out, const Refused& row) {
  return out << testing::PrintToString(row.url.substr(0, 80));
}

class UrlPathRefuses : public testing::TestWithParam<Refused> {};

TEST_P(UrlPathRefuses, and_names_rule_and_segment) {
  const auto& row = GetParam();
  const auto parsed = parse_url_path(row.url);
  ASSERT_TRUE(std::holds_alternative<PathRefusal>(parsed)) << std::get<StorePath>(parsed).text();
  const auto& refusal = std::get<PathRefusal>(parsed);
  EXPECT_EQ(refusal.error, row.error) << describe(refusal);
  EXPECT_EQ(refusal.segment, row.segment);
}

INSTANTIATE_TEST_SUITE_P(syntax, UrlPathRefuses,
                         testing::ValuesIn(std::vector<Refused>{
                             {"", not_absolute, ""},
                             {"a", not_absolute, ""},
                             {"*", not_absolute, ""},
                             {"%2Fa", not_absolute, ""},
                             {"http://h/a", not_absolute, ""},
                             {"\\a", not_absolute, ""},
                             {"/a#b", fragment, "a#b"},
                             {"/#", fragment, "#"},
                             {"/%", bad_escape, "%"},
                             {"/a%", bad_escape, "a%"},
                             {"/a%4", bad_escape, "a%4"},
                             {"/a%4/1", bad_escape, "a%4"},
                             {"/%g1", bad_escape, "%g1"},
                             {"/%1g", bad_escape, "%1g"},
                             {"/%%41", bad_escape, "%%41"},
                             {"/% 41", bad_escape, "% 41"},
                             {"/%+1", bad_escape, "%+1"},
                             {"/%0x41", bad_escape, "%0x41"},
                             {"/%u002e", bad_escape, "%u002e"},
                             {"/%/2e", bad_escape, "%"},
                             {"//", empty_segment, ""},
                             {"//a", empty_segment, ""},
                             {"/a//b", empty_segment, ""},
                             {"/a//", empty_segment, ""},
                             {"/a/b///", empty_segment, ""},
                             {"//server/share/x", empty_segment, ""},
                             {"/.", dot_segment, "."},
                             {"/..", dot_segment, ".."},
                             {"/./", dot_segment, "."},
                             {"/../x", dot_segment, ".."},
                             {"/a/..", dot_segment, ".."},
                             {"/a/../b", dot_segment, ".."},
                             {"/a/./b", dot_segment, "."},
                             {"/%2e", dot_segment, "%2e"},
                             {"/%2e%2E", dot_segment, "%2e%2E"},
                             {"/.%2e/x", dot_segment, ".%2e"},
                             {"/a/%2e./", dot_segment, "%2e."},
                         }));

INSTANTIATE_TEST_SUITE_P(encoding, UrlPathRefuses,
                         testing::ValuesIn(std::vector<Refused>{
                             {"/%80", bad_utf8, "%80"},
                             {"/%ff", bad_utf8, "%ff"},
                             {"/\xff", bad_utf8, "\xff"},
                             {"/%c0%af", bad_utf8, "%c0%af"},              // overlong '/'
                             {"/%c0%ae%c0%ae", bad_utf8, "%c0%ae%c0%ae"},  // overlong ".."
                             {"/%c1%9c", bad_utf8, "%c1%9c"},              // overlong backslash
                             {"/%e0%80%af", bad_utf8, "%e0%80%af"},
                             {"/%f0%80%80%af", bad_utf8, "%f0%80%80%af"},
                             {"/%c0%80", bad_utf8, "%c0%80"},
                             {"/%ed%a0%80", bad_utf8, "%ed%a0%80"},  // a surrogate
                             {"/%ed%bf%bf", bad_utf8, "%ed%bf%bf"},
                             {"/%ed%a0%bd%ed%b8%80", bad_utf8, "%ed%a0%bd%ed%b8%80"},
                             {"/%f4%90%80%80", bad_utf8, "%f4%90%80%80"},
                             {"/%c3", bad_utf8, "%c3"},
                             {"/%c3/%a4", bad_utf8, "%c3"},  // a character does not span segments
                             {"/a%e2%82b", bad_utf8, "a%e2%82b"},
                         }));

INSTANTIATE_TEST_SUITE_P(characters, UrlPathRefuses,
                         testing::ValuesIn(std::vector<Refused>{
                             {"/%00", control_character, "%00"},
                             {"/a.txt%00.jpg", control_character, "a.txt%00.jpg"},
                             {"/"s + '\0', control_character, "\0"s},
                             {"/%01", control_character, "%01"},
                             {"/%0d%0a", control_character, "%0d%0a"},
                             {"/a\tb", control_character, "a\tb"},
                             {"/%1f", control_character, "%1f"},
                             {"/%7f", control_character, "%7f"},
                             {"/%c2%80", control_character, "%c2%80"},
                             {"/%c2%85", control_character, "%c2%85"},
                             {"/%c2%9f", control_character, "%c2%9f"},
                             {"/a\\b", separator, "a\\b"},
                             {"/a%5cb", separator, "a%5cb"},
                             {"/a%5Cb", separator, "a%5Cb"},
                             {"/..\\x", separator, "..\\x"},
                             {"/..%5cx", separator, "..%5cx"},
                             {"/%5c%5cserver%5cshare", separator, "%5c%5cserver%5cshare"},
                             {"/\\\\?\\C:\\x", separator, "\\\\?\\C:\\x"},
                             {"/\\\\.\\pipe", separator, "\\\\.\\pipe"},
                             {"/a%2fb", separator, "a%2fb"},
                             {"/..%2fx", separator, "..%2fx"},
                             {"/%2F", separator, "%2F"},
                             {"/C:", colon, "C:"},
                             {"/C:/x", colon, "C:"},
                             {"/c%3a", colon, "c%3a"},
                             {"/a.txt:stream", colon, "a.txt:stream"},
                             {"/a.txt::$DATA", colon, "a.txt::$DATA"},
                             {"/a:$I30:$INDEX_ALLOCATION/", colon, "a:$I30:$INDEX_ALLOCATION"},
                             {"/:", colon, ":"},
                             {"/%3C", forbidden_character, "%3C"},
                             {"/a>", forbidden_character, "a>"},
                             {"/a\"b", forbidden_character, "a\"b"},
                             {"/a|b", forbidden_character, "a|b"},
                             {"/a%7cb", forbidden_character, "a%7cb"},
                             {"/a?b", forbidden_character, "a?b"},
                             {"/a%3fb", forbidden_character, "a%3fb"},
                             {"/*.txt", forbidden_character, "*.txt"},
                             {"/%2a", forbidden_character, "%2a"},
                             {"/ok/%22", forbidden_character, "%22"},
                             {"/?/C", forbidden_character, "?"},
                         }));

INSTANTIATE_TEST_SUITE_P(names, UrlPathRefuses,
                         testing::ValuesIn(std::vector<Refused>{
                             {"/a.", trailing_dot_or_space, "a."},
                             {"/a%2e", trailing_dot_or_space, "a%2e"},
                             {"/a%20", trailing_dot_or_space, "a%20"},
                             {"/a ", trailing_dot_or_space, "a "},
                             {"/a./b", trailing_dot_or_space, "a."},
                             {"/a%20/", trailing_dot_or_space, "a%20"},
                             {"/...", trailing_dot_or_space, "..."},
                             {"/%20", trailing_dot_or_space, "%20"},
                             {"/..%20", trailing_dot_or_space, "..%20"},
                             {"/.%20.", trailing_dot_or_space, ".%20."},
                             {"/%20.", trailing_dot_or_space, "%20."},
                             {"/nul.", trailing_dot_or_space, "nul."},
                             {"/con", device_name, "con"},
                             {"/CON", device_name, "CON"},
                             {"/cOn/", device_name, "cOn"},
                             {"/%63on", device_name, "%63on"},
                             {"/a/prn/b", device_name, "prn"},
                             {"/AUX.txt", device_name, "AUX.txt"},
                             {"/nul.tar.gz", device_name, "nul.tar.gz"},
                             {"/nul..txt", device_name, "nul..txt"},
                             {"/nul%20.txt", device_name, "nul%20.txt"},
                             {"/nul%20%20%20.txt", device_name, "nul%20%20%20.txt"},
                             {"/COM0", device_name, "COM0"},
                             {"/com1", device_name, "com1"},
                             {"/COM9.log", device_name, "COM9.log"},
                             {"/LPT0", device_name, "LPT0"},
                             {"/lpt5%20.x", device_name, "lpt5%20.x"},
                             {"/LPT9", device_name, "LPT9"},
                             {"/COM%C2%B9", device_name, "COM%C2%B9"},
                             {"/com%C2%B2.txt", device_name, "com%C2%B2.txt"},
                             {"/COM%C2%B3", device_name, "COM%C2%B3"},
                             {"/LPT%C2%B9", device_name, "LPT%C2%B9"},
                             {"/lpt\u00B2", device_name, "lpt\u00B2"},
                             {"/LPT%C2%B3.a", device_name, "LPT%C2%B3.a"},
                             {"/CONIN$", device_name, "CONIN$"},
                             {"/conout%24.x", device_name, "conout%24.x"},
                             {"/Clock$", device_name, "Clock$"},
                             {"/PROGRA~1", short_name, "PROGRA~1"},
                             {"/progra~1/x", short_name, "progra~1"},
                             {"/PROGRA%7e1", short_name, "PROGRA%7e1"},
                             {"/LONGFI~1.TXT", short_name, "LONGFI~1.TXT"},
                             {"/a~1", short_name, "a~1"},
                             {"/ABCDE~10", short_name, "ABCDE~10"},
                             {"/a~123456.b", short_name, "a~123456.b"},
                             {"/AB12CD~9.HTM", short_name, "AB12CD~9.HTM"},
                             {"/a~b~1", short_name, "a~b~1"},
                             {"/%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4~1.%C3%A4%C3%A4%C3%A4",
                              short_name,
                              "%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4~1.%C3%A4%C3%A4%C3%A4"},
                             {"/.overlap-", temporary_name, ".overlap-"},
                             {"/.overlap-1", temporary_name, ".overlap-1"},
                             {"/a/.OverLap-x", temporary_name, ".OverLap-x"},
                             {"/%2eoverlap%2d7/x", temporary_name, "%2eoverlap%2d7"},
                         }));

}  // namespace
}  // namespace overlap
