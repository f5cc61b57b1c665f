// A StorePath as a request would name it.
#pragma once

#include <string>
#include <variant>

#include "common/path/url_path.h"

namespace overlap::access {

// Throws std::bad_variant_access if the path is refused.
inline StorePath path_of(const std::string& url) {
  return std::get<StorePath>(parse_url_path(url));
}

}  // namespace overlap::access
