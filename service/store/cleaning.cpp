#include "service/store/cleaning.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "service/log/log.h"

namespace overlap::store {

void report(const Cleaning& cleaning) {
  const std::array<std::pair<Deleted, std::string_view>, 3> parts{{
      {cleaning.expired, "of expired uploads"},
      {cleaning.left_over, "left over by an earlier run"},
      {cleaning.let_go, "that another program had held"},
  }};
  Deleted all;
  std::string why;
  for (const auto& [deleted, reason] : parts) {
    if (deleted.files == 0) continue;
    all += deleted;
    if (!why.empty()) why += ", ";
    why += std::to_string(deleted.files) + ' ' + std::string(reason);
  }
  if (all.files == 0) return;
  log::event(log::EventId::uploads_cleaned,
             {std::to_string(all.files), std::to_string(all.bytes), why});
}

}  // namespace overlap::store
