#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

#include "common/digest/hasher.h"
#include "common/listing/page.h"
#include "common/protocol/base64.h"

namespace overlap::listing {
namespace {

// What stands between the one pair of these tags, as a browser takes it for its hash.
std::string_view content_of(std::string_view html, std::string_view begin, std::string_view end) {
  const auto from = html.find(begin);
  const auto to = html.find(end);
  EXPECT_EQ(html.find(begin, from + 1), std::string_view::npos);
  EXPECT_EQ(html.find(end, to + 1), std::string_view::npos);
  return html.substr(from + begin.size(), to - from - begin.size());
}

std::string source_of(std::string_view content) {
  const auto digest =
      digest_of(protocol::DigestAlgorithm::sha_256, std::as_bytes(std::span(content)));
  std::string text(protocol::base64_length(digest.size()), '\0');
  protocol::encode_base64(std::span(digest.bytes).first(digest.size()), text.data());
  return "'sha256-" + text + "'";
}

TEST(Policy, names_the_script_and_the_style_of_the_page_and_no_other) {
  const auto html = to_html({}, {});
  const std::string script = source_of(content_of(html, "<script>", "</script>"));
  const std::string style = source_of(content_of(html, "<style>", "</style>"));
  const std::string policy(content_security_policy());
  EXPECT_THAT(policy, testing::HasSubstr("; script-src " + script + ";"));
  EXPECT_THAT(policy, testing::HasSubstr("; style-src " + style + ";"));
}

}  // namespace
}  // namespace overlap::listing
