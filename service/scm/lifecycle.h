// What service and console mode share: start, obey commands, stop, and turn failures into events.
#pragma once

#include <functional>
#include <string>

#include "service/scm/hosted.h"
#include "service/scm/start_error.h"
#include "service/scm/status_model.h"

namespace overlap::scm {

// Where commands come from and where progress is reported. Every member is called on the thread
// that runs the lifecycle.
class Host : public Progress {
 public:
  // Waits for the next command; never Command::none.
  virtual Command next() = 0;
  virtual void started() = 0;
  virtual void paused() = 0;
  virtual void resumed() = 0;
  // Called before the hosted thing stops or, after a failed start, is destroyed.
  virtual void stopping() = 0;
  // Ends the sentence "Overlap has stopped: ...".
  virtual std::string stop_reason() = 0;
};

struct End {
  ExitCode code = ExitCode::ok;
  // The hosted thing is still there, and threads of it run. Whoever hosts it reports the end, as
  // always, and then calls TerminateProcess: to the service manager a process that dies before it
  // has reported its end has crashed, and is started again.
  bool stuck = false;
};

// Runs one hosted thing from start to end; when it returns the hosted thing is destroyed, unless
// that is stuck. Throws nothing: a failure becomes an event and an exit code.
End run_lifecycle(const Factory& factory, Host& host) noexcept;

}  // namespace overlap::scm
