#include "common/listing/text.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "common/path/url_path.h"

namespace overlap::listing {
namespace {

template <class Append, class Value>
std::string text_of(Append append, const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

TEST(Text, escapes_what_html_means_something_by) {
  EXPECT_EQ(text_of(append_html, "<a b='c' d=\"e\">&amp;\xED\x95\x9C"),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;\xED\x95\x9C");
}

TEST(Text, isolates_the_direction_of_a_name_and_shows_what_would_turn_it) {
  EXPECT_EQ(text_of(append_name, "a<b>.txt"), "<bdi>a&lt;b&gt;.txt</bdi>");
  EXPECT_EQ(text_of(append_name, "\u202Egpj.exe"), "<bdi><i>U+202E</i>gpj.exe</bdi>");
  for (const auto& [name, shown] : std::vector<std::pair<std::string, std::string>>{
           {"\u2029", "\u2029"},
           {"\u202A", "<i>U+202A</i>"},
           {"\u202F", "\u202F"},
           {"\u2065", "\u2065"},
           {"\u2066", "<i>U+2066</i>"},
           {"\u2069", "<i>U+2069</i>"},
           {"\u206A", "\u206A"},
           {"\U0001F389 한 e\u0301", "\U0001F389 한 e\u0301"},
           {"ملف", "ملف"},
       }) {
    EXPECT_EQ(text_of(append_name, name), "<bdi>" + shown + "</bdi>");
  }
}

TEST(Text, does_not_pass_on_a_name_that_is_not_utf8) {
  EXPECT_EQ(text_of(append_name, "a\xFF<\xE2\x80"), "<bdi>a\uFFFD&lt;\uFFFD\uFFFD</bdi>");
}

TEST(Text, writes_links_of_unreserved_characters_alone) {
  EXPECT_EQ(text_of(append_href, "AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(text_of(append_href, "a b&c'd;e=f+g%h#i@j!k(l),한"),
            "a%20b%26c%27d%3Be%3Df%2Bg%25h%23i%40j%21k%28l%29%2C%ED%95%9C");
}

TEST(Text, writes_links_that_lead_to_the_name) {
  for (const std::string name : {"a&b;c=d", "100%", "%41", "e\u0301 é", "한글", "a+b c",
                                 "'#~!@$(),;=[]{}^`", "\u202Ex", "\U0001F389"}) {
    const auto path = parse_url_path("/" + text_of(append_href, name));
    ASSERT_TRUE(std::holds_alternative<StorePath>(path)) << name;
    EXPECT_EQ(std::get<StorePath>(path).text(), name);
  }
}

TEST(Text, escapes_strings_of_json) {
  EXPECT_EQ(text_of(append_json, "a\"b\\c/d\u2028한"), "\"a\\\"b\\\\c/d\u2028한\"");
  EXPECT_EQ(text_of(append_json, std::string_view("\0\x1F\x20\x7F\n", 5)),
            "\"\\u0000\\u001F \x7F\\u000A\"");
}

TEST(Text, shows_sizes_in_few_digits) {
  constexpr std::uint64_t kib = 1024;
  for (const auto& [bytes, shown] : std::vector<std::pair<std::uint64_t, std::string>>{
           {0, "0 B"},
           {1, "1 B"},
           {1023, "1023 B"},
           {kib, "1.0 KiB"},
           {kib + 51, "1.0 KiB"},
           {kib + 52, "1.1 KiB"},
           {99 * kib + 972, "99.9 KiB"},
           {99 * kib + 973, "100 KiB"},
           {100 * kib + 511, "100 KiB"},
           {100 * kib + 512, "101 KiB"},
           {999 * kib + 511, "999 KiB"},
           {999 * kib + 512, "1.0 MiB"},
           {kib * kib, "1.0 MiB"},
           {734 * kib * kib, "734 MiB"},
           {5 * kib * kib * kib / 2, "2.5 GiB"},
           {kib * kib * kib * kib, "1.0 TiB"},
           {kib * kib * kib * kib * kib, "1.0 PiB"},
           {kib * kib * kib * kib * kib * kib, "1.0 EiB"},
           {UINT64_MAX, "16.0 EiB"},
       }) {
    EXPECT_EQ(text_of(append_size, bytes), shown) << bytes;
  }
}

TEST(Text, shows_exact_sizes_in_groups) {
  EXPECT_EQ(text_of(append_exact_size, 0u), "0 bytes");
  EXPECT_EQ(text_of(append_exact_size, 1u), "1 byte");
  EXPECT_EQ(text_of(append_exact_size, 999u), "999 bytes");
  EXPECT_EQ(text_of(append_exact_size, 1000u), "1,000 bytes");
  EXPECT_EQ(text_of(append_exact_size, 1234567u), "1,234,567 bytes");
  EXPECT_EQ(text_of(append_exact_size, UINT64_MAX), "18,446,744,073,709,551,615 bytes");
}

TEST(Text, writes_moments_as_rfc_3339) {
  for (const auto& [moment, text] : std::vector<std::pair<std::int64_t, std::string>>{
           {0, "1970-01-01T00:00:00Z"},
           {-1, "1969-12-31T23:59:59Z"},
           {1714566824, "2024-05-01T12:33:44Z"},
           {1709164800, "2024-02-29T00:00:00Z"},
           {-11644473600, "1601-01-01T00:00:00Z"},  // the first that NTFS knows
           {253402300799, "9999-12-31T23:59:59Z"},
           {253402300800, "9999-12-31T23:59:59Z"},
           {910692730085, "9999-12-31T23:59:59Z"},  // the last that NTFS knows
           {-62167219200, "0000-01-01T00:00:00Z"},
           {-62167219201, "0000-01-01T00:00:00Z"},
           {INT64_MIN, "0000-01-01T00:00:00Z"},
           {INT64_MAX, "9999-12-31T23:59:59Z"},
       }) {
    EXPECT_EQ(text_of(append_rfc3339, moment), text) << moment;
  }
}

}  // namespace
}  // namespace overlap::listing
