// Who may do what with the files that the service keeps. The folders of the program, of the
// configuration and of what is served are facts of the installation.
#include "admin/ctl/doctor/check.h"

namespace overlap::ctl::doctor {
namespace {

struct Place {
  std::string name;   // of the result: "rights.<name>"
  std::string title;  // for people
  std::string path;
  bool folder = false;   // the service writes there; otherwise it reads the file
  bool secret = false;   // nobody else may read it either
  bool may_miss = true;  // until the service has made it
};

std::string folder_of(const std::string& file) {
  const std::size_t end = file.find_last_of("\\/");
  return end == std::string::npos ? "." : file.substr(0, end);
}

std::vector<Place> places_of(const Case& of) {
  std::vector<Place> places{{"crashes", "rights on the crash dumps", crash_folder(of), true, true}};
  if (!of.config) return places;
  const config::Config& config = *of.config;
  // The state folder itself is looked at as a part of the installation.
  const auto folder = [&](const char* name, const char* title, const std::string& file) {
    if (!file.empty() && folder_of(file) != of.config_folder())
      places.push_back({name, title, folder_of(file), true, false, false});
  };
  folder("log", "rights on the folder of the log", config.log.file);
  folder("journal", "rights on the folder of the journal",
         config.journal.enabled ? config.journal.file : "");
  folder("w3c_log", "rights on the folder of the W3C log", config.journal.w3c_file);
  const auto secret = [&](const char* name, const char* title, const std::string& file,
                          bool may_miss) {
    if (!file.empty()) places.push_back({name, title, file, false, true, may_miss});
  };
  secret("token", "rights on the administrators' token",
         config.admin.enabled ? config.admin.token_file : "", true);
  secret("users", "rights on the file of users", config.access.users_file, true);
  secret("key", "rights on the private key", config.tls.key_file, false);
  return places;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The commands that leave nobody in but the service, the system and administrators. What somebody
// was given on the file itself outlives /inheritance:r; only /reset takes it away.
std::vector<std::string> keep_out(const Case& of, const Place& place) {
  const std::string icacls = "icacls " + in_quotes(place.path);
  const std::string everything = place.folder ? "(OI)(CI)F" : "F";
  return {icacls + " /reset" + (place.folder ? " /T" : ""),
          icacls + " /inheritance:r /grant " + service_entry(of, place.folder ? "(OI)(CI)M" : "R") +
              " " + in_quotes("*S-1-5-18:" + everything) + " " +
              in_quotes("*S-1-5-32-544:" + everything)};
}

void judge_access(const Case& of, const Place& place, const Access& access, Result& result) {
  const auto fail = [&](const std::string& why, std::vector<std::string> mend) {
    result.state = State::failed;
    result.found += (result.found.empty() ? "" : " ") + why + ".";
    result.mend.insert(result.mend.end(), mend.begin(), mend.end());
  };
  const std::string icacls = "icacls " + in_quotes(place.path);
  const std::vector<std::string> let_in{icacls + " /grant " +
                                        service_entry(of, place.folder ? "(OI)(CI)M" : "R")};
  if (!access.owner_trusted)
    fail(place.path + " belongs to " + access.owner + ", who may give himself every right",
         {icacls + " /setowner *S-1-5-32-544" + (place.folder ? " /T" : "")});
  if (!access.other_writers.empty())
    fail(place.path + " may be changed by " + joined(access.other_writers), keep_out(of, place));
  else if (place.secret && access.others_read)
    fail(place.path + " may be read by others than administrators and the service",
         keep_out(of, place));
  else if (place.folder && !access.service_writes)
    fail("The service may not write in " + place.path, let_in);
  else if (!place.folder && !access.service_reads)
    fail("The service may not read " + place.path, let_in);
}

Result judge(const Case& of, const Place& place) {
  Result result{"rights." + place.name, place.title, State::ok, {}, {}};
  if (!of.machine.exists(place.path)) {
    result.state = place.may_miss ? State::skipped : State::failed;
    result.found = "There is no " + place.path + (place.may_miss ? " yet." : ".");
    if (!place.may_miss)
      result.mend = {place.folder ? "mkdir " + in_quotes(place.path) : edit_config(of)};
    return result;
  }
  try {
    judge_access(of, place, of.machine.access(place.path), result);
    if (result.state == State::ok) result.found = "As they should be for " + place.path + ".";
  } catch (const NotKnown& reason) {
    result.state = State::skipped;
    result.found = std::string(reason.what()) + ".";
  }
  return result;
}

}  // namespace

std::vector<Result> check_rights(const Case& of) {
  std::vector<Result> results;
  for (const Place& place : places_of(of)) results.push_back(judge(of, place));
  return results;
}

// What the access list says is a fact of the installation; whether a file can be made is tried.
std::vector<Result> check_served_folder(const Case& of) {
  const std::string& root = config_of(of).store.root;
  const std::string grant =
      "icacls " + in_quotes(root) + " /grant " + service_entry(of, "(OI)(CI)M");
  Result result{"served_folder", "served folder", State::ok, {}, {}};
  if (!of.machine.exists(root)) {
    result.state = State::failed;
    result.found = "There is no folder " + root + ".";
    result.mend = {"mkdir " + in_quotes(root), grant};
    return {std::move(result)};
  }
  try {
    of.machine.try_to_write(root);
    result.found = "A file could be made in " + root + ".";
  } catch (const std::system_error& error) {
    constexpr int access_denied = 5;
    if (!of.system.elevated && error.code().value() == access_denied)
      throw NotAllowed("no file could be made in " + root);
    result.state = State::failed;
    result.found = "No file can be made in " + root + ": " + error.code().message() + ".";
    result.mend = {grant + " " + in_quotes("*S-1-5-32-544:(OI)(CI)F")};
  }
  return {std::move(result)};
}

}  // namespace overlap::ctl::doctor
