// One page of a folder.
#pragma once

#include <memory>

#include "service/store/served_folder.h"
#include "service/store/work.h"

namespace overlap::store {

// Memory is bounded by the page, not by the folder. Left out is what no URL can name (temporary
// files, device names, names that are not UTF-16), and links. An entry that is added or removed
// meanwhile may be in it or not. Both arguments must outlive it.
std::unique_ptr<Work> list_work(const ServedFolder& folder, const Ask& ask);

}  // namespace overlap::store
