// Who may ask: under which name, from which page, with which token.
//
// A browser on this machine reaches the endpoint for any page that it shows. Three checks keep such
// pages out, and each would do alone: the name under which they ask (DNS rebinding), the page they
// come from (Origin, RFC 6454; Sec-Fetch-Site, W3C Fetch Metadata), and the token, which no page
// knows and no browser sends by itself. No response carries a field of CORS.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "admin/api/message.h"
#include "common/config/config.h"
#include "common/management/commands.h"

namespace overlap::admin {

enum class Access : std::uint8_t {
  open,    // holds no state: no token
  read,    // the token, unless anonymous_read
  change,  // always the token, and only from the endpoint's own pages
};

// Any thread. `commands` must outlive it.
class Guard {
 public:
  Guard(const config::Admin& config, const management::Commands& commands);

  // Of the checks below: what a reload may change.
  void apply(const config::Admin& config);
  // As bound. Before, no request comes.
  void listens_on(std::uint16_t port) noexcept { port_.store(port); }

  // Each returns why the request is refused, or nothing.
  std::optional<Response> check_host(const Request& request) const;                  // 400, 421
  std::optional<Response> check_page(const Request& request) const;                  // 403
  std::optional<Response> check_token(const Request& request, Access access) const;  // 401
  // What comes with a request: only a POST brings content, it is JSON of known length, and it says
  // so even if it is empty; a form of another page cannot. 400, 411, 413, 415.
  static std::optional<Response> check_content(const Request& request, Access access);

  static constexpr std::size_t content_bytes_max = 64 * 1024;

 private:
  bool is_own(std::string_view origin, std::string_view host) const;
  bool may_name(std::string_view host) const;

  const management::Commands& commands_;
  const std::string_view own_scheme_;
  const bool on_loopback_;
  std::atomic<std::uint16_t> port_{0};
  std::atomic<bool> anonymous_read_;
  std::vector<std::string> own_names_;

  // Requests on many threads read what a reload, which cannot post to them, replaces.
  mutable std::shared_mutex mutex_;
  std::vector<std::string> other_names_;  // of admin.hosts
};

bool is_loopback(std::string_view address);

// Whether a request comes with content, or says so.
bool has_content(const Request& request);

}  // namespace overlap::admin
