// What every listener of a server works with, and the beginning of a conversation with it.
#pragma once

#include <memory>

#include "common/transfer/session.h"
#include "service/access/login_job.h"
#include "service/store/store_job.h"
#include "service/tls/certificate_store.h"
#include "service/win/handle.h"

namespace overlap::server {

struct ListenerServices {
  SessionConfig session;
  store::StoreApi<win::FileHandle>& store;
  access::LoginApi& logins;
  const tls::CertificateStore* certificates = nullptr;  // null if no listener speaks TLS
};

// A session, behind TLS if `secure`. Any thread. Throws std::bad_alloc.
std::unique_ptr<Conversation> begin_conversation(const ListenerServices& services, bool secure,
                                                 Session::Mode mode);

}  // namespace overlap::server
