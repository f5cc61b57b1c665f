// Completion in a shell: what may stand where the cursor is.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace overlap::ctl {

struct Candidate {
  std::string text;
  std::string help;  // one line, or empty
};

// Names of a kind ("LISTENER", "CONNECTION") that are there now; empty if nobody knows.
using LiveNames = std::function<std::vector<std::string>(std::string_view kind)>;

// `words` are those behind the name of the program; the last one is completed, and may be empty.
std::vector<Candidate> complete(CLI::App& app, const std::vector<std::string>& words,
                                const LiveNames& live_names);

// One line a candidate: its text, a tab, its help.
std::string describe(const std::vector<Candidate>& candidates);

// What `overlapctl completion powershell` prints.
std::string_view powershell_script() noexcept;

}  // namespace overlap::ctl
