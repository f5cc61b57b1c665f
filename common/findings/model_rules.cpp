// What can be wrong with an I/O model, or with the load on it.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "common/findings/judgement.h"
#include "common/findings/text.h"
#include "common/stats/interval.h"

namespace overlap::findings {
namespace {

using config::Severity;
using stats::Interval;
using stats::ModelSnapshot;

double seconds(Instant duration) { return std::chrono::duration<double>(duration).count(); }

// One model and what it did within the window.
struct Look {
  Judgement& judgement;
  const ModelSnapshot& model;
  const Interval* between;  // null if it is not known
  Subject subject;
  std::string in_the_last;

  std::string name() const { return "The model \"" + model.name + "\""; }
};

// Listeners whose new connections go to the model, and what they may use.
struct Users {
  std::size_t listeners = 0;
  std::size_t threads_max = 0;
  bool alone = true;  // no listener has left connections behind on the model
};

Users users_of(const Look& look) {
  Users users;
  for (const management::ListenerState& listener : look.judgement.window().now.listeners) {
    if (config::name_of(listener.model) == look.model.name) {
      ++users.listeners;
      users.threads_max += listener.threads_max;
    }
    for (const management::FormerModel& former : listener.former)
      if (config::name_of(former.model) == look.model.name) users.alone = false;
  }
  return users;
}

// ---- slots and threads

// Threads are added as slots run out, up to the configured number: what counts is how much of that
// number is used, not how full the present threads are. The slots that accepts use are those of a
// further thread, which carries no connection.
void wait_slots(const Look& look) {
  static constexpr Rule rule{"wait_slots_nearly_used", Severity::warning, 0.8, 0.7, "ratio"};
  const Users users = users_of(look);
  if (look.model.wait_slots_limit == 0 || look.model.shards == 0 || users.threads_max == 0) return;
  const double slots_of_thread =
      static_cast<double>(look.model.wait_slots_limit) / static_cast<double>(look.model.shards);
  const double possible = slots_of_thread * static_cast<double>(users.threads_max);
  const std::int64_t used = std::max<std::int64_t>(
      look.model.wait_slots_used - look.model.operations[index(OperationKind::accept)].in_flight,
      0);
  const double share = static_cast<double>(used) / possible;
  Finding* finding = look.judgement.raise(rule, look.subject, share);
  if (!finding) return;
  finding->sentence = look.name() + " uses " + std::to_string(used) + " of the " +
                      number(possible) + " wait slots that its threads can have (" +
                      percent(share) + ").";
  finding->advice =
      "Past the last slot connections are refused with 503. Raise `threads` of its listeners "
      "(each thread adds " +
      number(slots_of_thread) + " slots), or move a listener to asio, which needs none.";
}

// Only apc pins connections to a fixed number of threads among which it has a choice: device and
// event fill one thread before they add the next, and asio pins nothing. With several listeners the
// threads belong to one or the other, so that their mean says nothing.
void connections_uneven(const Look& look) {
  static constexpr Rule rule{"connections_unevenly_spread", Severity::info, 2.0, 1.5, "ratio"};
  static constexpr double surplus_least = 8;  // connections; fewer are chance
  const Users users = users_of(look);
  if (!look.model.apc || !look.model.connections_per_thread) return;
  if (users.listeners != 1 || !users.alone || users.threads_max < 2) return;
  const auto most = static_cast<double>(look.model.connections_per_thread->max);
  const double mean =
      static_cast<double>(look.model.connections_open) / static_cast<double>(users.threads_max);
  if (mean <= 0 || most - mean < surplus_least) return;
  Finding* finding = look.judgement.raise(rule, look.subject, most / mean);
  if (!finding) return;
  finding->sentence = look.name() + " has " + number(most) + " connections on one thread, " +
                      number(most / mean) + " times the mean of " + number(mean) + ".";
  finding->advice =
      "Only the thread that started an operation can complete it, so a connection never moves. New "
      "ones go to the thread with the fewest; if it stays so, let clients reconnect now and then "
      "(shorter timeouts.idle_seconds), or move the listener to asio.";
}

void not_alertable(const Look& look) {
  static constexpr Rule rule{"apc_not_alertable", Severity::warning, 0.1, 0.1, "seconds"};
  const stats::Histogram& stretches = look.between->unalertable;
  if (stretches.count() == 0) return;
  const double longest = seconds(stretches.max());
  Finding* finding = look.judgement.raise(rule, look.subject, longest);
  if (!finding) return;
  finding->sentence = "A thread of the model \"" + look.model.name + "\" stayed outside an " +
                      "alertable wait for " + duration(longest) + " " + look.in_the_last +
                      "; meanwhile no operation of its connections could complete.";
  finding->advice =
      "Completion routines run only while their own thread waits alertably. See whether handlers "
      "are slow (handler_us) or the processors are busy; raise `threads` of the listener.";
}

// Of each listener one thread accepts and does little else, unless threads share their work.
std::size_t carrying_threads(const Look& look) {
  if (look.model.shared) return look.model.threads;
  const auto& listeners = look.judgement.window().now.listeners;
  const auto accepting = static_cast<std::size_t>(
      std::count_if(listeners.begin(), listeners.end(), [&](const auto& listener) {
        return config::name_of(listener.model) == look.model.name &&
               listener.phase < management::ListenerPhase::draining;
      }));
  return look.model.threads > accepting ? look.model.threads - accepting : look.model.threads;
}

void threads_saturated(const Look& look) {
  static constexpr Rule rule{"threads_saturated", Severity::warning, 0.9, 0.8, "ratio"};
  const auto of_all = look.between->busy_share();
  if (!of_all || look.model.threads == 0) return;
  const std::size_t carrying = carrying_threads(look);
  const double share = std::min(
      1.0, *of_all * static_cast<double>(look.model.threads) / static_cast<double>(carrying));
  Finding* finding = look.judgement.raise(rule, look.subject, share);
  if (!finding) return;
  finding->sentence = "The " + amount(static_cast<std::int64_t>(carrying), "thread", "threads") +
                      " of the model \"" + look.model.name + "\" that carry connections worked " +
                      percent(share) + " of the time " + look.in_the_last + ".";
  finding->advice =
      "More load will show as latency. If processors are idle, raise `threads` of its listeners; "
      "otherwise the machine is at its limit.";
}

// ---- times

void completions_late(const Look& look) {
  static constexpr Rule rule{"completions_slower_than_io", Severity::warning, 1.0, 0.8, "ratio"};
  static constexpr std::uint64_t count_least = 100;
  static constexpr Instant lag_least = std::chrono::milliseconds(1);  // less hurts nobody
  const Interval& between = *look.between;
  if (between.lag.count() < count_least || between.io.count() < count_least) return;
  const Instant lag = between.lag.percentile(0.5);
  const Instant io = std::max(between.io.percentile(0.5), Instant{1});
  if (lag < lag_least) return;
  const double ratio = static_cast<double>(lag.count()) / static_cast<double>(io.count());
  Finding* finding = look.judgement.raise(rule, look.subject, ratio);
  if (!finding) return;
  finding->sentence = look.name() + " takes " + duration(seconds(lag)) +
                      " from a completion to its handler, and " + duration(seconds(io)) +
                      " for the I/O itself (medians " + look.in_the_last + ").";
  finding->advice =
      "Completions wait for a thread of the model, not for the disk or the network. Raise "
      "`threads` of its listeners, or spread the load over more models.";
}

void dispatch_lag(const Look& look) {
  static constexpr Rule high{"dispatch_lag_high", Severity::warning, 0.1, 0.05, "seconds"};
  static constexpr Rule stalled{"dispatch_stalled", Severity::error, 1.0, 1.0, "seconds"};
  const stats::Histogram& lag = look.between->dispatch_lag;
  if (lag.count() == 0) return;
  const double usual = seconds(lag.percentile(0.9));
  const double worst = seconds(lag.max());
  const std::string advice =
      "A thread of the model is busy elsewhere, or the processors are: compare with the other "
      "models. If only this one is late, look at its handler_us and at its share of busy time.";
  if (Finding* finding = look.judgement.raise(high, look.subject, usual)) {
    finding->sentence = "Work posted to the model \"" + look.model.name + "\" waited " +
                        duration(usual) + " for its thread (90th percentile " + look.in_the_last +
                        ").";
    finding->advice = advice;
  }
  if (Finding* finding = look.judgement.raise(stalled, look.subject, worst)) {
    finding->sentence = "Work posted to the model \"" + look.model.name + "\" waited up to " +
                        duration(worst) + " for its thread " + look.in_the_last + ".";
    finding->advice = advice;
  }
}

void handlers_slow(const Look& look) {
  static constexpr Rule rule{"handlers_slow", Severity::warning, 0.05, 0.025, "seconds"};
  static constexpr std::uint64_t count_least = 20;
  const stats::Histogram& handler = look.between->handler;
  if (handler.count() < count_least) return;
  const double slow = seconds(handler.percentile(0.99));
  Finding* finding = look.judgement.raise(rule, look.subject, slow);
  if (!finding) return;
  finding->sentence = "Handlers of the model \"" + look.model.name + "\" took " + duration(slow) +
                      " (99th percentile " + look.in_the_last + ").";
  finding->advice =
      std::string("While a handler runs, ") +
      (look.model.shared ? "one thread of the pool serves nobody else"
                         : "no other connection of its thread is served") +
      ". The machine may be short of processors or memory; if it is not, please report this.";
}

void pending_too_long(const Look& look) {
  // What ends an operation looks twice a second; a busy machine may be late.
  static constexpr double grace_seconds = 10;
  const double longest = seconds(look.judgement.window().now.longest_timeout);
  const Rule rule{"operation_pending_too_long", Severity::error, longest + grace_seconds,
                  longest + grace_seconds, "seconds"};
  const double pending = seconds(look.model.oldest_pending);
  Finding* finding = look.judgement.raise(rule, look.subject, pending);
  if (!finding) return;
  finding->sentence = "An operation of the model \"" + look.model.name + "\" is pending for " +
                      duration(pending) + ", and no timeout is longer than " + duration(longest) +
                      ".";
  finding->advice =
      "Something hangs: a driver that does not complete a cancelled request, or a thread of the "
      "model. Find the connection in /api/v1/connections and close it; if that does not help, "
      "restart the service, and report it.";
}

// ---- requests

void pauses(const Look& look) {
  static constexpr Rule rule{"pauses_many", Severity::info, 10, 5, "per_second"};
  const double often = static_cast<double>(look.between->pauses) / look.between->seconds;
  Finding* finding = look.judgement.raise(rule, look.subject, often);
  if (!finding) return;
  finding->sentence = "Connections of the model \"" + look.model.name +
                      "\" were held back on purpose " + rate(often) + " " + look.in_the_last + ".";
  finding->advice =
      "They have reached a limit of bandwidth (limits, users), or log-ins fail. If that is not "
      "what you want, raise the limit.";
}

void unauthorized(const Look& look) {
  static constexpr Rule rule{"unauthorized_many", Severity::warning, 2, 1, "per_second"};
  const double often = static_cast<double>(look.between->unauthorized) / look.between->seconds;
  Finding* finding = look.judgement.raise(rule, look.subject, often);
  if (!finding) return;
  finding->sentence = "Requests on the model \"" + look.model.name + "\" were answered with 401 " +
                      rate(often) + " " + look.in_the_last + ".";
  finding->advice =
      "Somebody guesses passwords, or a client has an old one or asks without any first. The log "
      "names address and user; /api/v1/transfers?state=finished&result=refused shows the requests.";
}

void server_errors(const Look& look) {
  static constexpr Rule rule{"server_errors_many", Severity::warning, 0.05, 0.03, "ratio"};
  static constexpr std::int64_t count_least = 10;
  const std::int64_t failed = look.between->requests[5];
  const std::int64_t all = look.between->requests_total();
  if (failed < count_least) return;
  const double share = static_cast<double>(failed) / static_cast<double>(all);
  Finding* finding = look.judgement.raise(rule, look.subject, share);
  if (!finding) return;
  finding->sentence = std::to_string(failed) + " of " + std::to_string(all) +
                      " requests on the model \"" + look.model.name +
                      "\" were answered with a 5xx status " + look.in_the_last + " (" +
                      percent(share) + ").";
  finding->advice =
      "503: no place, or paused; 507: the volume is full; 500: a file could not be read or "
      "written. /api/v1/transfers?state=finished&result=refused and the log say which.";
}

void refused_addresses(const Look& look) {
  static constexpr Rule rule{"connections_refused_for_address", Severity::warning, 1, 1, "count"};
  const std::int64_t refused = look.between->rejected_addresses;
  Finding* finding = look.judgement.raise(rule, look.subject, static_cast<double>(refused));
  if (!finding) return;
  finding->sentence = amount(refused, "connection", "connections") + " to the model \"" +
                      look.model.name + "\" " + (refused == 1 ? "was" : "were") + " refused " +
                      look.in_the_last +
                      ", because the client's address had as many as it may have.";
  finding->advice =
      "/api/v1/connections?peer= shows who it is. Behind a proxy all clients have one address: "
      "raise `connections_per_address_max` of the listener.";
}

void inconsistent(const Look& look) {
  static constexpr Rule rule{"snapshot_inconsistent", Severity::error, 1, 1, "count"};
  if (look.model.consistent()) return;
  Finding* finding = look.judgement.raise(rule, look.subject, 1);
  if (!finding) return;
  finding->sentence =
      look.model.readable
          ? "The counters of the model \"" + look.model.name +
                "\" contradict each other: submitted = completed + in flight does not hold, or "
                "opened = closed + open."
          : "The counters of the model \"" + look.model.name +
                "\" could not be read as a whole: one of its threads is stopped in the midst of "
                "counting.";
  finding->advice = look.model.readable
                        ? "This is a defect of the program: please report it with "
                          "/api/v1/models."
                        : "The processors are overloaded, or a debugger holds the process. If it "
                          "stays, restart the service.";
}

void judge_model(const Look& look) {
  wait_slots(look);
  connections_uneven(look);
  pending_too_long(look);
  inconsistent(look);
  if (!look.between) return;
  not_alertable(look);
  threads_saturated(look);
  completions_late(look);
  dispatch_lag(look);
  handlers_slow(look);
  pauses(look);
  unauthorized(look);
  server_errors(look);
  refused_addresses(look);
}

}  // namespace

void judge_models(Judgement& judgement) {
  const Window& window = judgement.window();
  for (const ModelSnapshot& model : window.now.models) {
    std::optional<Interval> between;
    if (window.before) {
      const auto& earlier = window.before->models;
      const auto before =
          std::find_if(earlier.begin(), earlier.end(),
                       [&](const ModelSnapshot& other) { return other.name == model.name; });
      if (before != earlier.end())
        between = stats::interval_between(*before, model,
                                          window.now.monotonic - window.before->monotonic);
    }
    judge_model(
        {judgement, model, between ? &*between : nullptr, {model.name, {}}, in_the_last(window)});
  }
}

}  // namespace overlap::findings
