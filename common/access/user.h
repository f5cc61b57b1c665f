// A user and what the user may do. Immutable: a change of the users makes new ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/bandwidth.h"
#include "common/path/store_path.h"

namespace overlap::access {

enum class Right : std::uint8_t {
  list = 1,    // see what a folder holds
  read = 2,    // download
  write = 4,   // upload, make folders
  remove = 8,  // delete, move away
};

class Rights {
 public:
  constexpr Rights() = default;
  constexpr Rights(Right right) noexcept : bits_(static_cast<std::uint8_t>(right)) {}
  static constexpr Rights all() noexcept { return Rights(15); }
  friend constexpr Rights operator|(Rights a, Rights b) noexcept {
    return Rights(static_cast<std::uint8_t>(a.bits_ | b.bits_));
  }
  friend constexpr Rights operator&(Rights a, Rights b) noexcept {
    return Rights(static_cast<std::uint8_t>(a.bits_ & b.bits_));
  }
  constexpr bool includes(Rights wanted) const noexcept {
    return (bits_ & wanted.bits_) == wanted.bits_;
  }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  constexpr explicit Rights(std::uint8_t bits) noexcept : bits_(bits) {}
  std::uint8_t bits_ = 0;
};
constexpr Rights operator|(Right a, Right b) noexcept { return Rights(a) | Rights(b); }

// What holds at a path and below it.
struct Rule {
  std::string prefix;  // as StorePath::text(); empty: everything
  Rights rights;

  friend bool operator==(const Rule&, const Rule&) = default;
};

// Names are compared as follows. NTFS takes two names for one if a table that each volume brings
// along maps their characters to the same ones; other file systems have other tables. So:
//   - A rule holds at a path for sure if both are equal without regard to the case of ASCII
//     letters, which every table maps alike. Of those, the one with the longest prefix decides.
//   - A rule that might hold, because Unicode maps the two names to the same one (name_fold.h), and
//     whose prefix is as deep as that one's or deeper, takes away what it does not grant. It grants
//     nothing.
// A rule that grants thus never reaches a file that it does not name, and one that takes away is
// not evaded by writing the name in another case.
class User {
 public:
  // `bytes_per_second_max` 0: no limit.
  User(std::string name, std::vector<Rule> rules, std::uint64_t bytes_per_second_max);

  const std::string& name() const noexcept { return name_; }  // empty: those who give no name
  // At this path itself. None if no rule holds there.
  Rights rights(const StorePath& path) const noexcept;
  // At this path and everywhere below it: what moving, copying or deleting a whole folder needs,
  // which would otherwise carry files out of a place that a rule protects.
  Rights rights_throughout(const StorePath& path) const noexcept;
  // Of all connections of the user together.
  Bandwidth& bandwidth() const noexcept { return bandwidth_; }

 private:
  std::string name_;
  std::vector<Rule> rules_;
  mutable Bandwidth bandwidth_;
};

using Identity = std::shared_ptr<const User>;

}  // namespace overlap::access
