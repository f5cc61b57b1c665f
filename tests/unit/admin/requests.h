// Requests as the routes see them.
#pragma once

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "admin/api/message.h"
#include "tests/support/fake_management.h"

namespace overlap::admin {

inline const Field json_type{"Content-Type", "application/json"};
inline const Field bearer{"Authorization", "Bearer " + std::string{FakeManagement::token}};

inline Request request(std::string method, std::string target, std::vector<Field> fields = {},
                       std::string body = {}) {
  Request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.fields = std::move(fields);
  made.fields.emplace_back("Host", "localhost:8100");
  if (!body.empty()) made.fields.emplace_back("Content-Length", std::to_string(body.size()));
  made.body = std::move(body);
  made.peer = "127.0.0.1:5000";
  return made;
}

inline boost::json::value body_of(const Response& response) {
  return boost::json::parse(response.body);
}

}  // namespace overlap::admin
