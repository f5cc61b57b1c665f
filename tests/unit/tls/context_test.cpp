// Which credentials TlsContext takes, and what it says of those that it does not.
#include "common/tls/context.h"

#include <gtest/gtest.h>

#include <utility>

#include "common/tls/certificate_name.h"
#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

std::string refusal(const TlsCredentials& credentials) {
  try {
    TlsContext::create(credentials);
  } catch (const TlsError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal_with(std::string TlsCredentials::*part, const std::string& text) {
  TlsCredentials credentials = server_credentials();
  credentials.*part = text;
  return refusal(credentials);
}

TEST(TlsContext, tells_when_its_certificate_is_valid_and_whose_it_is) {
  const Issued server = issue({.common_name = "files.example",
                               .from = test_unix_seconds - 5,
                               .to = test_unix_seconds + 400 * 86'400 + 7});
  const auto context = TlsContext::create({server.certificate_pem, server.key_pem, {}});
  EXPECT_EQ(context->valid_from_unix_seconds(), test_unix_seconds - 5);
  EXPECT_EQ(context->expires_unix_seconds(), test_unix_seconds + 400 * 86'400 + 7);
  EXPECT_EQ(context->name(), "files.example");
}

TEST(TlsContext, reads_dates_that_are_far_away) {
  const std::int64_t year_2300 = 10'413'792'000;
  const Issued server = issue({.from = 86'400, .to = year_2300});
  const auto context = TlsContext::create({server.certificate_pem, server.key_pem, {}});
  EXPECT_EQ(context->valid_from_unix_seconds(), 86'400);
  EXPECT_EQ(context->expires_unix_seconds(), year_2300);
}

TEST(TlsContext, takes_rsa_from_2048_bits) {
  const Issued enough = issue({.rsa_bits = 2048});
  EXPECT_EQ(refusal({enough.certificate_pem, enough.key_pem, {}}), "accepted");
  const Issued short_key = issue({.rsa_bits = 1024});
  EXPECT_EQ(refusal({short_key.certificate_pem, short_key.key_pem, {}}),
            "a key in the certificate chain is too short: RSA needs 2048 bits");
}

TEST(TlsContext, ignores_what_stands_between_the_blocks) {
  const TlsCredentials good = server_credentials();
  EXPECT_EQ(refusal({"Subject: a comment\n" + good.certificate_chain + "\ntrailing words\n",
                     "Bag Attributes\n" + good.private_key,
                     {}}),
            "accepted");
}

TEST(TlsContext, says_what_is_wrong_with_the_certificate) {
  const auto chain = &TlsCredentials::certificate_chain;
  EXPECT_EQ(refusal_with(chain, ""), "the certificate file holds no certificate in PEM form");
  EXPECT_EQ(refusal_with(chain, server_credentials().private_key),
            "the certificate file holds no certificate in PEM form");
  EXPECT_EQ(refusal_with(chain, std::string("\x30\x82\x01\x02\x00", 5)),
            "the certificate file holds no certificate in PEM form");
  EXPECT_EQ(refusal_with(chain, std::string(1024 * 1024 + 1, ' ')),
            "the certificate file is too long");
  std::string broken = server_credentials().certificate_chain;
  broken.insert(broken.size() / 2, "*");
  EXPECT_NE(refusal_with(chain, broken).find("holds a certificate that cannot be read: "),
            std::string::npos);
  // Also behind a good one.
  EXPECT_NE(refusal_with(chain, server_credentials().certificate_chain + broken)
                .find("holds a certificate that cannot be read: "),
            std::string::npos);
}

TEST(TlsContext, says_what_is_wrong_with_the_key) {
  const auto key = &TlsCredentials::private_key;
  EXPECT_EQ(refusal_with(key, ""), "the key file holds no private key in PEM form");
  EXPECT_EQ(refusal_with(key, server_credentials().certificate_chain),
            "the key file holds no private key in PEM form");
  EXPECT_EQ(refusal_with(key, issue({}).key_pem), "the key does not belong to the certificate");
  EXPECT_EQ(refusal_with(key, issue({.rsa_bits = 2048}).key_pem),
            "the key does not belong to the certificate");
  EXPECT_EQ(refusal_with(key, pem_of(issue({}).key.get(), "secret")),
            "the key is encrypted with a passphrase, which nobody can be asked for");
  EXPECT_EQ(refusal_with(key, std::string(1024 * 1024 + 1, ' ')), "the key file is too long");
  std::string broken = server_credentials().private_key;
  broken.insert(broken.size() / 2, "*");
  EXPECT_NE(refusal_with(key, broken).find("the key cannot be read: "), std::string::npos);
}

TEST(TlsContext, says_what_is_wrong_with_the_client_authorities) {
  const auto authorities = &TlsCredentials::client_authorities;
  EXPECT_EQ(refusal_with(authorities, "nothing"),
            "the file of client authorities holds no certificate in PEM form");
  const std::string one = issue({.authority = true}).certificate_pem;
  EXPECT_EQ(refusal_with(authorities, one + issue({.authority = true}).certificate_pem),
            "accepted");
  EXPECT_EQ(refusal_with(authorities, one + one), "accepted");
}

TEST(TlsContext, leaves_no_error_behind_for_whoever_uses_the_library_next) {
  refusal_with(&TlsCredentials::private_key, "");
  EXPECT_EQ(ERR_peek_error(), 0u);
  TlsContext::create(server_credentials());
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(TlsContext, sends_the_whole_chain) {
  const Issued root = issue({.common_name = "root", .authority = true});
  const Issued middle = issue({.common_name = "middle", .authority = true}, &root);
  const Issued server = issue({.common_name = "server"}, &middle);
  const auto context =
      TlsContext::create({server.certificate_pem + middle.certificate_pem, server.key_pem, {}});
  Client client;
  Wire wire(context, client, {});
  wire.run();
  EXPECT_EQ(client.chain_length(), 2);
}

// ---- names
// ---------------------------------------------------------------------------------------

TEST(CertificateName, is_the_common_name_else_an_address_else_a_host) {
  const std::pair<CertificateSpec, const char*> cases[] = {
      {{.common_name = "anna", .alternative_names = "email:b@example.org"}, "anna"},
      {{.common_name = "Jörg Müller"}, "Jörg Müller"},
      {{.common_name = "", .alternative_names = "DNS:pc.example,email:b@example.org"},
       "b@example.org"},
      {{.common_name = "", .alternative_names = "IP:192.0.2.1,DNS:pc.example"}, "pc.example"},
      {{.common_name = "", .alternative_names = "IP:192.0.2.1"}, ""},
      {{.common_name = ""}, ""},
  };
  for (const auto& [spec, name] : cases) EXPECT_EQ(tls::name_of(*issue(spec).certificate), name);
}

TEST(CertificateName, is_nothing_if_it_could_be_taken_for_another) {
  const CertificateSpec cases[] = {
      {.common_name = std::string("anna\0.example", 13), .alternative_names = "email:b@c.example"},
      {.common_name = "an\nna"},
      {.common_name = "anna\x7f"},
      {.common_name = "anna", .second_common_name = "admin"},
  };
  for (const CertificateSpec& spec : cases) EXPECT_EQ(tls::name_of(*issue(spec).certificate), "");
}

}  // namespace
}  // namespace overlap::test
