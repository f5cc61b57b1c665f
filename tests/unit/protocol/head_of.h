// A request head for a test, from the few words that matter to it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/protocol/request_head.h"

namespace overlap::protocol {

// Owns the bytes that its head points into.
class TestHead {
 public:
  // `lines` are header lines, each with its CRLF; Host is added.
  TestHead(const std::string& method, const std::string& target, const std::string& lines)
      : text_(method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n"), reader_({}) {
    EXPECT_EQ(reader_.read(text_), HeadStatus::complete) << text_;
  }
  explicit TestHead(const std::string& lines) : TestHead("GET", "/a", lines) {}
  TestHead(const TestHead&) = delete;
  TestHead& operator=(const TestHead&) = delete;

  operator const RequestHead&() const { return reader_.head(); }  // NOLINT: that is its purpose

 private:
  const std::string text_;
  HeadReader reader_;
};

}  // namespace overlap::protocol
