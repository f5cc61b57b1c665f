#include "service/management/finding_events.h"

#include <exception>

#include "common/findings/notices.h"
#include "service/log/log.h"

namespace overlap::management {
namespace {

using findings::Notice;
using log::EventId;

void report(const Notice& notice) {
  switch (notice.kind) {
    case Notice::Kind::shard_stalled:
      return log::event(EventId::shard_stalled, {notice.text, notice.advice});
    case Notice::Kind::shard_turns_again:
      return log::event(EventId::shard_turns_again, {notice.text});
    case Notice::Kind::certificate_expires:
      return log::event(EventId::certificate_expires, {notice.text, notice.advice});
    case Notice::Kind::certificate_expired:
      return log::event(EventId::certificate_expired, {notice.text, notice.advice});
    case Notice::Kind::disk_nearly_full:
      return log::event(EventId::disk_nearly_full, {notice.text, notice.advice});
    case Notice::Kind::disk_full:
      return log::event(EventId::disk_full, {notice.text, notice.advice});
    case Notice::Kind::disk_has_room: return log::event(EventId::disk_has_room, {notice.text});
  }
}

}  // namespace

void FindingEvents::observe(const findings::Moment& moment,
                            const std::vector<findings::Finding>& now) noexcept {
  try {
    std::vector<findings::Finding> standing = now;
    for (const Notice& notice : findings::notices(told_, now, moment)) report(notice);
    told_ = std::move(standing);
  } catch (const std::exception&) {
    // Out of memory: the next moment tells what this one could not.
  }
}

}  // namespace overlap::management
