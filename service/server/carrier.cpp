#include "service/server/carrier.h"

#include <stdexcept>

#include "service/io/models.h"
#include "service/server/carrier_of.h"

namespace overlap::server {

namespace {

template <class... Models>
std::unique_ptr<Carrier> make(io::ModelList<Models...>, const config::Listener& config,
                              CarrierServices& services, ListenerShare& share) {
  std::unique_ptr<Carrier> made;
  const std::string_view wanted = config::name_of(config.model);
  ((Models::name == wanted &&
    (made = std::make_unique<CarrierOf<Models>>(config, services, share))),
   ...);
  if (!made) throw std::logic_error("no I/O model is named " + std::string(wanted));
  return made;
}

}  // namespace

std::unique_ptr<Carrier> make_carrier(const config::Listener& config, CarrierServices& services,
                                      ListenerShare& share) {
  return make(io::Models{}, config, services, share);
}

}  // namespace overlap::server
