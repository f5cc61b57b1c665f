// The configuration of the service, as read from TOML and validated. Every duration and size
// carries its unit.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace overlap::config {

enum class ModelName : std::uint8_t { device, event, apc, asio };
enum class FlushPolicy : std::uint8_t { none, file };  // file: FlushFileBuffers before the rename
enum class Severity : std::uint8_t { debug, info, warning, error };

struct Listener {
  std::string name;  // unique; by default the model's name
  ModelName model = ModelName::asio;
  std::string address = "127.0.0.1";  // a literal IPv4 or IPv6 address
  std::uint16_t port = 0;             // required, 1..65535
  // device, event: shards of 63 connections, added as connections come, up to this many threads.
  // apc, asio: this many threads from the start.
  std::size_t threads = 0;  // 0: the model's default (device, event: 32; apc, asio: 2)
  std::size_t connections_max = 2000;
};

// Per connection; the same on every listener.
struct Limits {
  std::size_t head_bytes_max = 32 * 1024;     // request line and headers; past it 431
  std::size_t headers_max = 100;              // header lines; past it 431
  std::size_t target_bytes_max = 8 * 1024;    // request target; past it 414
  std::uint64_t body_bytes_max = 1ull << 40;  // an upload; past it 413
  std::size_t chunk_bytes = 256 * 1024;       // one read, write or receive of a body
};

struct Timeouts {
  std::chrono::milliseconds head{20'000};      // from the first byte of a request head to its last
  std::chrono::milliseconds idle{120'000};     // between requests on a kept-alive connection
  std::chrono::milliseconds progress{30'000};  // one receive or send of a body must end within this
  std::chrono::milliseconds drain{20'000};     // a stop waits this long for transfers under way
};

struct Access {
  bool anonymous_read = true;
  bool anonymous_write = false;
};

struct Store {
  std::string root;  // required: the served folder, absolute
  std::size_t threads = 4;
  FlushPolicy flush = FlushPolicy::file;
};

struct Admin {
  bool enabled = true;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8100;
};

struct Log {
  Severity level = Severity::info;
  std::string
      file;  // empty: no file; absolute, or relative to the folder of the configuration file
  std::uint64_t rotation_bytes = 10 * 1024 * 1024;
  std::size_t files_max = 10;
  bool event_log = true;
};

struct Config {
  Store store;
  Access access;
  Limits limits;
  Timeouts timeouts;
  Admin admin;
  Log log;
  std::vector<Listener> listeners;
};

}  // namespace overlap::config
