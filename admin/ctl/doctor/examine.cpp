#include "admin/ctl/doctor/examine.h"

#include <algorithm>
#include <iterator>
#include <system_error>

#include "admin/ctl/doctor/check.h"
#include "admin/ctl/failure.h"
#include "admin/ctl/program.h"
#include "admin/ctl/text.h"

namespace overlap::ctl::doctor {
namespace {

// One line that is written over on a terminal; elsewhere a line for each check that takes minutes.
class Progress {
 public:
  explicit Progress(Terminal& terminal) : terminal_(terminal) {}
  ~Progress() {
    if (terminal_.interactive()) terminal_.err("\r\x1B[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const Check& check, std::size_t number, std::size_t count) {
    const std::string text = "Check " + std::to_string(number) + " of " + std::to_string(count) +
                             ": " + std::string(check.title);
    if (terminal_.interactive())
      terminal_.err("\r" + cut(text, std::max<std::size_t>(terminal_.size().columns, 2) - 1) +
                    "\x1B[K");
    else if (check.slow)
      terminal_.err(text + "\n");
  }

 private:
  Terminal& terminal_;
};

// What can be found before any check. `arguments` then names the configuration: the one that a
// person has named, or that the service is started with.
Case open_case(Arguments& arguments, const Program& program, Machine& machine) {
  Case of{machine, program, arguments, {}, program.now_unix_ms(), machine.system(), {}, {}, {}, {}};
  try {
    of.service = machine.service();
  } catch (const std::exception& error) {
    of.service_problem = error.what();
  }
  if (arguments.config_file.empty()) arguments.config_file = of.service.config_file;
  of.config_file = config_file_of(arguments, program.surroundings);
  try {
    of.config = read_config(of.config_file, program.surroundings);
  } catch (const Failure& failure) {
    of.config_problem = failure.what();
  }
  return of;
}

// Of those that take minutes: one a model.
bool is_wanted(const Check& slow, const Arguments& arguments) {
  return !arguments.quick && (arguments.model.empty() || slow.id.ends_with("." + arguments.model));
}

std::vector<Result> carry_out(const Check& check, const Case& of) {
  const auto as_a_whole = [&](State state, std::string found) -> std::vector<Result> {
    return {{std::string(check.id), std::string(check.title), state, std::move(found), {}}};
  };
  try {
    return check.run(of);
  } catch (const NotKnown& reason) {
    return as_a_whole(State::skipped, std::string(reason.what()) + ".");
  } catch (const std::exception& error) {
    return as_a_whole(State::failed,
                      std::string("The check could not be carried out: ") + error.what() + ".");
  }
}

Exit exit_of(const std::vector<Result>& results) {
  Exit exit = Exit::done;
  for (const Result& result : results) {
    if (result.state == State::failed) return Exit::unhealthy;
    if (result.state == State::warning) exit = Exit::doubtful;
  }
  return exit;
}

}  // namespace

Exit examine(const Arguments& arguments, const Program& program) {
  if (!program.machine)
    throw Failure(Exit::failed, "The doctor examines an installation on Windows.");
  Arguments with_config = arguments;
  const Case of = open_case(with_config, program, *program.machine);
  std::vector<const Check*> wanted;
  for (const Check& check : all_checks())
    if (!check.slow || is_wanted(check, arguments)) wanted.push_back(&check);
  std::vector<Result> results;
  {
    Progress progress(program.terminal);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      progress.show(*wanted[i], i + 1, wanted.size());
      std::vector<Result> found = carry_out(*wanted[i], of);
      results.insert(results.end(), std::make_move_iterator(found.begin()),
                     std::make_move_iterator(found.end()));
    }
  }
  program.terminal.out(arguments.json ? report_json(of.system, results, of.now_unix_ms)
                                      : report_text(of.system, results, program.terminal.layout()));
  return exit_of(results);
}

}  // namespace overlap::ctl::doctor
