#include "service/log/outputs.h"

#include <windows.h>

#include <atomic>
#include <boost/log/attributes/constant.hpp>
#include <boost/log/core.hpp>
#include <boost/log/sinks/async_frontend.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/bounded_fifo_queue.hpp>
#include <boost/log/sinks/text_file_backend.hpp>
#include <boost/make_shared.hpp>
#include <filesystem>
#include <utility>

#include "service/log/event_log_sink.h"
#include "service/log/event_source.h"
#include "service/log/line.h"
#include "service/log/recent.h"
#include "service/log/record_entry.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::log {
namespace {

namespace sinks = boost::log::sinks;
namespace keywords = boost::log::keywords;
using boost::log::record_view;

std::atomic<std::uint64_t> dropped_total{0};

// The queue of an output is full: the entry is dropped, and counted for the next line that the
// output writes. The count belongs to the kind of output, of which there is one at a time.
template <class Backend>
struct DropAndCount {
  static inline std::atomic<std::uint64_t> dropped{0};

  template <class Lock>
  static bool on_overflow(const record_view&, Lock&) noexcept {
    dropped.fetch_add(1, std::memory_order_relaxed);
    count_dropped();
    return false;
  }
  static void on_queue_space_available() noexcept {}
  static void interrupt() noexcept {}
};

template <class Backend, std::size_t entries_max>
using Sink =
    sinks::asynchronous_sink<Backend,
                             sinks::bounded_fifo_queue<entries_max, DropAndCount<Backend>>>;

// One write a line: the standard streams would write each character for itself.
class ConsoleBackend
    : public sinks::basic_formatted_sink_backend<char, sinks::synchronized_feeding> {
 public:
  void consume(const record_view&, const std::string& line) {
    const std::string ended = line + "\r\n";
    write_standard_error(ended.data(), ended.size());
  }
};

using ConsoleSink = Sink<ConsoleBackend, queue_entries_max>;
using FileSink = Sink<sinks::text_file_backend, queue_entries_max>;

// Runs on the thread of the output.
template <class Backend>
void format(const record_view& record, boost::log::formatting_ostream& out) {
  const Entry& entry = entry_of(record);
  if (const auto lost = DropAndCount<Backend>::dropped.exchange(0, std::memory_order_relaxed))
    out << format_line(entry.when, Severity::warning,
                       std::to_string(lost) + " lines are missing here: the queue was full")
        << '\n';
  out << format_line(entry.when, entry.severity, entry.text);
}

// Makes the folder and the file if they are missing, so that a path that cannot work is a start-up
// error and not a surprise on the thread of the output.
void check_writable(const std::filesystem::path& path, const std::string& file) {
  // Boost.Log takes it for a placeholder, and undoes an escaped one only beside a time.
  if (path.filename().native().find(L'%') != std::wstring::npos)
    throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                            "the name of the log file " + file + " has a %");
  std::error_code ignored;  // the next call fails then, and says why
  std::filesystem::create_directories(path.parent_path(), ignored);
  const win::FileHandle handle(CreateFileW(path.c_str(), FILE_APPEND_DATA,
                                           FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                           nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
  const DWORD code = GetLastError();
  if (!handle) win::throw_error(code, "cannot write the log file " + file);
}

// A file that fails says so in the Event Log, at once and then at most once in this time.
constexpr std::chrono::minutes file_failure_repeat{10};

class FileFailure {
 public:
  explicit FileFailure(std::string file) : file_(std::move(file)) {}
  void operator()() {
    try {
      throw;
    } catch (const std::exception& error) {
      const auto now = std::chrono::steady_clock::now();
      if (reported_ && now - *reported_ < file_failure_repeat) return;
      reported_ = now;
      event(EventId::log_file_failed, {file_, error.what()});
    }
  }

 private:
  std::string file_;
  std::optional<std::chrono::steady_clock::time_point> reported_;
};

boost::shared_ptr<ConsoleSink> make_console() {
  auto sink = boost::make_shared<ConsoleSink>();
  sink->set_formatter(&format<ConsoleBackend>);
  sink->set_exception_handler([] {});  // out of memory: the line is lost
  return sink;
}

// overlap.log is the file being written; overlap.00007.log one that was full, oldest number first.
boost::shared_ptr<FileSink> make_file(const config::Log& config) {
  const std::filesystem::path path(win::to_wide(config.file));
  check_writable(path, config.file);
  const std::wstring folder = path.parent_path().native() + L"\\";
  const std::wstring rotated = folder + path.stem().native() + L".%5N" + path.extension().native();
  auto backend = boost::make_shared<sinks::text_file_backend>(
      keywords::file_name = path.native(), keywords::target_file_name = rotated,
      // Binary: a size is a size. At the end: the size of earlier runs counts.
      keywords::open_mode = std::ios::app | std::ios::ate | std::ios::binary,
      keywords::rotation_size = config.rotation_bytes, keywords::auto_flush = true,
      keywords::enable_final_rotation = false);
  backend->set_file_collector(sinks::file::make_collector(
      keywords::target = boost::filesystem::path(path.parent_path().native()),
      keywords::max_files = std::max<std::size_t>(config.files_max, 2) - 1));
  backend->scan_for_files(sinks::file::scan_matching);
  // A full disk must be heard of: by default the stream only remembers it.
  backend->set_open_handler(
      [](std::ostream& stream) { stream.exceptions(std::ios::badbit | std::ios::failbit); });
  auto sink = boost::make_shared<FileSink>(backend);
  sink->set_formatter(&format<sinks::text_file_backend>);
  sink->set_exception_handler(FileFailure(config.file));
  return sink;
}

}  // namespace

struct Logging::Outputs::Sinks {
  boost::shared_ptr<ConsoleSink> console;
  boost::shared_ptr<FileSink> file;
  boost::shared_ptr<EventLogSink> event_log;

  template <class Do>
  void for_each(Do&& act) {
    if (console) act(console);
    if (file) act(file);
    if (event_log) act(event_log);
  }
};

Logging::Outputs::Outputs(const config::Log& config, Console console)
    : sinks_(std::make_unique<Sinks>()) {
  if (!config.file.empty()) sinks_->file = make_file(config);
  if (console == Console::on) sinks_->console = make_console();
  if (!config.event_log) return;
  try {
    sinks_->event_log = boost::make_shared<EventLogSink>(console);
  } catch (const std::exception&) {
    // The Event Log service is off. The other outputs serve.
  }
}

Logging::Outputs::~Outputs() {
  const auto end = [](auto& sink) {
    if (!sink) return;
    sink->stop();
    sink->flush();
  };
  end(sinks_->console);
  end(sinks_->file);
  // The destructor of that of the Event Log does it.
}

void Logging::Outputs::attach() {
  try {
    sinks_->for_each([](auto& sink) { boost::log::core::get()->add_sink(sink); });
  } catch (...) {
    detach();
    throw;
  }
}

void Logging::Outputs::detach() {
  sinks_->for_each([](auto& sink) { boost::log::core::get()->remove_sink(sink); });
}

std::uint64_t dropped() noexcept { return dropped_total.load(std::memory_order_relaxed); }

void count_dropped() noexcept { dropped_total.fetch_add(1, std::memory_order_relaxed); }

void push(Entry entry) {
  const auto core = boost::log::core::get();
  boost::log::attribute_set attributes;
  attributes[entry_attribute] = boost::log::attributes::constant<Entry>(std::move(entry));
  if (boost::log::record record = core->open_record(attributes))
    core->push_record(std::move(record));
}

}  // namespace overlap::log
