// Begins the conversations of new connections by the configuration in effect.
#pragma once

#include <memory>
#include <mutex>

#include "common/transfer/session.h"
#include "service/server/begun_conversation.h"
#include "service/tls/certificate_store.h"

namespace overlap::server {

// Thread-safe.
class Conversations {
 public:
  // What a conversation is begun with. It lives on for those that were begun with it.
  struct Terms {
    SessionConfig session;
    std::shared_ptr<const tls::CertificateStore> certificates;  // null: no listener speaks TLS
  };

  explicit Conversations(std::shared_ptr<const Terms> terms) : terms_(std::move(terms)) {}

  // A session, behind TLS if `secure`. Throws std::bad_alloc.
  BegunConversation begin(bool secure, Session::Mode mode) const;
  // New conversations are begun with these; those of before go on as they are.
  void use(std::shared_ptr<const Terms> terms) noexcept;
  std::shared_ptr<const Terms> terms() const noexcept;

 private:
  // The threads of every listener come for a pointer at each new connection, and cannot wait for
  // another thread to answer a post. Held to copy it.
  mutable std::mutex mutex_;
  std::shared_ptr<const Terms> terms_;
};

}  // namespace overlap::server
