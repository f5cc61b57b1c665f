#include "service/server/conversations.h"

#include <stdexcept>
#include <utility>

#include "common/tls/layer.h"

namespace overlap::server {

BegunConversation Conversations::begin(bool secure, Session::Mode mode) const {
  const std::shared_ptr<const Terms> terms = this->terms();
  std::unique_ptr<Conversation> begun = std::make_unique<Session>(terms->session, mode);
  if (secure) {
    if (!terms->certificates) throw std::runtime_error("there is no certificate any more");
    begun = std::make_unique<TlsLayer>(terms->certificates->current(), std::move(begun),
                                       terms->session.timeouts);
  }
  return {terms, std::move(begun)};
}

void Conversations::use(std::shared_ptr<const Terms> terms) noexcept {
  const std::lock_guard hold(mutex_);
  terms_.swap(terms);
}

std::shared_ptr<const Conversations::Terms> Conversations::terms() const noexcept {
  const std::lock_guard hold(mutex_);
  return terms_;
}

}  // namespace overlap::server
