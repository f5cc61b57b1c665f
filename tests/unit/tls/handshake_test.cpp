// The handshake of TlsLayer: versions, certificates of clients, tickets, and whatever fails it.
#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "tests/unit/tls/wire.h"

namespace overlap::test {
namespace {

std::shared_ptr<const TlsContext> plain_context() {
  static const auto context = TlsContext::create(server_credentials());
  return context;
}

const Issued& authority() {
  static const Issued made = issue({.common_name = "Test authority", .authority = true});
  return made;
}

std::shared_ptr<const TlsContext> asking_context() {
  static const auto context = [] {
    TlsCredentials credentials = server_credentials();
    credentials.client_authorities = authority().certificate_pem;
    return TlsContext::create(credentials);
  }();
  return context;
}

Issued client_certificate(CertificateSpec spec) {
  spec.for_clients = true;
  return issue(spec, &authority());
}

TEST(TlsHandshake, offers_1_2_and_1_3) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Client client({.version_min = version, .version_max = version});
    Wire wire(plain_context(), client, {});
    wire.inner().receive_all();
    client.say("hello");
    wire.run();
    EXPECT_TRUE(client.handshake_done()) << client.error();
    EXPECT_EQ(client.version(), version);
    EXPECT_EQ(client.protocol(), "http/1.1");
    EXPECT_EQ(wire.inner().heard, "hello");
    EXPECT_TRUE(wire.inner().peer_at_start.secure);
    EXPECT_EQ(wire.inner().peer_at_start.certificate_name, "");
    EXPECT_EQ(wire.inner().peer_at_start.address, "192.0.2.1");
  }
}

TEST(TlsHandshake, refuses_older_versions_with_an_alert) {
  for (const char minor : {'\x02', '\x01'}) {  // TLS 1.1, TLS 1.0
    Client client({.version_max = TLS1_2_VERSION});
    std::string greeting = client.take_output();
    ASSERT_EQ(greeting.substr(9, 2), "\x03\x03");  // behind the heads of record and message
    greeting[10] = minor;
    Wire wire(plain_context(), client, {});
    wire.inject(greeting);
    wire.run();
    EXPECT_EQ(wire.closed, CloseReason::tls_failed);
    EXPECT_FALSE(wire.inner().started);
    EXPECT_EQ(wire.plain.front(), '\x15');                     // an alert:
    EXPECT_EQ(wire.plain.substr(5), std::string("\x02\x46"));  // fatal, protocol_version
  }
}

TEST(TlsHandshake, speaks_http_1_or_nothing) {
  const std::pair<std::vector<std::string>, const char*> accepted[] = {
      {{}, ""}, {{"h2", "http/1.1"}, "http/1.1"}, {{"http/1.0"}, "http/1.0"}};
  for (const auto& [offered, chosen] : accepted) {
    Client client({.protocols = offered});
    Wire wire(plain_context(), client, {});
    wire.run();
    EXPECT_TRUE(client.handshake_done());
    EXPECT_EQ(client.protocol(), chosen);
  }
  Client client({.protocols = {"h2", "http/1", "http/1.11"}});
  Wire wire(plain_context(), client, {});
  wire.run();
  EXPECT_EQ(wire.closed, CloseReason::tls_failed);
  EXPECT_NE(client.error().find("no application protocol"), std::string::npos) << client.error();
}

TEST(TlsHandshake, does_not_begin_the_conversation_before_it_is_done) {
  Client client;
  Wire wire(plain_context(), client, {.receive_bytes_max = 1, .eof_when_silent = false});
  wire.inner().receive_all();
  EXPECT_FALSE(wire.inner().started);
  EXPECT_FALSE(wire.peer.secure);
  wire.run();
  EXPECT_TRUE(wire.inner().started);
  EXPECT_TRUE(client.handshake_done());
}

TEST(TlsHandshake, survives_every_cut_of_its_bytes) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (std::size_t bytes = 1; bytes < 400; bytes += bytes < 8 ? 1 : 37) {
      Client client({.version_min = version, .version_max = version});
      Wire wire(plain_context(), client, {.receive_bytes_max = bytes, .send_bytes_max = bytes});
      wire.inner().receive_all();
      client.say("hello");
      wire.run();
      EXPECT_EQ(wire.inner().heard, "hello") << "cut at " << bytes;
    }
  }
}

// ---- certificates of clients
// ---------------------------------------------------------------------

TEST(TlsHandshake, names_a_client_by_its_certificate) {
  const Issued certificate = client_certificate({.common_name = "anna"});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Client client({.version_min = version, .version_max = version, .certificate = &certificate});
    Wire wire(asking_context(), client, {});
    wire.run();
    EXPECT_TRUE(wire.inner().started);
    EXPECT_EQ(wire.inner().peer_at_start.certificate_name, "anna");
  }
}

TEST(TlsHandshake, lets_a_client_without_a_certificate_in) {
  Client client;
  Wire wire(asking_context(), client, {});
  wire.run();
  EXPECT_TRUE(wire.inner().started);
  EXPECT_EQ(wire.inner().peer_at_start.certificate_name, "");
}

TEST(TlsHandshake, ignores_a_certificate_that_was_not_asked_for) {
  const Issued certificate = client_certificate({.common_name = "anna"});
  Client client({.certificate = &certificate});
  Wire wire(plain_context(), client, {});
  wire.run();
  EXPECT_TRUE(wire.inner().started);
  EXPECT_EQ(wire.inner().peer_at_start.certificate_name, "");
}

TEST(TlsHandshake, refuses_certificates_that_prove_nothing) {
  const Issued stranger = issue({.common_name = "anna", .for_clients = true});
  const Issued expired = client_certificate({.to = test_unix_seconds - 1});
  const Issued early = client_certificate({.from = test_unix_seconds + 1});
  const Issued server = issue({.common_name = "a server"}, &authority());
  for (const Issued* certificate : {&stranger, &expired, &early, &server}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      Client client({.version_min = version, .version_max = version, .certificate = certificate});
      Wire wire(asking_context(), client, {});
      wire.run();
      EXPECT_EQ(wire.closed, CloseReason::tls_failed);
      EXPECT_FALSE(wire.inner().started);
      EXPECT_NE(client.error().find("alert"), std::string::npos) << client.error();
    }
  }
}

TEST(TlsHandshake, accepts_a_certificate_in_its_last_second) {
  const Issued last = client_certificate({.to = test_unix_seconds + 1});
  const Issued first = client_certificate({.from = test_unix_seconds});
  for (const Issued* certificate : {&last, &first}) {
    Client client({.certificate = certificate});
    Wire wire(asking_context(), client, {});
    wire.run();
    EXPECT_TRUE(wire.inner().started);
  }
}

// ---- tickets
// -------------------------------------------------------------------------------------

SSL_SESSION* session_of(const std::shared_ptr<const TlsContext>& context, const Issued* certificate,
                        int version) {
  Client client({.version_min = version, .version_max = version, .certificate = certificate});
  Wire wire(context, client, {.eof_when_silent = false});
  wire.inner().receive_all();
  wire.run();
  client.close_notify();
  wire.run();
  return client.take_session();
}

TEST(TlsHandshake, resumes_a_session_and_knows_its_client_again) {
  const Issued certificate = client_certificate({.common_name = "anna"});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_SESSION* const session = session_of(asking_context(), &certificate, version);
    ASSERT_NE(session, nullptr);
    Client client({.version_min = version, .version_max = version, .session = session});
    Wire wire(asking_context(), client, {});
    wire.run();
    EXPECT_TRUE(client.resumed());
    EXPECT_EQ(wire.inner().peer_at_start.certificate_name, "anna");
    SSL_SESSION_free(session);
  }
}

TEST(TlsHandshake, does_not_resume_a_session_of_another_context) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_SESSION* const session = session_of(plain_context(), nullptr, version);
    ASSERT_NE(session, nullptr);
    Client client({.version_min = version, .version_max = version, .session = session});
    Wire wire(TlsContext::create(server_credentials()), client, {});
    wire.run();
    EXPECT_TRUE(client.handshake_done());
    EXPECT_FALSE(client.resumed());
    SSL_SESSION_free(session);
  }
}

// ---- what is no handshake
// ------------------------------------------------------------------------

TEST(TlsHandshake, answers_plain_http_in_plain_http) {
  for (const char* request : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PUT /a HTTP/1.1\r\n", "M",
                              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    for (const std::size_t bytes : {std::size_t{1}, WirePlan::unlimited}) {
      Client unused;
      unused.take_output();
      Wire wire(plain_context(), unused, {.receive_bytes_max = bytes, .send_bytes_max = bytes});
      wire.inject(request);
      wire.run();
      EXPECT_EQ(wire.closed, CloseReason::tls_failed);
      EXPECT_TRUE(wire.shut_down);
      EXPECT_TRUE(wire.plain.starts_with("HTTP/1.1 400 Bad Request\r\n"));
      EXPECT_TRUE(wire.plain.ends_with("\r\n\r\nThis port speaks TLS: use https.\n"));
      EXPECT_FALSE(wire.inner().started);
    }
  }
}

TEST(TlsHandshake, listens_to_a_plain_client_for_a_bounded_time_only) {
  Client unused;
  unused.take_output();
  Wire wire(plain_context(), unused, {});
  wire.inject("GET / HTTP/1.1\r\n" + std::string(10'000'000, 'x'));
  wire.run();
  EXPECT_EQ(wire.closed, CloseReason::tls_failed);
  EXPECT_LT(wire.steps, 100u);
}

TEST(TlsHandshake, refuses_garbage) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string garbage(1 + random() % 2000, '\0');
    for (char& c : garbage) c = static_cast<char>(random());
    if (seed % 3 == 0) garbage.replace(0, 3, "\x16\x03\x01");
    Client unused;
    unused.take_output();
    Wire wire(plain_context(), unused, {.receive_bytes_max = 1 + seed % 700});
    wire.inject(garbage);
    wire.run();
    EXPECT_EQ(wire.closed, CloseReason::tls_failed);
    EXPECT_FALSE(wire.inner().started);
  }
}

TEST(TlsHandshake, refuses_a_greeting_with_any_bit_changed) {
  // Some changes only take away what the client offers; none may go further than the handshake.
  Client sample;
  const std::string greeting = sample.take_output();
  for (std::size_t at = 0; at < greeting.size(); ++at) {
    std::string changed = greeting;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    Client unused;
    unused.take_output();
    Wire wire(plain_context(), unused, {});
    wire.inject(changed);
    wire.run();
    EXPECT_EQ(wire.closed, CloseReason::tls_failed) << "at " << at;
    EXPECT_FALSE(wire.inner().started);
  }
}

TEST(TlsHandshake, ends_when_the_client_leaves_at_any_byte) {
  Client sample;
  const std::string greeting = sample.take_output();
  for (std::size_t bytes = 0; bytes <= greeting.size(); ++bytes) {
    Client unused;
    unused.take_output();
    Wire wire(plain_context(), unused, {});
    wire.inject(greeting.substr(0, bytes));
    wire.run();
    EXPECT_EQ(wire.closed, bytes == 0 ? CloseReason::finished : CloseReason::tls_failed);
  }
}

TEST(TlsHandshake, does_not_read_for_ever) {
  // A greeting of the longest size that OpenSSL takes, which is more than the whole handshake may
  // be here, and never complete.
  const std::string record_head("\x16\x03\x01\x40\x00", 5);
  std::string endless("\x01\x02\x01\x44", 4);  // 131396 bytes
  endless.resize(131'000);
  for (std::size_t at = 0; at < endless.size(); at += 0x4000 + record_head.size())
    endless.insert(at, record_head);
  for (const std::size_t bytes : {tls_handshake_bytes_max, tls_handshake_bytes_max + 1}) {
    ASSERT_LE(bytes, endless.size() + 1000);
    Client unused;
    unused.take_output();
    Wire wire(plain_context(), unused, {.eof_when_silent = false});
    wire.inject(endless.append(1000, 'x').substr(0, bytes));
    wire.run();
    EXPECT_EQ(wire.waiting, bytes == tls_handshake_bytes_max);
    EXPECT_EQ(wire.closed.has_value(), bytes > tls_handshake_bytes_max);
    EXPECT_FALSE(wire.inner().started);
  }
}

TEST(TlsHandshake, has_a_deadline_of_its_own_and_may_be_stopped) {
  Client client;
  client.take_output();
  Wire wire(plain_context(), client, {.eof_when_silent = false});
  wire.run();
  EXPECT_EQ(wire.layer().deadline(), wire.now.monotonic + config::Timeouts{}.head);
  EXPECT_TRUE(wire.layer().idle());
  wire.inject("\x16");
  wire.run();
  EXPECT_FALSE(wire.layer().idle());

  const std::pair<Result, CloseReason> endings[] = {{Result::timeout, CloseReason::head_timeout},
                                                    {Result::cancelled, CloseReason::stopping},
                                                    {Result::error, CloseReason::tls_failed},
                                                    {Result::eof, CloseReason::tls_failed}};
  for (const auto& [result, reason] : endings) {
    for (std::size_t step = 1; step < 3; ++step) {  // sending our part, receiving the client's
      Client other;
      Wire interrupted(plain_context(), other,
                       {.fault_step = step, .fault = Outcome{result, 5, 0}});
      interrupted.run();
      EXPECT_EQ(interrupted.closed, reason) << "at step " << step;
      EXPECT_FALSE(interrupted.inner().started);
    }
  }
}

}  // namespace
}  // namespace overlap::test
