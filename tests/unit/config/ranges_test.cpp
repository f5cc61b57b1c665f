#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "wrong_file.h"

namespace overlap::config {
namespace {

struct Range {
  std::string section;
  std::string key;
  std::string least, below, most, above;
  std::string sentence;
};
std::ostream& operator<<(std::ostream& out, const Range& row) {
  return out << row.section << '.' << row.key;
}

class EveryNumber : public testing::TestWithParam<Range> {};

TEST_P(EveryNumber, is_taken_at_its_bounds_and_refused_past_them) {
  const auto& row = GetParam();
  const auto with = [&](const std::string& value) {
    File file;
    const std::string line = row.key + " = " + value;
    if (row.section == "listener") {
      file.listener = "model = \"asio\"\n" + line + (row.key == "port" ? "" : "\nport = 8104");
    } else if (row.section == "store") {
      file.section = "# a comment\n\n" + line;
    } else {
      // What the two limits of a head say about each other is tested elsewhere.
      file.section = "\n[" + row.section + "]\n" + line;
      if (row.key == "head_bytes_max") file.section += "\ntarget_bytes_max = 64";
      if (row.key == "target_bytes_max") file.section += "\nhead_bytes_max = 1048576";
    }
    return file.text();
  };
  EXPECT_EQ(problems_of(with(row.least)), Lines());
  EXPECT_EQ(problems_of(with(row.most)), Lines());
  const std::string at = row.section == "listener" ? "x.toml:7: " : "x.toml:6: ";
  const std::string start =
      at + row.section + "." + row.key + ": must be " + row.sentence + ", not ";
  EXPECT_EQ(problems_of(with(row.below)), Lines{start + row.below});
  EXPECT_EQ(problems_of(with(row.above)), Lines{start + row.above});
}

INSTANTIATE_TEST_SUITE_P(
    numbers, EveryNumber,
    testing::ValuesIn(std::vector<Range>{
        {"store", "threads", "1", "0", "64", "65", "1 to 64"},
        {"store", "free_bytes_min", "0", "-1", "1125899906842624", "1125899906842625",
         "0 to 1125899906842624"},
        {"store", "digest_file_bytes_max", "0", "-1", "1125899906842624", "1125899906842625",
         "0 to 1125899906842624"},
        {"limits", "head_bytes_max", "1024", "1023", "1048576", "1048577", "1024 to 1048576"},
        {"limits", "headers_max", "8", "7", "1000", "1001", "8 to 1000"},
        {"limits", "target_bytes_max", "64", "63", "65536", "65537", "64 to 65536"},
        {"limits", "body_bytes_max", "0", "-1", "1125899906842624", "1125899906842625",
         "0 to 1125899906842624"},
        {"limits", "chunk_bytes", "4096", "4095", "16777216", "16777217", "4096 to 16777216"},
        {"limits", "receive_bytes_per_second_max", "0", "-1", "1099511627776", "1099511627777",
         "0 to 1099511627776"},
        {"limits", "send_bytes_per_second_max", "0", "-1", "1099511627776", "1099511627777",
         "0 to 1099511627776"},
        {"limits", "receive_bytes_per_second_min", "0", "-1", "1073741824", "1073741825",
         "0 to 1073741824"},
        {"limits", "send_bytes_per_second_min", "0", "-1", "1073741824", "1073741825",
         "0 to 1073741824"},
        {"limits", "listing_entries_max", "1", "0", "100000", "100001", "1 to 100000"},
        {"uploads", "expire_seconds", "1", "0.999", "31536000", "31536001",
         "1 to 31536000 seconds"},
        {"uploads", "unfinished_max", "1", "0", "1000000", "1000001", "1 to 1000000"},
        {"timeouts", "head_seconds", "0.01", "0.009", "3600", "3600.001", "0.01 to 3600 seconds"},
        {"timeouts", "idle_seconds", "0.01", "0", "86400", "86401", "0.01 to 86400 seconds"},
        {"timeouts", "progress_seconds", "0.01", "-1", "3600", "3601", "0.01 to 3600 seconds"},
        {"timeouts", "drain_seconds", "0", "-0.001", "3600", "3601", "0 to 3600 seconds"},
        {"timeouts", "stall_seconds", "1", "0.999", "3600", "3600.001", "1 to 3600 seconds"},
        {"timeouts", "drain_seconds", "0.0", "nan", "3600.0", "inf", "0 to 3600 seconds"},
        {"admin", "port", "1", "0", "65535", "65536", "1 to 65535"},
        {"journal", "keep_seconds", "1", "0.999", "315360000", "315360001",
         "1 to 315360000 seconds"},
        {"journal", "bytes_max", "1048576", "1048575", "1099511627776", "1099511627777",
         "1048576 to 1099511627776"},
        {"journal", "w3c_rotation_bytes", "1024", "1023", "1073741824", "1073741825",
         "1024 to 1073741824"},
        {"journal", "w3c_files_max", "1", "0", "1000", "1001", "1 to 1000"},
        {"log", "rotation_bytes", "1024", "1023", "1073741824", "1073741825", "1024 to 1073741824"},
        {"log", "files_max", "1", "0", "1000", "1001", "1 to 1000"},
        {"listener", "port", "1", "0", "65535", "70000", "1 to 65535"},
        {"listener", "port", "2", "-9223372036854775808", "65534", "9223372036854775807",
         "1 to 65535"},
        {"listener", "threads", "1", "0", "1024", "1025", "1 to 1024"},
        {"listener", "connections_max", "1", "0", "100000", "100001", "1 to 100000"},
        {"listener", "connections_per_address_max", "1", "0", "100000", "100001", "1 to 100000"},
    }));

}  // namespace
}  // namespace overlap::config
