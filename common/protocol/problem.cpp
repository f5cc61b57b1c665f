#include "common/protocol/problem.h"

#include <utility>

#include "common/path/utf.h"

namespace overlap::protocol {

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    std::string_view rest = text;
    const auto code_point = take_code_point(rest);
    if (!code_point) {
      to += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    if (*code_point == '"' || *code_point == '\\') to += '\\';
    if (*code_point < 0x20) {
      to += "\\u00";
      to += "0123456789abcdef"[*code_point >> 4];
      to += "0123456789abcdef"[*code_point & 15];
    } else {
      to += text.substr(0, text.size() - rest.size());
    }
    text = rest;
  }
  to += '"';
}

Problem::Problem(std::string_view type, std::string_view title, int status) {
  text_ = "{\"type\":";
  append_json_string(text_, type);
  add("title", title).add("status", static_cast<std::uint64_t>(status));
}

Problem& Problem::add(std::string_view name, std::string_view value) {
  text_ += ',';
  append_json_string(text_, name);
  text_ += ':';
  append_json_string(text_, value);
  return *this;
}

Problem& Problem::add(std::string_view name, std::uint64_t value) {
  text_ += ',';
  append_json_string(text_, name);
  text_ += ':';
  text_ += std::to_string(value);
  return *this;
}

std::string Problem::finish() {
  text_ += "}\n";
  return std::move(text_);
}

}  // namespace overlap::protocol
