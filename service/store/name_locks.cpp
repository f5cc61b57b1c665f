#include "service/store/name_locks.h"

#include <windows.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace overlap::store {

std::wstring fold_case(const std::wstring& path) {
  std::wstring folded(path.size(), L'\0');
  const int units = static_cast<int>(path.size());
  if (units == 0) return folded;
  // One unit for one, as NTFS does it: without linguistic casing.
  const int made = LCMapStringEx(LOCALE_NAME_INVARIANT, LCMAP_UPPERCASE, path.data(), units,
                                 folded.data(), units, nullptr, nullptr, 0);
  return made == units ? folded : path;
}

std::size_t NameLocks::index(const std::wstring& path) {
  return std::hash<std::wstring>{}(fold_case(path)) % locks;
}

NameLocks::Hold NameLocks::hold(const std::wstring& path) { return Hold(locks_[index(path)]); }

NameLocks::Both NameLocks::hold(const std::wstring& one, const std::wstring& other) {
  const auto [low, high] = std::minmax({index(one), index(other)});
  Both both;
  both.first = Hold(locks_[low]);
  if (high != low) both.second = Hold(locks_[high]);
  return both;
}

}  // namespace overlap::store
