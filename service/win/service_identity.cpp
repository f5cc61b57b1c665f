#include "service/win/service_identity.h"

#include <windows.h>
// windows.h comes before everything that needs its types.
#include <bcrypt.h>

#include <array>
#include <cstdint>

#include "service/win/error.h"

namespace overlap::win {
namespace {

using Digest = std::array<UCHAR, 20>;

void check(NTSTATUS status, const char* what) {
  if (status < 0) throw_error(static_cast<DWORD>(status), what);
}

Digest sha1_of(const std::wstring& text) {
  constexpr char what[] = "cannot compute the SID of a service";
  BCRYPT_ALG_HANDLE algorithm = nullptr;
  check(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA1_ALGORITHM, nullptr, 0), what);
  Digest digest{};
  std::wstring input = text;
  const NTSTATUS status = BCryptHash(algorithm, nullptr, 0, reinterpret_cast<UCHAR*>(input.data()),
                                     static_cast<ULONG>(input.size() * sizeof(wchar_t)),
                                     digest.data(), static_cast<ULONG>(digest.size()));
  BCryptCloseAlgorithmProvider(algorithm, 0);
  check(status, what);
  return digest;
}

}  // namespace

std::wstring service_sid(std::wstring_view name) {
  std::wstring upper(name);
  CharUpperBuffW(upper.data(), static_cast<DWORD>(upper.size()));
  const Digest digest = sha1_of(upper);
  std::wstring sid = L"S-1-5-80";
  for (std::size_t at = 0; at < digest.size(); at += 4) {
    std::uint32_t part = 0;
    for (std::size_t i = 4; i-- > 0;) part = part << 8 | digest[at + i];
    sid += L'-' + std::to_wstring(part);
  }
  return sid;
}

}  // namespace overlap::win
