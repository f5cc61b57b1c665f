#include "service/server/listener_services.h"

#include "common/tls/layer.h"

namespace overlap::server {

std::unique_ptr<Conversation> begin_conversation(const ListenerServices& services, bool secure,
                                                 Session::Mode mode) {
  auto session = std::make_unique<Session>(services.session, mode);
  if (!secure) return session;
  return std::make_unique<TlsLayer>(services.certificates->current(), std::move(session),
                                    services.session.timeouts);
}

}  // namespace overlap::server
