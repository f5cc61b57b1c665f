// The bounds of the journal, each with its reason. Tests choose smaller ones.
#pragma once

#include <chrono>
#include <cstddef>

namespace overlap::journal {

// Of a path: with it a row and its places in the indexes stay far below a page of the file.
inline constexpr std::size_t path_bytes_max = 1024;
// Of every other text of an entry: all of them are bounded where they come from.
inline constexpr std::size_t text_bytes_max = 512;

struct Tuning {
  // That wait to be written: some 20 MiB, and several seconds of the most requests that a machine
  // serves. One more is dropped and counted.
  std::size_t queue_entries_max = 65'536;
  // In one transaction: large enough that its fixed cost does not count.
  std::size_t batch_entries_max = 4'096;
  // From the first entry to the transaction that it is in: what was added a second ago is found.
  std::chrono::milliseconds gather{250};
  // From one attempt to write to the next while it fails: doubles from the first to the last.
  std::chrono::milliseconds retry_first{1'000};
  std::chrono::milliseconds retry_last{30'000};
  // What another program that has locked the file is waited for.
  std::chrono::milliseconds busy{1'000};
  // Deleting goes on for so long, and then lets what waits be written.
  std::chrono::milliseconds prune_turn{200};
  // Entries too old are looked for at least so often.
  std::chrono::milliseconds prune_every{60'000};
  std::chrono::milliseconds search_time_max{5'000};
  // Damaged files set aside in one life of the journal: a disk that damages every file must not be
  // filled with them.
  std::size_t set_aside_max = 3;
};

}  // namespace overlap::journal
