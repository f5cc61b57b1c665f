// `overlap-service certificate create`: what it leaves in the folder.
#include "service/tls/create_certificate.h"

#include <gtest/gtest.h>

#include <string>

#include "service/tls/certificate_store.h"
#include "tests/unit/tls/temporary_folder.h"

namespace overlap::test {
namespace {

using tls::CertificateRequest;
using tls::create_certificate;

class CreateCertificateTest : public testing::Test {
 protected:
  struct Said {
    int status = -1;
    std::string out;
    std::string error;
  };
  static Said run(const CertificateRequest& request) {
    Said said;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    said.status = create_certificate(request);
    said.out = testing::internal::GetCapturedStdout();
    said.error = testing::internal::GetCapturedStderr();
    return said;
  }
  CertificateRequest request(std::vector<std::string> hosts = {"localhost", "127.0.0.1"}) const {
    CertificateRequest made;
    made.hosts = std::move(hosts);
    made.folder = folder_.path();
    return made;
  }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      ++count;
    return count;
  }

  TemporaryFolder folder_;
};

TEST_F(CreateCertificateTest, makes_two_files_that_the_service_takes) {
  const Said said = run(request());
  EXPECT_EQ(said.status, 0) << said.error;
  EXPECT_NE(said.out.find(folder_.file(tls::key_file_name)), std::string::npos) << said.out;
  EXPECT_EQ(files(), 2u);
  config::Tls config;
  config.certificate_file = folder_.file(tls::certificate_file_name);
  config.key_file = folder_.file(tls::key_file_name);
  const tls::CertificateStore store(config);
  EXPECT_EQ(store.current()->name(), "localhost");
  EXPECT_EQ(said.out.find("PRIVATE"), std::string::npos);
}

TEST_F(CreateCertificateTest, replaces_nothing_unless_forced) {
  ASSERT_EQ(run(request()).status, 0);
  const std::string before = folder_.read(tls::key_file_name);
  const Said said = run(request());
  EXPECT_EQ(said.status, 7);
  EXPECT_NE(said.error.find("--force"), std::string::npos);
  EXPECT_EQ(folder_.read(tls::key_file_name), before);

  CertificateRequest forced = request();
  forced.force = true;
  EXPECT_EQ(run(forced).status, 0);
  EXPECT_NE(folder_.read(tls::key_file_name), before);
  EXPECT_EQ(files(), 2u);

  // A key alone is worth as much.
  std::filesystem::remove(folder_.file(tls::certificate_file_name));
  EXPECT_EQ(run(request()).status, 7);
  EXPECT_EQ(files(), 1u);
}

TEST_F(CreateCertificateTest, says_what_is_wrong_and_leaves_nothing) {
  const Said name = run(request({"not a name"}));
  EXPECT_EQ(name.status, 1);
  EXPECT_NE(name.error.find("\"not a name\" is neither a host name"), std::string::npos);
  EXPECT_EQ(run(request({})).status, 1);
  CertificateRequest long_lived = request();
  long_lived.days = certificate_days_max + 1;
  EXPECT_EQ(run(long_lived).status, 1);
  EXPECT_EQ(files(), 0u);
  CertificateRequest elsewhere = request();
  elsewhere.folder = folder_.file("missing");
  const Said missing = run(elsewhere);
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.error.find("There is no folder"), std::string::npos);
}

}  // namespace
}  // namespace overlap::test
