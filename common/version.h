#pragma once

namespace overlap {

// The version of the programs, such as "1.2.3". One source alone holds it (version.cpp.in), so that
// another version compiles next to nothing.
extern const char program_version[];

}  // namespace overlap
