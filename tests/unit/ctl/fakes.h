// A terminal and an API that exist in memory alone.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "admin/ctl/program.h"

namespace overlap::ctl {

class FakeTerminal final : public Terminal {
 public:
  void out(std::string_view text) override { output += text; }
  void err(std::string_view text) override { errors += text; }
  bool interactive() const override { return is_terminal; }
  bool colour() const override { return is_terminal && has_colour; }
  Size size() const override { return window; }
  void begin_keys() override { ++keys_begun; }
  void end_keys() noexcept override { ++keys_ended; }
  std::optional<char> key(std::chrono::milliseconds) override {
    if (keys.empty()) return std::nullopt;
    const char key = keys.front();
    keys.pop_front();
    return key;
  }
  bool wait(std::chrono::milliseconds) override { return waits-- > 0; }

  std::string output;
  std::string errors;
  bool is_terminal = false;
  bool has_colour = false;
  Size window{80, 24};
  std::deque<char> keys;
  int keys_begun = 0;
  int keys_ended = 0;
  int waits = 0;  // until nobody reads any more
};

// What the fake answers to "GET /api/v1/models", and what it was asked.
struct FakeService {
  std::map<std::string, std::deque<Response>> answers;  // the last one is given again and again
  std::vector<std::string> asked;                       // with the body behind a space, if any
  std::vector<std::string> events;                      // of the stream
  bool silent = false;                                  // nothing answers
  std::vector<Endpoint> endpoints;                      // to which clients were made

  void answer(const std::string& request, std::string body, int status = 200) {
    answers[request].push_back({status, "application/json", std::move(body), ""});
  }
};

class FakeApi final : public ApiClient {
 public:
  explicit FakeApi(FakeService& service) : service_(service) {}

  Response get(const std::string& target) override { return ask("GET " + target, ""); }
  Response post(const std::string& target, const std::string& body) override {
    return ask("POST " + target, body);
  }
  Response del(const std::string& target) override { return ask("DELETE " + target, ""); }
  Response stream(const std::string& target, const OnEvent& on_event) override {
    Response response = ask("GET " + target, "");
    if (response.status == 200) {
      for (const std::string& event : service_.events)
        if (!on_event("snapshot", event)) break;
    }
    return response;
  }
  void close() noexcept override {}

 private:
  Response ask(const std::string& request, const std::string& body) {
    if (service_.silent) throw NoAnswer("Overlap does not answer at here: connection refused.");
    service_.asked.push_back(body.empty() ? request : request + " " + body);
    const auto found = service_.answers.find(request);
    if (found == service_.answers.end())
      return {404, "application/problem+json",
              R"({"title":"Not Found","status":404,"detail":"There is no such resource."})", ""};
    Response response = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return response;
  }

  FakeService& service_;
};

// A file beside the configuration, as the system writes its path.
inline std::string in_etc(const char* name) {
  return (std::filesystem::path("/etc") / name).string();
}

// Runs command lines against both. There is one configuration, C.toml, and its token, /etc/token.
class ProgramFixture {
 public:
  ProgramFixture() {
    files["/etc/overlap.toml"] =
        "[store]\nroot = 'C:\\files'\n[admin]\nport = 8100\ntoken_file = 'token'\n"
        "[[listener]]\nmodel = \"apc\"\nport = 8103\n";
    files[in_etc("token")] = "secret-of-this-machine\n";
  }

  Exit run(std::vector<std::string> words) {
    terminal.output.clear();
    terminal.errors.clear();
    service.asked.clear();
    return run_program(std::move(words), program());
  }

  Surroundings surroundings() {
    Surroundings around;
    around.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      if (found == environment.end()) return std::nullopt;
      return found->second;
    };
    around.read_file = [this](const std::string& name) {
      const auto found = files.find(name);
      if (found == files.end()) throw std::runtime_error("no such file");
      return found->second;
    };
    around.exists = [this](const std::string& name) { return files.contains(name); };
    around.first_line_of_input = [this] { return input; };
    around.default_config_file = "/etc/overlap.toml";
    return around;
  }

  Program program() {
    return {terminal,
            surroundings(),
            nullptr,
            machine,
            [this](const Endpoint& endpoint) -> std::unique_ptr<ApiClient> {
              service.endpoints.push_back(endpoint);
              return std::make_unique<FakeApi>(service);
            },
            [this] { return now_unix_ms += 1000; }};
  }

  FakeTerminal terminal;
  doctor::Machine* machine = nullptr;
  FakeService service;
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> environment;
  std::string input;
  std::int64_t now_unix_ms = 1'795'435'200'000;  // 2026-11-23T12:00:00Z
};

}  // namespace overlap::ctl
