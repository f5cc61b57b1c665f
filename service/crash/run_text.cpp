#include "service/crash/run_text.h"

#include <algorithm>
#include <charconv>

namespace overlap::crash {
namespace {

constexpr std::string_view process_key = "process";
constexpr std::string_view started_key = "started";
constexpr std::string_view version_key = "version";
constexpr std::string_view between = " = ";

std::string line(std::string_view key, std::string_view value) {
  std::string text(key.size() + between.size() + value.size() + 1, '\0');
  text.resize(write_line(text.data(), text.size(), key, value));
  return text;
}

void take(RunRecord& run, std::string_view key, std::string_view value) {
  if (key == process_key) {
    const char* const end = value.data() + value.size();
    if (std::from_chars(value.data(), end, run.process).ptr != end) run.process = 0;
  } else if (key == started_key) {
    run.started = value;
  } else if (key == version_key) {
    run.version = value;
  } else if (key == crash_key) {
    run.crash = value;
  } else if (key == dump_key) {
    run.dump = value;
  } else if (key == no_dump_key) {
    run.no_dump = value;
  }
}

}  // namespace

std::size_t write_line(char* line, std::size_t size, std::string_view key,
                       std::string_view value) noexcept {
  const std::size_t around = key.size() + between.size() + 1;
  if (size < around) return 0;
  char* out = std::copy(key.begin(), key.end(), line);
  out = std::copy(between.begin(), between.end(), out);
  value = value.substr(0, size - around);
  out = std::transform(value.begin(), value.end(), out, [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F' ? ' ' : c;
  });
  *out++ = '\n';
  return static_cast<std::size_t>(out - line);
}

std::string to_text(const RunRecord& run) {
  return line(process_key, std::to_string(run.process)) + line(started_key, run.started) +
         line(version_key, run.version);
}

RunRecord parse_run(std::string_view text) {
  RunRecord run;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return run;  // a line without its end was cut off
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (const std::size_t at = line.find(between); at != std::string_view::npos)
      take(run, line.substr(0, at), line.substr(at + between.size()));
  }
}

std::string process_of(const RunRecord& run) {
  return run.process == 0 ? "unknown" : std::to_string(run.process);
}

std::string start_of(const RunRecord& run) {
  return run.started.empty() ? "an unknown time" : run.started;
}

std::string left_by(const RunRecord& run) {
  if (run.crash.empty())
    return "It left no dump: it was ended from outside, the machine lost power, or Windows ended "
           "it "
           "for a fault that no program may handle.";
  const std::string cause = "It crashed: " + run.crash + ". ";
  if (!run.dump.empty())
    return cause + "The dump is in the file " + run.dump + ", which may hold data of users.";
  return cause +
         "It left no dump: " + (run.no_dump.empty() ? "it ended while writing it" : run.no_dump) +
         ".";
}

}  // namespace overlap::crash
