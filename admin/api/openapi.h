// The description of the API.
#pragma once

#include <string_view>

namespace overlap::admin {

// An OpenAPI 3.1 document: every route with all that it answers. It is admin/api/openapi.json,
// embedded at build time.
std::string_view openapi_document() noexcept;

}  // namespace overlap::admin
