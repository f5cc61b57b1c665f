// The configuration of the service, as read from TOML and validated. Every duration and size
// carries its unit.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::config {

enum class ModelName : std::uint8_t { device, event, apc, asio };
enum class FlushPolicy : std::uint8_t { none, file };  // file: FlushFileBuffers before the rename
enum class Severity : std::uint8_t { debug, info, warning, error };

// In the order of the enumerators; the names in the file, the API, the metrics and the log.
inline constexpr std::array<std::string_view, 4> model_names{"device", "event", "apc", "asio"};
inline constexpr std::array<std::string_view, 2> flush_policy_names{"none", "file"};
inline constexpr std::array<std::string_view, 4> severity_names{"debug", "info", "warning",
                                                                "error"};
// Of events, from `info` on: none is less severe.
inline constexpr std::array<std::string_view, 3> event_severity_names{"info", "warning", "error"};
constexpr std::string_view name_of(ModelName model) noexcept {
  return model_names[static_cast<std::size_t>(model)];
}

// Models of which one thread can wait for no more than 63 connections and its wake event.
constexpr bool has_wait_slots(ModelName model) noexcept {
  return model == ModelName::device || model == ModelName::event;
}
constexpr std::size_t default_threads(ModelName model) noexcept {
  return has_wait_slots(model) ? 32 : 2;
}

inline constexpr std::size_t listeners_max = 32;  // each has threads and counters of its own

struct Listener {
  std::string name;  // unique; by default the model's name
  ModelName model = ModelName::asio;
  std::string address = "127.0.0.1";  // a literal IPv4 or IPv6 address
  std::uint16_t port = 0;             // required, 1..65535
  // device, event: shards of 63 connections, added as connections come, up to this many threads.
  // apc, asio: this many threads from the start.
  std::size_t threads = 0;  // parse() never leaves 0: it puts default_threads() there
  // May exceed what the threads of device and event can carry (63 each). Past either, a connection
  // is refused with 503 and counted as rejected.
  std::size_t connections_max = 2000;
  // Of one client address; past it a connection is refused in the same way.
  std::size_t connections_per_address_max = 1000;
  bool tls = false;  // speaks TLS with the certificate of section `tls`, and nothing else

  bool operator==(const Listener&) const = default;
};

// Per connection; the same on every listener.
struct Limits {
  std::size_t head_bytes_max = 32 * 1024;     // request line and headers; past it 431
  std::size_t headers_max = 100;              // header lines; past it 431
  std::size_t target_bytes_max = 8 * 1024;    // request target; past it 414
  std::uint64_t body_bytes_max = 1ull << 40;  // an upload; past it 413
  std::size_t chunk_bytes = 256 * 1024;       // one read, write or receive of a body
  // What one connection may carry, in bytes a second and direction; 0: no limit.
  std::uint64_t receive_bytes_per_second_max = 0;
  std::uint64_t send_bytes_per_second_max = 0;
  // A peer that moves less than this on average over timeouts.progress is cut; 0: it must only
  // move at all.
  std::uint64_t receive_bytes_per_second_min = 128;
  std::uint64_t send_bytes_per_second_min = 1024;
  // Entries of one page of a listing, at most.
  std::size_t listing_entries_max = 5000;

  bool operator==(const Limits&) const = default;
};

struct Timeouts {
  std::chrono::milliseconds head{20'000};      // from the first byte of a request head to its last
  std::chrono::milliseconds idle{120'000};     // between requests on a kept-alive connection
  std::chrono::milliseconds progress{30'000};  // one receive or send of a body must end within this
  std::chrono::milliseconds drain{20'000};     // a stop waits this long for transfers under way
  std::chrono::milliseconds stall{10'000};     // a thread that has not turned for so long is told

  bool operator==(const Timeouts&) const = default;
};

// What those may do who give no name.
struct Access {
  bool anonymous_read = false;   // download and list
  bool anonymous_write = false;  // upload, make folders, delete, move, copy
  // The file of users, made by `overlap-service user`. Empty: nobody has a name. Absolute, or
  // relative to the folder of the configuration file.
  std::string users_file;
  std::string realm = "Overlap";  // what a browser shows when it asks for a password

  bool operator==(const Access&) const = default;
};

struct Store {
  // Required: the served folder, absolute. As parse() leaves it: backslashes only, and none at the
  // end except in the root of a drive ("C:\\").
  std::string root;
  std::size_t threads = 4;
  FlushPolicy flush = FlushPolicy::file;
  // An upload that would leave less room on the volume is refused with 507.
  std::uint64_t free_bytes_min = 64 * 1024 * 1024;
  // Files above this are not hashed to answer Want-Repr-Digest.
  std::uint64_t digest_file_bytes_max = 1ull << 30;

  bool operator==(const Store&) const = default;
};

// Uploads that can be resumed, and what interrupted ones leave behind.
struct Uploads {
  bool resumable = true;                                 // tus 1.0.0 and the IETF draft are offered
  std::chrono::milliseconds expire{7 * 24 * 3'600'000};  // unfinished and untouched for so long
  std::size_t unfinished_max = 10'000;                   // at once; past it 503

  bool operator==(const Uploads&) const = default;
};

// Certificate and key of all listeners that speak TLS, as PEM files: absolute, or relative to the
// folder of the configuration file.
struct Tls {
  std::string certificate_file;  // the server's first, then those that lead to the root
  std::string key_file;
  // Certificates that sign those of clients. Empty: no client certificate is asked for. A client's
  // name in it (CN) is the user's.
  std::string client_ca_file;

  bool operator==(const Tls&) const = default;
};

// The management endpoint.
struct Admin {
  bool enabled = true;
  std::string address = "127.0.0.1";  // a literal address; off loopback it needs `tls`
  std::uint16_t port = 8100;
  bool tls = false;  // with the certificate of section `tls`
  // Whether statistics may be read without the token, on loopback only. Changes always need it.
  bool anonymous_read = false;
  // The token: made at the first start, readable by administrators only. Absolute, or relative to
  // the folder of the configuration file.
  std::string token_file = "admin-token";
  // Names under which a browser or a proxy may reach the endpoint, beside its address and
  // localhost; with commas between.
  std::string hosts;

  bool operator==(const Admin&) const = default;
};

struct Log {
  Severity level = Severity::info;
  // Empty: no file. Absolute, or relative to the folder of the configuration file.
  std::string file;
  std::uint64_t rotation_bytes = 10 * 1024 * 1024;
  std::size_t files_max = 10;
  bool event_log = true;
  Severity event_log_level = Severity::warning;  // the least that goes to the Event Log

  bool operator==(const Log&) const = default;
};

// Every transfer that finished, failed or was refused.
struct Journal {
  bool enabled = true;
  std::string file = "journal.db";  // absolute, or relative to the folder of the configuration file
  std::chrono::milliseconds keep{90ll * 24 * 3'600'000};  // older entries are deleted
  std::uint64_t bytes_max = 1ull << 30;                   // so are the oldest of a longer file
  // Also in the W3C extended log file format, for programs that read the logs of web servers.
  // Empty: no such file. Absolute, or relative to the folder of the configuration file.
  std::string w3c_file;
  std::uint64_t w3c_rotation_bytes = 10 * 1024 * 1024;
  std::size_t w3c_files_max = 10;

  bool operator==(const Journal&) const = default;
};

struct Config {
  Store store;
  Access access;
  Limits limits;
  Timeouts timeouts;
  Uploads uploads;
  Tls tls;
  Admin admin;
  Journal journal;
  Log log;
  std::vector<Listener> listeners;

  bool operator==(const Config&) const = default;
};

}  // namespace overlap::config
