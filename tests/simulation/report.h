// The broken promises of one simulated run.
#pragma once

#include <string>
#include <vector>

namespace overlap::simulation {

struct Report {
  std::vector<std::string> broken;
  // How much the run has covered; a run that covers nothing proves nothing.
  std::size_t connections = 0;
  std::size_t responses = 0;
  std::size_t uploads_committed = 0;
  std::size_t downloads_whole = 0;
  std::size_t responses_cut_short = 0;
  std::size_t resumable_committed = 0;  // of the uploads
  std::size_t uploads_resumed = 0;      // appends that went on behind an offset above 0
  std::size_t pauses = 0;

  void fail(std::string what) {
    if (broken.size() < 20) broken.push_back(std::move(what));
  }
};

}  // namespace overlap::simulation
