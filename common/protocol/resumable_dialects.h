// What the two dialects of resumable.h share and what interpret_upload() chooses from. Internal.
#pragma once

#include <string_view>

#include "common/protocol/resumable.h"

namespace overlap::protocol {

inline constexpr std::string_view tus_version = "1.0.0";
inline constexpr std::string_view tus_content_type = "application/offset+octet-stream";
inline constexpr std::string_view draft_content_type = "application/partial-upload";

// Content-Type without its parameters, there once.
bool has_content_type(const RequestHead& head, std::string_view type) noexcept;

// Every method but OPTIONS on an upload resource, by a client that speaks tus.
UploadRequest interpret_tus_resource(const RequestHead& head) noexcept;
// POST to a folder or a file.
UploadRequest interpret_tus_creation(const RequestHead& head);

}  // namespace overlap::protocol
