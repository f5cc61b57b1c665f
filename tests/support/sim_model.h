// The fake I/O model: a seeded scheduler over simulated connections and files. It completes
// operations in any order, short, late, failed or cancelled, and a seed reproduces a run exactly.
// It also watches its user: at most one operation on a handle, lent buffers untouched, handles
// outlive operations, one thread. A broken rule stops the process (io::broken_invariant).
//
// Time is virtual: it moves only inside wait(), to the next thing that is due, and by a microsecond
// for every operation, so that latencies are never zero. Peers act outside wait(), at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "service/io/model.h"
#include "tests/support/sim_faults.h"
#include "tests/support/sim_file.h"
#include "tests/support/sim_network.h"
#include "tests/support/sim_operation.h"
#include "tests/support/sim_random.h"

namespace overlap::sim {

// The error numbers of Windows, so that logs of a simulated run read like those of a real one.
inline constexpr std::uint32_t error_access_denied = 5;
inline constexpr std::uint32_t error_invalid_handle = 6;
inline constexpr std::uint32_t error_gen_failure = 31;
inline constexpr std::uint32_t error_netname_deleted = 64;
inline constexpr std::uint32_t error_operation_aborted = 995;
inline constexpr std::uint32_t error_no_system_resources = 1450;
inline constexpr std::uint32_t wsa_connection_reset = 10054;

struct Settings {
  std::uint64_t seed = 1;
  Faults faults;
  std::size_t batch_max = 64;  // completions that one wait() delivers
};

class SimModel {
 public:
  using Operation = sim::Operation;
  using AcceptOperation = sim::AcceptOperation;
  using Listener = sim::Listener;
  using NativeListener = sim::Listener;
  using Stream = sim::Stream;
  using File = sim::File;
  using NativeFile = sim::NativeFile;

  static constexpr std::string_view name = "sim";
  static constexpr bool shared = false;
  static constexpr std::size_t operations_max = SIZE_MAX;
  static constexpr std::size_t accepts = 1;

  explicit SimModel(const Settings& settings = {}) : SimModel(settings, operations_max) {}
  SimModel(const SimModel&) = delete;
  SimModel& operator=(const SimModel&) = delete;
  ~SimModel();

  void accept(AcceptOperation& op, Listener& listener) noexcept;
  void receive(Operation& op, Stream& stream, std::span<std::byte> into) noexcept;
  void send(Operation& op, Stream& stream, std::span<const std::byte> head,
            std::span<const std::byte> body) noexcept;
  void send_file(Operation& op, Stream& stream, std::span<const std::byte> head, File& file,
                 std::uint64_t offset, std::uint64_t count) noexcept;
  void read(Operation& op, File& file, std::uint64_t offset, std::span<std::byte> into) noexcept;
  void write(Operation& op, File& file, std::uint64_t offset,
             std::span<const std::byte> bytes) noexcept;
  void cancel(Operation& op, io::Cancel reason) noexcept;

  io::Accepted<Stream> take(AcceptOperation& op);
  void shutdown_send(Stream& stream) noexcept;
  File open(NativeFile&& native);
  Listener open(NativeListener&& native) noexcept { return std::move(native); }
  std::optional<NativeListener> release(Listener&& listener) noexcept {
    return std::move(listener);
  }

  io::Waited wait(Instant limit) noexcept;
  void record_into(stats::Recorder& recorder) noexcept { recorder_ = &recorder; }
  Instant now() const noexcept { return now_; }
  io::WaitSlots wait_slots() const noexcept;

  void post(io::Posted& work) noexcept;
  void wake() noexcept;

  // For tests.
  std::size_t in_flight() const noexcept { return in_flight_.size(); }
  Random& random() noexcept { return random_; }

 protected:
  SimModel(const Settings& settings, std::size_t slots);

 private:
  void check_thread() const noexcept;
  bool begin(Operation& op, OperationKind kind, bool usable, std::uint32_t native) noexcept;
  void start(Operation& op, std::uint64_t wanted) noexcept;
  void finish(Operation& op, const Outcome& outcome) noexcept;

  // What the operation comes to if it is looked at now; nothing while it stays pending.
  std::optional<Outcome> advance(Operation& op) noexcept;
  std::optional<Outcome> perform(Operation& op) noexcept;
  std::optional<Outcome> perform_accept(AcceptOperation& op) noexcept;
  std::optional<Outcome> perform_receive(Operation& op) noexcept;
  std::optional<Outcome> perform_send(Operation& op) noexcept;
  std::optional<Outcome> perform_send_file(Operation& op) noexcept;

  void sweep() noexcept;
  bool move_time(Instant end) noexcept;
  bool signalled() noexcept;
  void block_until_signalled() noexcept;
  std::size_t deliver_batch() noexcept;

  Settings settings_;
  std::size_t slots_;
  Random random_;
  Instant now_{};
  std::thread::id thread_ = std::this_thread::get_id();
  stats::Recorder* recorder_ = nullptr;
  std::vector<Operation*> in_flight_;
  std::size_t ready_count_ = 0;
  io::ReadyQueue ready_;
  io::PostQueue posts_;
  // A mutex, because an endless wait() has to sleep until another thread posts or wakes.
  std::mutex signal_mutex_;
  std::condition_variable signal_;
  bool woken_ = false;
};

// The same with a bounded number of slots, like the models that wait for handles.
class SimSlotModel : public SimModel {
 public:
  static constexpr std::string_view name = "sim_slots";
  static constexpr std::size_t operations_max = 63;
  explicit SimSlotModel(const Settings& settings = {}) : SimModel(settings, operations_max) {}
};

static_assert(io::IoModel<SimModel>);
static_assert(io::IoModel<SimSlotModel>);

}  // namespace overlap::sim
