#include "service/tls/certificate_store.h"

#include <windows.h>

#include <chrono>
#include <exception>
#include <span>
#include <string_view>
#include <utility>

#include "common/digest/secrets.h"
#include "service/log/log.h"
#include "service/log/wide.h"
#include "service/scm/start_error.h"
#include "service/win/error.h"
#include "service/win/handle.h"
#include "service/win/read_file.h"

namespace overlap::tls {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t expiry_warning_seconds = 14 * day_seconds;

std::string read(const std::string& file) {
  if (file.empty()) return {};
  // One byte more than a context takes, so that it sees what is too long.
  return win::read_file(win::to_wide(file), file_bytes_max + 1, "cannot read the file " + file);
}

// A copy of the key is in no memory that is given to others.
class Wiped {
 public:
  explicit Wiped(std::string& secret) noexcept : secret_(secret) {}
  ~Wiped() { wipe(std::as_writable_bytes(std::span(secret_))); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  std::string& secret_;
};

std::int64_t unix_seconds() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

}  // namespace

CertificateStore::CertificateStore(const config::Tls& config) : config_(config) {
  try {
    loaded_ = stamps();
    context_ = load();
  } catch (const TlsError& error) {
    throw scm::StartError(scm::ExitCode::config, std::string(error.what()) + ".");
  } catch (const std::system_error& error) {
    throw scm::StartError(scm::ExitCode::config, std::string(error.what()) + ".");
  }
  note_expiry(*context_);
}

std::shared_ptr<const TlsContext> CertificateStore::current() const {
  const std::lock_guard hold(mutex_);
  return context_;
}

CertificateStore::Stamps CertificateStore::stamps() const noexcept {
  Stamps found;
  const std::array files{&config_.certificate_file, &config_.key_file, &config_.client_ca_file};
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i]->empty()) continue;
    try {
      // One that cannot be looked at is one that cannot be read: loading it says why.
      win::read_stamp(win::to_wide(*files[i]), found[i]);
    } catch (const std::bad_alloc&) {
      found[i] = {};
    }
  }
  return found;
}

std::shared_ptr<const TlsContext> CertificateStore::load() const {
  TlsCredentials credentials{read(config_.certificate_file), read(config_.key_file),
                             read(config_.client_ca_file)};
  // An empty file of authorities must not mean that nobody is asked.
  if (!config_.client_ca_file.empty() && credentials.client_authorities.empty())
    throw TlsError("the file of client authorities " + config_.client_ca_file + " is empty");
  const Wiped key(credentials.private_key);
  try {
    return TlsContext::create(credentials);
  } catch (const TlsError& error) {
    std::string files =
        "certificate file " + config_.certificate_file + ", key file " + config_.key_file;
    if (!config_.client_ca_file.empty()) files += ", client authorities " + config_.client_ca_file;
    throw TlsError(std::string(error.what()) + " (" + files + ")");
  }
}

void CertificateStore::refresh() noexcept {
  std::string problem;
  try {
    const Stamps found = stamps();
    if (found != loaded_) reload(found);
    note_expiry(*current());
  } catch (const std::exception& error) {
    problem = std::string(error.what()) + ".";
  }
  if (problem != problem_) {
    problem_ = std::move(problem);
    reported_ = false;
  } else if (!problem_.empty() && !std::exchange(reported_, true)) {
    log::event(log::EventId::certificate_refused, {problem_});
  }
}

void CertificateStore::reload(const Stamps& found) {
  std::shared_ptr<const TlsContext> context = load();
  log::write(log::Severity::info, "the certificate of " + context->name() +
                                      " was read again from " + config_.certificate_file);
  {
    const std::lock_guard hold(mutex_);
    context_.swap(context);
  }
  loaded_ = found;
  expiry_noted_ = 0;
}

void CertificateStore::note_expiry(const TlsContext& context) noexcept {
  try {
    const std::int64_t now = unix_seconds();
    const std::int64_t left = context.expires_unix_seconds() - now;
    if (left >= expiry_warning_seconds || now < expiry_noted_ + day_seconds) return;
    expiry_noted_ = now;
    const std::string when =
        left < 0 ? " has ended" : " ends in " + std::to_string(left / day_seconds) + " days";
    log::write(log::Severity::warning,
               "the certificate of " + context.name() + when + ": clients refuse one that has");
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace overlap::tls
