// The message table as Event Viewer reads it: from the executable, as data.
#include <gtest/gtest.h>
#include <windows.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "service/log/event_category.h"
#include "service/log/event_source.h"
#include "service/log/message_text.h"
#include "service/log/wide.h"

namespace overlap::log {
namespace {

using enum EventCategory;

struct Message {
  EventId id;
  std::uint32_t number;  // the promise to operators: never changes
  EventCategory category;
  std::size_t inserts;
  const char* text;
};

constexpr char collapsed[] =
    "The event A came B more times within C seconds and was not reported each time. The last one: "
    "D";

// Written out, so that a change of the table is a change here.
const std::vector<Message> messages = {
    {EventId::started, 0x40000001, service, 3,
     "Overlap A has started. It serves the folder B on C."},
    {EventId::stopped, 0x40000002, service, 1, "Overlap has stopped: A."},
    {EventId::start_failed, 0xC0000003, service, 2,
     "Overlap could not start: A The service-specific exit code is B."},
    {EventId::drain_deadline_passed, 0x80000004, service, 2,
     "Not every transfer ended within the drain time of A seconds. B were cut off."},
    {EventId::paused, 0x40000005, service, 0,
     "Overlap is paused: it answers new connections with 503 until it is continued. Transfers "
     "under way go on."},
    {EventId::continued, 0x40000006, service, 0,
     "Overlap serves new connections again after a pause."},
    {EventId::control_failed, 0xC0000007, service, 2, "The service control \"A\" failed: B."},
    {EventId::crash_found, 0x80000008, service, 3,
     "The last run of Overlap (process A, since B) did not come to its end. C"},
    {EventId::listener_failed, 0xC0000014, listeners, 3,
     "The listener A on B cannot accept connections: C. It keeps trying."},
    {EventId::listener_recovered, 0x40000015, listeners, 2,
     "The listener A on B accepts connections again."},
    {EventId::listener_full, 0x80000016, listeners, 2,
     "The listener A has reached its limit of B connections. It answers new ones with 503."},
    {EventId::listener_has_room, 0x40000017, listeners, 1,
     "The listener A has room for connections again."},
    {EventId::admin_failed, 0xC0000018, management, 2,
     "The admin endpoint on A has failed: B. Transfers go on."},
    {EventId::listener_draining, 0x40000019, listeners, 2,
     "The listener A gives up its port. B connections are left to end their requests."},
    {EventId::listener_drained, 0x4000001A, listeners, 1,
     "The listener A is drained: no connection is left."},
    {EventId::listener_paused, 0x4000001B, listeners, 1,
     "The listener A is paused: it answers new connections with 503. Transfers under way go on."},
    {EventId::listener_resumed, 0x4000001C, listeners, 1,
     "The listener A serves new connections again."},
    {EventId::model_switched, 0x4000001D, listeners, 3,
     "The listener A has moved from the I/O model B to C. Connections that were open stay with B "
     "until they end."},
    {EventId::shard_stalled, 0x8000001E, listeners, 2, "A B"},
    {EventId::shard_turns_again, 0x4000001F, listeners, 1,
     "The threads of the listener A turn again."},
    {EventId::config_refused, 0x80000028, configuration, 1,
     "The configuration was read again and refused: A The service goes on unchanged."},
    {EventId::log_file_failed, 0x8000002A, storage, 2,
     "The log file A cannot be written: B. Lines are missing from it until this is mended."},
    {EventId::certificate_refused, 0xC000002B, configuration, 1,
     "The certificate was read again and refused: A The one of before stays in use."},
    {EventId::config_reloaded, 0x4000002C, configuration, 2,
     "The configuration was read again from A and applied. Changed: B."},
    {EventId::certificate_expires, 0x8000002D, configuration, 2, "A B"},
    {EventId::certificate_expired, 0xC000002E, configuration, 2, "A B"},
    {EventId::users_refused, 0xC000003C, configuration, 1,
     "The users were read again and refused: A Those of before stay."},
    {EventId::logins_failed, 0x8000003D, access, 3,
     "A log-ins from the address B have failed, with none in between that succeeded. The last one "
     "was by C."},
    {EventId::admin_audit, 0x40000046, management, 4,
     "A asked the management endpoint for B. Status C: D."},
    {EventId::admin_denied, 0x80000047, management, 5,
     "A was denied B at the management endpoint. Status C: D. E more attempts were left out of "
     "this log before it."},
    {EventId::token_created, 0x40000048, management, 1,
     "The token of the management endpoint was made. It is in the file A, which administrators "
     "can read."},
    {EventId::journal_failed, 0xC0000049, storage, 2,
     "The journal A cannot be written: B. Transfers go on; entries are missing from it until this "
     "is mended."},
    {EventId::journal_recovered, 0x4000004A, storage, 2,
     "The journal A is written again. B entries are missing."},
    {EventId::disk_nearly_full, 0x80000050, storage, 2, "A B"},
    {EventId::disk_full, 0xC0000051, storage, 2, "A B"},
    {EventId::disk_has_room, 0x40000052, storage, 1, "The disk has room again. A"},
    {EventId::uploads_cleaned, 0x40000053, storage, 3,
     "The store deleted A files of unfinished uploads, B bytes: C."},
    {EventId::broken_invariant, 0xC000005A, faults, 1,
     "Overlap has ended itself because a condition that must always hold did not: A."},
    {EventId::information_collapsed, 0x4000005B, faults, 4, collapsed},
    {EventId::warnings_collapsed, 0x8000005C, faults, 4, collapsed},
    {EventId::errors_collapsed, 0xC000005D, faults, 4, collapsed},
};

// From 1 on, as the registry counts them.
const std::vector<std::pair<EventCategory, const char*>> categories = {
    {service, "Service"}, {listeners, "Listeners"},   {configuration, "Configuration"},
    {access, "Access"},   {management, "Management"}, {storage, "Storage"},
    {faults, "Faults"},
};

constexpr LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
constexpr LANGID korean = MAKELANGID(LANG_KOREAN, SUBLANG_KOREAN);

std::vector<std::wstring> first_letters(std::size_t count) {
  std::vector<std::wstring> inserts;
  for (std::size_t i = 0; i < count; ++i) inserts.emplace_back(1, static_cast<wchar_t>(L'A' + i));
  return inserts;
}

// Such as no message has in its text.
std::vector<std::wstring> marks() {
  std::vector<std::wstring> inserts;
  for (std::size_t i = 1; i <= inserts_max; ++i)
    inserts.push_back(L"<" + std::to_wstring(i) + L">");
  return inserts;
}

bool has_hangul(const std::wstring& text) {
  return std::any_of(text.begin(), text.end(),
                     [](wchar_t unit) { return unit >= 0xAC00 && unit <= 0xD7A3; });
}

// The service's executable where ctest says it is; else this test, which has the same table.
std::wstring executable() {
  if (const char* service = std::getenv("OVERLAP_SERVICE_EXE")) return win::to_wide(service);
  std::wstring path(32'768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

class TableOfExecutable : public testing::Test {
 protected:
  TableOfExecutable()
      : module_(LoadLibraryExW(executable().c_str(), nullptr, LOAD_LIBRARY_AS_DATAFILE)) {}
  ~TableOfExecutable() override {
    if (module_) FreeLibrary(module_);
  }

  // Empty if the table has no such message in that language. With the line end that the compiler
  // of the table gives to each.
  std::wstring text(DWORD id, LANGID language, const std::vector<std::wstring>& inserts) const {
    std::vector<DWORD_PTR> arguments;
    for (const std::wstring& insert : inserts)
      arguments.push_back(reinterpret_cast<DWORD_PTR>(insert.c_str()));
    std::wstring wide(1'024, L'\0');
    wide.resize(FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY, module_,
                               id, language, wide.data(), static_cast<DWORD>(wide.size()),
                               reinterpret_cast<va_list*>(arguments.data())));
    return wide;
  }
  std::string english_text(DWORD id, std::size_t insert_count) const {
    return win::to_utf8(text(id, english, first_letters(insert_count)));
  }

  HMODULE module_;
};

TEST_F(TableOfExecutable, renders_every_message_with_its_inserts) {
  ASSERT_NE(module_, nullptr) << win::to_utf8(executable()) << ", error " << GetLastError();
  for (const Message& message : messages)
    EXPECT_EQ(english_text(static_cast<DWORD>(message.id), message.inserts),
              std::string(message.text) + "\r\n");
}

TEST_F(TableOfExecutable, has_every_message_in_korean_with_the_same_inserts) {
  for (const Message& message : messages) {
    const std::wstring rendered = text(static_cast<DWORD>(message.id), korean, marks());
    const std::string shown =
        std::to_string(message.number & 0xFFFF) + ": " + win::to_utf8(rendered);
    EXPECT_TRUE(has_hangul(rendered)) << shown;
    EXPECT_EQ(rendered.find_first_of(L"\r\n%"), rendered.size() - 2) << shown;
    for (std::size_t i = 0; i < inserts_max; ++i)
      EXPECT_EQ(rendered.find(marks()[i]) != rendered.npos, i < message.inserts) << shown << i + 1;
  }
}

TEST_F(TableOfExecutable, names_every_category_in_both_languages) {
  ASSERT_EQ(categories.size(), event_category_count);
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const auto id = static_cast<DWORD>(categories[i].first);
    EXPECT_EQ(id, i + 1);
    EXPECT_EQ(english_text(id, 0), std::string(categories[i].second) + "\r\n");
    EXPECT_TRUE(has_hangul(text(id, korean, {}))) << categories[i].second;
  }
}

TEST_F(TableOfExecutable, keeps_its_numbers_and_categories) {
  std::set<std::uint32_t> shown;
  for (const Message& message : messages) {
    EXPECT_EQ(static_cast<std::uint32_t>(message.id), message.number) << message.text;
    EXPECT_EQ(category_of(message.id), message.category) << message.text;
    EXPECT_TRUE(shown.insert(message.number & 0xFFFF).second)
        << "Event Viewer shows the low 16 bits only: " << message.text;
  }
}

TEST_F(TableOfExecutable, has_no_message_beyond_those) {
  for (const LANGID language : {english, korean}) {
    std::size_t found = 0;
    for (const DWORD severity : {0u, 0x40000000u, 0x80000000u, 0xC0000000u})
      for (DWORD code = 0; code < 256; ++code)
        found += !text(severity | code, language, marks()).empty();
    EXPECT_EQ(found, messages.size() + categories.size());
  }
}

TEST(EventText, is_one_line_and_the_same_as_the_table) {
  for (const Message& message : messages)
    EXPECT_EQ(render(message.id, first_letters(message.inserts)), message.text);
}

TEST(EventText, is_english_whatever_the_language_of_the_thread) {
  const LCID before = GetThreadLocale();
  ASSERT_TRUE(SetThreadLocale(MAKELCID(korean, SORT_DEFAULT)));
  const std::string text = render(EventId::continued, {});
  SetThreadLocale(before);
  EXPECT_EQ(text, "Overlap serves new connections again after a pause.");
}

TEST(EventText, survives_too_few_and_too_many_inserts) {
  EXPECT_EQ(render(EventId::stopped, {}), "Overlap has stopped: .");
  EXPECT_EQ(render(EventId::stopped, first_letters(inserts_max + 1)), "Overlap has stopped: A.");
}

TEST(EventText, an_id_without_a_message_gives_the_id_and_the_inserts) {
  EXPECT_EQ(render(static_cast<EventId>(0xC0000FFF), first_letters(2)), "event 4095: A, B");
}

TEST(EventText, severity_is_that_of_the_table) {
  EXPECT_EQ(severity_of(EventId::started), config::Severity::info);
  EXPECT_EQ(severity_of(EventId::listener_full), config::Severity::warning);
  EXPECT_EQ(severity_of(EventId::start_failed), config::Severity::error);
}

TEST(EventImportance, is_the_severity_but_of_an_end_that_of_its_fault) {
  for (const Message& message : messages) {
    config::Severity expected = severity_of(message.id);
    if (message.id == EventId::listener_recovered || message.id == EventId::journal_recovered ||
        message.id == EventId::disk_has_room)
      expected = config::Severity::error;
    if (message.id == EventId::listener_has_room || message.id == EventId::shard_turns_again)
      expected = config::Severity::warning;
    EXPECT_EQ(importance_of(message.id), expected) << message.text;
  }
}

TEST(EventInsert, an_insertion_mark_in_an_insert_is_broken_up) {
  EXPECT_EQ(reportable("fe80::1%4"), L"fe80::1% 4");
  EXPECT_EQ(reportable("100%"), L"100%");
  EXPECT_EQ(reportable("%%1 %x"), L"%% 1 %x");
  EXPECT_EQ(reportable(std::string_view("a\0b", 3)), L"ab");
  EXPECT_EQ(reportable("\u65e5"), L"\u65e5");
}

TEST(EventInsert, is_cut_one_character_past_its_bound) {
  EXPECT_EQ(reportable(std::string(insert_units_max, 'x')).size(), insert_units_max);
  EXPECT_EQ(reportable(std::string(insert_units_max + 1, 'x')).size(), insert_units_max);
  EXPECT_EQ(reportable(std::string(insert_units_max - 1, 'x') + "%1").size(), insert_units_max);
}

TEST(EventText, the_longest_inserts_are_still_rendered) {
  const std::wstring longest(insert_units_max, L'x');
  const std::string text = render(EventId::started, {longest, longest, longest});
  EXPECT_EQ(text.size(), 3 * insert_units_max + std::string_view("Overlap  has started. It serves "
                                                                 "the folder  on .")
                                                    .size());
}

}  // namespace
}  // namespace overlap::log
