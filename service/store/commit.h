// The end of an upload: checked, flushed, renamed over its target.
#pragma once

#include "service/store/upload_file.h"
#include "service/store/work.h"

namespace overlap::store {

// Atomic: others see the old file or the new one, whole. Waits about half a second while another
// program holds the target, then keeps the upload. `ask` must outlive it.
std::unique_ptr<Work> commit_work(Rooms& rooms, const Ask& ask, std::unique_ptr<UploadFile> upload);

}  // namespace overlap::store
