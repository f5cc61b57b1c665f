// The values of a configuration, for those who show it in another form than TOML.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "common/config/config.h"

namespace overlap::config {

// As the file would have it: durations in seconds, whole if they are; choices by their names.
using Value = std::variant<bool, std::int64_t, double, std::string>;

// Every key of every section that appears once, in the order of the file: visit("limits",
// "chunk_bytes", 262144). The names live as long as the program.
void for_each_value(
    const Config& config,
    const std::function<void(std::string_view section, std::string_view key, const Value&)>& visit);

// Every key of one listener.
void for_each_value(const Listener& listener,
                    const std::function<void(std::string_view key, const Value&)>& visit);

}  // namespace overlap::config
