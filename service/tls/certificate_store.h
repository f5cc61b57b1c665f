// The certificate of the service, read again when its files change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "common/config/config.h"
#include "common/tls/context.h"
#include "service/win/file_stamp.h"

namespace overlap::tls {

// current() may be called by any thread, refresh() by one.
class CertificateStore {
 public:
  // Reads the files. Throws scm::StartError{config} with a sentence that names the file.
  explicit CertificateStore(const config::Tls& config);
  CertificateStore(const CertificateStore&) = delete;
  CertificateStore& operator=(const CertificateStore&) = delete;

  // Never null. A connection keeps what it began with.
  std::shared_ptr<const TlsContext> current() const;
  // When the certificate in use ends, in seconds since 1970-01-01 UTC. Any thread.
  std::int64_t expires_unix_seconds() const { return current()->expires_unix_seconds(); }

  // Once a second: reads the files again if one of them has changed. While they cannot be read or
  // are wrong, the certificate of before stays; one event says so, unless the next second mends
  // it, since certificate and key are replaced one after the other. Also writes a line a day about
  // a certificate that ends soon.
  void refresh() noexcept;

 private:
  using Stamps = std::array<win::FileStamp, 3>;

  Stamps stamps() const noexcept;
  std::shared_ptr<const TlsContext> load() const;
  void reload(const Stamps& found);
  void note_expiry(const TlsContext& context) noexcept;

  const config::Tls config_;
  Stamps loaded_;                  // of what is in use; of refresh() alone, as all that follows
  std::string problem_;            // of the last look; empty: none
  bool reported_ = false;          // problem_ is known to the operator
  std::int64_t expiry_noted_ = 0;  // when a line about the end was written; Unix seconds

  // Every listener's threads come for a pointer at each new connection, and cannot wait for
  // another thread to answer a post. Held to copy it.
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> context_;
};

}  // namespace overlap::tls
