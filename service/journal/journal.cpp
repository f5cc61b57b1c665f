#include "service/journal/journal.h"

#include "service/journal/search.h"
#include "service/journal/writer.h"

namespace overlap::journal {

JournalFile::JournalFile(const config::Journal& config, const Tuning& tuning)
    : search_(std::make_unique<Search>(tuning)),
      writer_(std::make_unique<Writer>(config, tuning, *search_)) {}

JournalFile::~JournalFile() = default;

void JournalFile::reconfigure(const config::Journal& config) { writer_->reconfigure(config); }

void JournalFile::add(management::JournalEntry entry) noexcept { writer_->add(std::move(entry)); }

void JournalFile::drop() noexcept { writer_->drop(); }

management::JournalPage JournalFile::find(const management::JournalQuery& query) const {
  bool damaged = false;
  try {
    return search_->find(query, damaged);
  } catch (const std::runtime_error&) {
    if (damaged) writer_->suspect();
    throw;
  }
}

management::JournalState JournalFile::state() const { return writer_->state(); }

}  // namespace overlap::journal
