// GET and HEAD of folders: one page of what they hold, as HTML for people, as JSON for programs.
#include <utility>
#include <variant>

#include "common/listing/list_query.h"
#include "common/listing/page.h"
#include "common/protocol/accept.h"
#include "common/transfer/machine.h"

namespace overlap {

using access::Right;

Action Session::Machine::begin_listing() {
  if (auto refused = refuse_any_body()) return std::move(*refused);
  const std::string_view query = reader_.head().query;
  if (listing::asks_for_log_in(query)) {
    if (user_->name().empty()) return demand_login("Log in to see more.\n");
    const std::string folder = to_url_path(listing::log_in_return(query));
    begin_response(303);
    head_.add("Location", folder.size() <= location_bytes_max ? folder : "/")
        .add("Content-Length", std::uint64_t{0});
    return deliver();
  }
  if (auto refused = forbid(Right::list, path_, "Listing")) return std::move(*refused);
  auto parsed = listing::parse_list_query(query, config_.limits.listing_entries_max);
  if (const auto* refusal = std::get_if<listing::QueryRefusal>(&parsed))
    return refuse(400, refusal->sentence);
  list_ = std::get<listing::ListRequest>(std::move(parsed));
  Ask list;
  list.verb = StoreVerb::list;
  list.path = path_;
  list.list = list_;
  return ask(std::move(list), &Machine::listed);
}

Action Session::Machine::listed(StoreOutcome& outcome) {
  if (outcome.error != StoreError::none) return refuse_store(outcome);
  const access::Rights rights = user_->rights(path_);
  listing::PageInfo page;
  page.folder = path_;
  page.request = std::exchange(list_, {});
  page.may_write = rights.includes(Right::write);
  page.may_remove = rights.includes(Right::remove);
  page.offers_log_in = user_->name().empty() && config_.gate.knows_users();
  const bool json = protocol::prefers_json(reader_.head());
  text_ =
      json ? listing::to_json(*outcome.listing, page) : listing::to_html(*outcome.listing, page);
  begin_response(200);
  head_.add("Cache-Control", "no-cache").add("Vary", "Accept, Authorization");
  if (!json) head_.add("Content-Security-Policy", listing::content_security_policy());
  return answer_with_text(json ? "application/json" : "text/html; charset=utf-8");
}

}  // namespace overlap
