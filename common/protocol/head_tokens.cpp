#include "common/protocol/head_tokens.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/version.hpp>

namespace overlap::protocol {
namespace {

namespace http = boost::beast::http;
using Text = boost::beast::string_view;
using ErrorCode = boost::beast::error_code;

// Collects views instead of copies: nothing is allocated beyond the vector that the head keeps.
class Tokens final : public http::basic_parser<true> {
 public:
  explicit Tokens(RequestHead& head) : head_(head) {}

 private:
  void on_request_impl(http::verb, Text method, Text target, int version, ErrorCode&) override {
    head_.method_text = method;
    head_.target = target;
    head_.minor_version = version - 10;
  }
  void on_field_impl(http::field, Text name, Text value, ErrorCode&) override {
    head_.fields.push_back({name, value});
  }
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, ErrorCode&) override { return 0; }
  void on_finish_impl(ErrorCode&) override {}
#if BOOST_BEAST_VERSION >= 359  // Boost 1.90
  void on_trailer_field_impl(http::field, Text, Text, ErrorCode&) override {}
#endif

  RequestHead& head_;
};

Refusal refusal_of(const ErrorCode& error) noexcept {
  if (error == http::error::bad_version) return {505, "Only HTTP/1.0 and HTTP/1.1 are understood."};
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length)
    return {400, "The Content-Length is not one whole number, or not the only framing."};
  if (error == http::error::bad_transfer_encoding)
    return {400, "The Transfer-Encoding is ambiguous."};
  return {400, "The request head cannot be understood."};
}

}  // namespace

std::optional<Refusal> read_tokens(std::string_view bytes, RequestHead& head) {
  Tokens tokens(head);
  tokens.header_limit(static_cast<std::uint32_t>(bytes.size()));
  tokens.skip(true);  // the body has its own readers
  ErrorCode error;
  const std::size_t taken =
      tokens.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error) return refusal_of(error);
  if (!tokens.is_header_done() || taken != bytes.size())
    return Refusal{400, "The request head cannot be understood."};
  return std::nullopt;
}

}  // namespace overlap::protocol
