// DELETE, MOVE, COPY and new folders: one request to the store each.
#include <utility>
#include <variant>

#include "common/protocol/conditions.h"
#include "common/protocol/destination.h"
#include "common/protocol/etag.h"
#include "common/transfer/machine.h"

namespace overlap {

using access::Right;
using protocol::Method;
using protocol::Refusal;

// PUT name/ and MKCOL name/ (RFC 4918, 9.3; the slash may be missing there).
Action Session::Machine::make_folder() {
  if (!request_body_.done()) {
    framing_broken_ = true;
    return refuse(415, "A folder is made by a request without a body.");  // RFC 4918, 9.3.1
  }
  if (auto refused = forbid(Right::write, path_, "Making")) return std::move(*refused);
  Ask make;
  make.verb = StoreVerb::make_folder;
  make.path = path_;
  if (auto refused = take_condition(make.condition)) return std::move(*refused);
  return ask(std::move(make), &Machine::folder_made);
}

Action Session::Machine::folder_made(StoreOutcome& outcome) {
  // PUT is idempotent (RFC 9110, 9.2.2), MKCOL is not (RFC 4918, 9.3.1).
  if (outcome.error == StoreError::exists && method_ == Method::put) {
    begin_response(204);
    return deliver();
  }
  if (outcome.error == StoreError::exists) {
    text_ = named() + " exists already.\n";
    begin_response(405);
    head_.add("Allow", "GET, HEAD, PUT, POST, DELETE, MOVE, COPY, OPTIONS");
    return answer_with_text();
  }
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  begin_response(201);
  head_.add("Content-Length", std::uint64_t{0});
  return deliver();
}

std::optional<Action> Session::Machine::take_condition(protocol::WriteCondition& condition) {
  auto read = protocol::read_write_condition(reader_.head(), now_.unix_seconds);
  if (const auto* refusal = std::get_if<Refusal>(&read)) return refuse(*refusal);
  condition = std::get<protocol::WriteCondition>(std::move(read));
  return std::nullopt;
}

Action Session::Machine::begin_remove() {
  if (auto refused = refuse_any_body()) return std::move(*refused);
  if (auto refused = forbid(Right::remove, path_, "Deleting")) return std::move(*refused);
  Ask remove;
  remove.verb = StoreVerb::remove;
  remove.path = path_;
  if (auto refused = take_condition(remove.condition)) return std::move(*refused);
  return ask(std::move(remove), &Machine::removed);
}

Action Session::Machine::removed(StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  begin_response(204);
  return deliver();
}

Action Session::Machine::begin_move_or_copy() {
  if (auto refused = refuse_any_body()) return std::move(*refused);
  const protocol::RequestHead& head = reader_.head();
  const auto address = protocol::read_destination(head);
  if (const auto* refusal = std::get_if<Refusal>(&address)) return refuse(*refusal);
  const auto overwrite = protocol::read_overwrite(head);
  if (const auto* refusal = std::get_if<Refusal>(&overwrite)) return refuse(*refusal);
  auto parsed = parse_url_path(std::get<std::string_view>(address));
  if (const auto* refusal = std::get_if<PathRefusal>(&parsed)) return refuse_path(*refusal);
  destination_ = std::get<StorePath>(std::move(parsed));

  const bool moves = method_ == Method::move;
  const access::Rights source = moves ? Right::read | Right::remove : access::Rights(Right::read);
  const std::string_view what = moves ? "Moving" : "Copying";
  // What is moved may be a folder: with it goes whatever it holds.
  if (auto refused = moves ? forbid_throughout(source, path_, what) : forbid(source, path_, what))
    return std::move(*refused);
  if (auto refused = moves ? forbid_throughout(Right::write, destination_, "Writing")
                           : forbid(Right::write, destination_, "Writing"))
    return std::move(*refused);

  Ask transfer;
  transfer.verb = moves ? StoreVerb::move : StoreVerb::copy;
  transfer.path = path_;
  transfer.destination = destination_;
  transfer.overwrite = std::get<bool>(overwrite);
  if (auto refused = take_condition(transfer.condition)) return std::move(*refused);
  return ask(std::move(transfer), &Machine::moved);
}

Action Session::Machine::moved(StoreOutcome& outcome) {
  if (outcome.error == StoreError::exists)  // RFC 4918, 9.8.5 and 9.9.4
    return refuse(412, named(destination_) + " exists and may not be replaced.");
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  begin_response(outcome.created ? 201 : 204);
  const std::string address = to_url_path(destination_);
  if (outcome.created && address.size() <= location_bytes_max) head_.add("Location", address);
  if (outcome.created) head_.add("Content-Length", std::uint64_t{0});
  return deliver();
}

}  // namespace overlap
