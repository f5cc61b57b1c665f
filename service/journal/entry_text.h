// What clients sent, as text that is stored and shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/management/journal.h"

namespace overlap::journal {

// UTF-8 without control characters: whatever else is in `text` becomes %XX, a byte at a time. At
// most `bytes_max` bytes; it is cut between two characters.
std::string stored_text(std::string_view text, std::size_t bytes_max);

// stored_text() of every text in it. Costs nothing but a look where nothing is wrong.
void make_storable(management::JournalEntry& entry);

}  // namespace overlap::journal
