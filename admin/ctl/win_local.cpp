// The commands of this machine: the service manager, the file of users, the token.
#include <windows.h>

#include <chrono>
#include <functional>
#include <memory>
#include <system_error>

#include "admin/ctl/failure.h"
#include "admin/ctl/platform.h"
#include "admin/ctl/text.h"
#include "admin/ctl/win_install.h"
#include "admin/ctl/win_install_log.h"
#include "admin/ctl/win_service.h"
#include "service/commands/new_password.h"
#include "service/commands/user_options.h"
#include "service/log/wide.h"
#include "service/management/admin_token.h"

namespace overlap::ctl {
namespace {

// With what one can do about it, where that is the same whatever has failed.
[[noreturn]] void fail(const std::system_error& error) {
  const std::string sentence = "Overlap " + printable(error.what()) + ".";
  if (error.code().value() == ERROR_ACCESS_DENIED)
    throw Failure(Exit::denied, sentence + " Run overlapctl as an administrator.");
  if (error.code().value() == ERROR_SERVICE_MARKED_FOR_DELETE)
    throw Failure(Exit::failed, sentence +
                                    " It was deleted while another program has it open: "
                                    "close the Services window, or restart Windows.");
  throw Failure(Exit::failed, sentence);
}

class WindowsCommands final : public LocalCommands {
 public:
  explicit WindowsCommands(Terminal& terminal) : terminal_(terminal) {}

  void add_to(CLI::App& app, Arguments& arguments) override {
    given_ = Given::none;
    CLI::App& user = commands::add_user_options(app, user_);
    user.callback([this, &arguments] { choose(Given::user, arguments); });
    add(*app.get_subcommand("token"), arguments, Given::rotate, "rotate",
        "Put a new token in the place of the old one, which is useless from then on");
    CLI::App& install = add(app, arguments, Given::install, "install",
                            "Install the service, or mend its installation");
    install_.add_to(install);
    timeout(install);
    CLI::App& uninstall =
        add(app, arguments, Given::uninstall, "uninstall",
            "Stop and uninstall the service; its files stay unless told otherwise");
    uninstall_.add_to(uninstall);
    timeout(uninstall);
    timeout(add(app, arguments, Given::start, "start", "Start the service and wait until it runs"));
    timeout(add(app, arguments, Given::stop, "stop", "Stop the service and wait until it has"));
  }

  Exit run(const Arguments& arguments) override try {
    const std::chrono::seconds timeout(timeout_seconds_);
    switch (given_) {
      case Given::user: return change_users(arguments);
      case Given::rotate: rotate(arguments); break;
      case Given::install:
        logged(install_.log,
               [&](const Report& to) { install(install_, arguments.config_file, timeout, to); });
        break;
      case Given::uninstall:
        logged(uninstall_.log, [&](const Report& to) { uninstall(uninstall_, timeout, to); });
        break;
      case Given::start: start(timeout, report()); break;
      case Given::stop: stop(timeout, report()); break;
      case Given::none: break;
    }
    return Exit::done;
  } catch (const std::system_error& error) {
    fail(error);
  }

 private:
  enum class Given : unsigned char { none, user, rotate, install, uninstall, start, stop };

  void choose(Given given, Arguments& arguments) {
    given_ = given;
    arguments.verb = Verb::local;
  }

  CLI::App& add(CLI::App& parent, Arguments& arguments, Given given, const char* word,
                const char* help) {
    CLI::App& command = *parent.add_subcommand(word, help);
    command.fallthrough();
    command.callback([this, &arguments, given] { choose(given, arguments); });
    return command;
  }

  void timeout(CLI::App& command) {
    command.add_option("--timeout", timeout_seconds_, "How long to wait")
        ->type_name("SECONDS")
        ->capture_default_str();
  }

  Report report() const {
    return {
        [this](const std::string& text) { terminal_.out(printable(text) + "\n"); },
        [this](const std::string& text) { terminal_.err("Warning: " + printable(text) + "\n"); }};
  }

  void logged(const std::string& file, const std::function<void(const Report&)>& action) const {
    const Report to = report();
    if (file.empty()) return action(to);
    InstallLog log(file);
    try {
      action(log.beside(to));
    } catch (const std::exception& error) {
      log.add(error.what());
      log.write(to);
      throw;
    }
    log.write(to);
  }

  Exit change_users(const Arguments& arguments) const {
    const Surroundings around = make_surroundings();
    const std::string config_file = config_file_of(arguments, around);
    const std::string file = read_config(config_file, around).access.users_file;
    if (file.empty())
      throw Failure(Exit::not_valid, "The configuration " + printable(config_file) +
                                         " names no file of users. Add to its section [access]: "
                                         "users_file = 'users.toml'");
    const commands::Dialogue dialogue{
        [this](std::string_view text) { terminal_.out(std::string(text) + "\n"); },
        [this](std::string_view text) { terminal_.err(std::string(text) + "\n"); },
        [this] { return commands::read_new_password(user_.name, user_.password_stdin); },
        std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())};
    return static_cast<Exit>(commands::run(user_, access::UsersFile(file), dialogue));
  }

  void rotate(const Arguments& arguments) const {
    const Surroundings around = make_surroundings();
    const std::string file =
        read_config(config_file_of(arguments, around), around).admin.token_file;
    management::AdminToken::rotate(file);
    terminal_.out("The file " + printable(file) +
                  " has a new token. A running service takes it within seconds.\n");
  }

  Terminal& terminal_;
  Given given_ = Given::none;
  commands::UserCommand user_;
  InstallOptions install_;
  UninstallOptions uninstall_;
  std::uint32_t timeout_seconds_ = 120;
};

}  // namespace

std::unique_ptr<LocalCommands> make_local_commands(Terminal& terminal) {
  return std::make_unique<WindowsCommands>(terminal);
}

}  // namespace overlap::ctl
