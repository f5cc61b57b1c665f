#include "common/config/values.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/config/parse.h"

namespace overlap::config {
namespace {

using namespace std::chrono_literals;

std::map<std::string, Value> values_of(const Config& config) {
  std::map<std::string, Value> values;
  for_each_value(config, [&](std::string_view section, std::string_view key, const Value& value) {
    values.emplace(std::string(section) + "." + std::string(key), value);
  });
  return values;
}

TEST(Values, have_the_type_that_the_file_would_have) {
  Config config;
  config.store.root = "C:\\Files";
  config.timeouts.head = 1500ms;
  config.timeouts.idle = 120'000ms;
  config.log.level = Severity::warning;
  config.limits.body_bytes_max = 1ull << 50;
  auto values = values_of(config);
  EXPECT_EQ(values["store.root"], Value(std::string("C:\\Files")));
  EXPECT_EQ(values["timeouts.head_seconds"], Value(1.5));
  EXPECT_EQ(values["timeouts.idle_seconds"], Value(std::int64_t{120}));
  EXPECT_EQ(values["log.level"], Value(std::string("warning")));
  EXPECT_EQ(values["log.event_log_level"], Value(std::string("warning")));
  EXPECT_EQ(values["limits.body_bytes_max"], Value(std::int64_t{1} << 50));
  EXPECT_EQ(values["admin.anonymous_read"], Value(false));
}

TEST(Values, are_those_of_every_key) {
  std::vector<std::string> names;
  for_each_value(Config{}, [&](std::string_view section, std::string_view key, const Value&) {
    names.push_back(std::string(section) + "." + std::string(key));
  });
  for_each_value(Listener{}, [&](std::string_view key, const Value&) {
    names.push_back("listener." + std::string(key));
  });
  EXPECT_EQ(names, known_keys());
}

TEST(Values, of_a_listener_are_its_own) {
  std::map<std::string, Value> values;
  const Listener listener{.name = "first", .model = ModelName::apc, .port = 9001, .threads = 3};
  for_each_value(listener, [&](std::string_view key, const Value& value) {
    values.emplace(std::string(key), value);
  });
  EXPECT_EQ(values["name"], Value(std::string("first")));
  EXPECT_EQ(values["model"], Value(std::string("apc")));
  EXPECT_EQ(values["port"], Value(std::int64_t{9001}));
  EXPECT_EQ(values["threads"], Value(std::int64_t{3}));
}

}  // namespace
}  // namespace overlap::config
