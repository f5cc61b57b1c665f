// The smaller fields: Authorization, Destination, Overwrite, Accept, Content-Disposition.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/protocol/accept.h"
#include "common/protocol/authorization.h"
#include "common/protocol/base64.h"
#include "common/protocol/content_disposition.h"
#include "common/protocol/content_type.h"
#include "common/protocol/destination.h"
#include "tests/unit/protocol/head_of.h"

namespace overlap::protocol {
namespace {

std::string encoded(std::string_view bytes) {
  std::string text(base64_length(bytes.size()), ' ');
  encode_base64(std::as_bytes(std::span(bytes)), text.data());
  return text;
}

struct CredentialsShown {
  std::string operator()(const NoCredentials&) const { return "none"; }
  std::string operator()(const BasicCredentials& basic) const {
    return "basic " + basic.user + "|" + basic.password;
  }
  std::string operator()(const BearerToken& bearer) const {
    return "bearer " + std::string(bearer.token);
  }
  std::string operator()(const Refusal& refusal) const {
    EXPECT_FALSE(refusal.sentence.empty());
    return std::to_string(refusal.status);
  }
};

std::string credentials(const std::string& value) {
  return std::visit(CredentialsShown(),
                    read_credentials(TestHead("Authorization: " + value + "\r\n")));
}

TEST(Authorization, table) {
  const std::string longest_user(user_name_bytes_max, 'u');
  const std::string longest_password(password_bytes_max, 'p');
  const std::string longest_token(bearer_token_bytes_max, 't');
  const std::vector<std::pair<std::string, std::string>> rows{
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic Aladdin|open sesame"},
      {"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic Aladdin|open sesame"},
      {"BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic Aladdin|open sesame"},
      {"Basic " + encoded("a:b:c"), "basic a|b:c"},
      {"Basic " + encoded("a:"), "basic a|"},
      {"Basic " + encoded("\xc3\xa9:\xed\x95\x9c"), "basic \xc3\xa9|\xed\x95\x9c"},
      {"Basic " + encoded(longest_user + ":" + longest_password),
       "basic " + longest_user + "|" + longest_password},
      {"Basic " + encoded(longest_user + "u:"), "401"},
      {"Basic " + encoded("u:" + longest_password + "p"), "401"},
      {"Basic " + encoded(longest_user + "u:" + longest_password + "p"), "401"},
      {"Basic " + encoded(":password"), "401"},
      {"Basic " + encoded("no colon"), "401"},
      {"Basic " + encoded("\xff:b"), "401"},
      {"Basic " + encoded("a\n:b"), "401"},
      {"Basic " + encoded(std::string("a:b\0", 4)), "401"},
      {"Basic " + encoded("a:b\x7f"), "401"},
      {"Basic " + encoded("a:\xc2\x85"), "401"},
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", "401"},
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZR==", "401"},
      {"Basic QWxh ZGRpbjpvcGVuIHNlc2FtZQ==", "401"},
      {"Basic", "401"},
      {"Basic ", "401"},
      {"Bearer abc", "bearer abc"},
      {"bearer a-b._~+/9==", "bearer a-b._~+/9=="},
      {"Bearer " + longest_token, "bearer " + longest_token},
      {"Bearer " + longest_token + "t", "401"},
      {"Bearer ===", "401"},
      {"Bearer a=b", "401"},
      {"Bearer a b", "401"},
      {"Bearer a,b", "401"},
      {"Bearer \xc3\xa9", "401"},
      {"Bearer", "401"},
      {"Digest username=\"a\"", "401"},
      {"Negotiate abc", "401"},
      {"Basi QTpi", "401"},
      {"", "401"},
      {"Basic QTpi\r\nAuthorization: Basic QTpi", "400"},
  };
  for (const auto& [value, meaning] : rows) EXPECT_EQ(credentials(value), meaning) << value;
  EXPECT_EQ(std::visit(CredentialsShown(), read_credentials(TestHead(""))), "none");
}

std::string destination(const std::string& host, const std::string& value) {
  const std::string text =
      "MOVE /a HTTP/1.1\r\nHost: " + host + "\r\nDestination: " + value + "\r\n\r\n";
  HeadReader reader({});
  EXPECT_EQ(reader.read(text), HeadStatus::complete) << text;
  const auto read = read_destination(reader.head());
  if (const auto* refusal = std::get_if<Refusal>(&read)) return std::to_string(refusal->status);
  return std::string(std::get<std::string_view>(read));
}

TEST(Destination, table) {
  struct Row {
    std::string host, value, path;
  };
  const std::vector<Row> rows{
      {"h", "/b", "/b"},
      {"h", "/b%20c/", "/b%20c/"},
      {"h", "//b", "//b"},  // the path rules refuse it
      {"h", "http://h/b", "/b"},
      {"h", "HTTP://H/b", "/b"},
      {"h", "https://h/b", "/b"},
      {"h", "http://h", "/"},
      {"h", "http://h:80/b", "/b"},
      {"h:80", "http://h/b", "/b"},
      {"h:443", "https://h/b", "/b"},
      {"h:8080", "http://h:8080/b", "/b"},
      {"[::1]:81", "http://[::1]:81/b", "/b"},
      {"h:", "http://h/b", "/b"},
      {"h:8080", "http://h/b", "502"},
      {"h", "http://h:8080/b", "502"},
      {"h:443", "http://h/b", "502"},
      {"h", "http://other/b", "502"},
      {"h", "http://h.other/b", "502"},
      {"", "http://h/b", "502"},
      {"[::1]:81", "http://[::2]:81/b", "502"},
      {"h", "", "400"},
      {"h", "b", "400"},
      {"h", "*", "400"},
      {"h", "/b?c", "400"},
      {"h", "/b#c", "400"},
      {"h", "/b c", "400"},
      {"h", "http://h/b?c", "400"},
      {"h", "http://h?c", "400"},
      {"h", "http://h#c", "400"},
      {"h", "http:///b", "400"},
      {"h", "http://u@h/b", "400"},
      {"h", "http://h:x/b", "400"},
      {"h", "http:/h/b", "400"},
      {"h", "ftp://h/b", "400"},
      {"h", "/b\r\nDestination: /b", "400"},
  };
  for (const Row& row : rows) EXPECT_EQ(destination(row.host, row.value), row.path) << row.value;
  EXPECT_TRUE(std::holds_alternative<Refusal>(read_destination(TestHead("MOVE", "/a", ""))));
}

TEST(Destination, is_compared_with_the_host_of_an_absolute_target) {
  const TestHead ours("MOVE", "http://real/a", "Destination: http://real/b\r\n");
  EXPECT_EQ(std::get<std::string_view>(read_destination(ours)), "/b");
  const TestHead other("MOVE", "http://real/a", "Destination: http://h/b\r\n");  // Host: h
  EXPECT_EQ(std::get<Refusal>(read_destination(other)).status, 502);
}

TEST(Overwrite, is_a_letter) {
  const auto overwrite = [](const std::string& lines) {
    const auto read = read_overwrite(TestHead("MOVE", "/a", lines));
    return std::holds_alternative<Refusal>(read) ? "400" : std::get<bool>(read) ? "yes" : "no";
  };
  EXPECT_STREQ(overwrite(""), "yes");
  EXPECT_STREQ(overwrite("Overwrite: T\r\n"), "yes");
  EXPECT_STREQ(overwrite("Overwrite: F\r\n"), "no");
  EXPECT_STREQ(overwrite("Overwrite: f\r\n"), "400");
  EXPECT_STREQ(overwrite("Overwrite: \r\n"), "400");
  EXPECT_STREQ(overwrite("Overwrite: false\r\n"), "400");
  EXPECT_STREQ(overwrite("Overwrite: F\r\nOverwrite: F\r\n"), "400");
}

TEST(Accept, json_is_preferred_where_a_client_says_so) {
  const std::vector<std::pair<std::string, bool>> rows{
      {"application/json", true},
      {"APPLICATION/JSON", true},
      {"application/json, text/plain, */*", true},
      {"application/json, text/html;q=0.9", true},
      {"text/html;q=0.9, application/json", true},
      {"application/json;q=0.5, text/html;q=0.4", true},
      {"application/json;q=0.5, */*;q=0.4", true},
      {"application/json;q=0.001", true},
      {"application/*", true},
      {"text/html;q=0, */*", true},
      {"application/json, text/html;level=1", true},
      {"application/json;q=0.5,application/*;q=0.1,text/*;q=0.4", true},
      {"", false},
      {"*/*", false},
      {"text/html", false},
      {"text/html, application/json", false},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", false},
      {"application/json;q=0.5, text/html;q=0.6", false},
      {"application/json;q=0.5, */*", false},
      {"application/*, text/*", false},
      {"application/json;q=0", false},
      {"application/json;q=0, */*", false},
      {"application/json;version=2", false},
      {"application/jsonl", false},
      {"application/json;q=1.1", false},
      {"application/json;q=2", false},
      {"application/json;q=0.0001", false},
      {"application/json;q=", false},
      {"application/json;q=.5", false},
      {"application/json;q", false},
      {"application/json, text", false},
      {"application/json, /", false},
      {"application/json, te xt/html", false},
  };
  for (const auto& [value, json] : rows)
    EXPECT_EQ(prefers_json(TestHead("Accept: " + value + "\r\n")), json) << value;
  EXPECT_FALSE(prefers_json(TestHead("")));
  EXPECT_TRUE(prefers_json(TestHead("Accept: text/html;q=0.5\r\nAccept: application/json\r\n")));
}

TEST(ContentDisposition, names_a_file) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"a.html", "attachment; filename=\"a.html\""},
      {"a b (1).svg", "attachment; filename=\"a b (1).svg\""},
      {"a'b;c.js", "attachment; filename=\"a'b;c.js\""},
      {"100%.html", "attachment; filename=\"100_.html\"; filename*=UTF-8''100%25.html"},
      {"\xc3\xa9.html", "attachment; filename=\"_.html\"; filename*=UTF-8''%C3%A9.html"},
      {"\xf0\x9f\x99\x82", "attachment; filename=\"_\"; filename*=UTF-8''%F0%9F%99%82"},
      {"a\"b\\c", "attachment; filename=\"a_b_c\"; filename*=UTF-8''a%22b%5Cc"},
      {"a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"},
      {"\xc2\xa0", "attachment; filename=\"_\"; filename*=UTF-8''%C2%A0"},
  };
  for (const auto& [name, field] : rows) {
    EXPECT_EQ(attachment(name), field);
    if (name.find('\r') == std::string::npos) {
      EXPECT_EQ(file_name_of(field), name);
    }
  }
  std::string longest;
  for (int i = 0; i < 255; ++i) longest += "\xed\x95\x9c";
  EXPECT_LE(attachment(longest).size(), content_disposition_bytes_max);
  EXPECT_EQ(file_name_of(attachment(longest)), longest);
}

TEST(ContentDisposition, is_read) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"inline; filename=a.txt", "a.txt"},
      {"attachment;filename=\"a b.txt\"", "a b.txt"},
      {"ATTACHMENT ; FileName=\"a\\\"b\"", "a\"b"},
      {"form-data; name=\"f\"; filename=\"a\"", "a"},
      {"inline; filename=\"x\"; filename*=utf-8'en'a%20b", "a b"},
      {"inline; filename*=UTF-8''a%20b; filename=x", "a b"},
      {"inline; filename=\"\xc3\xa9\"", "\xc3\xa9"},
      {"inline", "none"},
      {"", "none"},
      {"filename=a", "none"},
      {"inline; filename", "none"},
      {"inline; filename=", "none"},
      {"inline; filename=a b", "none"},
      {"inline; filename=\"a", "none"},
      {"inline; filename=\"a\\", "none"},
      {"inline; filename=\"a\"b", "none"},
      {"inline, filename=a", "none"},
      {"inline; filename=a; filename=b", "none"},
      {"inline; filename=a;", "none"},
      {"inline; filename=\"\xff\"", "none"},
      {"inline; filename=\"a\tb\"", "none"},
      {"inline; filename*=UTF-8''%FF", "none"},
      {"inline; filename*=UTF-8''%4", "none"},
      {"inline; filename*=UTF-8''a%0Ab", "none"},
      {"inline; filename*=UTF-8'a", "none"},
      {"inline; filename*=ISO-8859-1''a", "none"},
      {"inline; filename*=a", "none"},
  };
  for (const auto& [field, name] : rows)
    EXPECT_EQ(file_name_of(field).value_or("none"), name) << field;
}

TEST(ContentDisposition, only_inert_types_are_shown_in_place) {
  for (const char* type :
       {"image/png", "IMAGE/PNG", "audio/ogg", "video/mp4", "font/woff2",
        "text/plain; charset=utf-8", "text/csv", "text/markdown", "application/pdf",
        "application/json", "application/octet-stream", "application/zip"}) {
    EXPECT_TRUE(is_inline_safe(type)) << type;
  }
  for (const char* type : {"text/html",
                           "text/html; charset=utf-8",
                           "TEXT/HTML",
                           "image/svg+xml",
                           "image/SVG+XML",
                           "application/xhtml+xml",
                           "application/xml",
                           "text/xml",
                           "text/javascript",
                           "application/javascript",
                           "text/css",
                           "text/calendar",
                           "application/rss+xml",
                           "model/gltf+json",
                           "message/rfc822",
                           "multipart/related",
                           "",
                           "text",
                           "/",
                           "image",
                           "application/x-shockwave-flash",
                           "application/wasm",
                           "text/vtt",
                           "x/y"}) {
    EXPECT_FALSE(is_inline_safe(type)) << type;
  }
  for (const char* name : {"a.html", "a.htm", "a.svg", "a.xml", "a.xhtml", "a.js", "a.mjs", "a.mht",
                           "a.xsl", "a.eml", "a.swf", "a.shtml"})
    EXPECT_FALSE(is_inline_safe(content_type_of(name))) << name;
}

}  // namespace
}  // namespace overlap::protocol
