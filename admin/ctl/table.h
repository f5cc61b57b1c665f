// Rows and columns for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::ctl {

enum class Colour : unsigned char { none, red, yellow, green, bold, dim };

// `text` in that colour of ANSI's (ECMA-48, SGR), if `wanted`.
std::string coloured(std::string_view text, Colour colour, bool wanted);

// What limits the shape of an answer.
struct Layout {
  std::size_t columns = 80;  // 0: no limit, as where the output is no terminal
  bool colour = false;
};

struct Column {
  std::string name;
  enum class Align : unsigned char { left, right } align = Align::left;
  // A flexible column becomes narrower, down to a few characters, when the table is too wide. If
  // that is not enough, columns are left out from the right, those of a higher rank first.
  bool flexible = false;
  unsigned rank = 0;  // 0: is never left out
};

// Cells are made printable here, so that no caller can forget it.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns. The colour is that of the whole row.
  void add(std::vector<std::string> cells, Colour colour = Colour::none);
  std::size_t rows() const noexcept { return rows_.size(); }
  // With the names of the columns as its first line. Every line ends in a line feed.
  std::string text(const Layout& layout) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Colour colour = Colour::none;
  };
  struct Shown {
    std::size_t column;
    std::size_t width;
  };
  std::vector<Shown> shown(std::size_t columns_max) const;
  std::string line(const std::vector<std::string>& cells, const std::vector<Shown>& shown,
                   Colour colour, const Layout& layout) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

// Names and values, aligned: "Folder    D:\Files". Values that are too long go on below.
class Facts {
 public:
  void add(std::string name, std::string value, Colour colour = Colour::none);
  std::string text(const Layout& layout) const;

 private:
  struct Fact {
    std::string name;
    std::string value;
    Colour colour;
  };
  std::vector<Fact> facts_;
};

}  // namespace overlap::ctl
