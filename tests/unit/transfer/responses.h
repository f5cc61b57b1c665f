// Reads what a session has sent as a strict client does.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::test {

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool complete = false;

  bool has(const std::string& name) const { return headers.contains(name); }
  // The value; empty if the field is absent.
  std::string field(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

struct ReadResponses {
  std::vector<Response> responses;  // those of status 1xx included; the last may be incomplete
  std::string complaint;            // empty: `sent` is the beginning of well-formed responses
};

// `methods`: of the requests, in their order, as far as they are known.
ReadResponses read_responses(std::string_view sent, const std::vector<std::string>& methods);

struct Part {
  std::uint64_t offset = 0;
  std::uint64_t file_bytes = 0;
  std::string content_type;
  std::string body;
};

// Of a multipart/byteranges body, whole and strictly framed; empty if it is not.
std::vector<Part> parts_of(const Response& response);

}  // namespace overlap::test
