# Writes OUTPUT, a C++ source with FILES as arrays, each under the name that its URL has. An array has no limit of
# size; a string literal has one under MSVC (Microsoft: "Maximum string length", 16380 bytes).
#   cmake -DOUTPUT=FILE -DFILES=NAME=FILE,... -P embed.cmake
string(REPLACE "," ";" pairs "${FILES}")

function(content_type name variable)
  if(name MATCHES "\\.html$")
    set(type "text/html; charset=utf-8")
  elseif(name MATCHES "\\.js$")
    set(type "text/javascript; charset=utf-8")
  elseif(name MATCHES "\\.css$")
    set(type "text/css; charset=utf-8")
  elseif(name MATCHES "\\.txt$")
    set(type "text/plain; charset=utf-8")
  else()
    message(FATAL_ERROR "${name}: no content type is known for it")
  endif()
  set(${variable} "${type}" PARENT_SCOPE)
endfunction()

set(arrays "")
set(table "")
set(count 0)
foreach(pair ${pairs})
  string(REGEX MATCH "^([^=]+)=(.+)$" matched "${pair}")
  set(name ${CMAKE_MATCH_1})
  set(file ${CMAKE_MATCH_2})
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  if(digits EQUAL 0)
    message(FATAL_ERROR "${file} is empty")
  endif()
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 32 tag)
  content_type(${name} type)
  # Characters, not numbers: what is above 127 would be narrowed.
  string(REGEX REPLACE "(................................)" "\\1\n  " lines "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${lines}")
  string(APPEND arrays "// ${name}\nconstexpr char file_${count}[] = {\n  ${bytes}};\n\n")
  if(name STREQUAL "index.html")
    set(path "/")
  else()
    set(path "/assets/${name}")
  endif()
  string(APPEND table
    "    {\"${path}\", \"${type}\", {file_${count}, sizeof file_${count}},\n     \"\\\"${tag}\\\"\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUTPUT} "// Written by embed.cmake.
#include \"admin/web/assets.h\"

namespace overlap::admin::web {
namespace {

${arrays}constexpr Asset all[] = {
${table}};

}  // namespace

std::span<const Asset> assets() noexcept { return all; }

}  // namespace overlap::admin::web
")
