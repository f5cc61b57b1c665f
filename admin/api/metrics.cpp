#include "admin/api/metrics.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "admin/api/exposition.h"

namespace overlap::admin {
namespace {

using stats::ModelSnapshot;
using enum MetricType;

double seconds(Instant duration) { return std::chrono::duration<double>(duration).count(); }
double unix_seconds(std::int64_t unix_ms) { return static_cast<double>(unix_ms) / 1000; }

// One of each model, in the order of config::ModelName: also of those that no listener uses.
using Models = std::array<ModelSnapshot, config::model_names.size()>;

Models all_models(const std::vector<ModelSnapshot>& known) {
  Models models;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const ModelSnapshot& model) {
      return model.name == config::model_names[i];
    });
    if (found != known.end()) models[i] = *found;
    models[i].name = config::model_names[i];
  }
  return models;
}

class Writer {
 public:
  Writer(const MetricsInput& input, MetricsFormat format)
      : input_(input), models_(all_models(input.models)), out_(format) {}

  std::string write() {
    about_service();
    about_process();
    about_listeners();
    about_queue();
    about_completions();
    about_times();
    about_loop();
    about_connections();
    about_requests();
    about_journal();
    about_findings();
    return out_.text();
  }

 private:
  // One series a model: get(model) is its value.
  template <class Get>
  void per_model(std::string_view name, MetricType type, std::string_view unit,
                 std::string_view help, Get get) {
    out_.family(name, type, unit, help);
    for (const ModelSnapshot& model : models_) out_.value({{"model", model.name}}, get(model));
  }
  // One series a model and name: get(model, index) is its value.
  template <class Names, class Get>
  void per_model_and(std::string_view label, const Names& names, std::string_view name,
                     MetricType type, std::string_view unit, std::string_view help, Get get) {
    out_.family(name, type, unit, help);
    for (const ModelSnapshot& model : models_)
      for (std::size_t i = 0; i < names.size(); ++i)
        out_.value({{"model", model.name}, {label, names[i]}}, get(model, i));
  }
  template <class Get>
  void per_operation(std::string_view name, MetricType type, std::string_view help, Get get) {
    per_model_and(
        "operation", operation_kind_names, name, type, {}, help,
        [&](const ModelSnapshot& model, std::size_t kind) { return get(model.operations[kind]); });
  }
  template <class Get>
  void distribution(std::string_view name, std::string_view help, Get get) {
    out_.family(name, histogram, "seconds", help);
    for (const ModelSnapshot& model : models_) out_.histogram({{"model", model.name}}, get(model));
  }
  template <class Get>
  void per_listener(std::string_view name, MetricType type, std::string_view help, Get get) {
    out_.family(name, type, {}, help);
    for (const management::ListenerState& listener : input_.listeners)
      out_.value({{"listener", listener.name}}, static_cast<std::uint64_t>(get(listener)));
  }
  template <class Value>
  void single(std::string_view name, MetricType type, std::string_view unit, std::string_view help,
              Value value) {
    out_.family(name, type, unit, help);
    out_.value({}, value);
  }

  void about_service();
  void about_process();
  void about_listeners();
  void about_queue();
  void about_completions();
  void about_times();
  void about_loop();
  void about_connections();
  void about_requests();
  void about_journal();
  void about_findings();

  const MetricsInput& input_;
  const Models models_;
  Exposition out_;
};

void Writer::about_service() {
  const management::ServiceState& service = input_.service;
  out_.family("overlap_build", info, {}, "The version that runs; the value is always 1.");
  out_.value({{"version", service.version}}, std::uint64_t{1});
  single("overlap_ready", gauge, {}, "Whether every listener accepts connections.",
         std::uint64_t{input_.ready});
  single("overlap_config_loaded_timestamp_seconds", gauge, "seconds",
         "When the configuration in effect was read, since 1970.",
         unix_seconds(service.config_loaded_unix_ms));
  single("overlap_log_records_dropped", counter, {},
         "Log records that found a queue of the log full.", service.log_dropped);
  out_.family("overlap_volume_free_bytes", gauge, "bytes",
              "Free on the volume of the served folder; absent if Windows does not say.");
  if (service.free_bytes) out_.value({}, *service.free_bytes);
  out_.family("overlap_volume_size_bytes", gauge, "bytes",
              "Size of the volume of the served folder; absent if Windows does not say.");
  if (service.volume_bytes) out_.value({}, *service.volume_bytes);
  out_.family("overlap_certificate_expiry_timestamp_seconds", gauge, "seconds",
              "When the certificate in use expires, since 1970; absent without one.");
  if (service.certificate_expires_unix_ms)
    out_.value({}, unix_seconds(*service.certificate_expires_unix_ms));
  single("overlap_uploads_unfinished", gauge, {}, "Resumable uploads that are not finished.",
         input_.uploads_unfinished);
}

// The names that client libraries of Prometheus use for the same things.
void Writer::about_process() {
  const management::ServiceState& service = input_.service;
  single("process_cpu_seconds", counter, "seconds",
         "User and kernel time of all threads of the process.", service.cpu_seconds);
  single("process_open_handles", gauge, {}, "Kernel handles that the process holds.",
         std::uint64_t{service.handles});
  single("process_private_memory_bytes", gauge, "bytes",
         "Memory committed by the process alone (private bytes), resident or not.",
         service.memory_bytes);
  single("process_start_time_seconds", gauge, "seconds", "When the service started, since 1970.",
         unix_seconds(service.started_unix_ms));
  single("process_threads", gauge, {}, "Threads of the process.", std::uint64_t{service.threads});
}

void Writer::about_listeners() {
  using management::ListenerState;
  out_.family("overlap_listener", info, {}, "What a listener is; the value is always 1.");
  for (const ListenerState& listener : input_.listeners)
    out_.value({{"listener", listener.name},
                {"model", config::name_of(listener.model)},
                {"address", listener.address},
                {"port", std::to_string(listener.port)},
                {"tls", listener.tls ? "true" : "false"}},
               std::uint64_t{1});
  out_.family("overlap_listener_state", gauge, {},
              "1 for the state that the listener is in, 0 for the others.");
  for (const ListenerState& listener : input_.listeners)
    for (std::size_t phase = 0; phase < management::listener_phase_names.size(); ++phase)
      out_.value({{"listener", listener.name}, {"state", management::listener_phase_names[phase]}},
                 std::uint64_t{static_cast<std::size_t>(listener.phase) == phase});
  per_listener("overlap_listener_accept_failing", gauge,
               "Whether Windows refuses to accept for now.",
               [](const ListenerState& listener) { return listener.accept_failing ? 1 : 0; });
  out_.family(
      "overlap_listener_stalled_seconds", gauge, "seconds",
      "How long the thread that is worst off has not come to posted work; 0 if none is late.");
  for (const ListenerState& listener : input_.listeners)
    out_.value({{"listener", listener.name}}, listener.stalled_seconds);
  per_listener("overlap_listener_connections", gauge, "Open connections.",
               [](const ListenerState& listener) { return listener.connections; });
  per_listener("overlap_listener_connections_peak", gauge,
               "Most connections at once since the start.",
               [](const ListenerState& listener) { return listener.connections_peak; });
  per_listener("overlap_listener_connections_limit", gauge, "Connections that it may have.",
               [](const ListenerState& listener) { return listener.connections_max; });
  per_listener("overlap_listener_connections_accepted", counter, "Connections since the start.",
               [](const ListenerState& listener) { return listener.connections_total; });
  per_listener("overlap_listener_connections_rejected", counter, "Connections that found no place.",
               [](const ListenerState& listener) { return listener.rejected_total; });
}

void Writer::about_queue() {
  using stats::OperationCounts;
  per_operation("overlap_operations_in_flight", gauge,
                "Operations submitted and not completed, the ready ones among them.",
                [](const OperationCounts& counts) { return counts.in_flight; });
  per_operation("overlap_operations_ready", gauge,
                "Operations that the system is done with and whose handler has not begun.",
                [](const OperationCounts& counts) { return counts.ready; });
  per_model("overlap_operations_in_flight_peak", gauge, {},
            "Most operations in flight at once since the start; an upper bound where it is the sum "
            "of the peaks of several threads.",
            [](const ModelSnapshot& model) { return model.peak; });
  per_model("overlap_operation_oldest_pending_seconds", gauge, "seconds",
            "Age of the oldest operation that is pending.",
            [](const ModelSnapshot& model) { return seconds(model.oldest_pending); });
  per_model("overlap_wait_slots_used", gauge, {}, "Wait slots in use.",
            [](const ModelSnapshot& model) { return model.wait_slots_used; });
  per_model("overlap_wait_slots_limit", gauge, {},
            "Wait slots of the threads that run now; 0 if the model has none.",
            [](const ModelSnapshot& model) { return model.wait_slots_limit; });
}

void Writer::about_completions() {
  using stats::OperationCounts;
  per_operation("overlap_operations_submitted", counter, "Operations started.",
                [](const OperationCounts& counts) { return counts.submitted; });
  per_operation("overlap_operations_immediate", counter,
                "Operations that had ended before the call that started them returned.",
                [](const OperationCounts& counts) { return counts.immediate; });
  out_.family("overlap_operations_completed", counter, {}, "Operations completed, by result.");
  for (const ModelSnapshot& model : models_)
    for (std::size_t kind = 0; kind < operation_kinds; ++kind)
      for (std::size_t result = 0; result < results; ++result)
        out_.value({{"model", model.name},
                    {"operation", operation_kind_names[kind]},
                    {"result", result_names[result]}},
                   model.operations[kind].completed_by[result]);
  out_.family("overlap_bytes", counter, {},
              "Bytes that completed operations moved: to and from the network, encrypted where it "
              "is TLS, and from and to files.");
  for (const ModelSnapshot& model : models_) {
    const auto moved = [&](OperationKind kind) { return model.operations[index(kind)].bytes; };
    const auto value = [&](std::string_view direction, std::int64_t bytes) {
      out_.value({{"model", model.name}, {"direction", direction}}, bytes);
    };
    value("received", moved(OperationKind::receive));
    value("sent", moved(OperationKind::send) + moved(OperationKind::send_file));
    value("read", moved(OperationKind::read));
    value("written", moved(OperationKind::write));
  }
}

void Writer::about_times() {
  out_.family("overlap_operation_latency_seconds", histogram, "seconds",
              "From the start of an operation to its completion.");
  for (const ModelSnapshot& model : models_)
    for (std::size_t kind = 0; kind < operation_kinds; ++kind)
      out_.histogram({{"model", model.name}, {"operation", operation_kind_names[kind]}},
                     model.latency[kind]);
  distribution(
      "overlap_completion_to_handler_seconds",
      "From the completion of an operation to its handler.",
      [](const ModelSnapshot& model) -> const auto& { return model.lag; });
  distribution(
      "overlap_handler_seconds", "What handlers take.",
      [](const ModelSnapshot& model) -> const auto& { return model.handler; });
  distribution(
      "overlap_dispatch_lag_seconds",
      "From the post of a piece of work until it runs; probed once a second.",
      [](const ModelSnapshot& model) -> const auto& { return model.dispatch_lag; });
  const ModelSnapshot& apc = models_[static_cast<std::size_t>(config::ModelName::apc)];
  out_.family("overlap_apc_unalertable_seconds", histogram, "seconds",
              "Stretches of a thread outside an alertable wait.");
  out_.histogram({{"model", apc.name}}, apc.apc ? apc.apc->unalertable : stats::Histogram{});
}

void Writer::about_loop() {
  per_model_and("reason", stats::wait_reason_names, "overlap_waits", counter, {},
                "Waits of the threads, by what ended them.",
                [](const ModelSnapshot& model, std::size_t reason) { return model.waits[reason]; });
  per_model("overlap_wait_completions", counter, {}, "Completions that the waits brought.",
            [](const ModelSnapshot& model) { return model.wait_completions; });
  per_model("overlap_busy_seconds", counter, "seconds", "Time that the threads worked.",
            [](const ModelSnapshot& model) { return seconds(model.busy); });
  per_model("overlap_idle_seconds", counter, "seconds", "Time that the threads waited.",
            [](const ModelSnapshot& model) { return seconds(model.idle); });
  per_model("overlap_threads", gauge, {}, "Threads that run now.",
            [](const ModelSnapshot& model) { return static_cast<std::uint64_t>(model.threads); });
  per_model(
      "overlap_shards", gauge, {},
      "Sets of connections that belong together: one a thread, one in all where threads share "
      "them.",
      [](const ModelSnapshot& model) { return static_cast<std::uint64_t>(model.shards); });
  const ModelSnapshot& apc = models_[static_cast<std::size_t>(config::ModelName::apc)];
  out_.family("overlap_apcs_run", counter, {}, "Completion routines run.");
  out_.value({{"model", apc.name}}, apc.apc ? apc.apc->run : std::int64_t{0});
}

void Writer::about_connections() {
  per_model("overlap_connections_open", gauge, {}, "Open connections.",
            [](const ModelSnapshot& model) { return model.connections_open; });
  per_model("overlap_connections_opened", counter, {}, "Connections opened.",
            [](const ModelSnapshot& model) { return model.connections_opened; });
  per_model_and("reason", stats::close_reason_names, "overlap_connections_closed", counter, {},
                "Connections closed, by reason.",
                [](const ModelSnapshot& model, std::size_t reason) {
                  return model.connections_closed[reason];
                });
  per_model("overlap_connections_per_thread_max", gauge, {},
            "Connections of the thread that has most; 0 where threads share them.",
            [](const ModelSnapshot& model) {
              return model.connections_per_thread ? model.connections_per_thread->max : 0;
            });
  static constexpr std::array<std::string_view, 2> reasons{"no_place", "address"};
  per_model_and("reason", reasons, "overlap_connections_rejected", counter, {},
                "Connections refused: there was no place, or their client's address had as many as "
                "it may have.",
                [](const ModelSnapshot& model, std::size_t reason) {
                  return reason == 1 ? model.rejected_addresses
                                     : model.rejected - model.rejected_addresses;
                });
}

void Writer::about_requests() {
  per_model_and(
      "class", stats::status_class_names, "overlap_requests", counter, {},
      "Requests, by the class of their status; none: the connection ended before a "
      "response began.",
      [](const ModelSnapshot& model, std::size_t hundreds) { return model.requests[hundreds]; });
  per_model("overlap_requests_incomplete", counter, {},
            "Requests that were not transferred to their end.",
            [](const ModelSnapshot& model) { return model.requests_incomplete; });
  per_model("overlap_requests_unauthorized", counter, {}, "Requests answered with 401.",
            [](const ModelSnapshot& model) { return model.unauthorized; });
  per_model("overlap_pauses", counter, {},
            "Times that a connection was held back on purpose: bandwidth, failed log-ins.",
            [](const ModelSnapshot& model) { return model.pauses; });
  out_.family("overlap_transfers_live", gauge, {}, "Requests under way.");
  for (std::size_t model = 0; model < config::model_names.size(); ++model)
    for (std::size_t direction = 0; direction < management::direction_names.size(); ++direction)
      out_.value({{"model", config::model_names[model]},
                  {"direction", management::direction_names[direction]}},
                 input_.transfers[model][direction]);
}

void Writer::about_journal() {
  const management::JournalState& journal = input_.journal;
  single("overlap_journal_enabled", gauge, {}, "Whether finished transfers are recorded.",
         std::uint64_t{journal.enabled});
  single("overlap_journal_failing", gauge, {}, "Whether the journal cannot be written at present.",
         std::uint64_t{!journal.problem.empty()});
  single("overlap_journal_entries", gauge, {}, "Entries in the file.", journal.entries);
  single("overlap_journal_file_size_bytes", gauge, "bytes",
         "Size of the file with its write-ahead log.", journal.file_bytes);
  single("overlap_journal_entries_waiting", gauge, {}, "Entries that are not written yet.",
         journal.waiting);
  single("overlap_journal_entries_written", counter, {}, "Entries written.", journal.written_total);
  single("overlap_journal_entries_dropped", counter, {},
         "Entries that found the queue full or could not be written.", journal.dropped_total);
}

void Writer::about_findings() {
  out_.family("overlap_findings", gauge, {}, "Findings that stand, by severity.");
  for (const config::Severity severity :
       {config::Severity::info, config::Severity::warning, config::Severity::error}) {
    const auto count = std::count_if(
        input_.findings.begin(), input_.findings.end(),
        [&](const findings::Finding& finding) { return finding.severity == severity; });
    out_.value({{"severity", config::severity_names[static_cast<std::size_t>(severity)]}},
               std::int64_t{count});
  }
}

}  // namespace

std::string metrics(const MetricsInput& input, MetricsFormat format) {
  return Writer{input, format}.write();
}

}  // namespace overlap::admin
