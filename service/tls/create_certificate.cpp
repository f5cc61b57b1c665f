#include "service/tls/create_certificate.h"

#include <windows.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "common/digest/secrets.h"
#include "service/log/wide.h"
#include "service/win/private_file.h"

namespace overlap::tls {
namespace {

// As of every command of the program.
enum Exit : int { done = 0, not_valid = 1, failed = 6, refused = 7 };

bool exists(const std::wstring& path) noexcept {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
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
    const auto if_there = request.force ? win::IfThere::replace : win::IfThere::fail;
    win::write_whole_file(key, made.private_key, win::Readers::trusted, if_there);
    wipe(std::as_writable_bytes(std::span(made.private_key)));
    win::write_whole_file(certificate, made.certificate, win::Readers::of_folder, if_there);
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
