// One request of the simulated model: what OVERLAPPED is to the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "service/io/operation.h"
#include "tests/support/sim_buffer_watch.h"
#include "tests/support/sim_file.h"
#include "tests/support/sim_network.h"

namespace overlap::sim {

class Operation : public io::OperationBase {
 public:
  using OperationBase::OperationBase;

 private:
  friend class SimModel;
  // The dice are thrown when an operation starts, so that a run does not depend on how often the
  // model looks at it.
  enum class Fate : std::uint8_t { normal, failed, reset };

  Fate fate_ = Fate::normal;
  bool cancelled_ = false;
  bool may_win_ = false;  // the cancel came too late if the operation can complete
  Instant due_{};         // not looked at before
  Connection* connection_ = nullptr;
  FileContent* file_ = nullptr;
  Port* port_ = nullptr;
  Handle* handle_ = nullptr;       // claimed until the end
  Handle* file_handle_ = nullptr;  // send_file claims two
  std::span<std::byte> into_;
  std::span<const std::byte> head_;
  std::span<const std::byte> body_;
  std::uint64_t offset_ = 0;
  std::uint64_t wanted_ = 0;  // bytes at which it is complete
  std::uint64_t moved_ = 0;
  BufferWatch watch_;
};

class AcceptOperation : public Operation {
 public:
  using Operation::Operation;
  ~AcceptOperation() { drop(); }

 private:
  friend class SimModel;
  // A connection that nobody took is closed.
  void drop() noexcept {
    if (accepted_) accepted_->close_server_end();
    accepted_.reset();
  }
  std::shared_ptr<Connection> accepted_;
};

}  // namespace overlap::sim
