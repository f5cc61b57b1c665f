// Splits a complete head into method, target, version and fields by Boost.Beast's parser. The only
// includer of Beast.
#pragma once

#include <optional>
#include <string_view>

#include "common/protocol/request_head.h"

namespace overlap::protocol {

// `bytes` is one whole head that HeadScan has accepted. Fills in method, target, minor_version and
// fields.
std::optional<Refusal> read_tokens(std::string_view bytes, RequestHead& head);

}  // namespace overlap::protocol
