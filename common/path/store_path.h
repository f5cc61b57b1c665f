// A name inside the served folder that is safe to hand to Windows. The only way to make one other
// than the served folder itself is parse_url_path(), so no unchecked name can reach a file call.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace overlap {

class StorePath {
 public:
  StorePath() = default;  // the served folder itself

  // Valid UTF-8, segments joined by '/', none at either end: "photos/2024/a.jpg". Empty: the served
  // folder. Every segment is a name that Windows takes literally, so the path may be appended to
  // the served folder once each '/' is written as a backslash.
  const std::string& text() const noexcept { return text_; }

  // The URL ended in '/', which a file's never does.
  bool names_folder() const noexcept { return folder_; }

  // The last segment; empty for the served folder. Valid while the path lives.
  std::string_view file_name() const noexcept;

  // Byte for byte. NTFS compares without case: two paths that differ here may name one file.
  friend bool operator==(const StorePath&, const StorePath&) = default;

 private:
  friend class UrlPathParser;
  StorePath(std::string text, bool folder) : text_(std::move(text)), folder_(folder) {}

  std::string text_;
  bool folder_ = true;
};

}  // namespace overlap
