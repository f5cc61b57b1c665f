// An operation that remembers what became of it, and checks that its completion came by the rules.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <thread>

#include "service/io/operation.h"

namespace overlap {
inline void PrintTo(Result result, std::ostream* out) { *out << name_of(result); }
}  // namespace overlap

namespace overlap::conformance {

// How deep the calling thread is in wait(): completions and posts may run nowhere else.
inline thread_local int wait_depth = 0;

class InsideWait {
 public:
  InsideWait() { ++wait_depth; }
  ~InsideWait() { --wait_depth; }
  InsideWait(const InsideWait&) = delete;
  InsideWait& operator=(const InsideWait&) = delete;
};

// `Base` is an Operation or an AcceptOperation of a model.
template <class Base>
class Probe : public Base {
 public:
  Probe() : Base(&on_complete) {}
  ~Probe() = default;

  bool done() const { return completions > 0; }
  // Before it is started again by a test that looks at one completion at a time.
  void forget() {
    completions = 0;
    outcome = {};
  }

  int completions = 0;
  Outcome outcome;
  std::thread::id completed_on;
  std::function<void(const Outcome&)> then;  // runs in the handler, last

 private:
  static void on_complete(io::OperationBase& op, const Outcome& outcome) noexcept {
    auto& self = static_cast<Probe&>(op);
    EXPECT_GT(wait_depth, 0) << "a completion ran outside wait()";
    EXPECT_FALSE(self.pending()) << "an operation is idle when its handler runs";
    ++self.completions;
    self.outcome = outcome;
    self.completed_on = std::this_thread::get_id();
    if (self.then) self.then(outcome);
  }
};

}  // namespace overlap::conformance
