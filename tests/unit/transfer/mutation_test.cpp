// Random damage to valid requests: whatever comes in, the session keeps its promises.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/unit/transfer/script.h"

namespace overlap::test {
namespace {

const std::vector<std::string> seeds{
    "GET /a HTTP/1.1\r\nHost: h\r\nRange: bytes=2-5\r\n\r\n",
    "HEAD /b?q=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET http://h:80/b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "PUT /c HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n01234567890123456789",
    "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
    "chunked\r\n\r\n5\r\nhello\r\n14\r\n01234567890123456789\r\n0\r\nX: y\r\n\r\n",
    "PUT /d HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody",
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
                                    "ffffffffffffffff",
                                    "chunked",
                                    "close",
                                    "Host: x\r\n",
                                    "Content-Length: 7\r\n",
                                    "Transfer-Encoding: chunked\r\n",
                                    "Expect: 100-continue\r\n",
                                    "\r\n\r\n",
                                    "0\r\n\r\n",
                                    "HTTP/1.0",
                                    "%2e%2e/",
                                    "/",
                                    "*",
                                    std::string(1, '\0'),
                                    "\xff"};

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
    Script script;
    script.files = {{"a", "content a"}, {"b", "content b, which is longer than a buffer"}};
    script.strict_uploads = false;
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
    Script script;
    script.files = {{"a", "content a"}, {"b", "content b, which is longer than a buffer"}};
    script.strict_uploads = false;
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
