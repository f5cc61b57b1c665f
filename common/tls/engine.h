// One TLS connection of the server's side over bytes in memory: ciphertext is fed and fetched,
// plain text is read and written. Not thread-safe, but bound to no thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/tls/context.h"

struct ssl_st;  // of OpenSSL, whose headers are the .cpp's alone
struct bio_st;

namespace overlap::tls {

class Engine {
 public:
  enum class Status : std::uint8_t {
    done,
    wants_input,  // everything that was fed is used up
    closed,       // the peer's close_notify has come
    failed,       // for ever; output() may hold an alert that tells the peer
  };

  // Throws std::bad_alloc.
  explicit Engine(std::shared_ptr<const TlsContext> context);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // When certificates of clients are verified; otherwise the machine's clock says.
  void set_time(std::int64_t unix_seconds) noexcept;

  // Ciphertext that has come. Stays the caller's and must stay valid until `wants_input`; what was
  // fed before must have been used up.
  void feed(std::span<const std::byte> ciphertext) noexcept { input_ = ciphertext; }

  // Each of these may leave something in output(). They throw std::bad_alloc only.
  Status handshake();
  // `bytes`, at least 1, were put into `into` if the status is done.
  Status read(std::span<std::byte> into, std::size_t& bytes);
  // Encrypts all of it: done or failed. After the handshake, and not after close().
  Status write(std::span<const std::byte> plain);
  // close_notify: nothing more will be written. Does nothing after a failure, or twice.
  void close();

  // Ciphertext to be sent. Valid until the next call of anything but this.
  std::span<const std::byte> output() const noexcept {
    return std::span(output_).subspan(output_sent_);
  }
  void sent(std::size_t bytes) noexcept;
  // Makes room for so much plain text, so that writing it allocates once. Throws std::bad_alloc.
  void reserve_output(std::size_t plain_bytes);
  // Gives back the memory of an empty output.
  void release_output() noexcept;

  // Part of a record has come, or more than was read.
  bool holds_input() const noexcept;

  // The name in a client certificate that was verified: its common name, else its first e-mail
  // address, else its first DNS name. Empty if there is none, or if it holds control characters.
  std::string client_name() const;

 private:
  struct Transport;  // what OpenSSL calls for bytes
  Status settle(int result);

  std::shared_ptr<const TlsContext> context_;
  std::span<const std::byte> input_;
  std::vector<std::byte> output_;
  std::size_t output_sent_ = 0;
  bool memory_ran_out_ = false;
  bool closing_ = false;
  bool failed_ = false;
  ssl_st* ssl_ = nullptr;
};

}  // namespace overlap::tls
