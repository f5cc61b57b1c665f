// The style and the script of a page, put into the program when the build is configured, and their
// hashes for the Content-Security-Policy. Internal to this folder.
#pragma once

#include <string_view>

namespace overlap::listing {

extern const std::string_view page_style;   // page.css
extern const std::string_view page_script;  // page.js
extern const std::string_view page_policy;

}  // namespace overlap::listing
