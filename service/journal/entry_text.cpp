#include "service/journal/entry_text.h"

#include <algorithm>

#include "service/journal/tuning.h"

namespace overlap::journal {
namespace {

unsigned char byte_at(std::string_view text, std::size_t place) {
  return static_cast<unsigned char>(text[place]);
}

bool continues(std::string_view text, std::size_t place) {
  return place < text.size() && (byte_at(text, place) & 0xC0) == 0x80;
}

// Of the well-formed character at `place` (Unicode, table 3-7), or 0 if there is none.
std::size_t character_bytes(std::string_view text, std::size_t place) {
  const unsigned char first = byte_at(text, place);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(text, place + 1)) return 0;
  const unsigned char second = byte_at(text, place + 1);
  if (first < 0xE0) return second < 0xA0 && first == 0xC2 ? 0 : 2;  // U+0080 to U+009F: controls
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  if (!continues(text, place + 2)) return 0;
  if (first < 0xF0) return 3;
  return continues(text, place + 3) ? 4 : 0;
}

bool is_control(unsigned char byte) { return byte < 0x20 || byte == 0x7F; }

}  // namespace

std::string stored_text(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string stored;
  stored.reserve(std::min(text.size(), bytes_max));
  for (std::size_t place = 0; place < text.size();) {
    const unsigned char byte = byte_at(text, place);
    const std::size_t bytes = character_bytes(text, place);
    const bool plain = bytes != 0 && !is_control(byte);
    if (stored.size() + (plain ? bytes : 3) > bytes_max) break;
    if (plain) {
      stored += text.substr(place, bytes);
    } else {
      stored += {'%', digits[byte >> 4], digits[byte & 0x0F]};
    }
    place += plain ? bytes : 1;
  }
  return stored;
}

void make_storable(management::JournalEntry& entry) {
  for (std::string* text :
       {&entry.listener, &entry.peer, &entry.user, &entry.method, &entry.digest})
    *text = stored_text(*text, text_bytes_max);
  entry.path = stored_text(entry.path, path_bytes_max);
}

}  // namespace overlap::journal
