#include "common/findings/notices.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "common/findings/text.h"

namespace overlap::findings {
namespace {

using Kind = Notice::Kind;

std::optional<Kind> told_as(std::string_view id) {
  static constexpr std::array<std::pair<std::string_view, Kind>, 5> kinds{{
      {"shard_stalled", Kind::shard_stalled},
      {"certificate_expires", Kind::certificate_expires},
      {"certificate_expired", Kind::certificate_expired},
      {"disk_nearly_full", Kind::disk_nearly_full},
      {"disk_full", Kind::disk_full},
  }};
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [id](const auto& known) { return known.first == id; });
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

const Finding* same(std::span<const Finding> findings, const Finding& wanted) {
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.id == wanted.id && finding.model == wanted.model &&
           finding.listener == wanted.listener;
  });
  return found == findings.end() ? nullptr : &*found;
}

bool is_of_disk(const Finding& finding) {
  return finding.id == "disk_nearly_full" || finding.id == "disk_full";
}

// A stall only grows while it lasts, whatever the threshold becomes.
bool has_turned(const Finding& stalled, const Moment& now) {
  return std::any_of(now.listeners.begin(), now.listeners.end(), [&](const auto& listener) {
    return listener.name == stalled.listener && listener.stalled_seconds < stalled.figure;
  });
}

}  // namespace

std::vector<Notice> notices(std::span<const Finding> before, std::span<const Finding> findings,
                            const Moment& now) {
  std::vector<Notice> told;
  for (const Finding& finding : findings) {
    const auto kind = told_as(finding.id);
    if (!kind) continue;
    const Finding* was = same(before, finding);
    if (!was || was->severity < finding.severity)
      told.push_back({*kind, finding.sentence, finding.advice});
  }
  for (const Finding& was : before) {
    if (was.id != "shard_stalled" || !has_turned(was, now)) continue;
    const bool another = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.id == was.id && finding.listener == was.listener;
    });
    if (!another) told.push_back({Kind::shard_turns_again, was.listener, {}});
  }
  const bool was_full = std::any_of(before.begin(), before.end(), is_of_disk);
  const bool is_full = std::any_of(findings.begin(), findings.end(), is_of_disk);
  if (was_full && !is_full && now.service.free_bytes) {
    const std::string left = bytes(static_cast<double>(*now.service.free_bytes));
    told.push_back(
        {Kind::disk_has_room, "The volume of the served folder has " + left + " left.", {}});
  }
  return told;
}

}  // namespace overlap::findings
