// The only includer of the HTTP library on the server's side.
//
// The library accepts connections, reads requests and writes responses. How long a client may take,
// and on which thread, is decided here: the library itself would let one that sends a byte now and
// then keep a thread for hours.
#include "admin/api/http_endpoint.h"

#ifdef _WIN32
// It comes before everything that may include windows.h.
#include <winsock2.h>
#endif

// Connections that may wait to be accepted; the library's default is 5.
#define CPPHTTPLIB_LISTEN_BACKLOG 64
#include <httplib.h>

#include <array>
#include <chrono>
#include <utility>

#include "admin/api/channel.h"

namespace overlap::admin {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t head_bytes_max = 32 * 1024;
constexpr std::size_t requests_a_connection_max = 1000;
constexpr auto first_request_max = 5s;  // with the handshake, if there is one
constexpr auto keep_alive = 3s;         // between requests
constexpr auto head_max = 5s;           // from its first byte to its last
constexpr auto content_max = 5s;
constexpr auto write_max = 10s;  // for one response, or one piece of a stream
constexpr int stop_check_microseconds = 100'000;

const std::array<Field, 5> fields_of_all{
    Field{"X-Content-Type-Options", "nosniff"}, Field{"Cache-Control", "no-store"},
    Field{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    Field{"Cross-Origin-Resource-Policy", "same-origin"}, Field{"Referrer-Policy", "no-referrer"}};

#ifdef _WIN32
// Windows lets a second program listen on the same port unless this is set ("Using SO_REUSEADDR and
// SO_EXCLUSIVEADDRUSE"); the library's default is the opposite.
void own_the_port(SOCKET socket) {
  const BOOL yes = TRUE;
  setsockopt(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&yes),
             sizeof yes);
}
#else
// Elsewhere nobody else can listen there; this allows it again right after a stop.
void own_the_port(int socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}
#endif

std::string with_port(const std::string& ip, int port) {
  const bool v6 = ip.find(':') != std::string::npos;
  return (v6 ? '[' + ip + ']' : ip) + ':' + std::to_string(port);
}

Request request_of(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.target = from.target;
  request.body = from.body;
  request.peer = with_port(from.remote_addr, from.remote_port);
  for (const auto& [name, value] : from.headers) request.fields.emplace_back(name, value);
  return request;
}

void put(Response&& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.fields) {
    to.headers.erase(name);  // of those that every response has
    to.set_header(name, value);
  }
  if (from.next) {
    to.set_chunked_content_provider(
        from.content_type, [next = std::move(from.next)](std::size_t, httplib::DataSink& sink) {
          std::string piece;
          if (next(piece)) return sink.write(piece.data(), piece.size());
          sink.done();
          return true;
        });
  } else if (!from.content_type.empty()) {
    to.set_content(std::move(from.body), from.content_type);
  }
}

// A response to a request that the library never sees.
std::string as_text(const Response& response) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + ' ' +
                     httplib::status_message(response.status) + "\r\n";
  for (const auto& [name, value] : fields_of_all) text += name + ": " + value + "\r\n";
  text += "Content-Type: " + response.content_type +
          "\r\nContent-Length: " + std::to_string(response.body.size()) +
          "\r\nConnection: close\r\n\r\n";
  return text + response.body;
}

// What the library reads from and writes to. Its members override those of the library, of which
// later versions have some more; hence none says so.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Winconsistent-missing-override"
#pragma clang diagnostic ignored "-Wsuggest-override"
#endif
class Wire final : public httplib::Stream {
 public:
  enum class Head : std::uint8_t { complete, absent, late, too_large };

  Wire(Channel& channel, Crew::Seat& seat) : channel_(channel), seat_(seat) {
    httplib::detail::get_remote_ip_and_port(native(), remote_ip_, remote_port_);
    httplib::detail::get_local_ip_and_port(native(), local_ip_, local_port_);
  }

  // Waits for a whole request head, so that the library finds it in memory.
  Head await_head(Clock::time_point first_byte_by) {
    seat_.enter(Crew::Phase::waiting);
    auto deadline = buffer_.empty() ? first_byte_by : Clock::now() + head_max;
    std::size_t looked_at = 0;
    for (;;) {
      const std::size_t end = buffer_.find("\r\n\r\n", looked_at);
      if (end != std::string::npos)
        return end + 4 > head_bytes_max ? Head::too_large : begin_request();
      if (buffer_.size() >= head_bytes_max) return Head::too_large;
      looked_at = buffer_.size() < 3 ? 0 : buffer_.size() - 3;
      const bool first = buffer_.empty();
      if (!receive_more(deadline))
        return !first && Clock::now() >= deadline ? Head::late : Head::absent;
      if (first) deadline = Clock::now() + head_max;
    }
  }

  void streams() { streaming_ = true; }
  const std::string& remote_ip() const { return remote_ip_; }
  int remote_port() const { return remote_port_; }
  const std::string& local_ip() const { return local_ip_; }
  int local_port() const { return local_port_; }

  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  bool is_peer_alive() const { return true; }
  time_t duration() const { return 0; }

  ssize_t read(char* into, std::size_t size) {
    if (at_ == buffer_.size() && !receive_more(content_by_)) return 0;
    const std::size_t count = std::min(size, buffer_.size() - at_);
    std::copy_n(buffer_.data() + at_, count, into);
    at_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* bytes, std::size_t size) {
    seat_.enter(Crew::Phase::sending);
    const bool sent = channel_.write({bytes, size}, Clock::now() + write_max);
    seat_.enter(streaming_ ? Crew::Phase::streaming : Crew::Phase::working);
    return sent ? static_cast<ssize_t>(size) : -1;
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const {
    ip = remote_ip_;
    port = remote_port_;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const {
    ip = local_ip_;
    port = local_port_;
  }
  socket_t socket() const { return native(); }

  // What the library has not read: the next request, if the client sends them in a row.
  void end_request() {
    buffer_.erase(0, at_);
    at_ = 0;
  }

 private:
  socket_t native() const { return static_cast<socket_t>(channel_.native()); }

  Head begin_request() {
    seat_.enter(Crew::Phase::working);
    content_by_ = Clock::now() + content_max;
    streaming_ = false;
    return Head::complete;
  }

  bool receive_more(Clock::time_point deadline) {
    std::array<char, 4096> bytes;
    const std::size_t count = channel_.read(bytes, deadline);
    buffer_.append(bytes.data(), count);
    return count > 0;
  }

  Channel& channel_;
  Crew::Seat& seat_;
  std::string remote_ip_, local_ip_;
  int remote_port_ = 0;
  int local_port_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;  // that the library has read
  Clock::time_point content_by_{};
  bool streaming_ = false;
};

// Hands connections to the crew, whose threads outlive the times when nothing is accepted.
class Queue final : public httplib::TaskQueue {
 public:
  explicit Queue(Crew& crew) : crew_(crew) {}
  bool enqueue(std::function<void()> serve) override { return crew_.enqueue(std::move(serve)); }
  void shutdown() override {}

 private:
  Crew& crew_;
};

}  // namespace

class HttpEndpoint::Library final : public httplib::Server {
 public:
  Library(const Routes& routes, Crew& crew, Certificate certificate)
      : routes_(routes), crew_(crew), certificate_(std::move(certificate)) {
    set_socket_options(own_the_port);
    set_tcp_nodelay(true);
    set_payload_max_length(Guard::content_bytes_max);
    set_idle_interval(0, stop_check_microseconds);
    set_keep_alive_timeout(std::chrono::seconds{keep_alive}.count());
    set_keep_alive_max_count(requests_a_connection_max);
    new_task_queue = [this] { return new Queue(crew_); };
    set_handlers();
  }

 private:
  void set_handlers() {
    httplib::Headers headers;
    for (const auto& [name, value] : fields_of_all) headers.emplace(name, value);
    set_default_headers(std::move(headers));
    set_pre_routing_handler([this](const httplib::Request& from, httplib::Response& to) {
      const Request request = request_of(from);
      if (auto refused = routes_.refuse(request)) {
        put(std::move(*refused), to);
        return HandlerResponse::Handled;
      }
      // Otherwise the library reads the content and calls the handler below.
      if (has_content(request)) return HandlerResponse::Unhandled;
      put(routes_.perform(request), to);
      return HandlerResponse::Handled;
    });
    Post(".*", [this](const httplib::Request& from, httplib::Response& to) {
      put(routes_.perform(request_of(from)), to);
    });
    // What the library refuses by itself: requests that it cannot read or that are too large.
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        put(problem(response.status, "The request cannot be read."), response);
      return HandlerResponse::Handled;
    });
    // What went wrong inside is for the log of the service, not for the client.
    set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          put(problem(500, "The service failed to answer."), response);
        });
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Accept-Ranges");  // there are none
      // RFC 9110, section 8.6: not with 204, and with 304 only that of the 200.
      if (response.status == 204 || response.status == 304)
        response.headers.erase("Content-Length");
    });
  }

  // On a thread of the crew.
  bool process_and_close_socket(socket_t socket) override {
    Crew::Seat seat{crew_};
    Channel channel{static_cast<NativeSocket>(socket), seat};
    Wire wire{channel, seat};
    seat.enter(Crew::Phase::waiting);
    const auto first_byte_by = Clock::now() + first_request_max;
    if (certificate_ && !channel.handshake(certificate_(), first_byte_by)) return false;
    if (converse(wire, channel, first_byte_by)) {
      seat.enter(Crew::Phase::waiting);
      channel.finish();
    }
    return true;
  }

  // False if the client can be told nothing more.
  bool converse(Wire& wire, Channel& channel, Clock::time_point first_byte_by) {
    const auto refuse = [&](int status, const char* why) {
      return channel.write(as_text(problem(status, why)), Clock::now() + write_max);
    };
    for (std::size_t served = 1;; ++served) {
      switch (wire.await_head(first_byte_by)) {
        case Wire::Head::absent: return true;
        case Wire::Head::late: return refuse(408, "The request took too long to arrive.");
        case Wire::Head::too_large: return refuse(431, "The request head exceeds 32768 bytes.");
        case Wire::Head::complete: break;
      }
      const bool last = served == requests_a_connection_max || crew_.stopping();
      bool closed = false;
      bool readable = false;
      const auto inspect = [&](httplib::Request& request) {
        readable = true;
        prepare(request, closed, wire);
      };
      if (!process_request(wire, wire.remote_ip(), wire.remote_port(), wire.local_ip(),
                           wire.local_port(), last, closed, inspect))
        return false;
      if (last || closed || !readable) return true;
      wire.end_request();
      first_byte_by = Clock::now() + keep_alive;
    }
  }

  // RFC 9110, section 5.6.2.
  static bool is_token(std::string_view text) {
    const auto may_appear = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), may_appear);
  }

  // Before a request is looked at by anyone else.
  static void prepare(httplib::Request& request, bool& closed, Wire& wire) {
    // Nothing here has parts.
    request.ranges.clear();
    request.headers.erase("Range");
    if (request.path == "/api/v1/stream") wire.streams();
    // Content may be refused unread, or end elsewhere than its sender says: nobody shall take it
    // for the next request.
    if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
      closed = closed || has_content(request_of(request));
    // The library takes anything for the name of a field: a length under a name such as
    // "Content-Length " (RFC 9112, section 5.1) would leave content to be read as a request.
    for (const auto& [name, text] : request.headers) closed = closed || !is_token(name);
    if (!closed) return;
    request.headers.erase("Connection");
    request.headers.emplace("Connection", "close");
  }

  const Routes& routes_;
  Crew& crew_;
  const Certificate certificate_;
};

HttpEndpoint::HttpEndpoint(const Routes& routes, Crew& crew, Certificate certificate)
    : library_(std::make_unique<Library>(routes, crew, std::move(certificate))) {}
HttpEndpoint::~HttpEndpoint() = default;

std::uint16_t HttpEndpoint::bind(const std::string& address, std::uint16_t port) {
  if (port != 0) return library_->bind_to_port(address, port, AI_NUMERICHOST) ? port : 0;
  const int any = library_->bind_to_any_port(address, AI_NUMERICHOST);
  return any > 0 ? static_cast<std::uint16_t>(any) : std::uint16_t{0};
}

int HttpEndpoint::last_error() noexcept {
#ifdef _WIN32
  const int code = WSAGetLastError();
  return code != 0 ? code : WSAEADDRINUSE;
#else
  return errno != 0 ? errno : EADDRINUSE;
#endif
}

void HttpEndpoint::listen() { library_->listen_after_bind(); }
void HttpEndpoint::wait_until_ready() const { library_->wait_until_ready(); }
void HttpEndpoint::stop() noexcept { library_->stop(); }

}  // namespace overlap::admin
