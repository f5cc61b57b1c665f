#include "common/listing/cursor.h"

#include <gtest/gtest.h>

#include <random>

namespace overlap::listing {
namespace {

const Cursor plain{"name", false, 0x1A2B, 0x6632341C};

TEST(Cursor, comes_back_as_it_was) {
  for (const auto& cursor :
       {plain, Cursor{"d", true, 0, 0}, Cursor{"한글 \"<&>\".txt", false, UINT64_MAX, INT64_MIN},
        Cursor{std::string(765, '\xEF'), false, 0, INT64_MAX}, Cursor{"x", true, 0, -1}}) {
    const auto read = parse_cursor(to_text(cursor.view()));
    ASSERT_TRUE(read) << to_text(cursor.view());
    EXPECT_EQ(*read, cursor);
  }
}

TEST(Cursor, needs_no_escape_in_a_url) {
  EXPECT_EQ(to_text(plain.view()), "f_1a2b_6632341c_6e616d65");
  EXPECT_EQ(to_text(EntryView{"/&%\xFF", true, 0, -1}), "d_0_-1_2f2625ff");
}

TEST(Cursor, is_refused_when_it_is_garbage) {
  for (const auto* text : {"",
                           "f",
                           "f_",
                           "f_1",
                           "f_1_2",
                           "f_1_2_",
                           "f_1_2_6",
                           "f_1_2_6g",
                           "f_1_2_6A",
                           "F_1_2_61",
                           "g_1_2_61",
                           "_1_2_61",
                           "f_01_2_61",
                           "f_1_02_61",
                           "f_-1_2_61",
                           "f_1_--2_61",
                           "f_+1_2_61",
                           "f_1_+2_61",
                           "f_1_2_61_",
                           "f_1_2_61_62",
                           "f__2_61",
                           "f_1__61",
                           " f_1_2_61",
                           "f_1_2_61 ",
                           "f_1_-0_61",
                           "f_0x1_2_61",
                           "f_10000000000000000_2_61",
                           "f_1_8000000000000000_61",
                           "f_1_2_-1",
                           "f_1_2_+1",
                           "name"}) {
    EXPECT_FALSE(parse_cursor(text)) << text;
  }
  EXPECT_TRUE(parse_cursor("f_1_2_61"));
  EXPECT_TRUE(parse_cursor("f_ffffffffffffffff_7fffffffffffffff_61"));
  EXPECT_FALSE(parse_cursor(std::string_view("f_1_2_61\0", 9)));
}

TEST(Cursor, is_read_only_as_it_was_written_whatever_is_done_to_it) {
  constexpr std::uint64_t seed = 7;
  std::mt19937_64 random(seed);
  constexpr std::string_view bytes = "0123456789abcdefd_f-AF g%";
  const std::string good = to_text(plain.view());
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = random() % text.size();
      const char c = bytes[random() % bytes.size()];
      switch (random() % 3) {
        case 0: text[at] = c; break;
        case 1: text.insert(at, 1, c); break;
        default: text.erase(at, 1);
      }
    }
    if (const auto read = parse_cursor(text)) {
      ASSERT_EQ(to_text(read->view()), text) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace overlap::listing
