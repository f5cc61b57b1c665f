// The management API as overlapctl sees it: targets in, responses out.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace overlap::ctl {

struct Response {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string retry_after;  // the field, or empty
};

// Nothing answered as HTTP. what() is a sentence that names the address and the cause.
struct NoAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One request at a time. Targets begin with '/' and are encoded already. Every member but close()
// throws NoAnswer.
class ApiClient {
 public:
  virtual ~ApiClient() = default;

  virtual Response get(const std::string& target) = 0;
  // An empty body is sent without one.
  virtual Response post(const std::string& target, const std::string& body) = 0;
  virtual Response del(const std::string& target) = 0;
  // Hands each event's name and data to `on_event` until that returns false or the stream ends.
  // Returns the response; its body is empty if events came (status 200).
  using OnEvent = std::function<bool(std::string_view name, std::string_view data)>;
  virtual Response stream(const std::string& target, const OnEvent& on_event) = 0;
  // Ends a stream() that another thread is in, soon. Any thread.
  virtual void close() noexcept = 0;
};

}  // namespace overlap::ctl
