// Figures as people read them, for sentences.
#pragma once

#include <cstdint>
#include <string>

namespace overlap::findings {

std::string percent(double share);     // "83 %"; rounded down, so that "100 %" is all
std::string duration(double seconds);  // "1.5 ms", "180 ms", "2.4 s", "11 min", "3 h", "6 days"
std::string bytes(double count);       // "1.5 GiB"
std::string rate(double per_second);   // "2.5 a second"
std::string amount(std::int64_t count, const char* one, const char* several);  // "1 connection"
// Two digits after the point below 10, one below 100; without zeros at the end.
std::string number(double value);

}  // namespace overlap::findings
