// The certificate that a server makes for itself, as others see it.
#include "common/tls/self_signed.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

SelfSignedRequest request_for(std::vector<std::string> hosts, int days = 30) {
  return {std::move(hosts), test_unix_seconds, days};
}

std::string refusal(const SelfSignedRequest& request) {
  try {
    make_self_signed(request);
  } catch (const TlsError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal_of(const std::string& host) { return refusal(request_for({host})); }

tls::CertificatePointer certificate_of(const SelfSigned& made) {
  return tls::CertificatePointer(
      PEM_read_bio_X509(tls::reader_of(made.certificate).get(), nullptr, nullptr, nullptr));
}

TEST(SelfSigned, serves_a_connection_to_a_client_that_trusts_it) {
  const SelfSigned made = make_self_signed(request_for({"files.example", "192.0.2.1", "::1"}));
  const auto context = TlsContext::create({made.certificate, made.private_key, {}});
  EXPECT_EQ(context->name(), "files.example");
  EXPECT_EQ(context->valid_from_unix_seconds(), test_unix_seconds - 3600);
  EXPECT_EQ(context->expires_unix_seconds(), test_unix_seconds + 30 * 86'400);

  const tls::CertificatePointer certificate = certificate_of(made);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* host : {"files.example", "192.0.2.1", "::1"}) {
      Client client({.version_min = version,
                     .version_max = version,
                     .trusted = certificate.get(),
                     .host = host});
      Wire wire(context, client, {});
      wire.run();
      EXPECT_TRUE(client.handshake_done()) << host << ": " << client.error();
    }
  }
  Client misled({.trusted = certificate.get(), .host = "other.example"});
  Wire wire(context, misled, {});
  wire.run();
  EXPECT_NE(misled.error().find("certificate verify failed"), std::string::npos);
}

TEST(SelfSigned, makes_another_key_and_number_each_time) {
  const SelfSigned one = make_self_signed(request_for({"a"}));
  const SelfSigned other = make_self_signed(request_for({"a"}));
  EXPECT_NE(one.private_key, other.private_key);
  EXPECT_NE(one.fingerprint, other.fingerprint);
  const auto first = certificate_of(one);
  const auto second = certificate_of(other);
  EXPECT_NE(
      ASN1_INTEGER_cmp(X509_get0_serialNumber(first.get()), X509_get0_serialNumber(second.get())),
      0);
}

TEST(SelfSigned, tells_the_fingerprint_that_browsers_show) {
  const SelfSigned made = make_self_signed(request_for({"a"}));
  EXPECT_EQ(made.fingerprint.size(), 32u * 3 - 1);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned bytes = 0;
  ASSERT_EQ(X509_digest(certificate_of(made).get(), EVP_sha256(), digest, &bytes), 1);
  char first[3];
  std::snprintf(first, sizeof first, "%02X", digest[0]);
  EXPECT_EQ(made.fingerprint.substr(0, 2), first);
  std::snprintf(first, sizeof first, "%02X", digest[31]);
  EXPECT_EQ(made.fingerprint.substr(93), first);
}

TEST(SelfSigned, takes_host_names_and_addresses_and_nothing_else) {
  const std::string label(63, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253u);
  for (const std::string& host :
       {std::string("localhost"), std::string("a"), std::string("xn--mller-kva.example"),
        std::string("*.example.org"), std::string("FILES.Example"), longest,
        std::string("10.0.0.1"), std::string("2001:db8::1")})
    EXPECT_EQ(refusal_of(host), "accepted") << host;
  for (const std::string& host : {std::string(),
                                  std::string("a b"),
                                  std::string("a,DNS:evil.example"),
                                  std::string("a/b"),
                                  std::string("müller.example"),
                                  std::string("a..b"),
                                  std::string(".a"),
                                  std::string("a."),
                                  std::string("-a"),
                                  std::string("a-"),
                                  std::string("*"),
                                  std::string("*.org"),
                                  std::string("a.*.org"),
                                  std::string("https://a"),
                                  std::string("a:80"),
                                  label + "a",
                                  longest + "b",
                                  std::string("a\0b", 3),
                                  std::string("1.2.3.4\0", 8),
                                  std::string("1:2:3")})
    EXPECT_NE(refusal_of(host), "accepted") << host;
  EXPECT_EQ(refusal_of("a b"), "\"a b\" is neither a host name in ASCII nor an address");
}

TEST(SelfSigned, keeps_its_bounds) {
  std::vector<std::string> hosts(certificate_hosts_max, "a");
  EXPECT_EQ(refusal(request_for(hosts)), "accepted");
  hosts.push_back("a");
  EXPECT_EQ(refusal(request_for(hosts)), "a certificate holds at most 100 host names");
  EXPECT_EQ(refusal(request_for({})), "a certificate needs at least one host name");
  EXPECT_EQ(refusal(request_for({"a"}, 1)), "accepted");
  EXPECT_EQ(refusal(request_for({"a"}, certificate_days_max)), "accepted");
  EXPECT_EQ(refusal(request_for({"a"}, 0)), "a certificate is valid for 1 to 3650 days");
  EXPECT_EQ(refusal(request_for({"a"}, certificate_days_max + 1)),
            "a certificate is valid for 1 to 3650 days");
  // A name of more than 64 bytes does not fit into the subject, but is a host all the same.
  const std::string long_host = std::string(60, 'a') + ".example";
  const SelfSigned made = make_self_signed(request_for({long_host}));
  EXPECT_EQ(TlsContext::create({made.certificate, made.private_key, {}})->name(), "Overlap");
}

}  // namespace
}  // namespace overlap::test
