// The volumes on which the service keeps files.
#include "admin/ctl/doctor/check.h"
#include "admin/ctl/units.h"

namespace overlap::ctl::doctor {
namespace {

constexpr double low_share = 0.05;  // of a volume; below it NTFS has no room for its own tables

std::string size(std::uint64_t bytes) { return show_bytes(static_cast<double>(bytes)); }

void judge_room(const Volume& volume, std::uint64_t kept_free, Result& result) {
  result.found = volume.name + " (" + volume.file_system + ") has " + size(volume.free_bytes) +
                 " free of " + size(volume.bytes) + ".";
  if (volume.free_bytes < kept_free) {
    result.state = State::failed;
    result.found += " That is less than is to stay free (store.free_bytes_min: " + size(kept_free) +
                    "): uploads are refused with 507.";
  } else if (static_cast<double>(volume.free_bytes) <
                 low_share * static_cast<double>(volume.bytes) ||
             volume.free_bytes - kept_free < kept_free) {
    result.state = State::warning;
    result.found += " Uploads are refused below " + size(kept_free) + ".";
  }
  if (result.state != State::ok)
    result.mend.push_back("cleanmgr /d " + volume.name.substr(0, volume.name.find(':')));
}

void judge_kind(const Case& of, const Volume& volume, const std::string& folder, Result& result) {
  const auto warn = [&](const std::string& why, std::string mend) {
    if (result.state == State::ok) result.state = State::warning;
    result.found += " " + why;
    result.mend.push_back(std::move(mend));
  };
  if (volume.remote)
    warn(folder +
             " is on another machine: a rename there is not atomic, and the service goes to "
             "it with the account of this machine, or with none.",
         edit_config(of));
  else if (volume.file_system != "NTFS" && volume.file_system != "ReFS")
    warn("Overlap expects NTFS or ReFS: others keep no rights and no journal.", edit_config(of));
  if (volume.removable)
    warn("It is removable: the service fails while it is away.", edit_config(of));
  if (volume.compressed)
    warn(
        folder + " is compressed, as all that is made in it: transfers take more of the processor.",
        "compact /u " + in_quotes(folder));
  if (volume.encrypted)
    warn(folder + " is encrypted: what one account puts there no other can read.",
         "cipher /d " + in_quotes(folder));
}

Result judge(const Case& of, const char* id, const char* title, const std::string& folder,
             const Volume& volume, std::uint64_t kept_free) {
  Result result{id, title, State::ok, {}, {}};
  judge_room(volume, kept_free, result);
  judge_kind(of, volume, folder, result);
  return result;
}

}  // namespace

std::vector<Result> check_disk(const Case& of) {
  const config::Store& store = config_of(of).store;
  std::vector<Result> results;
  if (!of.machine.exists(store.root)) throw NotKnown("there is no folder " + store.root);
  const Volume served = of.machine.volume(store.root);
  results.push_back(judge(of, "disk.served", "disk of the served folder", store.root, served,
                          store.free_bytes_min));
  const Volume state = of.machine.volume(of.config_folder());
  if (state.name != served.name)
    results.push_back(judge(of, "disk.state", "disk of the state folder", of.config_folder(), state,
                            config::Store{}.free_bytes_min));
  return results;
}

}  // namespace overlap::ctl::doctor
