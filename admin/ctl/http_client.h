// The management API over HTTP/1.1.
#pragma once

#include <memory>

#include "admin/ctl/client.h"
#include "admin/ctl/endpoint.h"

namespace overlap::ctl {

// Throws Failure{not_valid} if the certificates of the endpoint are none.
std::unique_ptr<ApiClient> connect(const Endpoint& endpoint);

}  // namespace overlap::ctl
