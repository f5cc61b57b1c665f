#include "admin/api/message.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "admin/api/state_json.h"

namespace overlap::admin {
namespace {

// The phrases of RFC 9110, section 15, and RFC 6585 for the statuses that occur here.
std::string_view phrase(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

bool same_letters(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::vector<std::string_view> Request::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [key, text] : fields)
    if (same_letters(key, name)) found.push_back(text);
  return found;
}

std::string_view Request::value(std::string_view name) const {
  const auto found = values(name);
  return found.size() == 1 ? found.front() : std::string_view{};
}

Response json(const boost::json::object& body) {
  Response response;
  response.content_type = "application/json";
  response.body = boost::json::serialize(body);
  return response;
}

Response problem(int status, std::string_view detail, const boost::json::object& more) {
  boost::json::object body{{"type", "about:blank"},
                           {"title", phrase(status)},
                           {"status", status},
                           {"detail", to_utf8(detail)}};
  for (const auto& member : more) body[member.key()] = member.value();
  Response response = json(body);
  response.status = status;
  response.content_type = "application/problem+json";
  response.detail = detail;
  return response;
}

}  // namespace overlap::admin
