#include "service/log/event_log_sink.h"

#include <windows.h>

#include <boost/log/attributes/attribute_value_set.hpp>
#include <boost/make_shared.hpp>
#include <exception>
#include <string>
#include <vector>

#include "service/log/event_category.h"
#include "service/log/event_source.h"
#include "service/log/record_entry.h"

namespace overlap::log {
namespace {

namespace sinks = boost::log::sinks;
namespace keywords = boost::log::keywords;
using boost::log::record_view;
using Backend = boost::shared_ptr<sinks::wevent_log_backend>;

sinks::event_log::event_type type_of(Severity severity) {
  switch (severity) {
    case Severity::error: return sinks::event_log::error;
    case Severity::warning: return sinks::event_log::warning;
    default: return sinks::event_log::info;
  }
}

Backend make_backend(Console console) {
  std::wstring executable(32'768, L'\0');  // the longest path that Windows knows
  executable.resize(
      GetModuleFileNameW(nullptr, executable.data(), static_cast<DWORD>(executable.size())));
  const auto make = [&](sinks::event_log::registration_mode registration) {
    return boost::make_shared<sinks::wevent_log_backend>(
        (keywords::message_file = executable, keywords::log_name = std::wstring(L"Application"),
         keywords::log_source = std::wstring(event_source_name),
         keywords::registration = registration));
  };
  if (console == Console::on) return make(sinks::event_log::never);
  try {
    return make(sinks::event_log::on_demand);
  } catch (const std::exception&) {
    return make(sinks::event_log::never);
  }
}

Backend make_mapped_backend(Console console) {
  const Backend backend = make_backend(console);
  backend->set_event_type_mapper(
      [](const record_view& record) { return type_of(entry_of(record).severity); });
  backend->set_event_category_mapper([](const record_view& record) {
    return sinks::event_log::make_event_category(
        static_cast<unsigned short>(category_of(*entry_of(record).event)));
  });
  // A composer of our own: Boost.Log's event_composer would need every id and its inserts again.
  backend->set_event_composer([](const record_view& record, std::vector<std::wstring>& inserts) {
    inserts = entry_of(record).inserts;
    return sinks::event_log::make_event_id(static_cast<unsigned>(*entry_of(record).event));
  });
  return backend;
}

EventId collapsed(Severity severity) noexcept {
  switch (severity) {
    case Severity::error: return EventId::errors_collapsed;
    case Severity::warning: return EventId::warnings_collapsed;
    default: return EventId::information_collapsed;
  }
}

// In the category of the event, so that whoever looks at one category sees it.
void tell_repeats(const Collapse::Repeats& repeats) noexcept {
  try {
    const std::wstring id = std::to_wstring(static_cast<std::uint32_t>(repeats.id) & 0xFFFF);
    const std::wstring count = std::to_wstring(repeats.count);
    const std::wstring seconds = std::to_wstring(repeats.within.count());
    const std::wstring text = reportable(render(repeats.id, repeats.last));
    const wchar_t* inserts[] = {id.c_str(), count.c_str(), seconds.c_str(), text.c_str()};
    report_now(collapsed(severity_of(repeats.id)), category_of(repeats.id), inserts, 4);
  } catch (const std::exception&) {
    // Out of memory: the console and the file have each of them.
  }
}

}  // namespace

EventLogSink::EventLogSink(Console console)
    : basic_sink_frontend(true),
      backend_(make_mapped_backend(console)),
      queue_([this](const Record& record) { tell(record); }, &tell_repeats) {
  set_filter([](const boost::log::attribute_value_set& values) {
    const auto entry = boost::log::extract<Entry>(entry_attribute, values);
    return entry && entry->reported;
  });
}

void EventLogSink::consume(const record_view& record) {
  const Entry& entry = entry_of(record);
  if (!queue_.offer(*entry.event, entry.inserts, record)) count_dropped();
}

void EventLogSink::tell(const Record& record) noexcept {
  try {
    backend_->consume(record);
  } catch (const std::exception&) {
    // The Event Log service refused: the console and the file have the same text.
  }
}

}  // namespace overlap::log
