// The files in the folder of the dumps: their names, and how many stay.
#pragma once

#include <windows.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::crash {

// Dumps that stay; older ones are removed when the service starts.
inline constexpr std::size_t dumps_max = 5;

// overlap-service-YYYYMMDDTHHMMSSZ-PID.dmp, with its terminating zero: names sort by time.
using DumpName = std::array<wchar_t, 64>;
DumpName dump_name(const SYSTEMTIME& utc, DWORD process) noexcept;
bool is_dump_name(std::wstring_view name) noexcept;

// Of the names in a folder those of dumps that are to be removed so that the newest `keep` stay.
std::vector<std::wstring> superfluous(std::vector<std::wstring> names, std::size_t keep);

// Removes the superfluous dumps of a folder, which need not exist. Returns a sentence for each that
// could not be removed.
std::vector<std::string> prune_dumps(const std::wstring& folder);

}  // namespace overlap::crash
