// Values of the registry, and the whole of a small key.
#pragma once

#include <windows.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "service/win/handle.h"

namespace overlap::installation {

struct KeyTraits {
  using Type = HKEY;
  static HKEY invalid() noexcept { return nullptr; }
  static void close(HKEY key) noexcept { RegCloseKey(key); }
};
using Key = win::Unique<KeyTraits>;

struct Value {
  DWORD type = REG_NONE;
  std::vector<std::byte> bytes;

  bool operator==(const Value&) const = default;
};

inline Value text_value(DWORD type, const std::wstring& text) {
  const auto* const begin = reinterpret_cast<const std::byte*>(text.c_str());
  return {type, {begin, begin + (text.size() + 1) * sizeof(wchar_t)}};
}
inline Value number_value(DWORD number) {
  const auto* const begin = reinterpret_cast<const std::byte*>(&number);
  return {REG_DWORD, {begin, begin + sizeof number}};
}

// Nothing if there is no such value.
inline std::optional<Value> read_value(HKEY key, const wchar_t* name) {
  Value value;
  DWORD bytes = 0;
  if (RegQueryValueExW(key, name, nullptr, nullptr, nullptr, &bytes) != ERROR_SUCCESS) return {};
  value.bytes.resize(bytes);
  if (RegQueryValueExW(key, name, nullptr, &value.type, reinterpret_cast<BYTE*>(value.bytes.data()),
                       &bytes) != ERROR_SUCCESS)
    return {};
  value.bytes.resize(bytes);
  return value;
}

inline LSTATUS write_value(HKEY key, const wchar_t* name, const Value& value) {
  return RegSetValueExW(key, name, 0, value.type, reinterpret_cast<const BYTE*>(value.bytes.data()),
                        static_cast<DWORD>(value.bytes.size()));
}

}  // namespace overlap::installation
