#include "tests/simulation/response_reader.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace overlap::simulation {
namespace {

constexpr std::size_t head_bytes_max = 16 * 1024;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void ResponseReader::receive(std::span<const std::byte> bytes) {
  for (const std::byte b : bytes) text_ += static_cast<char>(b);
  while (!text_.empty() && (head_ ? read_body() : read_head())) {
  }
}

// True if a head was taken from the text.
bool ResponseReader::read_head() {
  const std::size_t end = text_.find("\r\n\r\n");
  if (end == std::string::npos) {
    constexpr std::string_view begins = "HTTP/1.1 ";
    if (!begins.starts_with(text_.substr(0, begins.size())))
      report_.fail("a response begins with \"" + text_.substr(0, 20) + "\"");
    if (text_.size() > head_bytes_max) report_.fail("a response head has no end");
    return false;
  }
  const std::optional<Head> head = parse(std::string_view(text_).substr(0, end + 2));
  if (!head) {
    report_.fail("a response head is malformed: " + text_.substr(0, end));
    text_.clear();
    return false;
  }
  text_.erase(0, end + 4);
  if (closed_) report_.fail("a response follows the last one");
  if (head->status == 100) {
    ++continues_;
    return true;
  }
  if (head->status == 104) {
    const bool expected = !expected_.empty() && expected_.front().kind == Expected::Kind::create;
    if (!expected || head->upload_id.empty()) {
      report_.fail("an upload was announced that nobody has begun");
    } else {
      uploads_[expected_.front().upload].id = head->upload_id;
    }
    return true;
  }
  head_ = *head;
  body_.clear();
  if (expected_.empty()) {
    // An answer to nothing: only that the client took too long, or that the server is full.
    if (head_->status != 408 && head_->status != 503)
      report_.fail("an unasked response with status " + std::to_string(head_->status));
    if (!head_->closes) report_.fail("an unasked response does not close the connection");
    expected_.push_back({});
  }
  const Expected& expected = expected_.front();
  // A full server refuses before it has read what is asked: its 503 has a body also for a HEAD.
  const bool asks_for_head =
      expected.kind == Expected::Kind::head || expected.kind == Expected::Kind::query;
  const bool of_head = asks_for_head && head_->status != 503;
  const bool without_body = of_head || head_->status == 204 || head_->status == 304;
  if (without_body) {
    head_->length = 0;
  } else if (!head_->length) {
    report_.fail("a response of status " + std::to_string(head_->status) + " has no length");
    head_->length = 0;
  }
  if (*head_->length == 0) finish_response();
  return true;
}

std::optional<ResponseReader::Head> ResponseReader::parse(std::string_view text) {
  Head head;
  if (!text.starts_with("HTTP/1.1 ") || text.size() < 13 || text[12] != ' ') return std::nullopt;
  const auto status = number(text.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  head.status = static_cast<int>(*status);
  std::set<std::string, std::less<>> seen;
  for (text.remove_prefix(text.find("\r\n") + 2); !text.empty();) {
    const std::string_view line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(line.size() + 2);
    const std::size_t colon = line.find(": ");
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
    if (!std::ranges::all_of(line, [](char c) { return c >= ' ' && c != 0x7f; }))
      return std::nullopt;
    if (!seen.emplace(name).second && name != "WWW-Authenticate") return std::nullopt;
    if (name == "Content-Length") {
      head.length = number(value);
      if (!head.length) return std::nullopt;
    } else if (name == "Upload-Offset") {
      head.upload_offset = number(value);
      if (!head.upload_offset) return std::nullopt;
    } else if (name == "Upload-Complete") {
      head.upload_complete = value == "?1";
    } else if (name == "Location" && value.starts_with("/.overlap-uploads/")) {
      head.upload_id = value.substr(sizeof "/.overlap-uploads/" - 1);
    } else if (name == "Connection") {
      head.closes = value == "close";
    } else if (name == "Content-Range" && value.starts_with("bytes ") && value[6] != '*') {
      const auto offset = number(value.substr(6, value.find('-') - 6));
      if (!offset) return std::nullopt;
      head.offset = *offset;
    }
  }
  return head;
}

bool ResponseReader::read_body() {
  const std::size_t count = static_cast<std::size_t>(
      std::min<std::uint64_t>(text_.size(), *head_->length - body_.size()));
  for (std::size_t i = 0; i < count; ++i) body_.push_back(static_cast<std::byte>(text_[i]));
  text_.erase(0, count);
  if (body_.size() < *head_->length) return false;
  finish_response();
  return true;
}

// What has been sent of a file must be a part of one version of it.
void ResponseReader::check_body(bool whole) {
  const Expected& expected = expected_.front();
  const bool of_file =
      expected.kind == Expected::Kind::get && (head_->status == 200 || head_->status == 206);
  if (!of_file) return;
  const std::vector<Version>& offered = versions_.offered(expected.name);
  const bool good = std::ranges::any_of(offered, [&](const Version& version) {
    if (!versions_.was_sent_whole(version)) return false;
    if (head_->status == 200 && version.size != *head_->length) return false;
    if (head_->offset + *head_->length > version.size) return false;
    return version.holds(head_->offset, body_);
  });
  if (!good) {
    report_.fail("a " + std::string(whole ? "whole" : "broken") + " download of " + expected.name +
                 " is not a part of any version of it");
  }
  if (whole) ++report_.downloads_whole;
}

void ResponseReader::finish_response() {
  check_body(true);
  const Expected& expected = expected_.front();
  const bool success = head_->status / 100 == 2;
  if (expected.ends && success && expected.kind == Expected::Kind::other)
    report_.fail("a broken request was answered with " + std::to_string(head_->status));
  if (expected.kind == Expected::Kind::put && success) confirmed_.push_back(*expected.version);
  note_upload(expected);
  closed_ = head_->closes;
  continues_ = 0;
  ++report_.responses;
  head_.reset();
  expected_.pop_front();
}

void ResponseReader::note_upload(const Expected& expected) {
  using Kind = Expected::Kind;
  last_offset_ = head_->upload_offset;
  const bool success = head_->status / 100 == 2;
  const bool of_upload = expected.kind == Kind::create || expected.kind == Kind::append ||
                         expected.kind == Kind::query;
  if (!success || !of_upload) return;
  ResumableUpload& upload = uploads_[expected.upload];
  if (!head_->upload_id.empty()) upload.id = head_->upload_id;
  const std::uint64_t offset = head_->upload_offset.value_or(0);
  if (offset > upload.version.size) report_.fail("an upload holds more than was ever sent of it");
  upload.acknowledged = std::max(upload.acknowledged, offset);
  // A creation that is answered like an ordinary upload has stored the whole.
  const bool plain = expected.kind == Kind::create && !head_->upload_offset;
  if (!plain && !head_->upload_complete) return;
  if (!plain && offset != upload.version.size)
    report_.fail("an upload is said to be complete that is not whole");
  upload.complete = true;
  confirmed_.push_back(upload.version);
}

void ResponseReader::end() {
  if (!head_) return;
  check_body(false);
  ++report_.responses_cut_short;
}

}  // namespace overlap::simulation
