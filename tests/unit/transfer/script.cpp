#include "tests/unit/transfer/script.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <variant>

#include "tests/unit/transfer/activity.h"
#include "tests/unit/transfer/world.h"

namespace overlap::test {
namespace {

constexpr std::array<std::string_view, faults> fault_names{
    "none",           "error",         "error_midway", "eof",           "cancelled",
    "timeout",        "shortened",     "nothing",      "locked",        "no_space",
    "not_found",      "no_folder",     "is_folder",    "is_file",       "exists",
    "not_empty",      "access_denied", "in_use",       "name_too_long", "condition_failed",
    "changed",        "wrong_offset",  "wrong_length", "wrong_digest",  "already_complete",
    "upload_in_use",  "too_many",      "failed",       "login_wrong",   "login_malformed",
    "login_insecure", "login_busy"};

// A file that was sent is what was asked for of some state of that file: as far as it went, and in
// the end altogether.
bool is_honest(const Script& script, const RequestRecord& record, const Response& response) {
  if (record.method != "GET" || (response.status != 200 && response.status != 206)) return true;
  std::string path = record.target.substr(0, record.target.find('?'));
  path.erase(0, 1);
  if (path.empty() || path.back() == '/') return true;
  const bool written = std::any_of(script.foreign_writes.begin(), script.foreign_writes.end(),
                                   [&path](const ForeignWrite& w) { return w.path == path; });
  if (written && (!response.complete || response.field("etag").starts_with("W/"))) return true;
  std::vector<std::string> states;
  if (const auto found = script.files.find(path); found != script.files.end())
    states.push_back(found->second);
  if (const auto found = script.uploads.find(path); found != script.uploads.end())
    states.insert(states.end(), found->second.begin(), found->second.end());
  for (const ForeignWrite& write : script.foreign_writes) {
    if (write.path == path) states.push_back(write.content);
  }
  const auto is_in = [](const std::string& state, std::size_t offset, const std::string& body) {
    return offset <= state.size() && state.compare(offset, body.size(), body) == 0;
  };
  if (response.field("content-type").starts_with("multipart/")) {
    const std::vector<Part> parts = parts_of(response);
    if (response.complete && parts.empty()) return false;
    return std::any_of(states.begin(), states.end(), [&](const std::string& state) {
      return std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
        return part.file_bytes == state.size() && is_in(state, part.offset, part.body);
      });
    });
  }
  std::size_t offset = 0;
  if (response.status == 206)
    offset = std::stoul(response.headers.at("content-range").substr(sizeof "bytes " - 1));
  return std::any_of(states.begin(), states.end(),
                     [&](const std::string& state) { return is_in(state, offset, response.body); });
}

std::vector<Fault> between(Fault first, Fault last) {
  std::vector<Fault> result;
  for (auto i = static_cast<int>(first); i <= static_cast<int>(last); ++i)
    result.push_back(static_cast<Fault>(i));
  return result;
}

std::vector<Fault> faults_of(char letter) {
  switch (letter) {
    case 'D':  // never fails
    case 'x':
    case 'H': return {};
    case 'P': return {Fault::cancelled};
    case 'L': return between(Fault::login_wrong, Fault::login_busy);
    case 'R':
    case 'S':
    case 'F':
    case 'r':
    case 'w': return between(Fault::error, Fault::no_space);
    default: return between(Fault::no_space, Fault::failed);
  }
}

// HEAD is GET without the body (RFC 9110, 9.3.2), whatever the answer is.
void expect_head_like_get(const Script& script, const Played& got) {
  Script asked = script;
  asked.input.replace(0, 3, "HEAD");
  const Played played = play(asked);
  expect_sound(asked, {}, played);
  ASSERT_EQ(played.responses.size(), got.responses.size());
  const Response& response = played.responses.front();
  EXPECT_EQ(response.status, got.responses.front().status);
  EXPECT_EQ(response.headers, got.responses.front().headers);
  EXPECT_EQ(response.body, "");
}

bool is_single_get(const Script& script, const Played& played) {
  return script.mode == Session::Mode::serve && script.input.starts_with("GET ") &&
         played.responses.size() == 1 && played.responses[0].complete &&
         script.input.find("\r\nRange:") == std::string::npos &&
         script.input.find("\r\n\r\n") + 4 == script.input.size() &&
         script.input.find(" /.overlap-uploads/") ==
             std::string::npos &&  // HEAD alone is for those
         script.input.size() < script.config.limits.head_bytes_max;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Fault fault) {
  return out << fault_names[static_cast<std::size_t>(fault)];
}

std::ostream& operator<<(std::ostream& out, const Plan& plan) {
  return out << "pieces of " << plan.piece_bytes << " bytes, step " << plan.fault_step << " "
             << plan.fault << ", draining from " << plan.drain_step;
}

ScriptConfig Script::small_limits() {
  ScriptConfig config;
  config.limits.head_bytes_max = 1024;
  config.limits.headers_max = 16;
  config.limits.target_bytes_max = 128;
  config.limits.body_bytes_max = 64;
  config.limits.chunk_bytes = 16;
  return config;
}

SessionConfig config_of(const Script& script, access::Gate& gate) {
  const ScriptConfig& config = script.config;
  return {config.limits, config.timeouts, config.uploads, config.realm, gate, 1};
}

Played play(const Script& script, const Plan& plan) {
  Played result;
  FakeGate gate(script.gate);
  World world(script, plan, result, gate);
  const SessionConfig config = config_of(script, gate);
  Session session(config, script.mode);
  PeerInfo peer = script.peer;
  Action action = session.start(peer, world.now());
  const std::size_t steps_max = 1000 + 10 * script.input.size();
  ActivityWatch watch;
  const auto look = [&] {
    const Activity activity = session.activity();
    watch.look(action, activity, session.idle(), result.violations);
    if (plan.fault != Fault::none) return;
    std::string told = describe(activity);
    if (result.activities.empty() || result.activities.back() != told)
      result.activities.push_back(std::move(told));
  };
  for (look(); !std::holds_alternative<Close>(action); look()) {
    if (result.steps > steps_max) {
      result.violations.emplace_back("a session ends within a bounded number of steps");
      return result;
    }
    world.deadline_is(action, session.deadline());
    if (session.idle() && !std::holds_alternative<Receive>(action))
      result.violations.emplace_back("an idle session receives");
    Answer answer = world.perform(action);
    if (answer.store) {
      action = session.resume(*answer.store, world.now());
    } else if (answer.login) {
      action = session.resume(*answer.login, world.now());
    } else {
      action = session.resume(answer.outcome, world.now());
    }
    if (const RequestRecord* record = session.finished_request()) result.records.push_back(*record);
  }
  world.ended(std::get<Close>(action));
  std::vector<std::string> methods;
  for (const RequestRecord& record : result.records) methods.push_back(record.method);
  ReadResponses read = read_responses(result.sent, methods);
  result.responses = std::move(read.responses);
  if (!read.complaint.empty()) result.violations.push_back(read.complaint);
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
    if (response.status < 200) continue;
    if (answered == played.records.size()) break;
    const RequestRecord& record = played.records[answered++];
    EXPECT_EQ(record.status, response.status) << plan << "\n" << played.sent;
    EXPECT_TRUE(is_honest(script, record, response)) << plan << "\n" << played.sent;
    EXPECT_EQ(record.body_bytes_sent, response.body.size()) << plan << "\n" << played.sent;
  }
  for (const auto& [path, content] : played.files) {
    const auto before = script.files.find(path);
    if (before != script.files.end() && before->second == content) continue;
    const bool written = played.trace.find_first_of("CMy") != std::string::npos;
    EXPECT_TRUE(written || !script.foreign_writes.empty()) << path << " changed without a commit";
  }
}

void play_every_way(const Script& script, const std::vector<std::size_t>& pieces) {
  for (const std::size_t piece : pieces) {
    const Plan whole{piece, SIZE_MAX, Fault::none, SIZE_MAX};
    const Played base = play(script, whole);
    expect_sound(script, whole, base);
    if (piece == SIZE_MAX && is_single_get(script, base)) expect_head_like_get(script, base);
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
