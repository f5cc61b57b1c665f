#include <algorithm>

#include "admin/ctl/doctor/check.h"
#include "admin/ctl/program.h"
#include "admin/ctl/units.h"
#include "common/tls/context.h"

namespace overlap::ctl::doctor {
namespace {

// As the findings of the service have it (common/findings/service_rules.cpp).
constexpr double urgent_days = 7;
constexpr double soon_days = 30;
constexpr double day_seconds = 86'400;

std::string read(const Case& of, const std::string& file, const char* what) {
  try {
    return of.program.surroundings.read_file(file);
  } catch (const std::runtime_error& error) {
    if (!of.system.elevated && of.machine.exists(file))
      throw NotAllowed(std::string("the ") + what + " " + file + " cannot be read");
    throw TlsError(std::string("the ") + what + " " + file + " cannot be read: " + error.what());
  }
}

// The name goes into a command for an administrator, and was written by whoever made the file.
// Those that `certificate create` takes are of these characters: "*.example", "files.example",
// "fd00::1".
bool is_host_name(const std::string& name) {
  return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '*' || c == ':';
  });
}

// Only of those that `certificate create` has made is it known how.
std::vector<std::string> renew(const Case& of, const std::string& name) {
  const config::Tls& tls = of.config->tls;
  const std::size_t end = tls.certificate_file.find_last_of("\\/");
  if (!is_host_name(name) || end == std::string::npos ||
      tls.certificate_file.substr(end + 1) != "overlap-certificate.pem")
    return {};
  const std::string program =
      of.service.executable.empty() ? "overlap-service.exe" : of.service.executable;
  return {in_quotes(program) + " certificate create --force --name " + in_quotes(name) + " --out " +
          in_quotes(tls.certificate_file.substr(0, end))};
}

void judge_days(const Case& of, const TlsContext& certificate, Result& result) {
  const double now = static_cast<double>(of.now_unix_ms) / 1000;
  const double left = static_cast<double>(certificate.expires_unix_seconds()) - now;
  const double until_valid = static_cast<double>(certificate.valid_from_unix_seconds()) - now;
  const std::string whose =
      "The certificate of " + (certificate.name().empty() ? "nobody" : certificate.name());
  if (left < 0) {
    result.state = State::failed;
    result.found = whose + " has expired " + show_seconds(-left) + " ago: clients refuse it.";
  } else if (until_valid > 0) {
    result.state = State::failed;
    result.found = whose + " is valid in " + show_seconds(until_valid) +
                   " only: the clock is wrong, or it was made for later.";
    result.mend = {"w32tm /resync"};
    return;
  } else {
    result.found = whose + " is valid for " + show_seconds(left) + " and fits its key.";
    if (left < soon_days * day_seconds) result.state = State::warning;
    if (left < urgent_days * day_seconds) result.state = State::failed;
  }
  if (result.state == State::ok) return;
  result.mend = renew(of, certificate.name());
  if (result.mend.empty()) result.found += " Get a new one from the authority that made it.";
}

}  // namespace

std::vector<Result> check_certificate(const Case& of) {
  const config::Config& config = config_of(of);
  Result result{"certificate", "certificate", State::ok, {}, {}};
  const bool spoken =
      config.admin.tls || std::any_of(config.listeners.begin(), config.listeners.end(),
                                      [](const config::Listener& one) { return one.tls; });
  if (config.tls.certificate_file.empty()) {
    result.found = spoken ? "" : "No listener speaks TLS, and there is none.";
    return {std::move(result)};  // the configuration would not be valid otherwise
  }
  try {
    TlsCredentials credentials;
    credentials.certificate_chain = read(of, config.tls.certificate_file, "certificate");
    credentials.private_key = read(of, config.tls.key_file, "key");
    if (!config.tls.client_ca_file.empty())
      credentials.client_authorities =
          read(of, config.tls.client_ca_file, "file of those that sign clients");
    judge_days(of, *TlsContext::create(credentials), result);
  } catch (const TlsError& error) {
    result.state = State::failed;
    result.found = std::string("It cannot be used: ") + error.what() + ".";
    result.mend = {edit_config(of)};
  }
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
