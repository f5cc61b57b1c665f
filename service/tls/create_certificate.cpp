#include "service/tls/create_certificate.h"

#include <windows.h>

#include <sddl.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "common/digest/secrets.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::tls {
namespace {

// As of every command of the program.
enum Exit : int { done = 0, not_valid = 1, failed = 6, refused = 7 };

// The system, administrators and who made it may do all; LocalService and the account of the
// service "Overlap" (NT SERVICE\Overlap: its name hashed, as `sc showsid` tells) may read; nothing
// is inherited (Microsoft: "Security Descriptor String Format").
constexpr wchar_t key_access[] =
    L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)(A;;FR;;;LS)"
    L"(A;;FR;;;S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430)";

class KeyAccess {
 public:
  KeyAccess() {
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(key_access, SDDL_REVISION_1,
                                                              &descriptor_, nullptr))
      win::throw_last_error("cannot make the access list of the key");
    attributes_.lpSecurityDescriptor = descriptor_;
  }
  ~KeyAccess() { LocalFree(descriptor_); }
  KeyAccess(const KeyAccess&) = delete;
  KeyAccess& operator=(const KeyAccess&) = delete;

  SECURITY_ATTRIBUTES* attributes() noexcept { return &attributes_; }

 private:
  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
  SECURITY_ATTRIBUTES attributes_{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
};

bool exists(const std::wstring& path) noexcept {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

// Written beside its name and renamed, so that nobody reads half of it. `access` holds from the
// first moment. Throws std::system_error that names the file.
void write_file(const std::wstring& path, std::string_view text, SECURITY_ATTRIBUTES* access,
                bool replace) {
  const std::string what = "cannot write the file " + win::to_utf8(path);
  const std::wstring draft = path + L".new";
  DeleteFileW(draft.c_str());  // left by a program that was killed; its access list is not ours
  win::FileHandle file(CreateFileW(draft.c_str(), GENERIC_WRITE, 0, access, CREATE_NEW,
                                   FILE_ATTRIBUTE_NORMAL, nullptr));
  if (const DWORD code = GetLastError(); !file) win::throw_error(code, what);
  DWORD written = 0;
  DWORD code = ERROR_SUCCESS;
  if (!WriteFile(file.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr) ||
      !FlushFileBuffers(file.get()))
    code = GetLastError();
  file.reset();
  const DWORD how = MOVEFILE_WRITE_THROUGH | (replace ? MOVEFILE_REPLACE_EXISTING : 0u);
  if (code == ERROR_SUCCESS && !MoveFileExW(draft.c_str(), path.c_str(), how))
    code = GetLastError();
  if (code == ERROR_SUCCESS) return;
  DeleteFileW(draft.c_str());
  win::throw_error(code, what);
}

void say(std::FILE* where, const std::string& text) { std::fprintf(where, "%s\n", text.c_str()); }

int refuse(const std::wstring& path) {
  say(stderr, "The file " + win::to_utf8(path) + " is there already: --force replaces it.");
  return Exit::refused;
}

void describe(const std::wstring& certificate, const std::wstring& key, const SelfSigned& made,
              int days) {
  say(stdout, "A certificate for " + std::to_string(days) +
                  " days was made. Its fingerprint "
                  "(SHA-256):\n  " +
                  made.fingerprint +
                  "\nThe configuration names it so:\n  [tls]\n  certificate_file = '" +
                  win::to_utf8(certificate) + "'\n  key_file = '" + win::to_utf8(key) + "'");
}

}  // namespace

int create_certificate(const CertificateRequest& request) {
  try {
    std::error_code unknown;
    const auto folder = std::filesystem::absolute(win::to_wide(request.folder), unknown);
    if (request.folder.empty() || unknown || !std::filesystem::is_directory(folder, unknown)) {
      say(stderr, "There is no folder \"" + request.folder + "\".");
      return Exit::not_valid;
    }
    const std::wstring certificate = (folder / certificate_file_name).native();
    const std::wstring key = (folder / key_file_name).native();
    if (!request.force && exists(certificate)) return refuse(certificate);
    if (!request.force && exists(key)) return refuse(key);

    const auto since = std::chrono::system_clock::now().time_since_epoch();
    SelfSigned made = make_self_signed(
        {request.hosts, std::chrono::duration_cast<std::chrono::seconds>(since).count(),
         request.days});
    KeyAccess access;
    write_file(key, made.private_key, access.attributes(), request.force);
    wipe(std::as_writable_bytes(std::span(made.private_key)));
    write_file(certificate, made.certificate, nullptr, request.force);
    describe(certificate, key, made, request.days);
    return Exit::done;
  } catch (const TlsError& error) {
    say(stderr, std::string("The certificate cannot be made: ") + error.what() + ".");
    return Exit::not_valid;
  } catch (const std::runtime_error& error) {  // of the system, or no randomness
    say(stderr, std::string("The certificate was not made: ") + error.what() + ".");
    return Exit::failed;
  }
}

}  // namespace overlap::tls
