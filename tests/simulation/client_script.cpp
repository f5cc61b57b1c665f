// What simulated clients say.
#include <array>
#include <string_view>

#include "tests/simulation/client.h"

namespace overlap::simulation {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte b : bytes) text += static_cast<char>(b);
  return text;
}

std::string hex(std::size_t value) {
  std::string digits;
  do digits.insert(digits.begin(), "0123456789abcdef"[value % 16]);
  while (value /= 16);
  return digits;
}

}  // namespace

void Client::write_script() {
  const std::uint64_t requests = random_.between(1, 8);
  for (std::uint64_t i = 0; i < requests; ++i) write_request();
}

void Client::write_request() {
  script_.emplace_back();
  switch (random_.below(10)) {
    case 0: return write_broken();
    case 1:
    case 2:
    case 3:
    case 4: return write_upload();
    default: return write_download();
  }
}

void Client::write_download() {
  const std::string& name = names_[static_cast<std::size_t>(random_.below(names_.size()))];
  const bool head = random_.chance(150);
  Expected expected{head ? Expected::Kind::head : Expected::Kind::get, name, {}, false};
  std::string target = "/" + name;
  if (random_.chance(50)) target = "/missing/" + name;
  if (random_.chance(30)) target = "/CON";
  if (random_.chance(30)) target = "/%2e%2e/" + name;
  say((head ? "HEAD " : "GET ") + target + " HTTP/1.1\r\nHost: simulation\r\n");
  const std::string from = std::to_string(random_.below(20'000));
  switch (random_.below(8)) {
    case 0: say("Range: bytes=" + from + "-\r\n"); break;
    case 1:
      say("Range: bytes=" + from + "-" + std::to_string(random_.below(40'000)) + "\r\n");
      break;
    case 2: say("Range: bytes=-" + from + "\r\n"); break;
    case 3: say("If-None-Match: \"nothing\", *\r\n"); break;
    default: break;
  }
  if (random_.chance(50)) {
    say("Connection: close\r\n");
    expected.ends = true;
  }
  say("\r\n");
  script_.back().expected.push_back(std::move(expected));
}

void Client::write_upload() {
  const std::string& name = names_[static_cast<std::size_t>(random_.below(names_.size()))];
  constexpr std::array sizes{0u, 1u, 100u, 5'000u, 30'000u, 200'000u};
  const std::size_t size = static_cast<std::size_t>(
      random_.below(sizes[static_cast<std::size_t>(random_.below(sizes.size()))] + 1));
  const Version version = versions_.make(name, size);
  const std::string content = text_of(version.bytes());
  say("PUT /" + name + " HTTP/1.1\r\nHost: simulation\r\n");
  const bool chunked = random_.chance(500);
  say(chunked ? "Transfer-Encoding: chunked\r\n"
              : "Content-Length: " + std::to_string(size) + "\r\n");
  const bool asks_first = random_.chance(200);
  if (asks_first) say("Expect: 100-continue\r\n");
  say("\r\n");
  script_.back().expected.push_back({Expected::Kind::put, name, version, false});
  if (asks_first && (chunked || size > 0) && random_.chance(800)) {
    script_.emplace_back();
    script_.back().waits_for_continue = true;
  }
  script_.back().whole.push_back(version);
  if (!chunked) return say(content);
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t count = static_cast<std::size_t>(
        random_.between(1, std::min<std::size_t>(content.size() - at, 9000)));
    say(hex(count) + (random_.chance(100) ? ";name=value" : "") + "\r\n");
    say(content.substr(at, count) + "\r\n");
    at += count;
  }
  say(random_.chance(100) ? "0\r\nTrailer: x\r\n\r\n" : "0\r\n\r\n");
}

// After one of these nothing more is said: the server cannot know where the next request begins.
void Client::write_broken() {
  Expected expected{Expected::Kind::other, {}, {}, true};
  const std::string& name = names_[static_cast<std::size_t>(random_.below(names_.size()))];
  switch (random_.below(8)) {
    case 0:
      for (int i = 0; i < 300; ++i) say(std::string(1, static_cast<char>(random_.below(256))));
      say("\r\n\r\n");
      break;
    case 1: say("GET /" + name + " HTTP/2.0\r\n\r\n"); break;
    case 2: say("GET  /" + name + " HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"); break;
    case 3: say("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"); break;
    case 4: say("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"); break;
    case 5:
      say("PUT /" + name +
          " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
      break;
    case 6:
      say("PUT /" + name +
          " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n");
      break;
    default:  // longer than any upload may be
      say("PUT /" + name + " HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n");
      say(std::string(static_cast<std::size_t>(random_.below(100'000)), 'y'));
      break;
  }
  script_.back().expected.push_back(std::move(expected));
}

}  // namespace overlap::simulation
