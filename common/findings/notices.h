// What operators are told when findings come and go: a few of them, once each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/findings/finding.h"
#include "common/findings/moment.h"

namespace overlap::findings {

struct Notice {
  enum class Kind : std::uint8_t {
    shard_stalled,
    shard_turns_again,
    certificate_expires,
    certificate_expired,
    disk_nearly_full,
    disk_full,
    disk_has_room,
  };

  Kind kind{};
  std::string text;    // a sentence; of shard_turns_again the name of the listener
  std::string advice;  // empty: nothing is to be done
};

// What the step from the findings `before` to those of `now` is worth telling: a finding that is
// new or has become more severe, and the end of what `now` shows to be over. A finding can also go
// because nobody knows any more, or because its listener or its threshold has gone: that is no end.
// A pure function.
std::vector<Notice> notices(std::span<const Finding> before, std::span<const Finding> findings,
                            const Moment& now);

}  // namespace overlap::findings
