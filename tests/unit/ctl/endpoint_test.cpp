#include "admin/ctl/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/ctl/failure.h"
#include "tests/unit/ctl/fakes.h"

namespace overlap::ctl {
namespace {

using testing::HasSubstr;

class EndpointTest : public testing::Test, public ProgramFixture {
 protected:
  Endpoint find(const Arguments& arguments = {}) {
    return find_endpoint(arguments, surroundings());
  }
  void expect_failure(const Arguments& arguments, Exit code, const char* text) {
    try {
      find(arguments);
      ADD_FAILURE() << "no failure: " << text;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), code);
      EXPECT_THAT(failure.what(), HasSubstr(text));
    }
  }
  void configure(const std::string& admin) {
    files["/etc/overlap.toml"] =
        "[store]\nroot = 'C:\\files'\n[tls]\ncertificate_file = 'c.pem'\n"
        "key_file = 'k.pem'\n[admin]\n" +
        admin + "\n[[listener]]\nmodel = \"apc\"\nport = 8103\n";
  }
  static Arguments with_url(const char* url) {
    Arguments arguments;
    arguments.url = url;
    return arguments;
  }
};

TEST_F(EndpointTest, comes_from_the_configuration) {
  const Endpoint endpoint = find();
  EXPECT_EQ(endpoint.url, "http://127.0.0.1:8100");
  EXPECT_EQ(endpoint.token, "secret-of-this-machine");
  EXPECT_EQ(endpoint.token_origin, "the file " + in_etc("token"));
  EXPECT_TRUE(endpoint.on_this_machine);
}

TEST_F(EndpointTest, is_the_default_without_a_configuration) {
  files.clear();
  const Endpoint endpoint = find();
  EXPECT_EQ(endpoint.url, "http://127.0.0.1:8100");
  EXPECT_EQ(endpoint.token, "");
  EXPECT_THAT(endpoint.token_origin, HasSubstr("There is no configuration /etc/overlap.toml"));
}

TEST_F(EndpointTest, prefers_the_command_line_to_the_environment_to_the_configuration) {
  environment["OVERLAP_URL"] = "http://127.0.0.1:1";
  environment["OVERLAP_TOKEN"] = "of-the-environment";
  EXPECT_EQ(find().url, "http://127.0.0.1:1");
  EXPECT_EQ(find().token, "of-the-environment");
  files["/tmp/t"] = "of-a-file";
  Arguments arguments = with_url("http://127.0.0.1:2");
  arguments.token_file = "/tmp/t";
  EXPECT_EQ(find(arguments).url, "http://127.0.0.1:2");
  EXPECT_EQ(find(arguments).token, "of-a-file");
  arguments.token_file.clear();
  arguments.token_stdin = true;
  input = "of-the-input\r";
  EXPECT_EQ(find(arguments).token, "of-the-input");
}

TEST_F(EndpointTest, on_all_addresses_is_reached_on_loopback) {
  configure("address = \"0.0.0.0\"\ntls = true");
  EXPECT_EQ(find_endpoint(
                [] {
                  Arguments arguments;
                  arguments.ca_file = in_etc("token");
                  return arguments;
                }(),
                surroundings())
                .url,
            "https://127.0.0.1:8100");
  configure("address = \"::1\"");
  EXPECT_EQ(find().url, "http://[::1]:8100");
}

TEST_F(EndpointTest, with_tls_trusts_exactly_the_certificate_of_the_configuration) {
  configure("tls = true");
  files[in_etc("c.pem")] = "the certificate";
  const Endpoint endpoint = find();
  EXPECT_EQ(endpoint.url, "https://127.0.0.1:8100");
  EXPECT_EQ(endpoint.trusted_certificates, "the certificate");
  EXPECT_TRUE(endpoint.pinned);
  Arguments arguments;
  arguments.ca_file = "/etc/ca.pem";
  expect_failure(arguments, Exit::not_valid, "/etc/ca.pem cannot be read: no such file");
  files["/etc/ca.pem"] = "another";
  EXPECT_EQ(find(arguments).trusted_certificates, "another");
  EXPECT_FALSE(find(arguments).pinned);
}

TEST_F(EndpointTest, does_not_send_the_token_of_this_machine_to_another) {
  const Endpoint endpoint = find(with_url("https://files.example:8100"));
  EXPECT_EQ(endpoint.token, "");
  EXPECT_EQ(endpoint.trusted_certificates, "");
  EXPECT_FALSE(endpoint.on_this_machine);
  EXPECT_THAT(endpoint.token_origin, HasSubstr("is not sent to another"));
  // "127." in a name does not make it this machine.
  EXPECT_EQ(find(with_url("https://127.0.0.1.example:8100")).token, "");
}

TEST_F(EndpointTest, sends_no_token_unencrypted_to_another_machine) {
  environment["OVERLAP_TOKEN"] = "secret";
  expect_failure(with_url("http://files.example:8100"), Exit::not_valid, "use https");
  EXPECT_EQ(find(with_url("https://files.example:8100")).token, "secret");
  EXPECT_EQ(find(with_url("http://[::1]:8100")).token, "secret");
}

TEST_F(EndpointTest, refuses_what_is_no_address) {
  for (const char* url :
       {"127.0.0.1:8100", "ftp://a", "http://", "http://a:0", "http://a:65536", "http://a:b",
        "http://a/path", "http://u@a", "http://[::1", "http://a:1:2", "http://a b"})
    expect_failure(with_url(url), Exit::not_valid, "is not of the form");
  EXPECT_EQ(find(with_url("http://localhost:8100/")).url, "http://localhost:8100");
}

TEST_F(EndpointTest, says_everything_that_is_wrong_in_the_configuration) {
  files["/etc/overlap.toml"] = "[store]\nrot = 'x'\n[admin]\nport = 0\n";
  expect_failure({}, Exit::not_valid, "store.rot");
  expect_failure({}, Exit::not_valid, "admin.port");
  expect_failure({}, Exit::not_valid, "give the address and the token's file");
  EXPECT_EQ(find(with_url("http://127.0.0.1:8100")).token, "");  // goes on without it
  Arguments arguments;
  arguments.config_file = "/etc/other.toml";
  expect_failure(arguments, Exit::not_valid, "/etc/other.toml cannot be read: no such file");
}

TEST_F(EndpointTest, says_that_the_endpoint_is_off) {
  configure("enabled = false");
  expect_failure({}, Exit::no_answer, "turns the management endpoint off");
}

TEST_F(EndpointTest, says_why_there_is_no_token) {
  files.erase(in_etc("token"));
  EXPECT_THAT(find().token_origin, HasSubstr(in_etc("token") + " cannot be read: no such file"));
  Arguments arguments;
  arguments.token_file = "/nowhere";
  expect_failure(arguments, Exit::denied, "/nowhere cannot be read");
  files["/nowhere"] = "two words";
  expect_failure(arguments, Exit::denied, "more than a token");
}

}  // namespace
}  // namespace overlap::ctl
