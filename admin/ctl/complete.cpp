#include "admin/ctl/complete.h"

#include <algorithm>
#include <utility>

#include "admin/ctl/text.h"
#include "common/config/config.h"
#include "common/management/journal.h"
#include "common/management/state.h"

namespace overlap::ctl {
namespace {

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

CLI::App* command_named(CLI::App& app, const std::string& word) {
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    if (command->get_name() == word) return command;
  }
  return nullptr;
}

// Options may stand behind the commands below the one that they belong to.
std::vector<CLI::Option*> options_in_reach(const std::vector<CLI::App*>& commands) {
  std::vector<CLI::Option*> found;
  for (auto command = commands.rbegin(); command != commands.rend(); ++command) {
    for (CLI::Option* option : (*command)->get_options())
      if (!option->get_positional() && !option->get_group().empty()) found.push_back(option);
  }
  return found;
}

CLI::Option* option_named(const std::vector<CLI::App*>& commands, const std::string& word) {
  for (CLI::Option* option : options_in_reach(commands)) {
    if (option->check_name(word)) return option;
  }
  return nullptr;
}

// Where the line stands before the word that is completed.
struct Place {
  std::vector<CLI::App*> commands;  // from the program to the command in question
  std::size_t positionals = 0;      // that stand behind the last of them
  CLI::Option* awaited = nullptr;   // the option whose value comes next
};

Place walk(CLI::App& app, const std::vector<std::string>& words) {
  Place place{{&app}};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (std::exchange(place.awaited, nullptr)) continue;
    if (word.size() > 1 && word[0] == '-') {
      CLI::Option* const option = option_named(place.commands, word);
      if (option && takes_value(*option)) place.awaited = option;
    } else if (CLI::App* const command = command_named(*place.commands.back(), word)) {
      place.commands.push_back(command);
      place.positionals = 0;
    } else {
      ++place.positionals;
    }
  }
  return place;
}

CLI::Option* positional_at(const CLI::App& command, std::size_t index) {
  CLI::Option* last = nullptr;
  for (CLI::Option* option : const_cast<CLI::App&>(command).get_options()) {
    if (!option->get_positional()) continue;
    last = option;
    if (index-- == 0) return option;
  }
  return last && last->get_items_expected_max() > 1 ? last : nullptr;  // takes all that follow
}

template <class Names>
std::vector<std::string> listed(const Names& names) {
  return {names.begin(), names.end()};
}

std::vector<std::string> values_of(const std::string& kind, const LiveNames& live_names) {
  if (kind == "MODEL") return listed(config::model_names);
  if (kind == "SEVERITY") return listed(config::severity_names);
  if (kind == "STATE") return listed(management::connection_phase_names);
  if (kind == "RESULT") return listed(management::transfer_result_names);
  if (kind == "SHELL") return {"powershell"};
  if (kind == "LISTENER" || kind == "CONNECTION" || kind == "UPLOAD") return live_names(kind);
  return {};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::vector<Candidate> complete(CLI::App& app, const std::vector<std::string>& words,
                                const LiveNames& live_names) {
  const Place place = walk(app, words);
  const std::string prefix = words.empty() ? "" : words.back();
  std::vector<Candidate> found;
  const auto offer = [&](const std::string& text, const std::string& help) {
    const auto same = [&](const Candidate& known) { return known.text == text; };
    if (text.starts_with(prefix) && std::none_of(found.begin(), found.end(), same))
      found.push_back({text, first_line(help)});
  };
  const auto offer_values = [&](const CLI::Option& option) {
    for (const std::string& value : values_of(option.get_type_name(), live_names)) offer(value, "");
  };
  if (place.awaited) {
    offer_values(*place.awaited);
    return found;
  }
  CLI::App& command = *place.commands.back();
  if (prefix.starts_with('-')) {
    for (const CLI::Option* option : options_in_reach(place.commands)) {
      for (const std::string& name : option->get_lnames())
        offer("--" + name, option->get_description());
    }
    return found;
  }
  if (place.positionals == 0) {
    for (const CLI::App* below : command.get_subcommands([](CLI::App*) { return true; })) {
      if (!below->get_group().empty()) offer(below->get_name(), below->get_description());
    }
  }
  if (const CLI::Option* option = positional_at(command, place.positionals)) offer_values(*option);
  return found;
}

std::string describe(const std::vector<Candidate>& candidates) {
  std::string text;
  for (const Candidate& one : candidates)
    text += printable(one.text) + '\t' + printable(one.help) + '\n';
  return text;
}

std::string_view powershell_script() noexcept {
  // Windows PowerShell drops empty arguments of programs: hence --next for a word not begun.
  return R"(# Completion of overlapctl in PowerShell. Add it to your profile:
#   overlapctl completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName overlapctl, overlapctl.exe -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -le $cursorPosition } |
        ForEach-Object { $_.Extent.Text.Trim('''"') })
    $options = @('complete')
    if (-not $wordToComplete) { $options += '--next' }
    & $commandAst.CommandElements[0].Extent.Text.Trim('''"') @options '--' @words 2>$null |
        ForEach-Object {
            $text, $help = $_ -split "`t", 2
            if (-not $help) { $help = $text }
            $shown = $text
            if ($text -match '[\s'']') { $shown = "'" + $text.Replace("'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new(
                $shown, $text, 'ParameterValue', $help)
        }
}
)";
}

}  // namespace overlap::ctl
