// The command line of overlap-service.exe.
#pragma once

#include <string>
#include <vector>

#include "service/commands/user_command.h"
#include "service/tls/create_certificate.h"

namespace overlap {

struct CommandLine {
  enum class Mode : unsigned char {
    service,  // the default: started by the service manager
    console,
    check,        // validate the configuration and exit
    user,         // change the file of users and exit
    certificate,  // make one and exit
    exit,         // everything is said: help or version
  };
  Mode mode = Mode::service;
  std::string config_file;              // absolute
  bool until_stdin_closes = false;      // console only
  std::string final_snapshot_file;      // console only; absolute or empty
  commands::UserCommand user;           // user only
  tls::CertificateRequest certificate;  // certificate only
  std::string problem;  // a sentence if the command line is wrong; the rest is unset
};

// Prints help and version itself. Throws nothing but std::bad_alloc and std::system_error.
CommandLine parse_command_line(int argc, char** argv);
// The same of arguments in UTF-8, without the name of the program.
CommandLine parse_arguments(std::vector<std::string> arguments);

}  // namespace overlap
