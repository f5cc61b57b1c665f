#include "admin/ctl/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "admin/ctl/text.h"

namespace overlap::ctl {
namespace {

constexpr auto right = Column::Align::right;
constexpr auto left = Column::Align::left;

Table example() {
  Table table(
      {{"ID", right}, {"USER", left, true, 1}, {"OPENED", left, false, 2}, {"PATH", left, true}});
  table.add({"7", "alice", "12:00", "/photos/summer/beach.jpg"});
  table.add({"1234", "-", "12:01", "/a"});
  return table;
}

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, columns_of(line));
  return widest;
}

TEST(Table, aligns_its_columns) {
  EXPECT_EQ(example().text({0}),
            "  ID  USER   OPENED  PATH\n"
            "   7  alice  12:00   /photos/summer/beach.jpg\n"
            "1234  -      12:01   /a\n");
}

TEST(Table, makes_flexible_columns_narrower_first) {
  EXPECT_EQ(example().text({40}),
            "  ID  USER   OPENED  PATH\n"
            "   7  alice  12:00   /photos/summer/bea\xE2\x80\xA6\n"
            "1234  -      12:01   /a\n");
}

TEST(Table, leaves_columns_out_by_rank_when_it_must) {
  EXPECT_EQ(example().text({21}),
            "  ID  USER   PATH\n"
            "   7  alice  /photos\xE2\x80\xA6\n"
            "1234  -      /a\n");
  EXPECT_EQ(example().text({14}),
            "  ID  PATH\n"
            "   7  /photos\xE2\x80\xA6\n"
            "1234  /a\n");
}

TEST(Table, is_never_wider_than_the_terminal) {
  for (std::size_t columns = 1; columns < 60; ++columns)
    EXPECT_LE(widest(example().text({columns})), columns) << columns;
}

TEST(Table, neutralises_its_cells) {
  Table table({{"PATH"}});
  table.add({"/a\x1B[31m\nb"});
  EXPECT_EQ(table.text({0}), "PATH\n/a\\x1B[31m\\x0Ab\n");
}

TEST(Table, has_colours_only_if_they_are_wanted) {
  Table table({{"STATE"}});
  table.add({"paused"}, Colour::yellow);
  EXPECT_EQ(table.text({80, false}), "STATE\npaused\n");
  EXPECT_EQ(table.text({80, true}), "\x1B[1mSTATE\x1B[0m\n\x1B[33mpaused\x1B[0m\n");
}

TEST(Facts, go_on_below_when_they_are_long) {
  Facts facts;
  facts.add("Folder", "one two three four");
  facts.add("Log", "x");
  EXPECT_EQ(facts.text({16}), "Folder  one two\n        three\n        four\nLog     x\n");
}

}  // namespace
}  // namespace overlap::ctl
