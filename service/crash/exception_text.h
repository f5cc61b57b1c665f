// What an exception of Windows says, for a person. Source: Microsoft, "EXCEPTION_RECORD structure".
#pragma once

#include <windows.h>

#include <array>

namespace overlap::crash {

// Ends in zero; without a full stop, as in "an access violation (0xC0000005) at
// overlap-service.exe+0x1A2B, writing to 0x8".
using ExceptionText = std::array<char, 192>;

// Any thread; without the heap.
ExceptionText describe(const EXCEPTION_RECORD& record) noexcept;

}  // namespace overlap::crash
