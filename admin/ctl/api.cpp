#include "admin/ctl/api.h"

#include <boost/json/parse.hpp>

#include "admin/ctl/failure.h"
#include "admin/ctl/field.h"
#include "admin/ctl/text.h"

namespace overlap::ctl {
namespace {

Exit exit_of(int status) noexcept {
  switch (status) {
    case 400:
    case 422: return Exit::not_valid;
    case 401:
    case 403: return Exit::denied;
    case 404: return Exit::not_found;
    case 409: return Exit::refused;
    case 503: return Exit::busy;
    default: return Exit::failed;
  }
}

}  // namespace

Answer Api::get(const std::string& target) { return understood(client_.get(target)); }

Answer Api::post(const std::string& target, const std::string& body) {
  return understood(client_.post(target, body));
}

void Api::del(const std::string& target) {
  const Response response = client_.del(target);
  if (response.status / 100 != 2) refuse(response);
}

void Api::refuse(const Response& response) const {
  boost::system::error_code error;
  const boost::json::value problem = boost::json::parse(response.body, error);
  const Field fields = error ? Field() : Field(problem);
  std::string sentences;
  if (response.status == 401) {
    sentences = endpoint_.token.empty()
                    ? "Overlap at " + endpoint_.url + " asks for the administrators' token. " +
                          endpoint_.token_origin
                    : "Overlap at " + endpoint_.url + " does not take the token from " +
                          endpoint_.token_origin + ".";
  } else if (const std::string detail = fields["detail"].text(); !detail.empty()) {
    sentences = printable(detail);
  } else {
    sentences = "Overlap at " + endpoint_.url + " answers with status " +
                std::to_string(response.status) + ".";
  }
  for (const Field one : fields["problems"].items()) sentences += "\n  " + printable(one.text());
  if (response.status == 503 && !response.retry_after.empty())
    sentences += " Try again in " + printable(response.retry_after) + " s.";
  throw Failure(exit_of(response.status), sentences);
}

Answer Api::understood(Response response) const {
  if (response.status / 100 != 2) refuse(response);
  boost::system::error_code error;
  Answer answer;
  answer.json = boost::json::parse(response.body, error);
  if (error || !answer.json.is_object())
    throw Failure(Exit::failed,
                  "What answers at " + endpoint_.url + " does not speak as Overlap does.");
  answer.body = std::move(response.body);
  return answer;
}

std::string target_of(std::string_view path,
                      const std::vector<std::pair<std::string_view, std::string>>& query) {
  std::string target(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += separator + std::string(name) + '=' + percent_encode(value);
    separator = '&';
  }
  return target;
}

}  // namespace overlap::ctl
