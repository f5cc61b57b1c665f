// Files open for reading, such that nothing wrong is ever sent under a strong validator: either
// nobody can write meanwhile, or verify() tells that somebody may have.
#pragma once

#include <memory>

#include "service/store/digest_cache.h"
#include "service/store/served_folder.h"
#include "service/store/store_job.h"
#include "service/store/work.h"

namespace overlap::store {

// A file of at most this is read within a moment: other programs cannot write to it meanwhile. A
// longer one may be written to and its readers find out.
inline constexpr std::uint64_t held_bytes_max = 64 * 1024;

// Opens for overlapped reading. Others may read, rename and delete it meanwhile. `kept` stays null
// for a file that cannot change while it is open.
//
// What is left: a program that has mapped the file into its memory writes without an open handle,
// and with POSIX deletion a writer from before may go on in a file that has lost its name.
StoreOutcome open_for_reading(const ServedFolder& folder, const std::wstring& path,
                              win::FileHandle& file, std::unique_ptr<StoreFile>& kept);

// `changed` if another program has the file open for writing, or it is no longer what it was. A
// null `kept`: it cannot have changed.
StoreOutcome verify(const StoreFile* kept);

// Hashes a file while nobody writes to it, unless it is known already. The answer has no digest if
// the file is larger than `bytes_max` or somebody writes to it.
std::unique_ptr<Work> digest_work(const ServedFolder& folder, DigestCache& cache, const Ask& ask,
                                  std::uint64_t bytes_max);

}  // namespace overlap::store
