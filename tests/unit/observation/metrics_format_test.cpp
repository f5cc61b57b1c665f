#include <gtest/gtest.h>

#include "admin/api/metrics.h"

namespace overlap::admin {
namespace {

constexpr auto plain = MetricsFormat::prometheus;
constexpr auto open = MetricsFormat::openmetrics;

TEST(MetricsFormat, is_the_older_one_unless_openmetrics_is_asked_for) {
  EXPECT_EQ(metrics_format_of(""), plain);
  EXPECT_EQ(metrics_format_of("*/*"), plain);
  EXPECT_EQ(metrics_format_of("text/html"), plain);
  EXPECT_EQ(metrics_format_of("text/plain"), plain);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text"), open);
  EXPECT_EQ(metrics_format_of("Application/OpenMetrics-Text; version=1.0.0"), open);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text2"), plain);
}

TEST(MetricsFormat, follows_the_weights) {
  EXPECT_EQ(metrics_format_of("application/openmetrics-text;version=1.0.0;q=0.5,"
                              "text/plain;version=0.0.4;q=0.3,*/*;q=0.1"),
            open);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text;q=0.3, text/plain;q=0.5"), plain);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text;q=0, text/html"), plain);
  EXPECT_EQ(metrics_format_of("*/*;q=0.001, application/openmetrics-text;q=0.002"), open);
  EXPECT_EQ(metrics_format_of("text/*; q=1, application/openmetrics-text"), plain);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text, text/plain"), open);
}

TEST(MetricsFormat, takes_rubbish_for_nothing) {
  EXPECT_EQ(metrics_format_of(",;,;q=,=;q"), plain);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text;q=x"), plain);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text;q=0.x"), plain);
  EXPECT_EQ(metrics_format_of("application/openmetrics-text;q="), plain);
}

TEST(MetricsFormat, has_the_content_type_of_its_text) {
  EXPECT_EQ(content_type_of(plain), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type_of(open), "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace overlap::admin
