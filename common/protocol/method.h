// Request methods (RFC 9110, section 9; RFC 4918, section 9). Methods are case-sensitive.
#pragma once

#include <cstdint>
#include <string_view>

namespace overlap::protocol {

enum class Method : std::uint8_t {
  get,
  head,
  put,
  options,
  post,
  remove,  // DELETE
  patch,
  make_folder,  // MKCOL
  move,
  copy,
  trace,
  connect,
  unknown,  // not a method of RFC 9110 or RFC 5789, nor of those of RFC 4918 named here
};

Method method_of(std::string_view text) noexcept;

}  // namespace overlap::protocol
