// The files of the dashboard, as they were when the program was built. They hold nothing of the
// service: all that they show, the browser asks the API for, with the token of whoever looks.
#pragma once

#include <span>
#include <string_view>

namespace overlap::admin::web {

struct Asset {
  std::string_view path;          // of the URL: "/" or "/assets/NAME"
  std::string_view content_type;  // with its charset
  std::string_view bytes;
  std::string_view etag;  // strong, with its quotes: it changes when the bytes do
};

// In no particular order; "/" is among them. Everything lives as long as the program. Any thread.
std::span<const Asset> assets() noexcept;

// What the files need, and no more: scripts and styles of this origin alone, none within the page
// (Content Security Policy Level 3). `data:` is for the icon in the head of the page.
inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace overlap::admin::web
