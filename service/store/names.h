// Changes of names: folders made, files and empty folders removed, files and folders moved, files
// copied. Nothing here follows a link, and the served folder itself is never changed.
#pragma once

#include <memory>

#include "service/store/rooms.h"
#include "service/store/work.h"

namespace overlap::store {

// `exists`, or `is_file`, if there is anything.
StoreOutcome make_folder(Rooms& rooms, const Ask& ask);

// Each waits about half a second while another program holds what is to be changed, then answers
// `in_use`. `ask` must outlive it.
//
// A folder is removed only if it is empty; an unfinished upload in it counts.
std::unique_ptr<Work> remove_work(Rooms& rooms, const Ask& ask);

// Atomic. A folder never replaces anything and is never replaced, and cannot be moved into itself
// (access_denied, as is moving something onto itself). A name may change in case alone. Unfinished
// uploads move with their folder.
std::unique_ptr<Work> move_work(Rooms& rooms, const Ask& ask);

// A file becomes another one beside its destination and is then renamed: whole or not at all. The
// copy is a new file, whose content is as old as the copying. Nobody can write to the source
// meanwhile; `in_use` if somebody does.
std::unique_ptr<Work> copy_work(Rooms& rooms, const Ask& ask);

}  // namespace overlap::store
