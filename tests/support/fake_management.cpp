#include "tests/support/fake_management.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace overlap {
namespace {

using config::ModelName;
using management::CommandResult;
using management::CommandStatus;
using management::ListenerPhase;
using namespace std::chrono_literals;

constexpr std::size_t connections_each = 3;
constexpr std::uint64_t mib = 1024 * 1024;

// Text that clients must show as it is.
constexpr std::array<std::string_view, connections_each> paths{
    "/reports/quarter.pdf", "/media/film.mkv", "/odd/<img src=x onerror=alert(1)>.bin"};

management::ListenerState make_listener(std::size_t index) {
  management::ListenerState listener;
  listener.name = config::model_names[index];
  listener.model = static_cast<ModelName>(index);
  listener.address = "127.0.0.1";
  listener.port = static_cast<std::uint16_t>(8080 + index);
  listener.tls = index == 3;
  listener.threads_max = config::default_threads(listener.model);
  listener.connections = connections_each;
  listener.connections_peak = 2 * connections_each;
  listener.connections_max = 2000;
  listener.connections_per_address_max = 1000;
  listener.connections_total = 40;
  return listener;
}

}  // namespace

// What is counted of one model, as its threads would.
struct FakeManagement::Model {
  Model(std::size_t index, bool shared)
      : stats(std::string{config::model_names[index]}, shared, give_way),
        recorder(stats.add_thread()) {
    recorder.submitted(OperationKind::accept);
    for (std::size_t i = 0; i < connections_each; ++i) recorder.connection_opened();
    recorder.submitted(OperationKind::send);
    recorder.wait_slots(4, shared ? 0 : 63);
  }

  void work(std::size_t completions) {
    for (std::size_t i = 0; i < completions; ++i) {
      const auto kind = i % 3 == 0 ? OperationKind::read : OperationKind::send;
      recorder.submitted(kind);
      recorder.ready(kind);
      const auto latency = 50us + std::chrono::microseconds{(i * 37) % 400};
      recorder.completed({kind, Result::ok, 65536, latency, 3us});
      recorder.handled(9us);
    }
    recorder.dispatch_lag(20us);
    recorder.waited(stats::WaitReason::io, completions, 90ms, 10ms);
    recorder.request_finished(200, true);
  }

  static void give_way(unsigned) noexcept { std::this_thread::sleep_for(1ms); }

  stats::ModelStats stats;
  stats::Recorder& recorder;
};

FakeManagement::FakeManagement(std::int64_t started_unix_ms) : started_unix_ms_(started_unix_ms) {
  settings.store.root = "C:\\Shared";
  for (std::size_t index = 0; index < config::model_names.size(); ++index) {
    models_.push_back(std::make_unique<Model>(index, index == 3));
    listeners_.push_back(make_listener(index));
    config::Listener listener;
    listener.name = listeners_.back().name;
    listener.model = listeners_.back().model;
    listener.port = listeners_.back().port;
    settings.listeners.push_back(listener);
    connect(listener);
  }
  uploads_.push_back({"a1b2c3", "/incoming/disk.img", "anna", 512 * mib, 4096 * mib,
                      started_unix_ms - 60'000, started_unix_ms + 600'000'000, true});
  uploads_.push_back({"d4e5f6", "/incoming/notes.txt", "", 0, std::nullopt, started_unix_ms - 5000,
                      started_unix_ms + 600'000'000, false});
  fill_journal();
  add_event(config::Severity::info, 100, "Overlap is running.");
  add_event(config::Severity::warning, 0, "A name with <b>markup</b> in it.");
}

void FakeManagement::connect(const config::Listener& listener) {
  const auto index = static_cast<std::size_t>(listener.model);
  for (std::size_t i = 0; i < connections_each; ++i) {
    management::ConnectionState connection;
    connection.id = connections_.size() + 1;
    connection.listener = listener.name;
    connection.model = listener.model;
    connection.peer = "192.0.2." + std::to_string(i + 1) + ":5" + std::to_string(1000 + index);
    connection.opened_unix_ms = started_unix_ms_;
    connection.requests = 1;
    if (i > 0) connection.user = i == 1 ? "anna" : "bob";
    connection.phase =
        i == 2 ? management::ConnectionPhase::receiving_body : management::ConnectionPhase::sending;
    management::TransferState transfer;
    transfer.method = i == 2 ? "PUT" : "GET";
    transfer.path = paths[i];
    transfer.user = connection.user;
    transfer.direction = i == 2 ? management::Direction::upload : management::Direction::download;
    transfer.started_unix_ms = started_unix_ms_;
    if (i != 2) transfer.bytes_total = (i + 1) * 64 * mib;
    transfer.bytes_per_second = static_cast<double>((index + i + 1) * mib);
    connection.transfer = transfer;
    connections_.push_back(connection);
  }
  connections_.push_back(connections_.back());  // one that waits for its next request
  connections_.back().id = connections_.size();
  connections_.back().phase = management::ConnectionPhase::idle;
  connections_.back().transfer.reset();
}

void FakeManagement::fill_journal() {
  for (int i = 0; i < 250; ++i) {
    management::JournalEntry entry;
    entry.unix_ms = started_unix_ms_ - 1000 * (250 - i);
    entry.seconds = 0.25 * (i % 7 + 1);
    entry.model = static_cast<ModelName>(i % 4);
    entry.listener = config::name_of(entry.model);
    entry.peer = "192.0.2.9:6000";
    entry.user = i % 3 == 0 ? "" : "anna";
    entry.method = i % 5 == 0 ? "PUT" : "GET";
    entry.path = (i % 2 == 0 ? "/reports/" : "/media/") + std::to_string(i) + ".bin";
    entry.status = i % 11 == 0 ? 404 : i % 13 == 0 ? 0 : 200;
    entry.result = i % 11 == 0   ? management::TransferResult::refused
                   : i % 13 == 0 ? management::TransferResult::incomplete
                                 : management::TransferResult::done;
    entry.bytes_sent = static_cast<std::uint64_t>(i) * 1000;
    add(entry);
  }
}

FakeManagement::~FakeManagement() = default;

void FakeManagement::advance(std::chrono::milliseconds time) {
  for (std::size_t index = 0; index < models_.size(); ++index)
    models_[index]->work(20 * (index + 1));
  const std::lock_guard lock{mutex_};
  elapsed_ms_ += time.count();
  move_connections(std::chrono::duration<double>(time).count());
}

void FakeManagement::move_connections(double seconds) {
  for (management::ConnectionState& connection : connections_) {
    if (!connection.transfer) {
      connection.idle_seconds += seconds;
      continue;
    }
    management::TransferState& transfer = *connection.transfer;
    const auto moved = static_cast<std::uint64_t>(transfer.bytes_per_second * seconds);
    transfer.bytes += moved;
    transfer.seconds += seconds;
    (transfer.direction == management::Direction::upload ? connection.bytes_received
                                                         : connection.bytes_sent) += moved;
    if (transfer.bytes_total && transfer.bytes > *transfer.bytes_total) {
      transfer.bytes = 0;  // the next request of the same kind
      transfer.seconds = 0;
      ++connection.requests;
    }
  }
}

std::vector<management::AuditRecord> FakeManagement::audits() const {
  const std::lock_guard lock{mutex_};
  return audits_;
}

std::vector<management::Command> FakeManagement::commands() const {
  const std::lock_guard lock{mutex_};
  return commands_;
}

void FakeManagement::add_event(config::Severity severity, std::uint32_t id, std::string text) {
  const std::lock_guard lock{mutex_};
  events_.push_back(
      {events_.size() + 1, started_unix_ms_ + elapsed_ms_, severity, id, std::move(text)});
}

bool FakeManagement::ready() const { return is_ready.load(); }

management::ServiceState FakeManagement::service() const {
  const std::lock_guard lock{mutex_};
  management::ServiceState state;
  state.version = "1.2.3";
  state.state = is_ready.load() ? "running" : "draining";
  state.started_unix_ms = started_unix_ms_;
  state.process_id = 4711;
  state.config_file = "C:\\ProgramData\\Overlap\\overlap.toml";
  state.config_loaded_unix_ms = started_unix_ms_;
  state.root = settings.store.root;
  state.free_bytes = 200'000 * mib;
  state.volume_bytes = 500'000 * mib;
  state.memory_bytes = 40 * mib;
  state.handles = 420;
  state.threads = 40;
  state.cpu_seconds = static_cast<double>(elapsed_ms_) / 10'000;
  return state;
}

std::vector<stats::ModelSnapshot> FakeManagement::models() const {
  if (before_models) before_models();
  std::int64_t elapsed_ms = 0;
  {
    const std::lock_guard lock{mutex_};
    elapsed_ms = elapsed_ms_;
  }
  std::vector<stats::ModelSnapshot> snapshots;
  for (const auto& model : models_)
    snapshots.push_back(model->stats.snapshot(std::chrono::milliseconds{elapsed_ms}));
  return snapshots;
}

std::vector<management::ListenerState> FakeManagement::listeners() const {
  const std::lock_guard lock{mutex_};
  return listeners_;
}

std::vector<management::ConnectionState> FakeManagement::connections(
    std::uint64_t after, std::size_t limit,
    const std::function<bool(const management::ConnectionState&)>& wanted) const {
  const std::lock_guard lock{mutex_};
  std::vector<management::ConnectionState> found;
  for (const auto& connection : connections_)
    if (connection.id > after && found.size() < limit && wanted(connection))
      found.push_back(connection);
  return found;
}

std::vector<management::UploadState> FakeManagement::uploads(std::string_view after,
                                                             std::size_t limit) const {
  const std::lock_guard lock{mutex_};
  std::vector<management::UploadState> found;
  for (const auto& upload : uploads_)
    if (upload.id > after && found.size() < limit) found.push_back(upload);
  return found;
}

management::EventPage FakeManagement::events(std::uint64_t after, config::Severity at_least,
                                             std::size_t limit) const {
  const std::lock_guard lock{mutex_};
  management::EventPage page;
  for (const auto& event : events_)
    if (event.sequence > after && event.severity >= at_least && page.events.size() < limit)
      page.events.push_back(event);
  return page;
}

config::Config FakeManagement::config() const { return settings; }

management::ListenerState* FakeManagement::listener(std::string_view name) {
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == listeners_.end() ? nullptr : &*found;
}

CommandResult FakeManagement::obey(const management::Command& command) {
  const auto change = [&](const std::string& name, auto what) {
    management::ListenerState* found = listener(name);
    if (!found) return CommandResult{CommandStatus::not_found, {}, {}, {}};
    what(*found);
    return CommandResult{};
  };
  const auto erase = [](auto& list, const auto& id) {
    const auto removed = std::erase_if(list, [&](const auto& one) { return one.id == id; });
    return CommandResult{removed > 0 ? CommandStatus::done : CommandStatus::not_found, {}, {}, {}};
  };
  if (const auto* pause = std::get_if<management::PauseListener>(&command))
    return change(pause->listener, [](auto& one) { one.phase = ListenerPhase::paused; });
  if (const auto* resume = std::get_if<management::ResumeListener>(&command))
    return change(resume->listener, [](auto& one) { one.phase = ListenerPhase::running; });
  if (const auto* drain = std::get_if<management::DrainListener>(&command))
    return change(drain->listener, [](auto& one) { one.phase = ListenerPhase::draining; });
  if (const auto* move = std::get_if<management::SwitchModel>(&command))
    return change(move->listener, [&](auto& one) {
      if (one.model != move->model) one.former = {{one.model, one.connections}};
      one.model = move->model;
    });
  if (const auto* close = std::get_if<management::CloseConnection>(&command))
    return erase(connections_, close->id);
  if (const auto* remove = std::get_if<management::DeleteUpload>(&command))
    return erase(uploads_, remove->id);
  return {CommandStatus::done, {}, {}, {"limits.chunk_bytes", "listener.apc.threads"}};
}

CommandResult FakeManagement::run(const management::Command& command) {
  const std::lock_guard lock{mutex_};
  commands_.push_back(command);
  return answer ? answer(command) : obey(command);
}

void FakeManagement::audit(const management::AuditRecord& record) noexcept {
  const std::lock_guard lock{mutex_};
  audits_.push_back(record);
}

bool FakeManagement::admits(std::string_view shown) const noexcept { return shown == token; }

void FakeManagement::add(management::JournalEntry entry) noexcept {
  const std::lock_guard lock{mutex_};
  entry.id = static_cast<std::int64_t>(journal_.size()) + 1;
  journal_.push_back(std::move(entry));
}

management::JournalPage FakeManagement::find(const management::JournalQuery& query) const {
  if (!journal_error.empty()) throw std::runtime_error(journal_error);
  const auto wanted = [&](const management::JournalEntry& entry) {
    const bool path_fits = query.path.empty() || entry.path == query.path ||
                           (query.path.ends_with('/') && entry.path.starts_with(query.path));
    return path_fits && (!query.before || entry.id < *query.before) &&
           (!query.since_unix_ms || entry.unix_ms >= *query.since_unix_ms) &&
           (!query.until_unix_ms || entry.unix_ms < *query.until_unix_ms) &&
           (!query.user || entry.user == *query.user) &&
           (!query.model || entry.model == *query.model) &&
           (query.listener.empty() || entry.listener == query.listener) &&
           (query.method.empty() || entry.method == query.method) &&
           (!query.result || entry.result == *query.result);
  };
  const std::lock_guard lock{mutex_};
  management::JournalPage page;
  for (auto entry = journal_.rbegin(); entry != journal_.rend(); ++entry) {
    if (!wanted(*entry)) continue;
    if (page.entries.size() == query.limit) {
      page.next = page.entries.back().id;
      break;
    }
    page.entries.push_back(*entry);
  }
  return page;
}

management::JournalState FakeManagement::state() const {
  const std::lock_guard lock{mutex_};
  management::JournalState state;
  state.enabled = journal_enabled;
  state.entries = journal_.size();
  state.file_bytes = 65536;
  state.written_total = journal_.size();
  return state;
}

}  // namespace overlap
