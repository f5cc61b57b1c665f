#include "admin/ctl/endpoint.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <system_error>

#include "admin/ctl/failure.h"
#include "admin/ctl/text.h"
#include "common/config/parse.h"

namespace overlap::ctl {
namespace {

namespace fs = std::filesystem;

fs::path path_of(const std::string& utf8) {
  return fs::path(std::u8string(utf8.begin(), utf8.end()));
}

std::string in_folder_of(const std::string& file, const std::string& named) {
  const std::u8string path = (path_of(file).parent_path() / path_of(named)).u8string();
  return std::string(path.begin(), path.end());
}

std::string trimmed(std::string text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\r' || c == '\n' || c == '\t'; };
  while (!text.empty() && is_space(text.back())) text.pop_back();
  while (!text.empty() && is_space(text.front())) text.erase(text.begin());
  return text;
}

struct Url {
  std::string text;  // scheme, host and port
  std::string host;  // without brackets
  bool tls = false;
};

[[noreturn]] void refuse_url(const std::string& text) {
  throw Failure(Exit::not_valid,
                "The address \"" + printable(text) +
                    "\" is not of the form http://HOST:PORT or https://HOST:PORT.");
}

Url parse_url(const std::string& text) {
  Url url;
  std::string_view rest = text;
  for (const bool tls : {false, true}) {
    const std::string_view scheme = tls ? "https://" : "http://";
    if (!rest.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    url.tls = tls;
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const bool bracketed = rest.starts_with('[');
    const std::size_t host_end = bracketed ? rest.find(']') : std::min(rest.find(':'), rest.size());
    if (host_end == std::string_view::npos) refuse_url(text);
    url.host = rest.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
    const std::string_view port = rest.substr(host_end + (bracketed ? 1 : 0));
    std::uint16_t number = 0;
    if (!port.empty()) {
      const char* const end = port.data() + port.size();
      const auto [stop, error] = std::from_chars(port.data() + 1, end, number);
      if (port[0] != ':' || error != std::errc{} || stop != end || number == 0) refuse_url(text);
    }
    if (url.host.empty() || url.host.find_first_of("/?#@\\ ") != std::string::npos)
      refuse_url(text);
    url.text = std::string(scheme) + std::string(rest);
    return url;
  }
  refuse_url(text);
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

// A service that listens on all addresses is reached on loopback.
std::string url_of(const config::Admin& admin) {
  std::string host = admin.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return (admin.tls ? "https://" : "http://") + host + ":" + std::to_string(admin.port);
}

class Finder {
 public:
  Finder(const Arguments& arguments, const Surroundings& surroundings)
      : arguments_(arguments), around_(surroundings) {}

  Endpoint find() {
    std::string given = arguments_.url;
    if (given.empty()) given = around_.environment("OVERLAP_URL").value_or("");
    read_configuration(!given.empty());
    bool named_by_config = given.empty();
    if (given.empty()) given = url_of(config_.admin);
    const Url url = parse_url(given);
    endpoint_.url = url.text;
    endpoint_.on_this_machine = named_by_config || is_loopback(url.host) ||
                                (config_known_ && given == url_of(config_.admin));
    find_token();
    if (!endpoint_.token.empty() && !url.tls && !is_loopback(url.host))
      throw Failure(Exit::not_valid,
                    "The token is not sent to " + url.text + " without encryption: use https.");
    if (url.tls) find_trust();
    return endpoint_;
  }

 private:
  // Who gives the address can do without a configuration.
  void read_configuration(bool address_given) {
    const std::string file = config_file_of(arguments_, around_);
    if (arguments_.config_file.empty() && !around_.exists(file)) {
      no_config_ = "There is no configuration " + printable(file) + " that names one.";
      return;
    }
    try {
      config_ = read_config(file, around_);
      config_known_ = true;
    } catch (const Failure& failure) {
      if (!address_given) {
        throw Failure(failure.code(),
                      std::string(failure.what()) +
                          "\nUntil that is mended, give the address and the token's file with "
                          "--url and --token-file.");
      }
      no_config_ = failure.what();
    }
    if (config_known_ && !config_.admin.enabled && !address_given)
      throw Failure(Exit::no_answer, "The configuration " + printable(file) +
                                         " turns the management endpoint off (admin.enabled).");
  }

  std::string read_token(const std::string& file) const {
    const std::string token = trimmed(around_.read_file(file));
    if (token.find_first_of(" \r\n\t") != std::string::npos || token.size() > 1024)
      throw std::runtime_error("it holds more than a token");
    return token;
  }

  void find_token() {
    if (arguments_.token_stdin) {
      endpoint_.token = trimmed(around_.first_line_of_input());
      endpoint_.token_origin = "standard input";
    } else if (!arguments_.token_file.empty()) {
      try {
        endpoint_.token = read_token(arguments_.token_file);
      } catch (const std::runtime_error& error) {
        throw Failure(Exit::denied, "The token file " + printable(arguments_.token_file) +
                                        " cannot be read: " + error.what() + ".");
      }
      endpoint_.token_origin = "the file " + printable(arguments_.token_file);
    } else if (const auto token = around_.environment("OVERLAP_TOKEN"); token && !token->empty()) {
      endpoint_.token = trimmed(*token);
      endpoint_.token_origin = "OVERLAP_TOKEN";
    } else {
      find_token_of_config();
    }
  }

  // Without it statistics may still be read, if the service allows that.
  void find_token_of_config() {
    if (!config_known_) {
      endpoint_.token_origin = no_config_;
      return;
    }
    if (!endpoint_.on_this_machine) {
      endpoint_.token_origin = "The token of this machine is not sent to another one.";
      return;
    }
    const std::string& file = config_.admin.token_file;
    try {
      endpoint_.token = read_token(file);
      endpoint_.token_origin = "the file " + printable(file);
    } catch (const std::runtime_error& error) {
      endpoint_.token_origin = "The token file " + printable(file) +
                               " cannot be read: " + error.what() + ". Administrators may read it.";
    }
  }

  void find_trust() {
    const bool of_config = arguments_.ca_file.empty();
    if (of_config && (!config_known_ || !endpoint_.on_this_machine)) return;
    const std::string& file = of_config ? config_.tls.certificate_file : arguments_.ca_file;
    if (file.empty()) return;
    try {
      endpoint_.trusted_certificates = around_.read_file(file);
      endpoint_.pinned = of_config;
    } catch (const std::runtime_error& error) {
      throw Failure(Exit::not_valid, "The certificate file " + printable(file) +
                                         " cannot be read: " + error.what() + ".");
    }
  }

  const Arguments& arguments_;
  const Surroundings& around_;
  config::Config config_;
  bool config_known_ = false;
  std::string no_config_;  // a sentence, if it is not known
  Endpoint endpoint_;
};

}  // namespace

std::string config_file_of(const Arguments& arguments, const Surroundings& surroundings) {
  return arguments.config_file.empty() ? surroundings.default_config_file : arguments.config_file;
}

config::Config read_config(const std::string& file, const Surroundings& surroundings) {
  std::string text;
  try {
    text = surroundings.read_file(file);
  } catch (const std::runtime_error& error) {
    throw Failure(Exit::not_valid, "The configuration " + printable(file) +
                                       " cannot be read: " + error.what() + ".");
  }
  try {
    config::Config config = config::parse(text, file);
    for (std::string* named :
         {&config.access.users_file, &config.tls.certificate_file, &config.tls.key_file,
          &config.tls.client_ca_file, &config.admin.token_file, &config.journal.file,
          &config.journal.w3c_file, &config.log.file}) {
      if (!named->empty()) *named = in_folder_of(file, *named);
    }
    return config;
  } catch (const config::ConfigError& error) {
    std::string sentences = "The configuration " + printable(file) + " is not valid:";
    for (const std::string& problem : error.problems()) sentences += "\n  " + printable(problem);
    throw Failure(Exit::not_valid, sentences);
  }
}

Endpoint find_endpoint(const Arguments& arguments, const Surroundings& surroundings) {
  return Finder(arguments, surroundings).find();
}

}  // namespace overlap::ctl
