// Pages, and what is followed as it comes.
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/ctl/commands.h"
#include "admin/ctl/failure.h"
#include "admin/ctl/units.h"
#include "admin/ctl/views.h"

namespace overlap::ctl {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 1s;
constexpr std::size_t page_max = 1000;

using Query = std::vector<std::pair<std::string_view, std::string>>;

std::string moment_of(const std::string& text, const Context& context) {
  if (text.empty()) return {};
  const auto moment = parse_moment(text, context.now_unix_ms());
  if (!moment)
    throw Failure(Exit::not_valid, "\"" + text +
                                       "\" is no time: write 2026-01-31T12:00:00Z, 2026-01-31, or "
                                       "how long ago, such as 15m, 2h or 7d.");
  return *moment;
}

struct Listing {
  std::string path;
  Query query;
  std::string cursor;  // the parameter that goes on behind a page
  std::string (*view)(Field, const Layout&);
};

// user= with an empty value means something, unlike the others.
void add_user(std::string& target, const std::optional<std::string>& user) {
  if (user && user->empty()) target += target.find('?') == std::string::npos ? "?user=" : "&user=";
}

Listing listing_of(const Context& context) {
  const Arguments& to = context.arguments;
  const std::string user = to.user.value_or("");
  switch (to.verb) {
    case Verb::connections:
      return {"/api/v1/connections",
              {{"listener", to.listener},
               {"model", to.model},
               {"state", to.state},
               {"user", user},
               {"peer", to.peer}},
              "after",
              &view_connections};
    case Verb::uploads: return {"/api/v1/uploads", {}, "after", &view_uploads};
    default: break;
  }
  Query query{{"listener", to.listener}, {"model", to.model}, {"user", user}, {"path", to.path}};
  if (!to.finished) {
    query.insert(query.begin(), {"state", "live"});
    return {"/api/v1/transfers", query, "after", &view_live_transfers};
  }
  query.insert(query.begin(), {"state", "finished"});
  query.emplace_back("since", moment_of(to.since, context));
  query.emplace_back("until", moment_of(to.until, context));
  query.emplace_back("method", to.method);
  query.emplace_back("result", to.result);
  return {"/api/v1/transfers", query, "before", &view_finished_transfers};
}

Answer page_of(const Context& context, const Listing& listing, std::size_t limit,
               const std::string& cursor) {
  Query query = listing.query;
  query.emplace_back("limit", std::to_string(limit));
  query.emplace_back(listing.cursor, cursor);
  std::string target = target_of(listing.path, query);
  add_user(target, context.arguments.user);
  return context.api.get(target);
}

// Lets pages that belong together line up as one table.
void append(boost::json::value& all, boost::json::value&& page) {
  for (auto& member : page.as_object()) {
    auto* const items = member.value().if_array();
    auto* const known = all.as_object().if_contains(member.key());
    if (!items || !known || !known->is_array()) continue;
    for (auto& item : *items) known->as_array().push_back(std::move(item));
  }
}

}  // namespace

Exit run_listing(const Context& context) {
  const Arguments& arguments = context.arguments;
  const Listing listing = listing_of(context);
  const std::size_t limit = arguments.limit.value_or(arguments.all ? page_max : 100);
  boost::json::value all;
  std::string cursor = arguments.after;
  for (bool first = true;; first = false) {
    Answer answer = page_of(context, listing, limit, cursor);
    if (arguments.json) {
      context.terminal.out(answer.body.ends_with('\n') ? answer.body : answer.body + "\n");
    }
    const std::string next = Field(answer.json)["next"].text();
    if (!arguments.json) {
      if (first)
        all = std::move(answer.json);
      else
        append(all, std::move(answer.json));
    }
    // A cursor that does not move would never end.
    const bool more = !next.empty() && next != cursor;
    cursor = next;
    if (!arguments.all || !more) break;
  }
  if (arguments.json) return Exit::done;
  context.terminal.out(listing.view(Field(all), context.terminal.layout()));
  if (!arguments.all && !cursor.empty())
    context.terminal.err("There are more: add --after " + cursor + ", or --all.\n");
  return Exit::done;
}

Exit run_events(const Context& context) {
  const Arguments& arguments = context.arguments;
  const auto show = [&](Field page) {
    for (const Field event : page["events"].items()) {
      context.terminal.out(arguments.json ? event.text() + "\n"
                                          : view_event(event, context.terminal.layout()));
    }
  };
  const std::size_t limit = arguments.limit.value_or(50);
  Answer answer = context.api.get(target_of(
      "/api/v1/events",
      {{"newest", "true"}, {"limit", std::to_string(limit)}, {"severity", arguments.severity}}));
  if (!arguments.follow && arguments.json) {
    context.terminal.out(answer.body.ends_with('\n') ? answer.body : answer.body + "\n");
    return Exit::done;
  }
  show(Field(answer.json));
  if (!arguments.follow) return Exit::done;
  std::string next = Field(answer.json)["next"].text();
  while (context.terminal.wait(look_every)) {
    do {
      answer = context.api.get(target_of("/api/v1/events", {{"after", next},
                                                            {"limit", std::to_string(page_max)},
                                                            {"severity", arguments.severity}}));
      const Field page(answer.json);
      if (const double lost = page["lost"].number(); lost > 0)
        context.terminal.err(show_count(lost) + " records came too fast to be shown.\n");
      show(page);
      next = page["next"].text();
    } while (Field(answer.json)["events"].items().size() == page_max);
  }
  return Exit::done;
}

Exit run_follow_transfers(const Context& context) {
  const Arguments& arguments = context.arguments;
  const Listing listing = listing_of(context);
  double newest = -1;  // the greatest id that was shown
  std::size_t limit = arguments.limit.value_or(20);
  do {
    std::vector<Answer> pages;  // the newest first
    std::string cursor;
    for (bool known = false; !known;) {
      pages.push_back(page_of(context, listing, limit, cursor));
      const Field page(pages.back().json);
      const auto items = page["transfers"].items();
      known = newest < 0 || items.empty() || items.back()["id"].number() <= newest;
      cursor = page["next"].text();
      known = known || cursor.empty();
    }
    double last = newest;
    for (auto page = pages.rbegin(); page != pages.rend(); ++page) {
      const auto items = Field(page->json)["transfers"].items();
      for (auto item = items.rbegin(); item != items.rend(); ++item) {
        if ((*item)["id"].number() <= newest) continue;
        last = std::max(last, (*item)["id"].number());
        context.terminal.out(arguments.json
                                 ? item->text() + "\n"
                                 : view_finished_transfer(*item, context.terminal.layout()));
      }
    }
    newest = std::max(last, 0.0);
    limit = page_max;
  } while (context.terminal.wait(look_every));
  return Exit::done;
}

}  // namespace overlap::ctl
