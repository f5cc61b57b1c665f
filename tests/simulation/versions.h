// The contents that files of a simulated run have or may come to have. A version is told from every
// other by any run of a few of its bytes, so that a mixture of two cannot pass for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overlap::simulation {

struct Version {
  std::uint64_t number = 0;
  std::size_t size = 0;

  std::byte at(std::uint64_t offset) const noexcept {
    return static_cast<std::byte>(((number * 1'000'003 + offset) * 0x9E3779B97F4A7C15ull) >> 56);
  }
  std::vector<std::byte> bytes() const {
    std::vector<std::byte> all(size);
    for (std::size_t i = 0; i < size; ++i) all[i] = at(i);
    return all;
  }
  // Whether `part` is what this version has from `offset` on.
  bool holds(std::uint64_t offset, std::span<const std::byte> part) const noexcept {
    if (offset + part.size() > size) return false;
    for (std::size_t i = 0; i < part.size(); ++i)
      if (part[i] != at(offset + i)) return false;
    return true;
  }
};

// By the name of the file.
class Versions {
 public:
  Version make(const std::string& name, std::size_t size) {
    const Version version{++last_, size};
    offered_[name].push_back(version);
    return version;
  }
  // Versions that were there at the start or that some client has set out to upload.
  const std::vector<Version>& offered(const std::string& name) { return offered_[name]; }

  // The bytes of the upload have left the client to the last: only now may it become the file.
  void sent_whole(const Version& version) { whole_.insert(version.number); }
  bool was_sent_whole(const Version& version) const { return whole_.contains(version.number); }

 private:
  std::uint64_t last_ = 0;
  std::map<std::string, std::vector<Version>> offered_;
  std::set<std::uint64_t> whole_;
};

}  // namespace overlap::simulation
