// What simulated clients say.
#include <array>
#include <string_view>
#include <utility>

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
    case 4: return random_.chance(400) ? write_creation() : write_upload();
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
  if (!head) write_credentials();
  switch (random_.below(9)) {
    case 0: say("Range: bytes=" + from + "-\r\n"); break;
    case 1:
      say("Range: bytes=" + from + "-" + std::to_string(random_.below(40'000)) + "\r\n");
      break;
    case 2: say("Range: bytes=-" + from + "\r\n"); break;
    case 3: say("If-None-Match: \"nothing\", *\r\n"); break;
    case 4: say("Want-Repr-Digest: sha-256=1\r\n"); break;
    default: break;
  }
  if (random_.chance(50)) {
    say("Connection: close\r\n");
    expected.ends = true;
  }
  say("\r\n");
  script_.back().expected.push_back(std::move(expected));
}

// A full server refuses in the same way as a busy verifier, but with a body also to HEAD: those ask
// without credentials.
void Client::write_credentials() {
  switch (random_.below(20)) {
    case 0: return say("Authorization: Bearer ann\r\n");
    case 1: return say("Authorization: Bearer ben\r\n");
    case 2: return say("Authorization: Bearer nobody\r\n");
    default: return;
  }
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

// ---- resumable uploads

void Client::write_creation() {
  const std::string& name = names_[static_cast<std::size_t>(random_.below(names_.size()))];
  const Version version = versions_.make(
      name, static_cast<std::size_t>(random_.below(random_.chance(800) ? 40'000 : 1)));
  const bool tus = random_.chance(400);
  const bool whole = random_.chance(300);
  const std::size_t count =
      whole ? version.size : static_cast<std::size_t>(random_.below(version.size + 1));
  say((tus ? "POST /" : "PUT /") + name + " HTTP/1.1\r\nHost: simulation\r\n");
  const std::string length = "Upload-Length: " + std::to_string(version.size) + "\r\n";
  if (tus) {
    say("Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n" + length);
  } else {
    say(std::string("Upload-Complete: ") + (whole ? "?1" : "?0") + "\r\n");
    say("Upload-Draft-Interop-Version: 8\r\n");
    if (random_.chance(500)) say(length);
  }
  say("Content-Length: " + std::to_string(count) + "\r\n\r\n");
  say(text_of(version.bytes()).substr(0, count));
  Line& line = script_.back();
  line.expected.push_back({Expected::Kind::create, name, version, false, uploads_.size()});
  if (whole || (tus && count == version.size)) line.whole.push_back(version);
  uploads_.push_back({name, version});
}

bool Client::go_on() {
  if (queried_) {
    const std::size_t upload = *std::exchange(queried_, std::nullopt);
    const auto offset = reader_.last_offset();
    if (!offset || uploads_[upload].complete) return true;
    script_.emplace_back();
    write_append(upload, *offset);
    return true;
  }
  const bool able = temper_ != Temper::hasty && temper_ != Temper::half_closed;
  if (!able || uploads_.empty() || resumes_left_ == 0) return false;
  --resumes_left_;
  std::size_t upload = static_cast<std::size_t>(random_.below(uploads_.size()));
  for (std::size_t i = 0; i < uploads_.size(); ++i, upload = (upload + 1) % uploads_.size()) {
    if (!uploads_[upload].id.empty() && !uploads_[upload].complete) break;
  }
  if (uploads_[upload].id.empty() || uploads_[upload].complete) return false;
  script_.emplace_back();
  write_query(upload);
  queried_ = upload;
  return true;
}

void Client::write_query(std::size_t upload) {
  const bool cancels = random_.chance(20);
  say((cancels ? "DELETE " : "HEAD ") + ("/.overlap-uploads/" + uploads_[upload].id) +
      " HTTP/1.1\r\nHost: simulation\r\n\r\n");
  const auto kind = cancels ? Expected::Kind::other : Expected::Kind::query;
  script_.back().expected.push_back({kind, {}, uploads_[upload].version, false, upload});
}

void Client::write_append(std::size_t upload, std::uint64_t offset) {
  const ResumableUpload& known = uploads_[upload];
  // An offset beyond the end is a lie of the server, and is found elsewhere.
  const std::size_t left = known.version.size - std::min<std::size_t>(known.version.size, offset);
  const std::size_t count =
      random_.chance(500) ? left : static_cast<std::size_t>(random_.below(left + 1));
  const bool whole = count == left;
  say("PATCH /.overlap-uploads/" + known.id + " HTTP/1.1\r\nHost: simulation\r\n");
  say(std::string("Content-Type: application/partial-upload\r\nUpload-Complete: ") +
      (whole ? "?1" : "?0") + "\r\nUpload-Offset: " + std::to_string(offset) +
      "\r\nContent-Length: " + std::to_string(count) + "\r\n\r\n");
  say(text_of(known.version.bytes()).substr(static_cast<std::size_t>(offset), count));
  Line& line = script_.back();
  line.expected.push_back({Expected::Kind::append, known.name, known.version, false, upload});
  if (whole) line.whole.push_back(known.version);
  if (offset > 0) ++report_.uploads_resumed;
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
