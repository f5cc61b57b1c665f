#include "service/store/upload_record.h"

#include <boost/json.hpp>
#include <charconv>

#include "common/path/url_path.h"

namespace overlap::store {

namespace {

namespace json = boost::json;
using protocol::Digest;
using protocol::DigestAlgorithm;

constexpr std::string_view hex_digits = "0123456789abcdef";

std::string to_hex(const Digest& digest) {
  std::string text;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto byte = std::to_integer<unsigned>(digest.bytes[i]);
    text += hex_digits[byte >> 4];
    text += hex_digits[byte & 15];
  }
  return text;
}

std::optional<Digest> digest_of(std::string_view algorithm, std::string_view hex) {
  Digest digest;
  if (algorithm == name_of(DigestAlgorithm::sha_512)) {
    digest.algorithm = DigestAlgorithm::sha_512;
  } else if (algorithm != name_of(DigestAlgorithm::sha_256)) {
    return std::nullopt;
  }
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = hex_digits.find(hex[2 * i]);
    const auto low = hex_digits.find(hex[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    digest.bytes[i] = static_cast<std::byte>(high * 16 + low);
  }
  return digest;
}

std::string_view text_of(const json::object& object, std::string_view key) {
  const json::string& text = object.at(key).as_string();
  return {text.data(), text.size()};
}

// Throws what Boost.JSON throws where something is missing or of another type.
std::optional<UploadRecord> record_of(const json::object& object) {
  auto path = parse_url_path(text_of(object, "target"));
  if (!std::holds_alternative<StorePath>(path)) return std::nullopt;
  UploadRecord record;
  record.target = std::get<StorePath>(std::move(path));
  if (record.target.names_folder()) return std::nullopt;
  record.user = text_of(object, "user");
  for (const auto& [algorithm, hex] : object.at("digests").as_object()) {
    const auto digest = digest_of(algorithm, std::string(hex.as_string()));
    if (!digest) return std::nullopt;
    record.digests.push_back(*digest);
  }
  std::optional<std::int64_t> since;
  if (const auto* found = object.if_contains("if_unmodified_since")) since = found->as_int64();
  record.condition = {std::string(text_of(object, "if_match")),
                      std::string(text_of(object, "if_none_match")), since};
  record.metadata = text_of(object, "metadata");
  return record;
}

// Takes a number of digits alone, and the space behind it.
template <class Number>
bool take(std::string_view& rest, Number& number) {
  const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  const auto used = static_cast<std::size_t>(stop - rest.data());
  if (error != std::errc() || rest.front() == '-') return false;
  if (used == rest.size() || rest[used] != ' ') return false;
  rest.remove_prefix(used + 1);
  return true;
}

constexpr std::string_view kinds = "wrc";  // in the order of UploadPhase

}  // namespace

std::string to_line(const UploadRecord& record) {
  json::object digests;
  for (const Digest& digest : record.digests) digests[name_of(digest.algorithm)] = to_hex(digest);
  json::object object{{"target", to_url_path(record.target)},
                      {"user", record.user},
                      {"digests", std::move(digests)},
                      {"if_match", record.condition.if_match()},
                      {"if_none_match", record.condition.if_none_match()},
                      {"metadata", record.metadata}};
  if (const auto since = record.condition.unmodified_since()) {
    object["if_unmodified_since"] = *since;
  }
  return json::serialize(object) + '\n';
}

std::string to_line(const UploadProgress& progress) {
  std::string line(1, kinds[static_cast<std::size_t>(progress.phase)]);
  line += ' ' + std::to_string(progress.offset) + ' ' + std::to_string(progress.flushed) + ' ';
  line += progress.length ? std::to_string(*progress.length) : "-";
  // The mark at its end tells a whole line from one that was torn within its last number.
  return line + ' ' + std::to_string(progress.touched_unix_seconds) + " .\n";
}

std::optional<UploadRecord> read_record(std::string_view line) {
  try {
    // A header may hold bytes that are not UTF-8: they come back as they were.
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    return record_of(json::parse(line, {}, options).as_object());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<UploadProgress> read_progress(std::string_view line) {
  if (line.size() < 2 || line[1] != ' ') return std::nullopt;
  const auto kind = kinds.find(line.front());
  if (kind == std::string_view::npos) return std::nullopt;
  UploadProgress progress;
  progress.phase = static_cast<UploadPhase>(kind);
  line.remove_prefix(2);
  if (line.empty() || !take(line, progress.offset)) return std::nullopt;
  if (line.empty() || !take(line, progress.flushed)) return std::nullopt;
  if (line.starts_with("- ")) {
    line.remove_prefix(2);
  } else if (line.empty() || !take(line, progress.length.emplace())) {
    return std::nullopt;
  }
  if (line.empty() || !take(line, progress.touched_unix_seconds)) return std::nullopt;
  if (line != ".") return std::nullopt;
  const bool sound = progress.flushed <= progress.offset &&
                     (!progress.length || progress.offset <= *progress.length);
  return sound ? std::optional(progress) : std::nullopt;
}

std::optional<UploadProgress> last_progress(std::string_view lines, bool whole_begin) {
  // What follows the last line feed was torn.
  lines = lines.substr(0, lines.rfind('\n') + 1);
  while (!lines.empty()) {
    lines.remove_suffix(1);
    const auto feed = lines.rfind('\n');
    const bool first = feed == std::string_view::npos;
    if (first && !whole_begin) return std::nullopt;
    const auto begin = first ? 0 : feed + 1;
    if (const auto progress = read_progress(lines.substr(begin))) return progress;
    lines = lines.substr(0, begin);
  }
  return std::nullopt;
}

}  // namespace overlap::store
