// Answers of the API, or a Failure that says what to do about it.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/ctl/client.h"
#include "admin/ctl/endpoint.h"

namespace overlap::ctl {

// What the service answered, both as it came and understood.
struct Answer {
  std::string body;
  boost::json::value json;
};

class Api {
 public:
  // Both must outlive it.
  Api(ApiClient& client, const Endpoint& endpoint) : client_(client), endpoint_(endpoint) {}

  // Throw Failure if the answer is none of success or not what the service says, and NoAnswer.
  Answer get(const std::string& target);
  Answer post(const std::string& target, const std::string& body = {});
  void del(const std::string& target);

  // Throws the Failure that an unsuccessful response means.
  [[noreturn]] void refuse(const Response& response) const;

  ApiClient& client() noexcept { return client_; }
  const Endpoint& endpoint() const noexcept { return endpoint_; }

 private:
  Answer understood(Response response) const;

  ApiClient& client_;
  const Endpoint& endpoint_;
};

// A path with a query of the names and values that are not empty; values are encoded here.
std::string target_of(std::string_view path,
                      const std::vector<std::pair<std::string_view, std::string>>& query);

}  // namespace overlap::ctl
