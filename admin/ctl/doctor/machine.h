// What the doctor must know of the machine, as the system tells it. One implementation for
// Windows; the checks judge what it says, and are tested against a fake.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/ctl/doctor/result.h"

namespace overlap::ctl::doctor {

struct System {
  std::string version;  // "Windows 10.0.20348, server"
  std::string wine;     // the version of Wine that pretends to be it; empty: it is Windows itself
  bool elevated = false;
  std::string service_sid;  // "S-1-5-80-...", which the system knows before the service is there
};

struct Service {
  enum class Run : std::uint8_t { stopped, starting, stopping, running, paused };
  bool installed = false;
  std::string executable;   // absolute
  std::string version;      // of the executable: "1.2.3"; empty if it tells none
  std::string config_file;  // that it is started with
  Run run = Run::stopped;
  std::uint32_t process = 0;        // 0: it has none
  std::uint32_t exit_code = 0;      // Win32, of the last run
  std::uint32_t specific_code = 0;  // the service's own, if exit_code says so (1066)
  std::string exit_text;            // of exit_code, in the system's words
};

// What the access list of a file or folder grants.
struct Access {
  // Others than the system, administrators, the installer of Windows and the service.
  std::vector<std::string> other_writers;
  bool others_read = false;
  std::string owner;
  bool owner_trusted = false;
  bool service_reads = false;
  bool service_writes = false;
};

// One fact of the installation, as it should be and as it is.
struct Installed {
  std::string id;
  std::string name;
  std::string wanted;
  std::string found;
  std::string mend;
  State state = State::skipped;
};

struct Listening {
  std::string address;  // "0.0.0.0", "::1"
  std::uint16_t port = 0;
  std::uint32_t process = 0;  // 0: the system does not say
  std::string program;        // file name; empty if it may not be asked
};

struct Volume {
  std::string name;         // "C:\\"
  std::string file_system;  // "NTFS"
  bool remote = false;
  bool removable = false;
  bool compressed = false;  // the folder, so what is made in it as well
  bool encrypted = false;
  std::uint64_t bytes = 0;
  std::uint64_t free_bytes = 0;  // to the caller, within his quota
};

struct Messages {
  std::string file;  // that the source names; empty: there is no source
  std::string text;  // of event 1, without its inserts; empty: it cannot be rendered
};

struct LastEvent {
  std::uint32_t id = 0;
  std::int64_t unix_ms = 0;
};

struct Dumps {
  std::size_t count = 0;
  std::int64_t newest_unix_ms = 0;
};

// Milliseconds that it took to write small files and give them their names, each.
struct Renames {
  std::vector<double> as_program;  // with the extension .exe, which scanners look into
  std::vector<double> neutral;     // with one that means nothing, in turns with those
  std::size_t refused = 0;         // renames that had to be tried again
};

struct SuiteRun {
  bool in_time = true;
  std::uint32_t exit_code = 0;
  std::string report;  // JSON of GoogleTest; empty: it wrote none
};

// Every member throws NotKnown for what this system or these rights do not tell, and
// std::system_error, naming the object, for what went wrong. Names of files are UTF-8. One thread.
class Machine {
 public:
  virtual ~Machine() = default;

  virtual System system() = 0;
  virtual Service service() = 0;
  // Of the service manager, the source of the Event Log, the folders and the firewall.
  virtual std::vector<Installed> installation(const Service& service) = 0;

  virtual bool exists(const std::string& path) = 0;
  virtual std::optional<std::int64_t> changed_unix_ms(const std::string& path) = 0;
  virtual Access access(const std::string& path) = 0;
  virtual Volume volume(const std::string& folder) = 0;
  // Makes a file in the folder and removes it again. Throws if that is not possible.
  virtual void try_to_write(const std::string& folder) = 0;
  virtual Renames measure_renames(const std::string& folder) = 0;
  virtual Dumps dumps(const std::string& folder) = 0;

  virtual std::vector<Listening> listening() = 0;  // TCP
  virtual Messages messages() = 0;
  virtual std::optional<LastEvent> last_event() = 0;
  // Runs overlap-conformance.exe, which lies beside this program, with a filter of GoogleTest.
  virtual SuiteRun run_conformance(const std::string& filter, std::chrono::seconds timeout) = 0;
};

}  // namespace overlap::ctl::doctor
