// The client against the endpoint itself, over a service in memory.
#include "admin/ctl/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "admin/api/server.h"
#include "admin/ctl/failure.h"
#include "common/tls/self_signed.h"
#include "tests/support/fake_management.h"

namespace overlap::ctl {
namespace {

using testing::HasSubstr;

class HttpClientTest : public testing::Test {
 protected:
  void serve(const SelfSigned* certificate = nullptr) {
    config::Admin config;
    config.port = 0;
    config.tls = certificate != nullptr;
    admin::Certificate context;
    if (certificate) {
      const auto made =
          TlsContext::create({certificate->certificate, certificate->private_key, ""});
      context = [made] { return made; };
    }
    sampler_.start();
    server_ = std::make_unique<admin::AdminServer>(config, fake_.management(), sampler_, context);
    server_->start();
    endpoint_.url = std::string(certificate ? "https" : "http") +
                    "://127.0.0.1:" + std::to_string(server_->port());
    endpoint_.token = std::string(FakeManagement::token);
  }

  std::string no_answer() {
    try {
      connect(endpoint_)->get("/api/v1/models");
    } catch (const NoAnswer& failure) {
      return failure.what();
    }
    return "an answer";
  }

  static SelfSigned certificate_for(const std::string& host) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return make_self_signed(
        {{host}, std::chrono::duration_cast<std::chrono::seconds>(now).count()});
  }

  FakeManagement fake_;
  admin::Sampler sampler_{fake_, fake_};
  Endpoint endpoint_;
  std::unique_ptr<admin::AdminServer> server_;
};

TEST_F(HttpClientTest, gets_posts_and_deletes) {
  serve();
  const auto client = connect(endpoint_);
  const Response models = client->get("/api/v1/models");
  EXPECT_EQ(models.status, 200);
  EXPECT_THAT(models.content_type, HasSubstr("application/json"));
  EXPECT_THAT(models.body, HasSubstr("\"models\""));
  const Response paused = client->post("/api/v1/listeners/apc/pause", "");
  EXPECT_EQ(paused.status, 200) << paused.body;
  EXPECT_EQ(client->post("/api/v1/listeners/apc/model", R"({"model":"asio"})").status, 200);
  EXPECT_EQ(client->del("/api/v1/connections/999999").status, 404);
  EXPECT_EQ(fake_.commands().size(), 3u);
}

TEST_F(HttpClientTest, shows_its_token) {
  serve();
  endpoint_.token = "another";
  EXPECT_EQ(connect(endpoint_)->get("/api/v1/models").status, 401);
  endpoint_.token.clear();
  EXPECT_EQ(connect(endpoint_)->get("/api/v1/models").status, 401);
  EXPECT_EQ(connect(endpoint_)->stream("/api/v1/stream", [](auto, auto) { return true; }).status,
            401);
}

TEST_F(HttpClientTest, streams_until_it_is_told_to_stop) {
  serve();
  int events = 0;
  const auto client = connect(endpoint_);
  const Response response =
      client->stream("/api/v1/stream", [&](std::string_view name, std::string_view data) {
        EXPECT_EQ(name, "snapshot");
        EXPECT_THAT(std::string(data), HasSubstr("\"listeners\""));
        return ++events < 2;
      });
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(events, 2);
}

TEST_F(HttpClientTest, ends_a_stream_from_another_thread) {
  serve();
  const auto client = connect(endpoint_);
  std::thread closer;
  const Response response = client->stream("/api/v1/stream", [&](auto, auto) {
    if (!closer.joinable()) closer = std::thread([&] { client->close(); });
    return true;
  });
  closer.join();
  EXPECT_EQ(response.status, 200);
}

TEST_F(HttpClientTest, says_where_nothing_answers) {
  serve();
  server_->stop();
  EXPECT_EQ(no_answer(), "Overlap does not answer at " + endpoint_.url +
                             ": connection refused. Is the service running? Start it with: "
                             "overlapctl start");
}

TEST_F(HttpClientTest, trusts_the_certificate_that_is_pinned_whatever_its_name) {
  const SelfSigned certificate = certificate_for("files.example");
  serve(&certificate);
  endpoint_.trusted_certificates = certificate.certificate;
  endpoint_.pinned = true;
  EXPECT_EQ(connect(endpoint_)->get("/api/v1/models").status, 200);
  endpoint_.trusted_certificates = certificate_for("files.example").certificate;
  EXPECT_THAT(no_answer(), HasSubstr("TLS handshake failed"));
}

TEST_F(HttpClientTest, trusts_authorities_for_the_names_that_they_certify) {
  const SelfSigned certificate = certificate_for("127.0.0.1");
  serve(&certificate);
  endpoint_.trusted_certificates = certificate.certificate;
  EXPECT_EQ(connect(endpoint_)->get("/api/v1/models").status, 200);
  endpoint_.trusted_certificates = certificate_for("127.0.0.1").certificate;
  EXPECT_THAT(no_answer(), HasSubstr("TLS handshake failed"));
}

TEST_F(HttpClientTest, does_not_trust_a_certificate_for_another_name) {
  const SelfSigned certificate = certificate_for("files.example");
  serve(&certificate);
  endpoint_.trusted_certificates = certificate.certificate;
  EXPECT_THAT(no_answer(), HasSubstr("TLS handshake failed"));
}

TEST_F(HttpClientTest, does_not_trust_what_nobody_has_named) {
  const SelfSigned certificate = certificate_for("127.0.0.1");
  serve(&certificate);
  EXPECT_THAT(no_answer(), HasSubstr("not trusted"));
}

TEST_F(HttpClientTest, refuses_a_file_without_certificates) {
  endpoint_.url = "https://127.0.0.1:1";
  endpoint_.trusted_certificates = "nothing";
  EXPECT_THROW(connect(endpoint_), Failure);
}

}  // namespace
}  // namespace overlap::ctl
