#include "service/server/listener.h"

#include <stdexcept>

#include "service/io/models.h"
#include "service/server/listener_of.h"

namespace overlap::server {

namespace {

template <class... Models>
std::unique_ptr<Listener> make(io::ModelList<Models...>, const config::Listener& config,
                               const ListenerServices& services) {
  std::unique_ptr<Listener> made;
  const std::string_view wanted = config::name_of(config.model);
  ((Models::name == wanted && (made = std::make_unique<ListenerOf<Models>>(config, services))),
   ...);
  if (!made) throw std::logic_error("no I/O model is named " + std::string(wanted));
  return made;
}

}  // namespace

std::unique_ptr<Listener> make_listener(const config::Listener& config,
                                        const ListenerServices& services) {
  return make(io::Models{}, config, services);
}

}  // namespace overlap::server
