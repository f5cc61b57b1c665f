#include "common/access/directory.h"

#include <algorithm>
#include <cstring>

namespace overlap::access {
namespace {

ScryptCost highest_cost(const std::vector<UserRecord>& users) {
  ScryptCost highest;
  for (const UserRecord& user : users) {
    if (user.password && user.password->cost().work_bytes() > highest.work_bytes())
      highest = user.password->cost();
  }
  return highest;
}

}  // namespace

std::size_t Directory::StartOfHash::operator()(const TokenHash& hash) const noexcept {
  std::size_t start = 0;
  std::memcpy(&start, hash.data(), sizeof start);
  return start;
}

Directory::Directory(const std::vector<UserRecord>& users)
    : nobody_(PasswordHash::make_unmatchable(highest_cost(users))) {
  for (const UserRecord& record : users) {
    auto identity =
        std::make_shared<const User>(record.name, record.all_rules(), record.bytes_per_second_max);
    for (const TokenRecord& token : record.tokens) tokens_.emplace(token.hash, identity);
    users_.emplace(record.name, Entry{std::move(identity), record.password});
  }
}

Identity Directory::named(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second.identity;
}

Identity Directory::with_token(std::string_view token) const {
  const auto found = tokens_.find(hash_token(token));
  return found == tokens_.end() ? nullptr : found->second;
}

Identity Directory::with_password(std::string_view name, std::string_view password) const {
  const auto found = users_.find(name);
  const bool known = found != users_.end() && found->second.password.has_value();
  const PasswordHash& hash = known ? *found->second.password : nobody_;
  const bool matches = hash.matches(password);
  return known && matches ? found->second.identity : nullptr;
}

Identity make_anonymous(bool may_read, bool may_write) {
  Rights rights;
  if (may_read) rights = rights | Right::list | Right::read;
  if (may_write) rights = rights | Right::write | Right::remove;
  return std::make_shared<const User>("", std::vector<Rule>{{"", rights}}, 0);
}

}  // namespace overlap::access
