#include "admin/ctl/table.h"

#include <algorithm>
#include <utility>

#include "admin/ctl/text.h"

namespace overlap::ctl {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::size_t flexible_width_min = 8;

std::string spaces(std::size_t count) { return std::string(count, ' '); }

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none: return "";
    case Colour::red: return "\x1B[31m";
    case Colour::yellow: return "\x1B[33m";
    case Colour::green: return "\x1B[32m";
    case Colour::bold: return "\x1B[1m";
    case Colour::dim: return "\x1B[2m";
  }
  return "";
}

}  // namespace

std::string coloured(std::string_view text, Colour colour, bool wanted) {
  if (!wanted || colour == Colour::none || text.empty()) return std::string(text);
  return std::string(code_of(colour)) + std::string(text) + "\x1B[0m";
}

void Table::add(std::vector<std::string> cells, Colour colour) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back({std::move(cells), colour});
}

std::vector<Table::Shown> Table::shown(std::size_t columns_max) const {
  std::vector<Shown> shown;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].name);
    for (const Row& row : rows_) width = std::max(width, columns_of(row.cells[i]));
    shown.push_back({i, width});
  }
  if (columns_max == 0) return shown;
  const auto excess = [&](bool at_least) {
    std::size_t sum = (shown.size() - 1) * gap.size();
    for (const Shown& one : shown)
      sum += at_least && columns_[one.column].flexible ? std::min(one.width, flexible_width_min)
                                                       : one.width;
    return sum > columns_max ? sum - columns_max : 0;
  };
  while (excess(true) != 0) {
    // The last one of the highest rank.
    auto least = shown.begin();
    for (auto one = shown.begin(); one != shown.end(); ++one) {
      if (columns_[one->column].rank >= columns_[least->column].rank) least = one;
    }
    if (columns_[least->column].rank == 0) break;
    shown.erase(least);
  }
  for (std::size_t over = excess(false); over != 0; --over) {
    auto widest = shown.end();
    for (auto one = shown.begin(); one != shown.end(); ++one) {
      if (columns_[one->column].flexible && one->width > flexible_width_min &&
          (widest == shown.end() || one->width > widest->width))
        widest = one;
    }
    if (widest == shown.end()) break;
    --widest->width;
  }
  return shown;
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<Shown>& shown,
                        Colour colour, const Layout& layout) const {
  std::string text;
  for (const Shown& one : shown) {
    if (&one != &shown.front()) text += gap;
    const std::string cell = cut(cells[one.column], one.width);
    const std::string fill = spaces(one.width - std::min(one.width, columns_of(cell)));
    text += columns_[one.column].align == Column::Align::right ? fill + cell : cell + fill;
  }
  while (text.ends_with(' ')) text.pop_back();
  if (layout.columns != 0) text = cut(text, layout.columns);
  return coloured(text, colour, layout.colour) + '\n';
}

std::string Table::text(const Layout& layout) const {
  const std::vector<Shown> shown = this->shown(layout.columns);
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  std::string text = line(names, shown, Colour::bold, layout);
  for (const Row& row : rows_) text += line(row.cells, shown, row.colour, layout);
  return text;
}

void Facts::add(std::string name, std::string value, Colour colour) {
  facts_.push_back({printable(name), printable(value), colour});
}

std::string Facts::text(const Layout& layout) const {
  std::size_t width = 0;
  for (const Fact& fact : facts_) width = std::max(width, columns_of(fact.name));
  const std::size_t indent = width + gap.size();
  std::string text;
  for (const Fact& fact : facts_) {
    std::string before = fact.name + spaces(indent - columns_of(fact.name));
    const bool limited = layout.columns != 0;
    const std::size_t room = layout.columns > indent + 1 ? layout.columns - indent : 1;
    for (const std::string& part :
         limited ? wrap(fact.value, room) : std::vector<std::string>{fact.value}) {
      text += before + coloured(part, fact.colour, layout.colour) + '\n';
      before = spaces(indent);
    }
  }
  return text;
}

}  // namespace overlap::ctl
