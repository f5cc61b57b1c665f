#include "admin/api/message.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "admin/api/state_json.h"
#include "common/protocol/status.h"

namespace overlap::admin {
namespace {

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
                           {"title", protocol::reason_phrase(status)},
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
