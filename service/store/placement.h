// Giving content its name: the moment at which others see the new file.
#pragma once

#include <optional>

#include "service/store/rooms.h"
#include "service/store/work.h"

namespace overlap::store {

// Renames the open temporary file over `target`, if that is still wanted. Nothing if another
// program holds the target, for the reason `held`: try again later. Of several that try at the same
// time each sees what the one before has left.
std::optional<StoreOutcome> place(Rooms& rooms, HANDLE file, const std::wstring& target,
                                  const protocol::WriteCondition& condition, bool overwrite,
                                  DWORD& held);

// Before the first place(): who opens the target in the moment after the rename must not find a
// writer. `file` stays as it is if Windows does not give it a handle that only renames.
void give_up_writing(win::FileHandle& file) noexcept;

}  // namespace overlap::store
