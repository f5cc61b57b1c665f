// What the service manager or the console starts and stops: service control knows nothing of
// servers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace overlap::scm {

// How a hosted thing says that it is still at work. The service manager takes a service for hung
// that is silent for longer than the time it announced.
class Progress {
 public:
  virtual ~Progress() = default;
  // The next call, or the end, comes within `wait_hint`.
  virtual void tick(std::chrono::milliseconds wait_hint) = 0;
};

// Thrown by Hosted::stop if something that cannot be ended does not come back: the hosted thing
// must not be destroyed any more, and the process is ended around it. what() names what it is,
// without a full stop.
class Stuck : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Every member is called on one thread, in the order: start, then pause, resume and reload any
// number of times, then stop if start returned. The destructor joins every thread and closes the
// log: whoever hosts it reports the end only afterwards.
class Hosted {
 public:
  virtual ~Hosted() = default;
  // Throws StartError (start_error.h); any other exception is an internal error.
  virtual void start(Progress& progress) = 0;
  virtual void pause() = 0;
  virtual void resume() = 0;
  virtual void reload() = 0;
  // `why` ends the sentence "Overlap has stopped: ...". Throws Stuck; then it has told the log.
  virtual void stop(std::string_view why, Progress& progress) = 0;
};

// Makes the hosted thing on the thread that will run it.
using Factory = std::function<std::unique_ptr<Hosted>()>;

}  // namespace overlap::scm
