// The judgement of each check over a machine in memory: as it should be, doubtful, broken, and not
// to be known; what mends it; how the command ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "admin/ctl/doctor/examine.h"
#include "admin/ctl/field.h"
#include "common/tls/self_signed.h"
#include "tests/unit/ctl/fake_machine.h"
#include "tests/unit/ctl/fakes.h"

namespace overlap::ctl::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t now_seconds = 1'795'435'200;
constexpr int day = 86'400;

class Doctor : public testing::Test, public ProgramFixture {
 protected:
  Doctor() {
    machine = &patient;
    files["/etc/overlap.toml"] = config_with("");
    service.answer("GET /api/v1/findings", R"({"findings":[]})");
  }

  static std::string config_with(const std::string& more) {
    return "[store]\nroot = 'C:\\files'\n[admin]\nport = 8100\ntoken_file = 'token'\n"
           "[access]\nanonymous_read = true\n[[listener]]\nmodel = \"apc\"\nport = 8103\n" +
           more;
  }

  // Runs the command; the result of that check.
  Field examine(const std::string& id, std::vector<std::string> words = {"--quick"}) {
    words.insert(words.begin(), {"doctor", "--json"});
    ended = run(words);
    json = boost::json::parse(terminal.output);
    for (const Field check : Field(json)["checks"].items())
      if (check["id"].text() == id) return check;
    ADD_FAILURE() << "no result " << id << " in " << terminal.output << terminal.errors;
    return {};
  }
  void expect(const std::string& id, const std::string& state, const std::string& found,
              const std::string& mend = "") {
    const Field check = examine(id);
    EXPECT_EQ(check["state"].text(), state) << check["found"].text();
    EXPECT_THAT(check["found"].text(), HasSubstr(found));
    std::string commands;
    for (const Field command : check["mend"].items()) commands += command.text() + "\n";
    if (mend.empty())
      EXPECT_EQ(commands, "") << id;
    else
      EXPECT_THAT(commands, HasSubstr(mend)) << id;
  }

  FakeMachine patient;
  Exit ended = Exit::failed;
  boost::json::value json;
};

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
  EXPECT_THAT(terminal.output, HasSubstr("  > overlapctl install\n"));
  EXPECT_THAT(terminal.output, HasSubstr("  > del \"/etc\\crashes\\*.dmp\"\n"));
  EXPECT_THAT(terminal.output, HasSubstr("1 warning, 1 failed"));
  EXPECT_THAT(terminal.errors, HasSubstr("\rCheck 1 of 13: installation"));
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
  expect("service.image_path", "failed", "It is C:\\a.exe, and should be \"C:\\a.exe\".",
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
  expect("rights.token", "failed", "may be read by others", "/inheritance:r");
  patient.rights_on[token] = patient.rights;
  patient.rights_on[token].service_reads = false;
  expect("rights.token", "failed", "may not read", "/grant \"NT SERVICE\\Overlap:R\"");
  patient.rights_on[token] = patient.rights;
  patient.rights_on[token].other_writers = {"BUILTIN\\Users", "x\\eve"};
  expect("rights.token", "failed", "changed by BUILTIN\\Users, x\\eve", "icacls");
  patient.rights_on[token] = patient.rights;
  patient.rights_on[token].owner_trusted = false;
  patient.rights_on[token].owner = "x\\eve";
  expect("rights.token", "failed", "belongs to x\\eve", "/setowner *S-1-5-32-544");
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
  expect("rights.log", "failed", "may not write in " + logs, ":(OI)(CI)M");
  patient.missing = {logs};
  expect("rights.log", "failed", "There is no " + logs, "mkdir \"" + logs + "\"");
}

TEST_F(Doctor, served_folder) {
  expect("served_folder", "ok", "C:\\files");
  patient.write_error = EACCES;
  expect("served_folder", "failed", "No file can be made", "icacls \"C:\\files\" /grant");
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

TEST_F(Doctor, certificate) {
  expect("certificate", "ok", "No listener speaks TLS");
  files["/etc/overlap.toml"] = config_with(
      "[tls]\ncertificate_file = 'overlap-certificate.pem'\nkey_file = 'overlap-key.pem'\n");
  const auto certificate = in_etc("overlap-certificate.pem");
  const auto make = [&](int age_days) {
    const SelfSigned made =
        make_self_signed({{"files.example"}, now_seconds - age_days * day, 100});
    files[certificate] = made.certificate;
    files[in_etc("overlap-key.pem")] = made.private_key;
  };
  make(0);
  expect("certificate", "ok", "files.example is valid for 99 d");
  make(71);
  expect("certificate", "warning", "valid for 28 d",
         "certificate create --force --name \"files.example\" --out \"/etc\"");
  make(94);
  expect("certificate", "failed", "valid for 5 d", "certificate create");
  make(101);
  expect("certificate", "failed", "has expired 1 d", "certificate create");
  make(-2);
  expect("certificate", "failed", "the clock is wrong", "w32tm");
  make(0);
  files[certificate] = make_self_signed({{"x"}, now_seconds, 10}).certificate;
  expect("certificate", "failed", "the key does not", "notepad");
  files.erase(certificate);
  expect("certificate", "failed", "cannot be read: no such file", "notepad");
  patient.about.elevated = false;
  expect("certificate", "skipped", "as an administrator");
}

TEST_F(Doctor, disk) {
  expect("disk.served", "ok", "NTFS");
  const std::uint64_t kept = config::Store{}.free_bytes_min;
  patient.disk.free_bytes = kept - 1;
  expect("disk.served", "failed", "refused with 507", "cleanmgr /d C");
  patient.disk.free_bytes = kept;
  expect("disk.served", "warning", "Uploads are refused below", "cleanmgr");
  patient.disk.free_bytes = patient.disk.bytes / 20;
  expect("disk.served", "ok", "free");
  patient.disk.file_system = "FAT32";
  expect("disk.served", "warning", "NTFS or ReFS", "notepad");
  patient.disk.file_system = "ReFS";
  patient.disk.remote = true;
  expect("disk.served", "warning", "another machine", "notepad");
  patient.disk.remote = false;
  patient.disk.compressed = patient.disk.encrypted = true;
  expect("disk.served", "warning", "compressed", "compact /u \"C:\\files\"\ncipher /d");
  EXPECT_THAT(terminal.output, Not(HasSubstr("disk.state"))) << "it is the same volume";
  patient.volumes["/etc"] = patient.disk;
  patient.volumes["/etc"].name = "D:\\";
  patient.volumes["/etc"].free_bytes = 1;
  expect("disk.state", "failed", "D:\\", "cleanmgr /d D");
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

TEST_F(Doctor, renames_that_something_delays) {
  expect("rename", "ok", "ratio 1.0, delay 0.0 ms");
  patient.times.as_program = {90, 16, 15};
  patient.times.neutral = {10, 10, 10};
  expect("rename", "ok", "slowest 90.0 ms");  // the delay alone
  patient.times.as_program = {4, 5.9, 80};
  patient.times.neutral = {1, 1, 1};
  expect("rename", "ok", "ratio 5.9");  // the ratio alone
  patient.times.as_program = {6, 6, 6};
  expect("rename", "warning", "ratio 6.0, delay 5.0 ms",
         "Add-MpPreference -ExclusionPath 'C:\\files'");
  patient.times.as_program = {1};
  patient.times.refused = 1;
  expect("rename", "warning", "refused at first", "Add-MpPreference");
  patient.times = {};
  expect("rename", "skipped", "no file");
}

TEST_F(Doctor, crash_dumps) {
  expect("dumps", "ok", "none");
  patient.crashes = {3, now_seconds * 1000};
  expect("dumps", "warning", "3 in /etc\\crashes, the newest of 2026-11-23 12:00:00", "del ");
  patient.missing = {"/etc\\crashes"};
  expect("dumps", "ok", "none");
}

std::string case_of(const std::string& name, const std::string& more = "") {
  return R"({"name":")" + name + R"(","classname":"Streams/apc","status":"RUN",)" +
         R"("result":"COMPLETED")" + more + "}";
}

TEST_F(Doctor, conformance_of_each_model) {
  const auto judged = [&](const std::string& state, const std::string& found) {
    const Field check = examine("conformance.apc", {});
    EXPECT_EQ(check["state"].text(), state);
    EXPECT_THAT(check["found"].text(), HasSubstr(found));
  };
  judged("ok", "1 case passed.");
  EXPECT_THAT(patient.filters, ElementsAre("*/device.*", "*/event.*", "*/apc.*", "*/asio.*"));
  patient.suite.report = FakeMachine::report_of(case_of("good") + "," +
                                                case_of("bad", R"(,"failures":[{"failure":"x"}])"));
  patient.suite.exit_code = 1;
  judged("failed", "1 of 2 cases failed: Streams/apc.bad.");
  patient.suite.report = FakeMachine::report_of(case_of("good"));
  judged("failed", "and then the suite ended with status 1");
  patient.suite.report = FakeMachine::report_of("");
  patient.suite.exit_code = 0;
  judged("failed", "no case for this model");
  patient.suite.report = "";
  patient.suite.exit_code = 0xC0000005;
  judged("failed", "ended with status 0xC0000005 and left no report");
  patient.suite.report = "{";
  judged("failed", "cannot be read");
  patient.suite.in_time = false;
  judged("failed", "did not end within 600 s");
}

TEST_F(Doctor, conformance_of_one_model) {
  examine("conformance.event", {"--model", "event"});
  EXPECT_THAT(patient.filters, ElementsAre("*/event.*"));
  EXPECT_EQ(run({"doctor", "--model", "iocp"}), Exit::not_valid);
  EXPECT_EQ(run({"doctor", "--model", "apc", "--quick"}), Exit::not_valid);
}

TEST_F(Doctor, conformance_names_ten_failures_and_counts_the_rest) {
  std::string cases;
  for (int i = 0; i < 11; ++i)
    cases +=
        (i == 0 ? "" : ",") + case_of("c" + std::to_string(i), R"(,"failures":[{"failure":"x"}])");
  patient.suite.report = FakeMachine::report_of(cases);
  const std::string found = examine("conformance.apc", {})["found"].text();
  EXPECT_THAT(found, HasSubstr("11 of 11 cases failed"));
  EXPECT_THAT(found, HasSubstr("c9 and 1 more."));
}

TEST_F(Doctor, is_completed_by_the_shell) {
  run({"complete", "--", "doc"});
  EXPECT_THAT(terminal.output, HasSubstr("doctor\t"));
  run({"complete", "--", "doctor", "--q"});
  EXPECT_THAT(terminal.output, HasSubstr("--quick\t"));
}

}  // namespace
}  // namespace overlap::ctl::doctor
