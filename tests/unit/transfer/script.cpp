#include "tests/unit/transfer/script.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <variant>

#include "tests/unit/transfer/world.h"

namespace overlap::test {
namespace {

constexpr std::array<std::string_view, faults> fault_names{
    "none",      "error",         "error_midway", "eof",           "cancelled",
    "timeout",   "shortened",     "nothing",      "no_space",      "not_found",
    "is_folder", "access_denied", "in_use",       "name_too_long", "failed"};

// Reads responses as a strict client does. Returns false if `sent` is no prefix of any.
bool read_responses(Played& played) {
  std::string_view rest = played.sent;
  std::size_t answered = 0;
  while (!rest.empty()) {
    Response response;
    const std::size_t end = rest.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      played.responses.push_back(response);
      const std::string_view begin = "HTTP/1.1 ";
      return rest.substr(0, begin.size()) == begin.substr(0, std::min(begin.size(), rest.size()));
    }
    std::string_view head = rest.substr(0, end + 2);
    rest.remove_prefix(end + 4);
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 14 || head[12] != ' ') return false;
    response.status = std::stoi(std::string(head.substr(9, 3)));
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const std::size_t colon = line.find(": ");
      if (colon == std::string_view::npos) return false;
      std::string name(line.substr(0, colon));
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      if (!response.headers.emplace(name, line.substr(colon + 2)).second) return false;
      head.remove_prefix(line.size() + 2);
    }
    if (response.status == 100) {
      response.complete = true;
      played.responses.push_back(response);
      continue;
    }
    const bool head_only =
        answered < played.records.size() && played.records[answered].method == "HEAD";
    ++answered;
    std::size_t length = 0;
    if (response.status != 204) {
      if (!response.headers.contains("content-length")) return false;
      if (!head_only) length = std::stoul(response.headers.at("content-length"));
    } else if (response.headers.contains("content-length")) {
      return false;
    }
    response.body = rest.substr(0, length);
    response.complete = response.body.size() == length;
    rest.remove_prefix(response.body.size());
    if (!response.headers.contains("date")) return false;
    played.responses.push_back(response);
  }
  return true;
}

// A file that was sent is the beginning of what was asked for of some state of that file.
bool is_honest(const Script& script, const RequestRecord& record, const Response& response) {
  if (record.method != "GET" || (response.status != 200 && response.status != 206)) return true;
  std::string path = record.target.substr(0, record.target.find('?'));
  path.erase(0, 1);
  std::vector<std::string> states;
  if (const auto found = script.files.find(path); found != script.files.end())
    states.push_back(found->second);
  if (const auto found = script.uploads.find(path); found != script.uploads.end())
    states.insert(states.end(), found->second.begin(), found->second.end());
  std::size_t offset = 0;
  if (response.status == 206)
    offset = std::stoul(response.headers.at("content-range").substr(sizeof "bytes " - 1));
  return std::any_of(states.begin(), states.end(), [&](const std::string& state) {
    return offset <= state.size() &&
           state.compare(offset, response.body.size(), response.body) == 0;
  });
}

std::vector<Fault> faults_of(char letter) {
  if (letter == 'o' || letter == 'c' || letter == 'C')
    return {Fault::no_space, Fault::not_found,     Fault::is_folder, Fault::access_denied,
            Fault::in_use,   Fault::name_too_long, Fault::failed};
  if (letter == 'D' || letter == 'x' || letter == 'H') return {};
  return {Fault::error,   Fault::error_midway, Fault::eof,     Fault::cancelled,
          Fault::timeout, Fault::shortened,    Fault::nothing, Fault::no_space};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Fault fault) {
  return out << fault_names[static_cast<std::size_t>(fault)];
}

std::ostream& operator<<(std::ostream& out, const Plan& plan) {
  return out << "pieces of " << plan.piece_bytes << " bytes, step " << plan.fault_step << " "
             << plan.fault << ", draining from " << plan.drain_step;
}

SessionConfig Script::small_limits() {
  SessionConfig config;
  config.limits.head_bytes_max = 1024;
  config.limits.headers_max = 16;
  config.limits.target_bytes_max = 128;
  config.limits.body_bytes_max = 64;
  config.limits.chunk_bytes = 16;
  config.access.anonymous_read = true;
  config.access.anonymous_write = true;
  return config;
}

Played play(const Script& script, const Plan& plan) {
  Played result;
  World world(script, plan, result);
  Session session(script.config, script.mode);
  Action action = session.start(world.now());
  const std::size_t steps_max = 1000 + 10 * script.input.size();
  while (!std::holds_alternative<Close>(action)) {
    if (result.steps > steps_max) {
      result.violations.emplace_back("a session ends within a bounded number of steps");
      return result;
    }
    world.deadline_is(action, session.deadline());
    if (session.idle() && !std::holds_alternative<Receive>(action))
      result.violations.emplace_back("an idle session receives");
    const Answer answer = world.perform(action);
    action = answer.store ? session.resume(*answer.store, world.now())
                          : session.resume(answer.outcome, world.now());
    if (const RequestRecord* record = session.finished_request()) result.records.push_back(*record);
  }
  world.ended(std::get<Close>(action));
  if (!read_responses(result)) result.violations.emplace_back("what is sent are responses");
  return result;
}

void expect_sound(const Script& script, const Plan& plan, const Played& played) {
  for (const std::string& violation : played.violations)
    ADD_FAILURE() << "broken: " << violation << "\n"
                  << plan << "\n"
                  << played.trace.substr(0, 200) << "\n"
                  << played.sent.substr(0, 1000);
  std::size_t answered = 0;
  for (const Response& response : played.responses) {
    if (response.status == 0 || response.status == 100) continue;
    if (answered == played.records.size()) break;
    const RequestRecord& record = played.records[answered++];
    EXPECT_EQ(record.status, response.status) << plan << "\n" << played.sent;
    EXPECT_TRUE(is_honest(script, record, response)) << plan << "\n" << played.sent;
    EXPECT_EQ(record.body_bytes_sent, response.body.size()) << plan << "\n" << played.sent;
  }
  for (const auto& [path, content] : played.files) {
    const auto before = script.files.find(path);
    if (before != script.files.end() && before->second == content) continue;
    EXPECT_NE(played.trace.find('C'), std::string::npos) << path << " changed without a commit";
  }
}

void play_every_way(const Script& script) {
  for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{2}}) {
    const Plan whole{piece, SIZE_MAX, Fault::none, SIZE_MAX};
    const Played base = play(script, whole);
    expect_sound(script, whole, base);
    if (testing::Test::HasFailure()) return;
    for (std::size_t step = 0; step < base.trace.size(); ++step) {
      const Plan draining{piece, SIZE_MAX, Fault::none, step};
      expect_sound(script, draining, play(script, draining));
      for (const Fault fault : faults_of(base.trace[step])) {
        const Plan plan{piece, step, fault, SIZE_MAX};
        expect_sound(script, plan, play(script, plan));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

}  // namespace overlap::test
