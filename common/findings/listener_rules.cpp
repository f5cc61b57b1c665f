// What can be wrong with a listener.
#include <algorithm>
#include <chrono>
#include <string>

#include "common/findings/judgement.h"
#include "common/findings/text.h"

namespace overlap::findings {
namespace {

using config::Severity;
using management::ListenerPhase;
using management::ListenerState;

struct Look {
  Judgement& judgement;
  const ListenerState& listener;
  const ListenerState* before;     // null if it is not known
  double in_phase_seconds;         // zero if it is not known
  std::int64_t refused_addresses;  // by its model within the window: those of others may be in it
  Subject subject;

  std::string name() const { return "The listener \"" + listener.name + "\""; }
};

void accept_failing(const Look& look) {
  static constexpr Rule rule{"accept_failing", Severity::error, 1, 1, "count"};
  if (!look.listener.accept_failing) return;
  Finding* finding = look.judgement.raise(rule, look.subject, 1);
  if (!finding) return;
  finding->sentence = look.name() + " cannot accept connections at present; it keeps trying.";
  finding->advice =
      "The log and event 20 give the reason of Windows. Mostly the machine is out of memory or "
      "ports, or its network is gone.";
}

// The work that is posted to every thread once a second has waited all that time. Clocks go on
// while the machine sleeps or a debugger holds the process, and no thread could have turned then:
// so a stall begins to count when somebody was awake to see it.
void stalled(const Look& look) {
  const Window& window = look.judgement.window();
  const ListenerState& listener = look.listener;
  const double limit = std::chrono::duration<double>(window.now.timeouts.stall).count();
  const double awake =
      std::chrono::duration<double>(window.now.monotonic - window.awake_since).count();
  const Rule rule{"shard_stalled", Severity::error, limit, limit, "seconds"};
  const std::string_view model = config::name_of(listener.stalled_model);
  const Subject subject{model, listener.name};
  const bool stands = look.judgement.stands(rule.id, subject);
  Finding* finding = look.judgement.raise(
      rule, subject, stands ? listener.stalled_seconds : std::min(listener.stalled_seconds, awake));
  if (!finding) return;
  const bool shared = listener.stalled_model == config::ModelName::asio;
  finding->sentence = std::string(shared ? "No thread" : "A thread") + " of the listener \"" +
                      listener.name + "\" (model " + std::string(model) + ") has " +
                      (shared ? "turned" : "not turned") + " for " +
                      duration(listener.stalled_seconds) + ": its connections stand still.";
  finding->advice =
      "A call does not return (a driver, a disk, a scanner), or the machine has no processor for "
      "it. If it stays, restart the service, and report it with /api/v1/models.";
}

// A listener that is paused refuses by order. What its model refused for the sake of an address has
// a finding of its own.
void refused(const Look& look) {
  static constexpr Rule rule{"connections_refused", Severity::warning, 1, 1, "count"};
  if (!look.before || look.listener.phase != ListenerPhase::running ||
      look.before->phase != ListenerPhase::running ||
      look.listener.rejected_total < look.before->rejected_total)
    return;
  const auto all =
      static_cast<std::int64_t>(look.listener.rejected_total - look.before->rejected_total);
  const std::int64_t count = all - look.refused_addresses;
  Finding* finding = look.judgement.raise(rule, look.subject, static_cast<double>(count));
  if (!finding) return;
  finding->sentence = look.name() + " had no place for " +
                      amount(count, "connection", "connections") + " " +
                      in_the_last(look.judgement.window()) + ".";
  finding->advice =
      config::has_wait_slots(look.listener.model)
          ? "It has reached `connections_max`, or what its `threads` can carry: raise the lower of "
            "the two, or move it to asio."
          : "It has reached `connections_max`: raise it, or shorten timeouts.idle_seconds.";
}

void nearly_full(const Look& look) {
  static constexpr Rule rule{"listener_nearly_full", Severity::warning, 0.9, 0.8, "ratio"};
  if (look.listener.connections_max == 0) return;
  const double share = static_cast<double>(look.listener.connections) /
                       static_cast<double>(look.listener.connections_max);
  Finding* finding = look.judgement.raise(rule, look.subject, share);
  if (!finding) return;
  finding->sentence = look.name() + " has " + std::to_string(look.listener.connections) +
                      " connections, of " + std::to_string(look.listener.connections_max) +
                      " that it may have (" + percent(share) + ").";
  finding->advice = "Past the last one it answers 503. Raise `connections_max`.";
}

void not_accepting(const Look& look) {
  static constexpr Rule rule{"listener_not_accepting", Severity::warning, 600, 600, "seconds"};
  const bool paused = look.listener.phase == ListenerPhase::paused;
  if (!paused && look.listener.phase != ListenerPhase::drained) return;
  Finding* finding = look.judgement.raise(rule, look.subject, look.in_phase_seconds);
  if (!finding) return;
  finding->sentence = look.name() + " is " + (paused ? "paused" : "drained") + " for " +
                      duration(look.in_phase_seconds) + ".";
  finding->advice = paused ? "It answers new connections with 503 until it is resumed."
                           : "Its port is closed until it is resumed.";
}

void draining_long(const Look& look) {
  static constexpr double grace_seconds = 10;
  if (look.listener.phase != ListenerPhase::draining) return;
  const double allowed =
      std::chrono::duration<double>(look.judgement.window().now.timeouts.drain).count();
  const Rule rule{"listener_draining_long", Severity::warning, allowed + grace_seconds,
                  allowed + grace_seconds, "seconds"};
  Finding* finding = look.judgement.raise(rule, look.subject, look.in_phase_seconds);
  if (!finding) return;
  finding->sentence = look.name() + " is draining for " + duration(look.in_phase_seconds) +
                      ", and " +
                      amount(static_cast<std::int64_t>(look.listener.connections), "connection is",
                             "connections are") +
                      " left.";
  finding->advice =
      "/api/v1/transfers?listener= shows what they do. Wait for them, or close them one by one.";
}

void former_models(const Look& look) {
  static constexpr Rule rule{"former_model_carries", Severity::info, 1, 1, "count"};
  for (const management::FormerModel& former : look.listener.former) {
    const std::string_view model = config::name_of(former.model);
    const auto count = static_cast<std::int64_t>(former.connections);
    Finding* finding =
        look.judgement.raise(rule, {model, look.listener.name}, static_cast<double>(count));
    if (!finding) continue;
    finding->sentence = amount(count, "connection", "connections") + " of the listener \"" +
                        look.listener.name + "\" " + (count == 1 ? "is" : "are") +
                        " still carried by its former model \"" + std::string{model} + "\".";
    finding->advice =
        "They stay there until they end. Until then the figures of both models are of one "
        "listener; close them if you want to compare.";
  }
}

std::int64_t refused_addresses_of(const Window& window, std::string_view model) {
  if (!window.before) return 0;
  const auto total = [&](const Moment& moment) {
    std::int64_t sum = 0;
    for (const stats::ModelSnapshot& snapshot : moment.models)
      if (snapshot.name == model) sum += snapshot.rejected_addresses;
    return sum;
  };
  return std::max<std::int64_t>(total(window.now) - total(*window.before), 0);
}

}  // namespace

void judge_listeners(Judgement& judgement) {
  const Window& window = judgement.window();
  for (std::size_t i = 0; i < window.now.listeners.size(); ++i) {
    const ListenerState& listener = window.now.listeners[i];
    const ListenerState* before = nullptr;
    if (window.before) {
      const auto& earlier = window.before->listeners;
      const auto found =
          std::find_if(earlier.begin(), earlier.end(),
                       [&](const ListenerState& other) { return other.name == listener.name; });
      if (found != earlier.end()) before = &*found;
    }
    const double in_phase_seconds =
        i < window.phase_since_unix_ms.size()
            ? static_cast<double>(window.now.unix_ms - window.phase_since_unix_ms[i]) / 1000
            : 0;
    const std::string_view model = config::name_of(listener.model);
    const Look look{judgement,
                    listener,
                    before,
                    in_phase_seconds,
                    refused_addresses_of(window, model),
                    {model, listener.name}};
    accept_failing(look);
    stalled(look);
    refused(look);
    nearly_full(look);
    not_accepting(look);
    draining_long(look);
    former_models(look);
  }
}

}  // namespace overlap::findings
