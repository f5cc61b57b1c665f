#include "common/access/name_fold.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace overlap::access {
namespace {

struct Row {
  std::string prefix;
  std::string path;
  Containment expected;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << '"' << row.prefix << "\" and \"" << row.path << '"';
}

class Prefix : public testing::TestWithParam<Row> {};

TEST_P(Prefix, contains_a_path) {
  EXPECT_EQ(contains(GetParam().prefix, GetParam().path), GetParam().expected);
}

constexpr auto none = Containment::none;
constexpr auto possible = Containment::possible;
constexpr auto certain = Containment::certain;

INSTANTIATE_TEST_SUITE_P(whole_names, Prefix,
                         testing::ValuesIn(std::vector<Row>{{"", "", certain},
                                                            {"", "a", certain},
                                                            {"a", "", none},
                                                            {"a", "a", certain},
                                                            {"a", "a/b", certain},
                                                            {"a/b", "a", none},
                                                            {"a", "ab", none},
                                                            {"ab", "a", none},
                                                            {"a/b", "a/b/c", certain},
                                                            {"a/b", "a/bc", none},
                                                            {"a", "b/a", none},
                                                            {"비밀", "비밀/a", certain},
                                                            {"비밀", "공개", none}}));

INSTANTIATE_TEST_SUITE_P(ascii, Prefix,
                         testing::ValuesIn(std::vector<Row>{{"Private", "pRIVATE/x", certain},
                                                            {"az", "AZ", certain},
                                                            // Neighbours of the letters in ASCII.
                                                            {"a@", "a`", none},
                                                            {"a[", "a{", none}}));

INSTANTIATE_TEST_SUITE_P(other_characters, Prefix,
                         testing::ValuesIn(std::vector<Row>{
                             {"É", "É", certain},
                             {"É", "é", possible},
                             {"é", "É/x", possible},
                             {"éA", "Éa", possible},
                             {"é", "É1", none},
                             {"é", "è", none},
                             {"тест", "ТЕСТ", possible},
                             {"тест", "фото", none},
                             {"Σας", "σΑΣ", possible},        // three forms of sigma
                             {"k", "\u212A", possible},       // Kelvin sign
                             {"s", "\u017F", possible},       // long s
                             {"\u017F", "S", possible},       //
                             {"i", "\u0131", possible},       // dotless i
                             {"i", "\u0130", possible},       // I with a dot
                             {"å", "\u212B", possible},       // Ångström sign
                             {"µ", "\u03BC", possible},       // micro sign and mu
                             {"\uFF21", "\uFF41", possible},  // full-width A
                             {"a", "\uFF21", none},           // NTFS keeps full-width letters apart
                             {"\u01C4", "\u01C5", possible},  // title case
                             {"\U00010400", "\U00010428", possible},
                             {"é", "e\u0301", none},  // composed and decomposed: two names on NTFS
                             {"ß", "ss", none},       // only characters are mapped, not strings
                         }));

TEST(Fold, gives_a_character_that_folds_to_itself) {
  std::size_t moved = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    const char32_t folded = fold(c);
    moved += folded != c;
    ASSERT_EQ(fold(folded), folded) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_LE(folded, c) << std::hex << static_cast<std::uint32_t>(c);
  }
  EXPECT_EQ(moved, 1456u);
}

TEST(Fold, malformed_names_are_equal_only_to_themselves) {
  EXPECT_EQ(contains("\xFF", "\xFF"), certain);
  EXPECT_EQ(contains("\xFF", "\xFE"), none);
  EXPECT_EQ(contains("\xC3", "\xC3\x89"), none);
}

}  // namespace
}  // namespace overlap::access
