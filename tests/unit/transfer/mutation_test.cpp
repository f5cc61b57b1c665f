// Random damage to valid requests: whatever comes in, the session keeps its promises.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

const std::string h = " HTTP/1.1\r\nHost: h\r\n";
const std::vector<std::string> seeds{
    "GET /a" + h + "Range: bytes=2-5\r\n\r\n",
    "GET /b" + h + "Range: bytes=0-3,30-\r\nIf-Range: \"x\"\r\n\r\n",
    "GET /b" + h + "If-Match: \"x\", W/\"y\"\r\nIf-None-Match: *\r\n\r\n",
    "GET /a" + h + "Want-Repr-Digest: sha-256=1, sha-512=3\r\n\r\n",
    "GET /folder/?sort=size&order=desc&limit=1" + h + "Accept: application/json\r\n\r\n",
    "GET /?login" + h + "Authorization: Basic YW5uOnB3\r\n\r\n",
    "GET /folder" + h + "Authorization: Bearer ben\r\n\r\n",
    "GET /" + h + "Accept: text/html\r\nAuthorization: Basic wrong\r\n\r\n",
    "HEAD /b?q=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET http://h:80/b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "PUT /c" + h + "Content-Length: 20\r\n\r\n01234567890123456789",
    "PUT /a" + h +
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n14\r\n01234567890123456789\r\n0\r\nX: "
        "y\r\n\r\n",
    "PUT /d" + h + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "PUT /d" + h +
        "Content-Length: 3\r\nIf-None-Match: *\r\nRepr-Digest: sha-256=:AA==:\r\n\r\nabc",
    "PUT /new/" + h + "Content-Length: 0\r\n\r\n",
    "PUT /c" + h +
        "Upload-Complete: ?0\r\nUpload-Draft-Interop-Version: 8\r\nContent-Length: 4\r\n\r\nbody",
    "POST /folder/" + h +
        "Upload-Complete: ?1\r\nContent-Disposition: attachment; "
        "filename*=UTF-8''%e2%82%ac.txt\r\nContent-Length: 4\r\n\r\nbody",
    "POST /folder/" + h +
        "Tus-Resumable: 1.0.0\r\nUpload-Length: 10\r\nUpload-Metadata: filename YS50eHQ=,k "
        "djE=\r\n\r\n",
    "HEAD " + upload_target(1) + h + "Tus-Resumable: 1.0.0\r\n\r\n",
    "PATCH " + upload_target(1) + h +
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: "
        "4\r\nContent-Length: 6\r\n\r\nsecond",
    "PATCH " + upload_target(256) + h +
        "Content-Type: application/partial-upload\r\nUpload-Offset: 4\r\nUpload-Complete: "
        "?1\r\nContent-Length: 6\r\n\r\nsecond",
    "DELETE " + upload_target(1) + h + "\r\n",
    "POST /" + h + "Content-Length: 4\r\n\r\nbody",
    "DELETE /a" + h + "If-Match: *\r\n\r\n",
    "MOVE /a" + h + "Destination: http://h/folder/%C3%A9\r\nOverwrite: F\r\n\r\n",
    "COPY /b" + h + "Destination: /c\r\n\r\n",
    "MKCOL /x" + h + "\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
};
const std::vector<std::string> bits{"\r\n",
                                    "\r",
                                    "\n",
                                    " ",
                                    "\t",
                                    ":",
                                    ",",
                                    ";",
                                    "0",
                                    "-1",
                                    "\"",
                                    "ffffffffffffffff",
                                    "chunked",
                                    "close",
                                    "Host: x\r\n",
                                    "Content-Length: 7\r\n",
                                    "Transfer-Encoding: chunked\r\n",
                                    "Expect: 100-continue\r\n",
                                    "Upload-Complete: ?0\r\n",
                                    "Upload-Offset: 4\r\n",
                                    "Upload-Length: 9\r\n",
                                    "Tus-Resumable: 1.0.0\r\n",
                                    "If-None-Match: *\r\n",
                                    "Authorization: Basic YW5uOnB3\r\n",
                                    "%0d%0aX:%20y",
                                    "%E2%80%A8",
                                    "\r\n\r\n",
                                    "0\r\n\r\n",
                                    "HTTP/1.0",
                                    "%2e%2e/",
                                    "/",
                                    "*",
                                    std::string(1, '\0'),
                                    "\x7f",
                                    "\xc2\x85",
                                    "\xff"};

Script damaged_world() {
  Script script;
  script.files = {{"a", "content a"},
                  {"b", "content b, which is longer than a buffer"},
                  {"folder/\xc3\xa9 \xe2\x82\xac", "named"}};
  script.folders = {"folder"};
  script.unfinished[upload_id(1)] = {"c", "firs", 10};
  script.strict_uploads = false;
  script.gate.users = {{"ann", "Basic YW5uOnB3"}, {"ben", "Bearer ben", {}, true}};
  return script;
}

class Damage {
 public:
  explicit Damage(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string requests() {
    std::string input;
    for (std::size_t i = 0, n = 1 + below(4); i < n; ++i) input += seeds[below(seeds.size())];
    for (std::size_t i = 0, n = below(5); i < n; ++i) mutate(input);
    return input;
  }

 private:
  void mutate(std::string& input) {
    if (input.empty()) return;
    const std::size_t at = below(input.size());
    switch (below(5)) {
      case 0: input[at] = static_cast<char>(below(256)); break;
      case 1: input.insert(at, bits[below(bits.size())]); break;
      case 2: input.erase(at, 1 + below(4)); break;
      case 3: input.insert(at, input.substr(below(input.size()), below(40))); break;
      default: input.resize(at); break;
    }
  }
  std::mt19937_64 random_;
};

TEST(Mutation, never_breaks_a_promise) {
  const char* given = std::getenv("OVERLAP_SEED");
  const std::uint64_t first = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  const std::uint64_t rounds = given ? 1 : 20'000;
  std::cout << "first seed " << first << " (repeat one with OVERLAP_SEED)\n";
  for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
    Damage damage(seed);
    Script script = damaged_world();
    script.input = damage.requests();
    script.at_end = damage.below(2) == 0 ? AtEnd::closes : AtEnd::waits;
    const std::size_t pieces[] = {SIZE_MAX, 1, 7, 64};
    Plan plan{pieces[damage.below(4)], SIZE_MAX, Fault::none, SIZE_MAX};
    if (damage.below(2) == 0) plan.fault_step = damage.below(30);
    if (plan.fault_step != SIZE_MAX) plan.fault = static_cast<Fault>(1 + damage.below(faults - 1));
    if (damage.below(8) == 0) plan.drain_step = damage.below(30);
    const Played result = play(script, plan);
    for (const std::string& violation : result.violations)
      ADD_FAILURE() << violation << "\nseed " << seed << ", " << plan << "\n" << script.input;
    if (HasFailure()) return;
  }
}

// Whether 100 (Continue) is sent depends on what has come by then.
std::string final_responses(std::string sent) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = 0; (at = sent.find(interim, at)) != std::string::npos;)
    sent.erase(at, interim.size());
  return sent;
}

// The same bytes in other pieces are the same requests.
TEST(Mutation, pieces_make_no_difference) {
  const std::uint64_t first = std::random_device{}();
  std::cout << "first seed " << first << "\n";
  for (std::uint64_t seed = first; seed < first + 5'000; ++seed) {
    Damage damage(seed);
    Script script = damaged_world();
    script.input = damage.requests();
    const Played whole = play(script);
    const Played bytes = play(script, {1, SIZE_MAX, Fault::none, SIZE_MAX});
    ASSERT_EQ(final_responses(whole.sent), final_responses(bytes.sent)) << "seed " << seed << "\n"
                                                                        << script.input;
    ASSERT_EQ(whole.files, bytes.files) << "seed " << seed << "\n" << script.input;
  }
}

}  // namespace
}  // namespace overlap::test
