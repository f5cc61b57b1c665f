// Rules between keys: each value is good on its own, and together they must make sense. Internal to
// this folder.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"

namespace overlap::config {

struct Problem {
  std::size_t line = 0;  // from 1; 0 if no line is to blame
  std::string key;       // "listener.port"; empty if no key is to blame
  std::string text;      // goes on after the key: "must be ..."
};

// Where the keys of one table stand in the file.
struct Lines {
  std::size_t table = 0;  // 0: the file has no such table
  std::map<std::string, std::size_t, std::less<>> keys;

  // Of the table if it has no such key.
  std::size_t of(std::string_view key) const {
    const auto found = keys.find(key);
    return found == keys.end() ? table : found->second;
  }
};

struct PlacedListener {
  Listener listener;
  Lines lines;
};

// Listeners with a problem of their own are not to be passed: their values mean nothing.
// The same goes for sections.
std::vector<Problem> check_limits(const Limits& limits, const Lines& lines);
std::vector<Problem> check_tls(const Tls& tls, const Lines& lines);
// `tls` is absent if its section could not be read.
std::vector<Problem> check_admin(const Admin& admin, const Tls* tls, const Lines& lines);

// What the listeners are checked against. A section that could not be read is as by default, except
// `tls`, which is absent then: nobody is told to give a certificate that was misspelt.
struct Surroundings {
  const Access& access;
  const Admin& admin;
  const Tls* tls;
};
std::vector<Problem> check_listeners(const std::vector<PlacedListener>& listeners,
                                     const Surroundings& around);

}  // namespace overlap::config
