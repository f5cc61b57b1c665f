// A file with what an installation says, for those who do not see it: an installer that runs
// overlapctl keeps neither its words nor its exit status.
#pragma once

#include <string>

#include "service/installation/plan.h"

namespace overlap::ctl {

class InstallLog {
 public:
  // In UTF-8. Nothing is opened yet: an installation may have to make the folder.
  explicit InstallLog(std::string file) : file_(std::move(file)) {}

  // Says everything to `to` as well; valid as long as this object.
  installation::Report beside(const installation::Report& to);
  void add(const std::string& sentence);

  // Appends the sentences to the file, in a folder that is made if it is missing, each on a line
  // with the time (UTC) of its own. A file that cannot be written, or is a link, is a warning: what
  // was done is done.
  void write(const installation::Report& report) const;

 private:
  std::string file_;
  std::string lines_;
};

}  // namespace overlap::ctl
