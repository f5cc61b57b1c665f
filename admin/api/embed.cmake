# Writes OUTPUT, a C++ source that holds the file INPUT as the OpenAPI document. An array has no limit of size; a string
# literal has one under MSVC (Microsoft: "Maximum string length", 16380 bytes).
#   cmake -DINPUT=FILE -DOUTPUT=FILE -P embed.cmake
file(READ ${INPUT} hex HEX)
string(REPLACE "0d0a" "0a" hex "${hex}")
# Characters, not numbers: what is above 127 would be narrowed.
string(REGEX REPLACE "(................................)" "\\1\n  " lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${lines}")
file(WRITE ${OUTPUT} "// Written by embed.cmake.
#include \"admin/api/openapi.h\"

namespace overlap::admin {
namespace {

constexpr char document[] = {
  ${bytes}};

}  // namespace

std::string_view openapi_document() noexcept { return {document, sizeof document}; }

}  // namespace overlap::admin
")
