// How the installation is, and how it should be: one value for each fact.
#pragma once

#include <string>
#include <vector>

#include "service/installation/plan.h"

namespace overlap::installation {

struct Fact {
  enum class State : unsigned char {
    right,
    wrong,    // the service does not work so, or others than it should may do something
    lesser,   // otherwise than installed, and the service works
    unknown,  // could not be asked: `found` says why
  };
  std::string id;      // for programs: "service.image_path", "event_source", "folder.state"
  std::string name;    // "the image path of the service"
  std::string wanted;  // as text
  std::string found;   // as text
  std::string mend;    // the command that mends it; empty if nothing is to be mended
  State state = State::unknown;
};

// Never throws for what it finds. `plan` as plan_of_registered() has it, or what a person says
// that it should be. Only looks: needs no rights of an administrator for most facts, and tells
// those that it may not see as unknown.
std::vector<Fact> inspect(const Plan& plan);

// The service manager's own: image path, account, start, dependency, restarts and so on. One fact
// with id "service" if there is no such service.
std::vector<Fact> inspect_service(const Plan& plan);
// Of the account that was found. It is judged by what it may do, not by the one of the plan: who
// has chosen LocalSystem once is told each time.
Fact account_fact(const Plan& plan, const std::wstring& found);
std::vector<Fact> inspect_event_source(const Plan& plan);
// The folders of the program, the configuration and the served files: existence and who may write.
std::vector<Fact> inspect_folders(const Plan& plan);
std::vector<Fact> inspect_firewall(const Plan& plan);

}  // namespace overlap::installation
