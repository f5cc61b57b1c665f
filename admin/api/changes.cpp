// What can be changed: each a command of the service's, carried out before the answer.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <charconv>

#include "admin/api/handlers.h"
#include "admin/api/state_json.h"

namespace overlap::admin {
namespace {

using boost::json::array;
using boost::json::object;
using management::CommandResult;
using management::CommandStatus;

array listed(const std::vector<std::string>& texts) {
  array values;
  for (const std::string& text : texts) values.push_back(to_utf8(text));
  return values;
}

// The content as an object; empty if there is none.
object content_of(const Request& request) {
  if (request.body.empty()) return {};
  boost::system::error_code error;
  boost::json::parse_options strict;
  strict.max_depth = 4;  // nothing here is deeper
  boost::json::value content = boost::json::parse(request.body, error, {}, strict);
  if (error) throw Refusal{400, "The content is not JSON."};
  if (!content.is_object()) throw Refusal{400, "The content must be an object."};
  return std::move(content.as_object());
}

void expect_nothing(const Request& request) {
  const object content = content_of(request);
  if (!content.empty()) throw Refusal{400, "The content must have no members here."};
}

Response retry_later(std::string_view detail) {
  Response response = problem(503, detail);
  response.fields.emplace_back("Retry-After", "1");
  return response;
}

std::string_view detail_of(const CommandResult& result, std::string_view otherwise) {
  return result.detail.empty() ? otherwise : std::string_view{result.detail};
}

// What a command that was not carried out is answered with. `more` goes with 409 and 422.
Response refusal(const CommandResult& result, std::string_view what, const object& more = {}) {
  switch (result.status) {
    case CommandStatus::not_found:
      return problem(404, "There is no such " + std::string{what} + '.');
    case CommandStatus::invalid:
      return problem(422, detail_of(result, "The configuration is not valid."), more);
    case CommandStatus::conflict:
      return problem(409, detail_of(result, "This cannot be done now."), more);
    case CommandStatus::busy: return retry_later(detail_of(result, "Other changes are under way."));
    case CommandStatus::stopping: return retry_later(detail_of(result, "The service is stopping."));
    default: return problem(500, detail_of(result, "The change could not be made."));
  }
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

Response Handlers::change_listener(const management::Command& command,
                                   const std::string& listener) const {
  const CommandResult result = management_.commands.run(command);
  if (result.status != CommandStatus::done) return refusal(result, "listener");
  return state_of(listener);
}

Response Handlers::pause(const Call& call) const {
  expect_nothing(call.request);
  return change_listener(management::PauseListener{call.name}, call.name);
}

Response Handlers::resume(const Call& call) const {
  expect_nothing(call.request);
  return change_listener(management::ResumeListener{call.name}, call.name);
}

Response Handlers::drain(const Call& call) const {
  expect_nothing(call.request);
  return change_listener(management::DrainListener{call.name}, call.name);
}

Response Handlers::switch_model(const Call& call) const {
  const object content = content_of(call.request);
  const auto* model = content.if_contains("model");
  if (!model || !model->is_string() || content.size() != 1)
    throw Refusal{400, "The content must be {\"model\": NAME} and nothing else."};
  for (std::size_t index = 0; index < config::model_names.size(); ++index)
    if (config::model_names[index] == std::string_view{model->as_string()})
      return change_listener(
          management::SwitchModel{call.name, static_cast<config::ModelName>(index)}, call.name);
  throw Refusal{400, "The model must be one of device, event, apc, asio."};
}

Response Handlers::reload(const Call& call) const {
  expect_nothing(call.request);
  const CommandResult result = management_.commands.run(management::ReloadConfig{});
  if (result.status == CommandStatus::done) return json({{"changed", listed(result.changed)}});
  return refusal(result, "configuration", {{"problems", listed(result.problems)}});
}

Response Handlers::close_connection(const Call& call) const {
  std::uint64_t id = 0;
  const char* end = call.name.data() + call.name.size();
  const auto [stop, error] = std::from_chars(call.name.data(), end, id);
  if (error != std::errc{} || stop != end) return problem(404, "There is no such connection.");
  const CommandResult result = management_.commands.run(management::CloseConnection{id});
  return result.status == CommandStatus::done ? no_content() : refusal(result, "connection");
}

Response Handlers::delete_upload(const Call& call) const {
  const CommandResult result = management_.commands.run(management::DeleteUpload{call.name});
  return result.status == CommandStatus::done ? no_content() : refusal(result, "upload");
}

}  // namespace overlap::admin
