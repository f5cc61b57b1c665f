// Base 64, structured fields, and the digests that are written in them.
#include "common/protocol/structured_fields.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "common/protocol/base64.h"
#include "common/protocol/digest_fields.h"
#include "tests/unit/protocol/head_of.h"

namespace overlap::protocol {
namespace {

std::string encoded(std::string_view bytes) {
  std::string text(base64_length(bytes.size()), ' ');
  encode_base64(std::as_bytes(std::span(bytes)), text.data());
  return text;
}

TEST(Base64, vectors_of_the_rfc) {
  const std::vector<std::pair<std::string, std::string>> rows{{"", ""},
                                                              {"f", "Zg=="},
                                                              {"fo", "Zm8="},
                                                              {"foo", "Zm9v"},
                                                              {"foob", "Zm9vYg=="},
                                                              {"fooba", "Zm9vYmE="},
                                                              {"foobar", "Zm9vYmFy"},
                                                              {"\xfb\xff\xbf", "+/+/"}};
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(encoded(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
    EXPECT_TRUE(is_base64(text));
  }
}

TEST(Base64, has_one_text_for_each_run_of_bytes) {
  for (const char* text :
       {"Z",      "Zg",    "Zg=",   "Zm8",  "Zm9",      "Zg===", "=",        "==",
        "====",   "Z===",  "Zh==",  "Zm9=", "Zg==Zg==", "Zm=v",  "Zm8=Zm8=", "Zm 9",
        "Zm9v\n", "Zm9v ", " Zm9v", "Zm9-", "Zm9_",     "Zm9*",  "Zm9v\r\n", "\xc3\xa9\xc3\xa9"}) {
    EXPECT_FALSE(decode_base64(text)) << text;
    EXPECT_FALSE(is_base64(text)) << text;
  }
}

TEST(Base64, is_decoded_into_what_it_fits_in) {
  std::array<std::byte, 4> into{};
  EXPECT_EQ(decode_base64("Zm9vYg==", into), 4u);
  EXPECT_FALSE(decode_base64("Zm9vYmE=", into));
}

TEST(Base64, is_read_back) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, ' ');
    for (char& c : bytes) c = static_cast<char>(random());
    ASSERT_EQ(decode_base64(encoded(bytes)), bytes);
  }
}

std::string shown(const StructuredItem& item) {
  const std::string text(item.text);
  switch (item.kind) {
    case ItemKind::integer: return std::to_string(item.integer);
    case ItemKind::decimal: return "decimal";
    case ItemKind::string: return "\"" + text + "\"";
    case ItemKind::token: return text;
    case ItemKind::bytes: return ":" + text + ":";
    case ItemKind::boolean: return item.boolean ? "?1" : "?0";
    case ItemKind::date: return "@" + std::to_string(item.integer);
    case ItemKind::display_string: return "%\"" + text + "\"";
    case ItemKind::inner_list: return "(" + text + ")";
  }
  return {};
}

TEST(StructuredFields, items) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"0", "0"},
      {"42", "42"},
      {"-17", "-17"},
      {"007", "7"},
      {"-0", "0"},
      {"999999999999999", "999999999999999"},
      {"-999999999999999", "-999999999999999"},
      {"4.5", "decimal"},
      {"-123456789012.123", "decimal"},
      {"\"\"", "\"\""},
      {R"("a \"b\" \\")", R"("a \"b\" \\")"},
      {"token", "token"},
      {"*a/b:c.d", "*a/b:c.d"},
      {"::", "::"},
      {":Zm9v:", ":Zm9v:"},
      {"?1", "?1"},
      {"?0", "?0"},
      {"@1659578233", "@1659578233"},
      {"%\"f%c3%bc\"", "%\"f%c3%bc\""},
      {"  1  ", "1"},
      {"1;a", "1"},
      {"1; a=2;b=\"x;y\";*c.d-e_f=?0", "1"},
  };
  for (const auto& [text, item] : rows) {
    const auto parsed = parse_item(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(shown(*parsed), item) << text;
  }
}

TEST(StructuredFields, items_that_are_none) {
  for (const char* text : {"",
                           " ",
                           "-",
                           "--1",
                           "+1",
                           "1 2",
                           "1,2",
                           "1000000000000000",
                           "1.",
                           ".1",
                           "1.2345",
                           "1234567890123.1",
                           "1.2.3",
                           "-a",
                           "\"",
                           "\"a",
                           "\"a\\",
                           "\"\\a\"",
                           "\"\x7f\"",
                           "\"a\tb\"",
                           "\"\xc3\xa9\"",
                           ":",
                           ":a:",
                           ":Zg:",
                           ":Zh==:",
                           ":Zm 9v:",
                           ":Zm9v",
                           "?",
                           "?2",
                           "?10",
                           "?1x",
                           "?true",
                           "@",
                           "@1.5",
                           "@a",
                           "%",
                           "%a",
                           "%\"%\"",
                           "%\"%4\"",
                           "%\"%C3\"",
                           "%\"a",
                           "1;",
                           "1;A",
                           "1;a=",
                           "1;a =1",
                           "1 ;a",
                           "1;1",
                           "(1 2)",
                           "\t1",
                           "a b",
                           "a=1",
                           "\"a\"b"}) {
    EXPECT_FALSE(parse_item(text)) << text;
  }
}

std::string dictionary(std::string_view field) {
  DictionaryReader reader(field);
  std::string all;
  while (const auto member = reader.next())
    all += std::string(member->key) + "=" + shown(member->value) + " ";
  return reader.malformed() ? "malformed" : all;
}

TEST(StructuredFields, dictionaries) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", ""},
      {"a=1", "a=1 "},
      {" a=1 ", "a=1 "},
      {"a=1,b=2", "a=1 b=2 "},
      {"a=1 ,\t b=2", "a=1 b=2 "},
      {"a,b;x=1,c", "a=?1 b=?1 c=?1 "},
      {"a=?0;x", "a=?0 "},
      {"a=1,a=2", "a=1 a=2 "},
      {"*a-b_c.d=:Zm9v:", "*a-b_c.d=:Zm9v: "},
      {"a=(1 \"x)\" b;y);z=1, b=()", "a=(1 \"x)\" b;y) b=() "},
      {"sha-256=:Zg==:, unknown=token;p=\"a,b\"", "sha-256=:Zg==: unknown=token "},
  };
  for (const auto& [text, members] : rows) EXPECT_EQ(dictionary(text), members) << text;
  for (const char* text : {",",       "a=1,",       "a=1,,b=2", "=1",      "A=1",    "1=1",
                           "a=",      "a =1",       "a= 1",     "a=1 b=2", "a=1;",   "a=(1",
                           "a=(1,2)", "a=(1\"x\")", "a=(1\t2)", "a=((1))", "a=:Zg:", "a=\"",
                           "\ta=1",   "a=1;;b",     "a=1, =2"}) {
    EXPECT_EQ(dictionary(text), "malformed") << text;
  }
}

TEST(StructuredFields, of_a_request_are_there_once) {
  EXPECT_EQ(boolean_of(TestHead("B: ?1\r\n"), "b"), true);
  EXPECT_EQ(boolean_of(TestHead("B: ?0;x=1\r\n"), "b"), false);
  EXPECT_FALSE(boolean_of(TestHead("B: 1\r\n"), "b"));
  EXPECT_FALSE(boolean_of(TestHead("B: ?1\r\nB: ?1\r\n"), "b"));
  EXPECT_FALSE(boolean_of(TestHead(""), "b"));
  EXPECT_EQ(count_of(TestHead("N: 0\r\n"), "n"), 0u);
  EXPECT_EQ(count_of(TestHead("N: 999999999999999\r\n"), "n"), 999'999'999'999'999u);
  EXPECT_FALSE(count_of(TestHead("N: -1\r\n"), "n"));
  EXPECT_FALSE(count_of(TestHead("N: 1.0\r\n"), "n"));
  EXPECT_FALSE(count_of(TestHead("N: 1000000000000000\r\n"), "n"));
}

const std::string bytes_32(32, 'x');
const std::string bytes_64(64, 'y');

std::string digest_field(const std::string& lines) {
  const auto read = read_digest(TestHead(lines), "Repr-Digest");
  if (const auto* refusal = std::get_if<Refusal>(&read)) return std::to_string(refusal->status);
  const auto& digest = std::get<std::optional<Digest>>(read);
  return digest ? std::string(DigestText(*digest).text()) : "none";
}

TEST(DigestFields, are_read_and_written) {
  const std::string a = "sha-256=:" + encoded(bytes_32) + ":";
  const std::string b = "sha-512=:" + encoded(bytes_64) + ":";
  const std::string name = "Repr-Digest: ";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "none"},
      {name + "\r\n", "none"},
      {name + a + "\r\n", a},
      {name + b + "\r\n", b},
      {name + a + ", " + b + "\r\n", b},
      {name + b + "\r\nrepr-digest: " + a + "\r\n", b},
      {name + "md5=:Zg==:, " + a + "\r\n", a},
      {name + "md5=:Zg==:\r\n", "none"},
      {name + "sha=token, unixsum=1\r\n", "none"},
      {name + a + ";x=1\r\n", a},
      {"Content-Digest: " + a + "\r\n", "none"},
      {name + "SHA-256=:" + encoded(bytes_32) + ":\r\n", "400"},
      {name + "sha-256=" + encoded(bytes_32) + "\r\n", "400"},
      {name + "sha-256=\"" + encoded(bytes_32) + "\"\r\n", "400"},
      {name + "sha-256=:" + encoded(bytes_64) + ":\r\n", "400"},
      {name + "sha-256=:" + encoded(std::string(31, 'x')) + ":\r\n", "400"},
      {name + "sha-512=:" + encoded(bytes_32) + ":\r\n", "400"},
      {name + "sha-512=::, " + a + "\r\n", "400"},
      {name + "sha-512=:" + encoded(std::string(65, 'x')) + ":\r\n", "400"},
      {name + "sha-256\r\n", "400"},
      {name + a + ",\r\n", "400"},
      {name + "sha-256=(1)\r\n", "400"},
      {name + "md5=:Zg:, " + a + "\r\n", "400"},
  };
  for (const auto& [lines, result] : rows) EXPECT_EQ(digest_field(lines), result) << lines;
}

TEST(DigestFields, compare_what_counts_of_them) {
  Digest a{DigestAlgorithm::sha_256, {}};
  Digest b = a;
  b.bytes[63] = std::byte{1};
  EXPECT_EQ(a, b);
  b.bytes[31] = std::byte{1};
  EXPECT_NE(a, b);
  EXPECT_NE(a, (Digest{DigestAlgorithm::sha_512, {}}));
  a.algorithm = b.algorithm = DigestAlgorithm::sha_512;
  b.bytes[31] = std::byte{0};
  EXPECT_NE(a, b);
}

TEST(DigestFields, wishes_are_granted_by_preference) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "none"},
      {"sha-256=1", "sha-256"},
      {"sha-512=1", "sha-512"},
      {"sha-256=10", "sha-256"},
      {"sha-256=0", "none"},
      {"sha-256=3, sha-512=5", "sha-512"},
      {"sha-256=5, sha-512=3", "sha-256"},
      {"sha-256=3, sha-512=3", "sha-512"},
      {"sha-256=3, sha-512=0", "sha-256"},
      {"md5=10, sha-256=1", "sha-256"},
      {"md5=10", "none"},
      {"sha-256=9, sha-256=0", "none"},
      {"sha-256=11", "none"},
      {"sha-256=-1", "none"},
      {"sha-256=1.0", "none"},
      {"sha-256", "none"},
      {"sha-256=1,", "none"},
  };
  for (const auto& [value, algorithm] : rows) {
    const auto wanted =
        wanted_digest(TestHead("Want-Repr-Digest: " + value + "\r\n"), "want-repr-digest");
    EXPECT_EQ(wanted ? name_of(*wanted) : "none", algorithm) << value;
  }
  EXPECT_EQ(wanted_digest(TestHead("W: sha-256=1\r\nW: sha-512=2\r\n"), "W"),
            DigestAlgorithm::sha_512);
}

}  // namespace
}  // namespace overlap::protocol
