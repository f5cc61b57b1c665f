// Fields made at random of what they are made of: whatever comes, a reader decides and stays within
// its bounds. The sanitizers watch.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "common/protocol/accept.h"
#include "common/protocol/authorization.h"
#include "common/protocol/conditions.h"
#include "common/protocol/content_disposition.h"
#include "common/protocol/destination.h"
#include "common/protocol/digest_fields.h"
#include "common/protocol/http_date.h"
#include "common/protocol/multipart_ranges.h"
#include "common/protocol/resumable.h"
#include "common/protocol/structured_fields.h"

namespace overlap::protocol {
namespace {

const std::vector<std::string> pieces{"\"",
                                      "\\",
                                      ",",
                                      ";",
                                      "=",
                                      ":",
                                      "?1",
                                      "?0",
                                      "@",
                                      "%",
                                      "*",
                                      "/",
                                      "-",
                                      "+",
                                      "(",
                                      ")",
                                      " ",
                                      "\t",
                                      ".",
                                      "'",
                                      "#",
                                      "a",
                                      "W/",
                                      "q=",
                                      "0",
                                      "1",
                                      "999999999999999",
                                      "18446744073709551615",
                                      "bytes=",
                                      "sha-256=:",
                                      "sha256 ",
                                      "Zg==",
                                      "Basic ",
                                      "Bearer ",
                                      "http://",
                                      "h",
                                      "UTF-8''",
                                      "%C3%A9",
                                      "filename",
                                      "\xc3\xa9",
                                      "\xff",
                                      "application/json",
                                      "text/html",
                                      "*/*",
                                      "1.0.0",
                                      "Sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov  6 08:49:37 1994",
                                      "application/partial-upload",
                                      "application/offset+octet-stream"};

const std::vector<std::string> names{"If-Match",
                                     "If-None-Match",
                                     "If-Range",
                                     "If-Modified-Since",
                                     "Authorization",
                                     "Destination",
                                     "Overwrite",
                                     "Accept",
                                     "Repr-Digest",
                                     "Want-Repr-Digest",
                                     "Tus-Resumable",
                                     "Upload-Offset",
                                     "Upload-Length",
                                     "Upload-Complete",
                                     "Upload-Metadata",
                                     "Upload-Checksum",
                                     "Content-Type",
                                     "Content-Disposition",
                                     "Upload-Defer-Length",
                                     "If-Unmodified-Since"};

class Robustness : public testing::Test {
 protected:
  std::size_t below(std::size_t end) { return random_() % end; }

  std::string value() {
    std::string text;
    for (std::size_t i = below(8); i > 0; --i) {
      text += pieces[below(pieces.size())];
      if (below(10) == 0 && !text.empty()) text.pop_back();
    }
    return text;
  }

  const unsigned seed_ = std::random_device{}();
  testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};

 private:
  std::mt19937 random_{seed_};
};

void use(const RequestHead& head) {
  const Validators current{"\"a\"", false, 784111777};
  const auto condition = read_write_condition(head, 0);
  const Verdict verdict = evaluate(head, current, 0);
  const auto* write = std::get_if<WriteCondition>(&condition);
  EXPECT_EQ(write == nullptr, verdict == Verdict::malformed);
  if (write != nullptr && head.method != Method::head) {
    EXPECT_EQ(write->holds(current), verdict == Verdict::proceed);
  }
  range_applies(head, current);
  prefers_json(head);
  read_credentials(head);
  read_destination(head);
  read_overwrite(head);
  read_digest(head, "Repr-Digest");
  wanted_digest(head, "Want-Repr-Digest");
  const UploadRequest upload = interpret_upload(head);
  if (const auto* refusal = std::get_if<UploadRefusal>(&upload)) {
    ResponseHead response;
    response.begin(refusal->status);
    add_upload_refusal(response, *refusal);
    EXPECT_FALSE(response.overflowed());
    EXPECT_FALSE(refusal_body(*refusal).empty());
  }
}

TEST_F(Robustness, any_head_is_decided) {
  const std::vector<std::string> lines{"POST /f/", "PUT /a", "HEAD /.overlap-uploads/x",
                                       "PATCH /.overlap-uploads/0123456789abcdef0123456789abcdef"};
  for (int round = 0; round < 5000; ++round) {
    std::string text = lines[below(lines.size())] + " HTTP/1.1\r\nHost: h\r\n";
    for (std::size_t i = below(6); i > 0; --i)
      text += names[below(names.size())] + ": " + value() + "\r\n";
    text += "\r\n";
    HeadReader reader({});
    ASSERT_EQ(reader.read(text), HeadStatus::complete) << text;
    use(reader.head());
    if (HasFailure()) FAIL() << text;
  }
}

TEST_F(Robustness, any_field_is_decided) {
  for (int round = 0; round < 20000; ++round) {
    const std::string text = value();
    parse_item(text);
    DictionaryReader members(text);
    std::size_t count = 0;
    while (members.next()) ASSERT_LT(++count, text.size() + 1) << text;
    parse_any_http_date(text, 0);
    if (const auto name = file_name_of(text)) {
      EXPECT_EQ(file_name_of(attachment(*name)), *name) << text;
    }
    const auto ranges = parse_ranges("bytes=" + text);
    if (!ranges) continue;
    const auto parts = resolve(*ranges, 1000);
    if (parts.empty()) continue;
    MultipartRanges body(parts, 1000, "text/plain", "limit");
    EXPECT_GT(body.content_length(), body.closing().size());
  }
}

}  // namespace
}  // namespace overlap::protocol
