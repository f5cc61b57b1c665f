// The command line of overlapctl.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/ctl/exit.h"

namespace overlap::ctl {

enum class Verb : std::uint8_t {
  none,
  status,
  models,
  top,
  listeners,
  connections,
  transfers,
  uploads,
  events,
  findings,
  pause,
  resume,
  drain,
  switch_model,
  reload,
  close,
  delete_upload,
  config_check,
  config_show,
  dashboard,
  token_show,
  doctor,
  version,
  completion,
  complete,
  local,  // one that the machine carries out without the API: LocalCommands
};

struct Arguments {
  Verb verb = Verb::none;

  // Where the service is.
  std::string url;
  std::string token_file;
  std::string ca_file;
  std::string config_file;
  bool token_stdin = false;
  bool json = false;

  std::string name;  // of a listener, model, connection, upload or file
  // Filters and pages.
  std::string listener;
  std::string model;  // switch-model: the new one
  std::string state;
  std::optional<std::string> user;
  std::string peer;
  std::string path;
  std::string method;
  std::string result;
  std::string severity;
  std::string since;
  std::string until;
  std::string after;
  std::optional<std::size_t> limit;
  bool all = false;
  bool live = false;
  bool finished = false;
  bool follow = false;
  bool once = false;
  bool quick = false;

  bool wait = false;
  std::uint32_t timeout_seconds = 300;

  bool next_word = false;          // complete: a word that has not begun
  std::vector<std::string> words;  // complete
};

// Commands that need no API: those of the machine on which overlapctl runs.
class LocalCommands {
 public:
  virtual ~LocalCommands() = default;
  // Adds them to the tree; what is given then ends up in `arguments.verb` and in this object.
  virtual void add_to(CLI::App& app, Arguments& arguments) = 0;
  // Throws Failure, and what else goes wrong as std::exception.
  virtual Exit run(const Arguments& arguments) = 0;
};

// The tree of all commands, which fills `arguments` when it parses. Both, and `local` if there is
// one, must outlive it. Types of values ("LISTENER", "MODEL") say what completion may offer.
std::unique_ptr<CLI::App> make_command_tree(Arguments& arguments, LocalCommands* local);

// Nothing, or the status to end with: help was printed, or what is wrong with the line. Arguments
// are in UTF-8, without the name of the program.
std::optional<Exit> parse(CLI::App& app, std::vector<std::string> words,
                          const std::function<void(std::string_view)>& out,
                          const std::function<void(std::string_view)>& err);

}  // namespace overlap::ctl
