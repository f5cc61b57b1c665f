// The judgement of each check over a machine in memory: as it should be, doubtful, broken, and not
// to be known; what mends it; how the command ends.
#include "tests/unit/ctl/doctor_fixture.h"

namespace overlap::ctl::doctor {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t now_seconds = 1'795'435'200;

TEST_F(Doctor, finds_nothing_on_a_healthy_machine) {
  examine("service.state");
  EXPECT_EQ(ended, Exit::done) << terminal.output;
  EXPECT_EQ(Field(json)["summary"]["failed"].number(), 0);
  EXPECT_EQ(Field(json)["summary"]["warning"].number(), 0);
  EXPECT_GT(Field(json)["summary"]["ok"].number(), 10);
  EXPECT_FALSE(Field(json).at("system.wine").known());
  EXPECT_THAT(patient.filters, IsEmpty());
}

TEST_F(Doctor, ends_with_the_worst_that_it_has_found) {
  patient.lists = false;  // skipped
  examine("clock");
  EXPECT_EQ(ended, Exit::done);
  patient.crashes.count = 1;  // a warning
  examine("clock");
  EXPECT_EQ(ended, Exit::doubtful);
  patient.registered.run = Service::Run::stopped;
  patient.registered.exit_code = 5;
  examine("clock");
  EXPECT_EQ(ended, Exit::unhealthy);
}

TEST_F(Doctor, shows_what_is_wrong_in_full_with_its_command) {
  patient.texts.text.clear();
  patient.crashes.count = 2;
  terminal.is_terminal = true;
  terminal.window = {60, 24};
  EXPECT_EQ(run({"doctor", "--quick"}), Exit::unhealthy);
  EXPECT_THAT(terminal.output, HasSubstr("overlapctl 0"));
  EXPECT_THAT(terminal.output, HasSubstr("STATE"));
  EXPECT_THAT(terminal.output, HasSubstr("texts of the events: failed"));
  EXPECT_THAT(terminal.output, HasSubstr("  > overlapctl install --executable "));
  EXPECT_THAT(terminal.output, HasSubstr("  > del \"/etc\\crashes\\*.dmp\"\n"));
  EXPECT_THAT(terminal.output, HasSubstr("1 warning, 1 failed"));
  EXPECT_THAT(terminal.errors, HasSubstr("\rCheck 1 of 14: installation"));
}

TEST_F(Doctor, names_of_others_do_not_drive_the_terminal) {
  patient.ports = {{"127.0.0.1", 8103, 7, "evil\x1B[2J.exe"}};
  patient.registered = {};
  run({"doctor", "--quick"});
  EXPECT_THAT(terminal.output, HasSubstr("evil\\x1B[2J.exe"));
  EXPECT_THAT(terminal.output, Not(HasSubstr("\x1B[2J")));
}

TEST_F(Doctor, a_check_that_breaks_is_a_result_and_others_go_on) {
  patient.suite_breaks = true;
  const Field check = examine("conformance.apc", {});
  EXPECT_EQ(check["state"].text(), "failed");
  EXPECT_THAT(check["found"].text(), HasSubstr("could not be carried out: cannot"));
  EXPECT_EQ(patient.filters.size(), 4u);
}

TEST_F(Doctor, without_a_machine_it_says_so) {
  machine = nullptr;
  EXPECT_EQ(run({"doctor"}), Exit::failed);
  EXPECT_THAT(terminal.errors, HasSubstr("on Windows"));
}

TEST_F(Doctor, looks_at_the_configuration_that_is_named_or_registered) {
  expect("configuration", "ok", "/etc/overlap.toml is valid");
  patient.registered.config_file = "/other.toml";
  files["/other.toml"] = config_with("");
  expect("configuration", "ok", "/other.toml is valid");
  files["/mine.toml"] = config_with("");
  const Field check = examine("configuration", {"--quick", "--config", "/mine.toml"});
  EXPECT_THAT(check["found"].text(), HasSubstr("/mine.toml is valid"));
}

TEST_F(Doctor, installation_tells_what_is_and_what_should_be) {
  patient.facts = {{"service.image_path", "image path", "\"C:\\a.exe\"", "C:\\a.exe",
                    "overlapctl install", State::failed}};
  expect("service.image_path", "failed", "Found: C:\\a.exe. Wanted: \"C:\\a.exe\".",
         "overlapctl install");
  EXPECT_EQ(ended, Exit::unhealthy);
}

TEST_F(Doctor, state_of_the_service) {
  expect("service.state", "ok", "process 100");
  patient.registered.run = Service::Run::paused;
  expect("service.state", "warning", "paused", "continue Overlap");
  patient.registered.run = Service::Run::starting;
  expect("service.state", "warning", "starting");
  patient.registered.run = Service::Run::stopped;
  patient.registered.process = 0;
  expect("service.state", "warning", "ended as asked", "overlapctl start");
  patient.registered.exit_code = 1066;
  patient.registered.specific_code = 2;
  expect("service.state", "failed", "the served folder cannot be used", "overlapctl start");
  patient.registered = {};
  expect("service.state", "skipped", "not installed");
}

TEST_F(Doctor, another_version_than_its_own_is_told_without_a_command) {
  expect("service.version", "ok", std::string("of version ") + program_version + ", as this");
  patient.registered.version = "99.0.0";
  expect("service.version", "warning", "of version 99.0.0, and this overlapctl of");
  patient.registered.version = "";
  expect("service.version", "skipped", "tells no version");
  patient.registered = {};
  expect("service.version", "skipped", "not installed");
}

// Wherever this overlapctl lies: in a folder for downloads, others could change what it names.
TEST_F(Doctor, a_command_to_install_names_the_program_that_is_registered) {
  patient.texts.text.clear();
  expect("event_log.messages", "failed", "no text",
         "overlapctl install --executable \"C:\\Program Files\\Overlap\\overlap-service.exe\"\n");
  patient.missing = {patient.registered.executable};
  patient.texts.file.clear();
  expect("event_log.messages", "failed", "numbers", "overlapctl install\n");
}

TEST_F(Doctor, goes_on_without_a_service_manager) {
  patient.service_is_known = false;
  expect("service.state", "failed", "could not be carried out: no manager");
  expect("configuration", "ok", "/etc/overlap.toml is valid");
}

TEST_F(Doctor, configuration) {
  files["/etc/overlap.toml"] = config_with("chunk_bites = 1\n");
  expect("configuration", "failed", "chunk_bites", "notepad \"/etc/overlap.toml\"");
  EXPECT_EQ(examine("port")["state"].text(), "skipped") << "nothing is known without it";
  files["/etc/overlap.toml"] =
      "[store]\nroot = 'C:\\files'\n[[listener]]\nmodel = \"apc\"\nport = 8103\n";
  expect("configuration", "warning", "Nobody may do anything", "notepad");
  files.erase("/etc/overlap.toml");
  patient.about.elevated = false;
  expect("configuration", "skipped", "as an administrator");
  patient.missing = {"/etc/overlap.toml"};
  expect("configuration", "failed", "There is no file", "overlapctl install");
}

TEST_F(Doctor, rights_on_secrets) {
  const std::string token = in_etc("token");
  patient.rights_on[token] = patient.rights;
  expect("rights.token", "ok", token);
  patient.rights_on[token].others_read = true;
  // The list of the file itself goes first: /inheritance:r leaves what stands on it.
  expect("rights.token", "failed", "may be read by others",
         "icacls \"" + token + "\" /reset\nicacls \"" + token +
             "\" /inheritance:r /grant \"*S-1-5-80-7:R\" \"*S-1-5-18:F\" \"*S-1-5-32-544:F\"\n");
  patient.rights_on[token] = patient.rights;
  patient.rights_on[token].service_reads = false;
  expect("rights.token", "failed", "may not read", "/grant \"*S-1-5-80-7:R\"");
  patient.rights_on[token] = patient.rights;
  patient.rights_on[token].other_writers = {"BUILTIN\\Users", "x\\eve"};
  expect("rights.token", "failed", "changed by BUILTIN\\Users, x\\eve", "\" /reset\nicacls ");
  patient.rights_on[token] = patient.rights;
  patient.rights_on[token].owner_trusted = false;
  patient.rights_on[token].owner = "x\\eve";
  expect("rights.token", "failed", "belongs to x\\eve", "/setowner *S-1-5-32-544\n");
  patient.rights_on[token].other_writers = {"x\\eve"};
  expect("rights.token", "failed", "changed by x\\eve",
         "/setowner *S-1-5-32-544\nicacls \"" + token + "\" /reset\n");
  patient.missing = {token};
  expect("rights.token", "skipped", "yet");
  patient.missing = {};
  patient.lists = false;
  expect("rights.token", "skipped", "keeps none");
}

TEST_F(Doctor, rights_on_folders_that_the_service_writes) {
  files["/etc/overlap.toml"] = config_with("[log]\nfile = 'logs\\overlap.log'\n");
  const std::string logs = in_etc("logs");
  expect("rights.log", "ok", logs);
  patient.rights_on[logs] = patient.rights;
  patient.rights_on[logs].service_writes = false;
  expect("rights.log", "failed", "may not write in " + logs, "\"*S-1-5-80-7:(OI)(CI)M\"");
  patient.rights_on[logs].other_writers = {"x\\eve"};
  expect("rights.log", "failed", "changed by x\\eve", "\" /reset /T\nicacls \"" + logs + "\" /inh");
  patient.rights_on[logs].owner_trusted = false;
  expect("rights.log", "failed", "belongs to", "/setowner *S-1-5-32-544 /T\n");
  patient.missing = {logs};
  expect("rights.log", "failed", "There is no " + logs, "mkdir \"" + logs + "\"");
}

TEST_F(Doctor, served_folder) {
  expect("served_folder", "ok", "C:\\files");
  patient.write_error = EACCES;
  expect("served_folder", "failed", "No file can be made",
         "icacls \"C:\\files\" /grant \"*S-1-5-80-7:(OI)(CI)M\"");
  patient.write_error = 5;  // ERROR_ACCESS_DENIED
  patient.about.elevated = false;
  expect("served_folder", "skipped", "as an administrator");
  patient.missing = {"C:\\files"};
  expect("served_folder", "failed", "There is no folder", "mkdir \"C:\\files\"");
}

TEST_F(Doctor, ports_of_a_running_service) {
  expect("port.apc", "ok", "listens on 127.0.0.1 port 8103");
  expect("port.management", "ok", "8100");
  patient.ports.pop_back();
  expect("port.apc", "warning", "does not listen", "overlapctl resume \"apc\"");
  patient.ports.push_back({"0.0.0.0", 8103, 7, "other.exe"});
  expect("port.apc", "failed", "taken by other.exe (process 7)", "overlapctl reload");
  patient.ports.back() = {"::", 8103, 7, "other.exe"};
  expect("port.apc", "warning", "does not listen", "resume");
  patient.ports.back() = {"127.0.0.2", 8103, 7, "other.exe"};
  expect("port.apc", "warning", "does not listen", "resume");
}

TEST_F(Doctor, a_port_of_which_the_system_does_not_name_the_owner) {
  patient.ports = {{"127.0.0.1", 8103, 0, ""}};
  expect("port.apc", "skipped", "does not say what");
  patient.registered.run = Service::Run::stopped;
  patient.registered.process = 0;
  expect("port.apc", "failed", "a program that the system does not name", "notepad");
}

TEST_F(Doctor, ports_of_a_service_that_does_not_run) {
  patient.registered.run = Service::Run::stopped;
  patient.registered.process = 0;
  patient.ports = {{"127.0.0.1", 8103, 7, ""}};
  expect("port.apc", "failed", "taken by process 7", "overlapctl start");
  expect("port.management", "ok", "free");
}

TEST_F(Doctor, event_log) {
  expect("event_log.messages", "ok", "Overlap has started.");
  expect("event_log.last", "ok", "Event 1, 1 h ago");
  patient.last.reset();
  expect("event_log.last", "ok", "no event");
  patient.log_is_readable = false;
  expect("event_log.last", "skipped", "as an administrator");
  patient.texts.text.clear();
  expect("event_log.messages", "failed", "no text for event 1", "overlapctl install");
  patient.missing = {patient.texts.file};
  expect("event_log.messages", "failed", "There is no C:", "overlapctl install");
  patient.texts = {};
  expect("event_log.messages", "failed", "numbers for sentences", "overlapctl install");
}

TEST_F(Doctor, management_endpoint) {
  expect("management.answers", "ok", "http://127.0.0.1:8100");
  expect("management.findings", "ok", "Nothing stands out");
  service.answers.clear();
  service.answer("GET /api/v1/findings",
                 R"({"findings":[{"severity":"info","sentence":"I.","advice":"."},)"
                 R"({"severity":"warning","sentence":"Slow.","advice":"Wait."}]})");
  expect("management.findings", "warning", "Slow. Wait.", "overlapctl findings");
  service.answers.clear();
  service.answer("GET /api/v1/findings",
                 R"({"findings":[{"severity":"error","sentence":"Bad.","advice":"Mend."},)"
                 R"({"severity":"warning","sentence":"Slow.","advice":"Wait."}]})");
  expect("management.findings", "failed", "Bad. Mend. Slow. Wait.", "overlapctl findings");
  service.answers.clear();
  service.answer("GET /api/v1/findings", "{}", 401);
  expect("management.answers", "failed", "token", "token rotate");
  patient.about.elevated = false;
  expect("management", "skipped", "as an administrator");
  service.silent = true;
  expect("management.answers", "failed", "does not answer", "overlapctl start");
  patient.registered.process = 0;
  expect("management", "skipped", "does not run");
}

TEST_F(Doctor, clock_that_was_set_back) {
  expect("clock", "ok", "2026-11-23 12:00");
  patient.changed[in_etc("token")] = (now_seconds + 60) * 1000;
  expect("clock", "ok", "2026");
  patient.changed[in_etc("token")] = (now_seconds + 7200) * 1000;
  expect("clock", "warning", "from now", "w32tm /resync");
}

TEST_F(Doctor, is_completed_by_the_shell) {
  run({"complete", "--", "doc"});
  EXPECT_THAT(terminal.output, HasSubstr("doctor\t"));
  run({"complete", "--", "doctor", "--q"});
  EXPECT_THAT(terminal.output, HasSubstr("--quick\t"));
}

}  // namespace
}  // namespace overlap::ctl::doctor
