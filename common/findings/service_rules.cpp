// What can be wrong with the service as a whole and with the machine.
#include <algorithm>
#include <string>

#include "common/findings/judgement.h"
#include "common/findings/text.h"

namespace overlap::findings {
namespace {

using config::Severity;

std::int64_t grown(std::uint64_t before, std::uint64_t now) {
  return now > before ? static_cast<std::int64_t>(now - before) : 0;
}

void journal(Judgement& judgement) {
  static constexpr Rule broken{"journal_not_writing", Severity::error, 1, 1, "count"};
  static constexpr Rule dropping{"journal_dropping", Severity::warning, 1, 1, "count"};
  const Window& window = judgement.window();
  const management::JournalState& now = window.now.journal;
  if (!now.enabled) return;
  const double failing = now.problem.empty() ? 0 : 1;
  if (Finding* finding = judgement.raise(broken, {}, failing)) {
    finding->sentence = "The journal cannot be written: " + now.problem;
    finding->advice =
        "Transfers go on, and some will be missing from the journal. Free the disk, or give the "
        "service the right to write journal.file.";
  }
  if (!window.before) return;
  const std::int64_t dropped = grown(window.before->journal.dropped_total, now.dropped_total);
  if (Finding* finding = judgement.raise(dropping, {}, static_cast<double>(dropped))) {
    finding->sentence = "The journal has lost " + amount(dropped, "entry", "entries") + " " +
                        in_the_last(window) + ".";
    finding->advice =
        "Transfers end faster than its disk can take. Put journal.file on a faster one, or turn "
        "the journal off.";
  }
}

void log(Judgement& judgement) {
  static constexpr Rule rule{"log_dropping", Severity::warning, 1, 1, "count"};
  const Window& window = judgement.window();
  if (!window.before) return;
  const std::int64_t dropped =
      grown(window.before->service.log_dropped, window.now.service.log_dropped);
  Finding* finding = judgement.raise(rule, {}, static_cast<double>(dropped));
  if (!finding) return;
  finding->sentence =
      "The log has lost " + amount(dropped, "record", "records") + " " + in_the_last(window) + ".";
  finding->advice = "Records come faster than they can be written: raise log.level.";
}

void disk(Judgement& judgement) {
  static constexpr Rule nearly{
      "disk_nearly_full", Severity::warning, 0.05, 0.07, "ratio", Bad::low};
  const Moment& now = judgement.window().now;
  if (!now.service.free_bytes) return;
  const auto free = static_cast<double>(*now.service.free_bytes);
  const auto least = static_cast<double>(now.free_bytes_min);
  const Rule full{"disk_full", Severity::error, least, least * 1.1, "bytes", Bad::low};
  const std::string left = "The volume of the served folder has " + bytes(free) + " left";
  if (least > 0) {
    if (Finding* finding = judgement.raise(full, {}, free)) {
      finding->sentence =
          left + ", and " + bytes(least) + " are to be kept free: uploads are refused with 507.";
      finding->advice =
          "Make room: /api/v1/uploads shows what unfinished uploads hold. Or lower "
          "store.free_bytes_min.";
      return;
    }
  }
  if (now.service.volume_bytes.value_or(0) == 0) return;
  const double share = free / static_cast<double>(*now.service.volume_bytes);
  if (Finding* finding = judgement.raise(nearly, {}, share)) {
    finding->sentence = left + " (" + percent(share) + ").";
    finding->advice = "At " + bytes(least) +
                      " uploads are refused with 507. Make room: /api/v1/uploads shows "
                      "what unfinished uploads hold.";
  }
}

void certificate(Judgement& judgement) {
  static constexpr Rule expired{"certificate_expired", Severity::error, 0, 0, "days", Bad::low};
  static constexpr Rule urgent{"certificate_expires", Severity::error, 7, 7, "days", Bad::low};
  static constexpr Rule soon{"certificate_expires", Severity::warning, 30, 30, "days", Bad::low};
  const Moment& now = judgement.window().now;
  if (!now.service.certificate_expires_unix_ms) return;
  const double days =
      static_cast<double>(*now.service.certificate_expires_unix_ms - now.unix_ms) / 86'400'000;
  const std::string advice =
      "Replace tls.certificate_file and tls.key_file; they are read again within seconds, without "
      "a restart.";
  if (Finding* over = judgement.raise(expired, {}, days)) {
    over->sentence =
        "The certificate has expired " + duration(-days * 86'400) + " ago: clients refuse it.";
    over->advice = advice;
    return;
  }
  Finding* finding = judgement.raise(urgent, {}, days);
  if (!finding) finding = judgement.raise(soon, {}, days);
  if (!finding) return;
  finding->sentence = "The certificate expires in " + duration(days * 86'400) + ".";
  finding->advice = advice;
}

// Pools grow with the load and are kept, so that growth alone says nothing. A leak is growth of
// what is left in the quietest moments, again and again, without more connections.
void handles(Judgement& judgement) {
  static constexpr Rule rule{"handles_growing", Severity::warning, 100, 100, "count"};
  static constexpr std::size_t third = minutes_max / 3;
  static constexpr std::int64_t step_least = 25;  // from each third to the next
  static constexpr std::int64_t connections_chance = 10;
  const auto minutes = judgement.window().minutes;
  if (minutes.size() < minutes_max) return;
  const auto recent = minutes.last(minutes_max);
  std::int64_t least[3];
  std::int64_t most_connections[3];
  for (std::size_t part = 0; part < 3; ++part) {
    const auto of_part = recent.subspan(part * third, third);
    least[part] = std::min_element(of_part.begin(), of_part.end(), [](auto& left, auto& right) {
                    return left.handles_min < right.handles_min;
                  })->handles_min;
    most_connections[part] =
        std::max_element(of_part.begin(), of_part.end(), [](auto& left, auto& right) {
          return left.connections_max < right.connections_max;
        })->connections_max;
  }
  const bool steady = least[1] >= least[0] + step_least && least[2] >= least[1] + step_least;
  const std::int64_t usual = most_connections[0] + most_connections[0] / 10 + connections_chance;
  if (!steady || std::max(most_connections[1], most_connections[2]) > usual) return;
  const std::int64_t growth = least[2] - least[0];
  Finding* finding = judgement.raise(rule, {}, static_cast<double>(growth));
  if (!finding) return;
  finding->sentence = "The process holds " + std::to_string(growth) +
                      " handles more than half an hour ago, and has no more connections.";
  finding->advice =
      "If it goes on, this is a leak: please report it with /api/v1/models. A restart gives them "
      "back.";
}

}  // namespace

void judge_service(Judgement& judgement) {
  journal(judgement);
  log(judgement);
  disk(judgement);
  certificate(judgement);
  handles(judgement);
}

}  // namespace overlap::findings
