// Reads what a simulated client receives, and finds fault with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/simulation/report.h"
#include "tests/simulation/uploads.h"
#include "tests/simulation/versions.h"

namespace overlap::simulation {

// What a client has asked, in the order in which it has asked.
struct Expected {
  enum class Kind : std::uint8_t { get, head, put, create, append, query, other };
  Kind kind = Kind::other;
  std::string name;                // of the file, for get and put
  std::optional<Version> version;  // for put, create, append
  bool ends = false;               // broken: nothing can be expected after the answer to it
  std::size_t upload = 0;          // for create, append, query: in the run's list
};

class ResponseReader {
 public:
  ResponseReader(Versions& versions, Uploads& uploads, Report& report)
      : versions_(versions), uploads_(uploads), report_(report) {}

  void expect(Expected expected) { expected_.push_back(std::move(expected)); }
  void receive(std::span<const std::byte> bytes);
  // The connection has ended: what is there must be a prefix of a good response.
  void end();

  bool may_go_on() const noexcept { return continues_ > 0; }  // a 100 (Continue) has come
  void forget_continue() noexcept { continues_ = 0; }
  std::size_t outstanding() const noexcept { return expected_.size(); }
  // What the last answer has named as the offset of an upload.
  std::optional<std::uint64_t> last_offset() const noexcept { return last_offset_; }
  // Uploads that were confirmed.
  const std::vector<Version>& confirmed() const noexcept { return confirmed_; }

 private:
  struct Head {
    int status = 0;
    std::optional<std::uint64_t> length;
    std::uint64_t offset = 0;  // of Content-Range
    bool closes = false;
    std::optional<std::uint64_t> upload_offset;
    bool upload_complete = false;
    std::string upload_id;  // of Location
  };

  bool read_head();
  std::optional<Head> parse(std::string_view text);
  bool read_body();
  void check_body(bool whole);
  void finish_response();
  void note_upload(const Expected& expected);

  Versions& versions_;
  Uploads& uploads_;
  Report& report_;
  std::deque<Expected> expected_;
  std::string text_;  // received and not yet understood
  std::optional<Head> head_;
  std::vector<std::byte> body_;
  bool closed_ = false;  // the server has said that this was its last response
  int continues_ = 0;
  std::optional<std::uint64_t> last_offset_;
  std::vector<Version> confirmed_;
};

}  // namespace overlap::simulation
