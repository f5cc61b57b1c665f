// Requests as text, for scripts.
#pragma once

#include <cstddef>
#include <string>

namespace overlap::test {

// `headers`: whole lines, each with its CRLF.
inline std::string request(const std::string& method, const std::string& target,
                           const std::string& headers = "", const std::string& content = "") {
  return method + ' ' + target + " HTTP/1.1\r\nHost: files\r\n" + headers + "\r\n" + content;
}
inline std::string get(const std::string& target, const std::string& headers = "") {
  return request("GET", target, headers);
}
inline std::string length_of(const std::string& content) {
  return "Content-Length: " + std::to_string(content.size()) + "\r\n";
}
// With a body of declared length.
inline std::string sized(const std::string& method, const std::string& target,
                         const std::string& content, const std::string& headers = "") {
  return request(method, target, headers + length_of(content), content);
}
inline std::string put(const std::string& target, const std::string& content,
                       const std::string& headers = "") {
  return sized("PUT", target, content, headers);
}
inline std::string chunk(const std::string& content) {
  std::string size;
  for (std::size_t n = content.size(); n > 0 || size.empty(); n /= 16)
    size.insert(0, 1, "0123456789abcdef"[n % 16]);
  return size + "\r\n" + content + "\r\n";
}
// `chunks` as they are: the last one included.
inline std::string chunked(const std::string& method, const std::string& target,
                           const std::string& chunks, const std::string& headers = "") {
  return request(method, target, headers + "Transfer-Encoding: chunked\r\n", chunks);
}

// The upload resources of scripts are numbered: those that a session begins from 256 on.
inline std::string upload_id(std::size_t number) {
  std::string id(32, '0');
  for (std::size_t at = 32; number > 0; number /= 16) id[--at] = "0123456789abcdef"[number % 16];
  return id;
}
inline std::string upload_target(std::size_t number) {
  return "/.overlap-uploads/" + upload_id(number);
}

// ---- tus 1.0.0

inline std::string tus_fields(const std::string& more = "") {
  return "Tus-Resumable: 1.0.0\r\n" + more;
}
inline std::string tus_body_fields(const std::string& more = "") {
  return tus_fields("Content-Type: application/offset+octet-stream\r\n" + more);
}
inline std::string tus_creation(const std::string& target, std::size_t length,
                                const std::string& more = "") {
  return request("POST", target,
                 tus_fields("Upload-Length: " + std::to_string(length) + "\r\n" + more));
}
inline std::string tus_creation_with(const std::string& content, const std::string& target,
                                     std::size_t length, const std::string& more = "") {
  const std::string field = "Upload-Length: " + std::to_string(length) + "\r\n";
  return sized("POST", target, content, tus_body_fields(field + more));
}
inline std::string tus_append(std::size_t number, std::size_t offset, const std::string& content,
                              const std::string& more = "") {
  const std::string field = "Upload-Offset: " + std::to_string(offset) + "\r\n";
  return sized("PATCH", upload_target(number), content, tus_body_fields(field + more));
}
inline std::string tus_query(std::size_t number) {
  return request("HEAD", upload_target(number), tus_fields());
}

// ---- the draft

inline std::string draft_fields(bool complete, const std::string& more = "") {
  return std::string("Upload-Complete: ") + (complete ? "?1" : "?0") + "\r\n" + more;
}
inline std::string draft_append(std::size_t number, std::size_t offset, const std::string& content,
                                bool complete, const std::string& more = "") {
  return sized(
      "PATCH", upload_target(number), content,
      draft_fields(complete, "Content-Type: application/partial-upload\r\nUpload-Offset: " +
                                 std::to_string(offset) + "\r\n" + more));
}
inline std::string draft_query(std::size_t number) {
  return request("HEAD", upload_target(number));
}

}  // namespace overlap::test
