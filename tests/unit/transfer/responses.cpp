#include "tests/unit/transfer/responses.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace overlap::test {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

bool take(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

std::optional<std::uint64_t> take_number(std::string_view& rest) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc()) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return value;
}

// Empty if the head is sound. `head` ends with the CRLF of its last line.
std::string read_head(std::string_view head, Response& response) {
  const bool plain = std::all_of(head.begin(), head.end(), [](char c) {
    return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n';
  });
  if (!plain) return "a head is ASCII without control characters";
  std::string_view rest = head;
  if (!take(rest, "HTTP/1.1 ")) return "a status line begins with the version";
  const auto status = take_number(rest);
  if (!status || *status < 100 || *status > 599 || !take(rest, " "))
    return "a status line has a status";
  response.status = static_cast<int>(*status);
  rest.remove_prefix(rest.find("\r\n") + 2);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0) return "a header is a name and a value";
    if (line.find_first_of("\r\n") != std::string_view::npos) return "a line ends with CRLF";
    const std::string name = lower(line.substr(0, colon));
    const std::string value(line.substr(colon + 2));
    const bool fresh = response.headers.emplace(name, value).second;
    if (fresh) continue;
    if (name != "www-authenticate") return "a header is there once: " + name;
    response.headers[name] += ", " + value;
  }
  return {};
}

bool has_no_body(int status) { return status == 204 || status == 304; }

}  // namespace

ReadResponses read_responses(std::string_view sent, const std::vector<std::string>& methods) {
  ReadResponses result;
  std::string_view rest = sent;
  std::size_t answered = 0;
  while (!rest.empty()) {
    Response response;
    const std::size_t end = rest.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      const std::string_view begin = "HTTP/1.1 ";
      if (rest.substr(0, begin.size()) != begin.substr(0, std::min(begin.size(), rest.size())))
        result.complaint = "what is sent are responses";
      result.responses.push_back(response);
      return result;
    }
    result.complaint = read_head(rest.substr(0, end + 2), response);
    rest.remove_prefix(end + 4);
    if (result.complaint.empty() && response.status >= 200 && !response.has("date"))
      result.complaint = "a response has a date";
    if (response.status < 200 || !result.complaint.empty()) {
      response.complete = true;
      result.responses.push_back(response);
      if (!result.complaint.empty()) return result;
      continue;
    }
    const bool head_only = answered < methods.size() && methods[answered] == "HEAD";
    ++answered;
    std::size_t length = 0;
    if (has_no_body(response.status)) {
      if (response.has("content-length")) result.complaint = "204 and 304 have no length";
    } else if (!response.has("content-length")) {
      result.complaint = "a response says how long it is";
    } else if (!head_only) {
      length = std::stoul(response.field("content-length"));
    }
    response.body = rest.substr(0, length);
    response.complete = response.body.size() == length;
    rest.remove_prefix(response.body.size());
    result.responses.push_back(response);
    if (!result.complaint.empty()) return result;
  }
  return result;
}

std::vector<Part> parts_of(const Response& response) {
  const std::string type = response.field("content-type");
  const std::string_view prefix = "multipart/byteranges; boundary=";
  if (!response.complete || !type.starts_with(prefix)) return {};
  const std::string delimiter = "\r\n--" + type.substr(prefix.size());
  std::vector<Part> parts;
  const std::string body = "\r\n" + response.body;  // the first delimiter has no CRLF before it
  std::string_view rest = body;
  if (response.body.starts_with("\r\n")) rest.remove_prefix(2);
  if (!take(rest, delimiter)) return {};
  while (true) {
    if (rest == "--\r\n" || rest == "--") return parts;
    Part part;
    if (!take(rest, "\r\n")) return {};
    while (!take(rest, "\r\n")) {
      const std::size_t end = rest.find("\r\n");
      if (end == std::string_view::npos) return {};
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      if (take(line, "Content-Type: ")) {
        part.content_type = line;
        continue;
      }
      if (!take(line, "Content-Range: bytes ")) return {};
      const auto first = take_number(line);
      if (!first || !take(line, "-")) return {};
      const auto last = take_number(line);
      if (!last || *last < *first || !take(line, "/")) return {};
      const auto size = take_number(line);
      const std::uint64_t count = *last - *first + 1;
      if (!size || !line.empty() || *last >= *size || count > rest.size()) return {};
      part.offset = *first;
      part.file_bytes = *size;
      part.body.resize(count);
    }
    if (part.body.empty()) return {};
    part.body = rest.substr(0, part.body.size());
    rest.remove_prefix(part.body.size());
    parts.push_back(part);
    if (!take(rest, delimiter)) return {};
  }
}

}  // namespace overlap::test
