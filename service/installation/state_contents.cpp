#include "service/installation/state_contents.h"

#include "service/installation/comparison.h"
#include "service/installation/entries.h"
#include "service/installation/mending.h"
#include "service/installation/plan.h"
#include "service/log/wide.h"
#include "service/win/error.h"

namespace overlap::installation {
namespace {

class Walk {
 public:
  Walk(std::wstring folder, const std::wstring& except, const std::wstring& account,
       const Look& look)
      : folder_(std::move(folder)), except_(except), account_(account), look_(look) {}

  void go() const { list(folder_); }

 private:
  void list(const std::wstring& path) const {
    const DWORD code =
        for_each_entry(path, [this](const std::wstring& below, const WIN32_FIND_DATAW& entry) {
          if (same_path(below, except_)) return;
          judge(below);
          if (is_folder(entry) && !is_link(entry)) list(below);
        });
    // A file or folder of a running service comes and goes.
    if (code != ERROR_SUCCESS && code != ERROR_FILE_NOT_FOUND && code != ERROR_PATH_NOT_FOUND)
      win::throw_error(code, "cannot list the folder " + win::to_utf8(path));
  }

  void judge(const std::wstring& path) const {
    const Access access = look_(path);
    if (!access.known) return;
    if (!access.owner_trusted && (account_.empty() || access.owner_sid != account_))
      refuse(path, " belongs to " + access.owner);
    if (!access.other_writers.empty())
      refuse(path, " may be changed by " + access.other_writers.front());
  }

  [[noreturn]] void refuse(const std::wstring& path, const std::string& why) const {
    const std::string name = win::to_utf8(path);
    throw Refusal(name + why +
                  ", who could manage the service by it. Remove it, or, if you trust what it says, "
                  "make it the administrators' and install again: " +
                  own_command(path));
  }

  std::wstring folder_;
  const std::wstring& except_;
  const std::wstring& account_;
  const Look& look_;
};

}  // namespace

void refuse_what_others_hold(const std::wstring& folder, const std::wstring& except,
                             const std::wstring& account, const Look& look) {
  Walk(folder, except, account, look).go();
}

}  // namespace overlap::installation
