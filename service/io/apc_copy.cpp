// send_file of the apc model. TransmitFile takes no completion routine; with an event each, the
// limit of 64 would be back. So the file is read and sent in turn, still as one operation.
#include <new>

#include "service/io/apc_model.h"

namespace overlap::io {

void ApcModel::copy_file(OverlappedOperation& op, SOCKET socket, std::span<const std::byte> head,
                         HANDLE file, std::uint64_t offset, std::uint64_t count) noexcept {
  auto& copy = op.copy_;
  copy.socket = socket;
  copy.file = file;
  copy.offset = offset;
  copy.left = count;
  copy.sent = 0;
  copy.head = head;
  // Whole buffers are kept for the next; a short file takes no more than it needs.
  copy.buffer_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(count, copy_bytes));
  if (copy.buffer_bytes == copy_bytes && !spare_buffers_.empty()) {
    copy.buffer = std::move(spare_buffers_.back());
    spare_buffers_.pop_back();
  } else {
    copy.buffer.reset(new (std::nothrow) std::byte[copy.buffer_bytes]);
  }
  if (!copy.buffer) return end_copy(op, ERROR_NOT_ENOUGH_MEMORY);
  copy_read(op);
}

// A step of the copy has ended.
void ApcModel::continue_copy(OverlappedOperation& op) noexcept {
  auto& copy = op.copy_;
  if (copy.reading) {
    const bool file_ended = op.error_ == ERROR_HANDLE_EOF || (op.error_ == 0 && op.bytes_ == 0);
    if (file_ended) {
      // Shorter than asked for: like TransmitFile, send what there is and report the count.
      copy.left = 0;
      return copy.head.empty() ? end_copy(op, 0) : copy_send(op, 0);
    }
    if (op.error_ != 0) return end_copy(op, op.error_);
    copy.offset += op.bytes_;
    copy.left -= op.bytes_;
    return copy_send(op, op.bytes_);
  }
  copy.sent += op.bytes_;
  copy.head = {};
  if (op.error_ != 0 || copy.left == 0) return end_copy(op, op.error_);
  copy_read(op);
}

void ApcModel::copy_read(OverlappedOperation& op) noexcept {
  auto& copy = op.copy_;
  if (op.cancel_reason() != Cancel::none) return end_copy(op, ERROR_OPERATION_ABORTED);
  copy.reading = true;
  aim(op, copy.file, copy.offset);
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(copy.left, copy.buffer_bytes));
  const DWORD error = issue_read(op, copy.file, {copy.buffer.get(), size});
  if (error == ERROR_HANDLE_EOF) {
    op.error_ = error;
    return continue_copy(op);
  }
  if (error != 0 && error != ERROR_IO_PENDING) end_copy(op, error);
}

void ApcModel::copy_send(OverlappedOperation& op, std::size_t file_bytes) noexcept {
  auto& copy = op.copy_;
  if (op.cancel_reason() != Cancel::none) return end_copy(op, ERROR_OPERATION_ABORTED);
  copy.reading = false;
  aim(op, handle_of(copy.socket), 0);
  const DWORD error = issue_send(op, copy.socket, copy.head, {copy.buffer.get(), file_bytes});
  if (error != 0 && error != ERROR_IO_PENDING) end_copy(op, error);
}

void ApcModel::end_copy(OverlappedOperation& op, DWORD error) noexcept {
  auto& copy = op.copy_;
  if (copy.buffer && copy.buffer_bytes == copy_bytes && spare_buffers_.size() < spare_buffers_max) {
    spare_buffers_.push_back(std::move(copy.buffer));
  }
  copy.buffer.reset();
  finish(op, error, copy.sent);
}

}  // namespace overlap::io
