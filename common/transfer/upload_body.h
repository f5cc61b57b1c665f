// What the body of a request is to become: a file at once, the beginning of a resumable upload, or
// more of one. Knows how far it has come and whether it is what was promised.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/digest/hasher.h"
#include "common/protocol/resumable.h"

namespace overlap {

// A resumable upload is remembered as far as it has come after each of so many bytes: what a crash
// costs its client at most.
inline constexpr std::uint64_t checkpoint_bytes = 8 * 1024 * 1024;

struct UploadBody {
  enum class Kind : std::uint8_t { plain, creation, append };

  Kind kind = Kind::plain;
  protocol::UploadDialect dialect = protocol::UploadDialect::tus;
  bool complete = false;                // draft: this body ends the upload
  std::optional<std::uint64_t> length;  // of the whole upload
  int interop_version = 0;              // draft: of the client; 0: no 104 may be sent
  std::string id;
  std::uint64_t start = 0;       // where in the file this body begins
  std::uint64_t remembered = 0;  // the last checkpoint
  // What was promised of this body.
  std::optional<protocol::Digest> content_digest;  // Content-Digest
  std::optional<protocol::Digest> repr_digest;     // Repr-Digest, where the body is the whole
  std::optional<protocol::Digest> checksum;        // tus: Upload-Checksum

  bool resumable() const noexcept { return kind != Kind::plain; }
  // A body that may turn out to be wrong must leave no trace before its end.
  bool may_checkpoint() const noexcept { return resumable() && !promised(); }
  bool promised() const noexcept { return content_digest || repr_digest || checksum; }

  // Once all promises are known.
  void begin_hashing() {
    for (auto& some : hashers_) some.reset();
    for (const auto* digest : {&content_digest, &repr_digest, &checksum}) {
      if (*digest) hasher((*digest)->algorithm).emplace((*digest)->algorithm);
    }
  }
  void hash(std::span<const std::byte> bytes) {
    for (auto& some : hashers_) {
      if (some) some->update(bytes);
    }
  }

  struct Verdict {
    bool content_holds = true;
    bool repr_holds = true;
    bool checksum_holds = true;
    std::optional<protocol::Digest> known;  // of the whole content, for the store to remember
  };
  // At the end of the body, once.
  Verdict judge() {
    std::array<std::optional<protocol::Digest>, protocol::digest_algorithms> found;
    for (std::size_t i = 0; i < hashers_.size(); ++i) {
      if (hashers_[i]) found[i] = hashers_[i]->finish();
    }
    const auto holds = [&found](const std::optional<protocol::Digest>& promise) {
      return !promise || *found[static_cast<std::size_t>(promise->algorithm)] == *promise;
    };
    Verdict verdict{holds(content_digest), holds(repr_digest), holds(checksum), {}};
    if (kind == Kind::plain) verdict.known = found[0] ? found[0] : found[1];
    return verdict;
  }

 private:
  std::optional<Hasher>& hasher(protocol::DigestAlgorithm algorithm) noexcept {
    return hashers_[static_cast<std::size_t>(algorithm)];
  }
  std::array<std::optional<Hasher>, protocol::digest_algorithms> hashers_;
};

}  // namespace overlap
