// The text of a state file.
#include "service/store/upload_record.h"

#include <gtest/gtest.h>

#include "tests/store/bench.h"

namespace overlap::store {
namespace {

UploadRecord full_record() {
  UploadRecord record;
  record.target = path_of("/photos/%ED%95%9C%20%27%25%23.jpg");
  record.user = "ann \"\\\xC3\xA9";
  protocol::Digest digest;
  digest.algorithm = protocol::DigestAlgorithm::sha_512;
  for (std::size_t i = 0; i < 64; ++i) digest.bytes[i] = static_cast<std::byte>(i * 4 + 3);
  record.digests = {{}, digest};
  record.condition = {"\"a\xFF\"", "\"b\", \"c\"", {}};
  record.metadata = "filename d29ybGQ=,\xFE";
  return record;
}

TEST(UploadRecord, comes_back_as_it_was) {
  const UploadRecord record = full_record();
  const std::string line = to_line(record);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto found = read_record(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->target, record.target);
  EXPECT_EQ(found->user, record.user);
  EXPECT_EQ(found->digests, record.digests);
  EXPECT_EQ(found->condition, record.condition);
  EXPECT_EQ(found->metadata, record.metadata);
}

TEST(UploadRecord, keeps_a_date) {
  UploadRecord record;
  record.target = path_of("/name");
  record.condition = {{}, {}, 1'700'000'000};
  const std::string line = to_line(record);
  const auto found = read_record(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->condition, record.condition);
}

TEST(UploadRecord, is_nothing_if_it_is_torn_anywhere) {
  const std::string line = to_line(full_record());
  for (std::size_t size = 0; size + 1 < line.size(); ++size) {
    EXPECT_FALSE(read_record(std::string_view(line).substr(0, size))) << size;
  }
}

TEST(UploadRecord, is_nothing_if_its_target_is_no_path_of_a_file) {
  const auto with_target = [](std::string target) {
    return read_record(
        R"({"target":")" + std::move(target) +
        R"(","user":"","digests":{},"if_match":"","if_none_match":"","metadata":""})");
  };
  EXPECT_TRUE(with_target("/name"));
  for (const char* target : {"", "/", "/name/", "/../name", "name", "/a//b", "/nul", "/a%5Cb"}) {
    EXPECT_FALSE(with_target(target)) << target;
  }
}

TEST(UploadProgress, comes_back_as_it_was) {
  const UploadProgress table[] = {
      {},
      {UploadPhase::renaming, 5, 5, 5, 1'700'000'000},
      {UploadPhase::complete, ~std::uint64_t{0}, 0, ~std::uint64_t{0}, 1},
      {UploadPhase::written, 7, 3, std::nullopt, 2},
  };
  for (const UploadProgress& progress : table) {
    const std::string line = to_line(progress);
    EXPECT_EQ(read_progress(std::string_view(line).substr(0, line.size() - 1)), progress) << line;
  }
}

TEST(UploadProgress, is_nothing_if_its_line_is_odd) {
  EXPECT_TRUE(read_progress("w 2 1 3 4 ."));
  for (const char* line : {"",
                           "w",
                           "w ",
                           "w 2",
                           "w 2 1",
                           "w 2 1 3",
                           "w 2 1 3 ",
                           "w 2 1 3 4",
                           "w 2 1 3 4 ",
                           "w 2 1 3 4 . ",
                           "w 2 1 3 4 5 .",
                           " w 2 1 3 4",
                           "x 2 1 3 4",
                           "w  2 1 3 4 .",
                           "w -2 1 3 4 .",
                           "w +2 1 3 4 .",
                           "w 2 3 3 4 .",
                           "w 4 1 3 4 .",
                           "w 2 1 3 -4 .",
                           "w 2 1 -3 4 .",
                           "w 2 1 3 4w 2 1 3 4 .",
                           "w 2w 2 1 3 4 .",
                           "w 18446744073709551616 1 - 4 .",
                           "w 2 1 -- 4 ."}) {
    EXPECT_FALSE(read_progress(line)) << line;
  }
}

TEST(UploadProgress, is_the_last_whole_line_that_is_sound) {
  const auto offset_of = [](std::string_view lines, bool whole = true) {
    const auto found = last_progress(lines, whole);
    return found ? static_cast<int>(found->offset) : -1;
  };
  EXPECT_EQ(offset_of(""), -1);
  EXPECT_EQ(offset_of("w 1 0 - 4 ."), -1);
  EXPECT_EQ(offset_of("w 1 0 - 4 .\n"), 1);
  EXPECT_EQ(offset_of("w 1 0 - 4 .\nw 2 0 - 4 .\n"), 2);
  EXPECT_EQ(offset_of("w 1 0 - 40 .\nw 2 0 - 40"), 1);
  EXPECT_EQ(offset_of("w 1 0 - 4 .\nw 2\n"), 1);
  EXPECT_EQ(offset_of("w 1 0 - 4 .\nw 2 0 - 1\n"), 1) << "torn within the time";
  EXPECT_EQ(offset_of("w 1 0 - 4 .\nw 2\n\n\nw 3 0 - 4 .\n"), 3);
  EXPECT_EQ(offset_of("w 1 0 - 4 .\n", false), -1);
  EXPECT_EQ(offset_of("9 0 - 4 .\nw 2 0 - 4 .\n", false), 2);
}

}  // namespace
}  // namespace overlap::store
