// What the doctor reads or measures and then judges by a bound: certificate, disk, renames, dumps,
// the conformance suite.
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "common/tls/self_signed.h"
#include "tests/unit/ctl/doctor_fixture.h"

namespace overlap::ctl::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t now_seconds = 1'795'435'200;
constexpr int day = 86'400;

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

// What make_self_signed() refuses and other tools make: expired, for whatever name.
SelfSigned expired_for(const std::string& name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now_seconds - 2 * day);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now_seconds - day);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const auto text = [](auto write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> to(BIO_new(BIO_s_mem()), &BIO_free);
    EXPECT_EQ(write(to.get()), 1);
    char* data = nullptr;
    const long bytes = BIO_get_mem_data(to.get(), &data);
    return std::string(data, static_cast<std::size_t>(bytes));
  };
  return {text([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); }),
          text([&](BIO* to) {
            return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          }),
          ""};
}

// A certificate may name whomever its maker likes, and its name would be a part of a command.
TEST_F(Doctor, a_name_that_no_host_has_is_no_part_of_a_command) {
  files["/etc/overlap.toml"] = config_with(
      "[tls]\ncertificate_file = 'overlap-certificate.pem'\nkey_file = 'overlap-key.pem'\n");
  const auto use = [&](const SelfSigned& made) {
    files[in_etc("overlap-certificate.pem")] = made.certificate;
    files[in_etc("overlap-key.pem")] = made.private_key;
  };
  for (const char* name : {"a-1.B.example", "*.example", "fd00::1"}) {
    use(expired_for(name));
    expect("certificate", "failed", "has expired", "--name \"" + std::string(name) + "\"");
  }
  for (const char* name : {"x\" & calc & \"", "%PATH%", "-out", "a b"}) {
    use(expired_for(name));
    expect("certificate", "failed", "Get a new one");
  }
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
  const auto folder_is = [&](const std::string& name) {
    std::string& config = files["/etc/overlap.toml"] = config_with("");
    config.replace(config.find("'C:\\files'"), 10, "\"C:\\\\" + name + "\"");
  };
  folder_is("it's; calc & 'x");
  expect("rename", "warning", "refused at first",
         "-Command \"Add-MpPreference -ExclusionPath 'C:\\it''s; calc & ''x'\"\n");
  folder_is("it\u2019s");
  expect("rename", "warning", "refused at first", "'C:\\it\u2019\u2019s'\"\n");
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

}  // namespace
}  // namespace overlap::ctl::doctor
