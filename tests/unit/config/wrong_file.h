// Configuration files with a fault, and what parse() says about them.
#pragma once

#include <string>
#include <vector>

#include "common/config/parse.h"

namespace overlap::config {

using Lines = std::vector<std::string>;

inline Lines problems_of(const std::string& text) {
  try {
    parse(text, "x.toml");
  } catch (const ConfigError& error) {
    return error.problems();
  }
  return {};
}

// Two sections and a listener without fault, each at a known line, with room for a key in front of
// all and at the end of each section.
struct File {
  std::string top{};
  std::string store = "root = 'C:\\Files'";  // line 3
  std::string section{};                     // from line 4
  std::string listener = "model = \"asio\"\nport = 8104";

  std::string text() const {
    return top + "\n[store]\n" + store + "\n" + section + "\n[[listener]]\n" + listener + "\n";
  }
};

}  // namespace overlap::config
