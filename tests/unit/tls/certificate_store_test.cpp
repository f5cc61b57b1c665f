// The certificate of the service under files that change.
#include "service/tls/certificate_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "service/scm/start_error.h"
#include "tests/unit/tls/temporary_folder.h"
#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

class CertificateStoreTest : public testing::Test {
 protected:
  CertificateStoreTest() {
    config_.certificate_file = folder_.file("server.pem");
    config_.key_file = folder_.file("key.pem");
    put(issue({.common_name = "first"}));
  }

  void put(const Issued& issued) {
    folder_.write("server.pem", issued.certificate_pem);
    folder_.write("key.pem", issued.key_pem);
  }

  // What the store says on standard error: there is no log in a test.
  static std::string said(tls::CertificateStore& store) {
    testing::internal::CaptureStderr();
    store.refresh();
    return testing::internal::GetCapturedStderr();
  }
  std::string refusal() {
    try {
      tls::CertificateStore store(config_);
    } catch (const scm::StartError& error) {
      EXPECT_EQ(error.code(), scm::ExitCode::config);
      return error.what();
    }
    return "accepted";
  }

  TemporaryFolder folder_;
  config::Tls config_;
};

TEST_F(CertificateStoreTest, serves_the_certificate_of_its_files) {
  const tls::CertificateStore store(config_);
  ASSERT_NE(store.current(), nullptr);
  EXPECT_EQ(store.current()->name(), "first");
  EXPECT_EQ(store.expires_unix_seconds(), store.current()->expires_unix_seconds());
}

TEST_F(CertificateStoreTest, says_at_the_start_which_file_is_wrong) {
  config_.certificate_file = folder_.file("missing.pem");
  EXPECT_NE(refusal().find("missing.pem"), std::string::npos) << refusal();
  config_.certificate_file = folder_.file("server.pem");
  folder_.write("key.pem", issue({}).key_pem);
  const std::string text = refusal();
  EXPECT_TRUE(text.starts_with("the key does not belong to the certificate (")) << text;
  EXPECT_NE(text.find("key.pem"), std::string::npos);
  EXPECT_EQ(text.back(), '.');
}

TEST_F(CertificateStoreTest, does_not_take_an_empty_file_of_authorities_for_none) {
  config_.client_ca_file = folder_.file("clients.pem");
  folder_.write("clients.pem", "");
  EXPECT_NE(refusal().find("clients.pem is empty"), std::string::npos) << refusal();
}

TEST_F(CertificateStoreTest, takes_up_new_files_and_leaves_old_connections_what_they_have) {
  tls::CertificateStore store(config_);
  const auto before = store.current();
  store.refresh();
  EXPECT_EQ(store.current(), before);  // nothing has changed

  Client client;
  Wire open(before, client, {.eof_when_silent = false});
  open.inner().receive_all();
  open.run();

  put(issue({.common_name = "second"}));
  store.refresh();
  EXPECT_EQ(store.current()->name(), "second");
  EXPECT_EQ(before->name(), "first");
  client.say("still here");
  open.run();
  EXPECT_EQ(open.inner().heard, "still here");
}

TEST_F(CertificateStoreTest, keeps_the_old_certificate_while_the_new_one_is_wrong) {
  tls::CertificateStore store(config_);
  const Issued second = issue({.common_name = "second"});
  folder_.write("server.pem", second.certificate_pem);
  // The key may be on its way.
  EXPECT_EQ(said(store), "");
  const std::string event = said(store);
  EXPECT_NE(event.find("the key does not belong to the certificate"), std::string::npos) << event;
  EXPECT_EQ(said(store), "");  // once
  EXPECT_EQ(store.current()->name(), "first");
  folder_.write("key.pem", second.key_pem);
  store.refresh();
  EXPECT_EQ(store.current()->name(), "second");
}

TEST_F(CertificateStoreTest, survives_files_that_are_gone_for_a_while) {
  tls::CertificateStore store(config_);
  std::filesystem::rename(folder_.file("key.pem"), folder_.file("moved.pem"));
  EXPECT_EQ(said(store), "");
  EXPECT_NE(said(store).find("key.pem"), std::string::npos);
  EXPECT_EQ(store.current()->name(), "first");
  std::filesystem::rename(folder_.file("moved.pem"), folder_.file("key.pem"));
  EXPECT_EQ(said(store).find("refused"), std::string::npos);
  // Another problem later is said again.
  folder_.write("server.pem", "nothing");
  EXPECT_EQ(said(store), "");
  EXPECT_NE(said(store).find("holds no certificate"), std::string::npos);
}

}  // namespace
}  // namespace overlap::test
