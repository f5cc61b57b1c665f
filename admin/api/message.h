// Requests and responses of the endpoint, as values: no socket, no HTTP library.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overlap::admin {

using Field = std::pair<std::string, std::string>;

struct Request {
  std::string method;
  std::string target;         // as sent: path and query
  std::vector<Field> fields;  // names in any case; a name may occur several times
  std::string body;           // once it has been read
  std::string peer;           // address and port, for the audit

  // The values of a field, in no particular order.
  std::vector<std::string_view> values(std::string_view name) const;
  // The only value; empty if there is none or more than one.
  std::string_view value(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type;  // empty: there is no body
  std::string body;
  std::string detail;         // of a problem, for the audit
  std::vector<Field> fields;  // beside those that every response has
  // Of an endless response: waits for the next piece and puts it there; false at the end. Destroyed
  // when the client has gone.
  std::function<bool(std::string& piece)> next;
};

Response json(const boost::json::object& body);

// An error as "application/problem+json" (RFC 9457), with `more` members. `title` is the status'
// own phrase, so the type is about:blank.
Response problem(int status, std::string_view detail, const boost::json::object& more = {});

// What a handler throws to answer with a problem.
struct Refusal {
  int status;
  std::string detail;
};

bool same_letters(std::string_view left, std::string_view right) noexcept;  // ASCII, in any case

}  // namespace overlap::admin
