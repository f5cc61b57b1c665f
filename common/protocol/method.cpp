#include "common/protocol/method.h"

#include <array>
#include <utility>

namespace overlap::protocol {

Method method_of(std::string_view text) noexcept {
  static constexpr std::array<std::pair<std::string_view, Method>, 12> methods{{
      {"GET", Method::get},
      {"HEAD", Method::head},
      {"PUT", Method::put},
      {"OPTIONS", Method::options},
      {"POST", Method::post},
      {"DELETE", Method::remove},
      {"PATCH", Method::patch},
      {"MKCOL", Method::make_folder},
      {"MOVE", Method::move},
      {"COPY", Method::copy},
      {"TRACE", Method::trace},
      {"CONNECT", Method::connect},
  }};
  for (const auto& [name, method] : methods) {
    if (name == text) return method;
  }
  return Method::unknown;
}

}  // namespace overlap::protocol
