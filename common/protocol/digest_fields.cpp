#include "common/protocol/digest_fields.h"

#include <algorithm>

#include "common/protocol/base64.h"
#include "common/protocol/grammar.h"
#include "common/protocol/structured_fields.h"

namespace overlap::protocol {
namespace {

constexpr std::array<DigestAlgorithm, digest_algorithms> strongest_first{DigestAlgorithm::sha_512,
                                                                         DigestAlgorithm::sha_256};
constexpr std::int64_t preference_max = 10;  // RFC 9530, section 4

std::optional<DigestAlgorithm> algorithm_of(std::string_view key) noexcept {
  for (const DigestAlgorithm algorithm : strongest_first) {
    if (key == name_of(algorithm)) return algorithm;
  }
  return std::nullopt;
}

constexpr std::size_t index(DigestAlgorithm algorithm) noexcept {
  return static_cast<std::size_t>(algorithm);
}

// Calls visit(algorithm, value) for each known algorithm in all lines of the field. False if a line
// is malformed.
template <class Visit>
bool for_each_known(const RequestHead& head, std::string_view name, Visit visit) noexcept {
  for (const HeaderField& field : head.fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    DictionaryReader members(field.value);
    while (const auto member = members.next()) {
      if (const auto algorithm = algorithm_of(member->key)) visit(*algorithm, member->value);
    }
    if (members.malformed()) return false;
  }
  return true;
}

}  // namespace

OrRefusal<std::optional<Digest>> read_digest(const RequestHead& head,
                                             std::string_view field_name) noexcept {
  std::array<std::optional<Digest>, digest_algorithms> found;
  bool wrong = false;
  const bool well_formed = for_each_known(
      head, field_name, [&](DigestAlgorithm algorithm, const StructuredItem& value) noexcept {
        Digest digest{algorithm, {}};
        wrong = value.kind != ItemKind::bytes ||
                decode_base64(value.text, digest.bytes) != digest.size() || wrong;
        found[index(algorithm)] = digest;
      });
  if (!well_formed) return Refusal{400, "A digest field is not a dictionary of byte sequences."};
  if (wrong) return Refusal{400, "A digest has not the length of its algorithm."};
  for (const DigestAlgorithm algorithm : strongest_first) {
    if (found[index(algorithm)]) return found[index(algorithm)];
  }
  return std::optional<Digest>();
}

std::optional<DigestAlgorithm> wanted_digest(const RequestHead& head,
                                             std::string_view field_name) noexcept {
  std::array<std::int64_t, digest_algorithms> preferences{};
  bool wrong = false;
  const bool well_formed = for_each_known(
      head, field_name, [&](DigestAlgorithm algorithm, const StructuredItem& value) noexcept {
        wrong = value.kind != ItemKind::integer || value.integer < 0 ||
                value.integer > preference_max || wrong;
        preferences[index(algorithm)] = value.integer;
      });
  if (!well_formed || wrong) return std::nullopt;
  std::optional<DigestAlgorithm> best;
  for (const DigestAlgorithm algorithm : strongest_first) {
    const std::int64_t preference = preferences[index(algorithm)];
    if (preference > (best ? preferences[index(*best)] : 0)) best = algorithm;
  }
  return best;
}

DigestText::DigestText(const Digest& digest) noexcept {
  const std::string_view name = name_of(digest.algorithm);
  char* to = std::copy(name.begin(), name.end(), text_.data());
  *to++ = '=';
  *to++ = ':';
  encode_base64(std::span(digest.bytes).first(digest.size()), to);
  to += base64_length(digest.size());
  *to++ = ':';
  length_ = static_cast<std::size_t>(to - text_.data());
}

}  // namespace overlap::protocol
