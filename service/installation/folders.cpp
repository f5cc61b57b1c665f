#include "service/installation/folders.h"

#include <windows.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "service/installation/comparison.h"
#include "service/installation/configuration_file.h"
#include "service/installation/entries.h"
#include "service/installation/mending.h"
#include "service/installation/rights.h"
#include "service/installation/state_contents.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"

namespace overlap::installation {
namespace {

namespace fs = std::filesystem;

constexpr DWORD missing = INVALID_FILE_ATTRIBUTES;

void make_one(const std::wstring& folder, SECURITY_ATTRIBUTES* rights) {
  if (!CreateDirectoryW(folder.c_str(), rights))
    win::throw_error(GetLastError(), "cannot make the folder " + win::to_utf8(folder));
}

// One folder and those above it that were missing, to be taken back.
class MadeFolders {
 public:
  // True if the folder was missing. It has these rights from its first moment on: nobody can put
  // anything into it before. Throws std::system_error, Refusal.
  bool make(const std::wstring& folder, const std::wstring& rights) {
    const std::string name = win::to_utf8(folder);
    const DWORD attributes = GetFileAttributesW(folder.c_str());
    if (attributes != missing) {
      if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
        throw Refusal("There is a file in the place of the folder " + name + ". Move it away.");
      return false;
    }
    make_above(folder);
    const win::Descriptor descriptor =
        win::make_descriptor(rights, "cannot make the folder " + name);
    SECURITY_ATTRIBUTES with{sizeof(SECURITY_ATTRIBUTES), descriptor.get(), FALSE};
    make_one(folder, &with);
    made_.push_back(folder);
    set_rights(folder, rights);  // and the owner
    return true;
  }

  // The innermost first. What somebody has put into one stays, and is the error.
  void remove() {
    for (; !made_.empty(); made_.pop_back()) {
      if (!RemoveDirectoryW(made_.back().c_str()))
        win::throw_error(GetLastError(), "cannot remove the folder " + win::to_utf8(made_.back()));
    }
  }

 private:
  void make_above(const std::wstring& folder) {
    const std::wstring above = fs::path(folder).parent_path().native();
    const DWORD attributes = GetFileAttributesW(above.c_str());
    if (attributes != missing && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
      throw Refusal("There is a file in the place of the folder " + win::to_utf8(above) +
                    ". Move it away.");
    if (attributes != missing || above == folder) return;
    make_above(above);
    make_one(above, nullptr);
    made_.push_back(above);
  }

  std::vector<std::wstring> made_;
};

void refuse_link(const std::wstring& folder) {
  const DWORD attributes = GetFileAttributesW(folder.c_str());
  if (attributes != missing && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
    throw Refusal("The folder " + win::to_utf8(folder) +
                  " is a link to another place. Remove it: rmdir \"" + win::to_utf8(folder) + "\"");
}

class StateFolderStep final : public Step {
 public:
  explicit StateFolderStep(const Plan& plan)
      : plan_(plan), folder_(fs::path(plan.config_file).parent_path().native()) {}

  void make(const Report& report) override {
    refuse_link(folder_);
    if (made_.make(folder_, state_folder_rights()))
      return report.note("Made the folder " + win::to_utf8(folder_) + ".");
    if (!has_default_config(plan_)) return tell_others(report);
    const Access access = access_to(folder_);
    if (access.known && !access.owner_trusted)
      throw Refusal("The folder " + win::to_utf8(folder_) + " belongs to " + access.owner +
                    ", who may have put anything into it. Remove it, or, if you trust what is in "
                    "it, make it the administrators' and install again: " +
                    own_command(folder_));
    if (!has_rights(folder_, state_folder_rights())) {
      rights_before_ = rights_of(folder_);
      set_rights(folder_, state_folder_rights());
    }
    // Only now can nobody add to it. Right rights do not say since when they are: an installer may
    // have set them a moment ago.
    refuse_what_others_hold(folder_, served_inside(), sid_of_account(plan_.account));
  }

  void undo() override {
    made_.remove();
    if (!rights_before_.empty()) set_rights(folder_, rights_before_);
  }

 private:
  void tell_others(const Report& report) const {
    const Access access = access_to(folder_);
    if (!access.known || access.other_writers.empty()) return;
    report.warn("The folder " + win::to_utf8(folder_) +
                " keeps its rights, by which others than administrators may change the "
                "configuration: " +
                access.other_writers.front() + ".");
  }

  // The served folder if it lies below this one. Its configuration is looked at like all the rest.
  std::wstring served_inside() const {
    const Configuration found = read_configuration(plan_.config_file);
    const std::wstring root =
        found.config ? win::to_wide(found.config->store.root) : root_of(plan_);
    return same_path(root, folder_) || found_inside(folder_, {root}).empty() ? L"" : root;
  }

  const Plan& plan_;
  std::wstring folder_;
  MadeFolders made_;
  std::wstring rights_before_;
};

class ServedFolderStep final : public Step {
 public:
  explicit ServedFolderStep(const Plan& plan) : plan_(plan) {}

  void make(const Report& report) override {
    const Configuration found = read_configuration(plan_.config_file);
    if (!found.config) return;  // a warning of the configuration's own step
    const std::wstring root = win::to_wide(found.config->store.root);
    if (made_.make(root, served_folder_rights())) {
      report.note("Made the served folder " + found.config->store.root + ".");
    } else {
      tell_lacking(root, *found.config, report);
    }
    tell_exposed(root, report);
  }

  void undo() override { made_.remove(); }

 private:
  static void tell_lacking(const std::wstring& root, const config::Config& config,
                           const Report& report) {
    const Access access = access_to(root);
    if (!access.known || (access.service_reads && access.service_writes)) return;
    const bool may_read = access.service_reads;
    report.warn("The service may not " + std::string(may_read ? "write to" : "read") +
                " the served folder " + config.store.root + ". Grant it " +
                (may_read ? "that if clients are to upload" : "that") + ": icacls \"" +
                config.store.root + "\" /grant \"*" + win::to_utf8(win::service_sid()) +
                ":(OI)(CI)M\"");
  }

  void tell_exposed(const std::wstring& root, const Report& report) const {
    const std::vector<std::wstring> kept{fs::path(plan_.executable).parent_path().native(),
                                         plan_.config_file};
    for (const std::wstring& path : found_inside(root, kept))
      report.warn("The served folder " + win::to_utf8(root) + " contains " + win::to_utf8(path) +
                  ", which clients could then read or replace. Serve another folder: store.root "
                  "in the configuration.");
  }

  const Plan& plan_;
  MadeFolders made_;
};

// Deletes what it can and keeps the first failure.
class Removal {
 public:
  void folder(const std::wstring& path) {
    // What cannot be listed shows when it is to be removed.
    for_each_entry(path, [this](const std::wstring& below, const WIN32_FIND_DATAW& entry) {
      one(below, entry);
    });
    check(RemoveDirectoryW(path.c_str()), path);
  }
  void throw_failure() const {
    if (code_ != ERROR_SUCCESS) win::throw_error(code_, "cannot remove " + win::to_utf8(path_));
  }

 private:
  void one(const std::wstring& path, const WIN32_FIND_DATAW& entry) {
    if (is_folder(entry) && !is_link(entry)) return folder(path);
    if ((entry.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0)
      SetFileAttributesW(path.c_str(), FILE_ATTRIBUTE_NORMAL);
    // Of a link the link itself, which of a folder only this removes.
    check(is_folder(entry) ? RemoveDirectoryW(path.c_str()) : DeleteFileW(path.c_str()), path);
  }

  void check(BOOL done, const std::wstring& path) {
    const DWORD code = GetLastError();
    if (done || code_ != ERROR_SUCCESS) return;
    code_ = code;
    path_ = path;
  }

  DWORD code_ = ERROR_SUCCESS;
  std::wstring path_;
};

}  // namespace

std::unique_ptr<Step> make_state_folder_step(const Plan& plan) {
  return std::make_unique<StateFolderStep>(plan);
}

std::unique_ptr<Step> make_served_folder_step(const Plan& plan) {
  return std::make_unique<ServedFolderStep>(plan);
}

void remove_folder(const std::wstring& folder) {
  const DWORD attributes = GetFileAttributesW(folder.c_str());
  if (attributes == missing) return;
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
    if (!RemoveDirectoryW(folder.c_str()))
      win::throw_error(GetLastError(), "cannot remove " + win::to_utf8(folder));
    return;
  }
  // Without the limit of 260 characters: clients make deep folders.
  Removal removal;
  removal.folder(LR"(\\?\)" + folder);
  removal.throw_failure();
}

}  // namespace overlap::installation
