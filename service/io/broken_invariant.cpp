#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "service/io/operation.h"

namespace overlap::io {

namespace {
std::atomic<BrokenInvariantHook> hook{nullptr};
}

void on_broken_invariant(BrokenInvariantHook report) noexcept { hook.store(report); }

void broken_invariant(const char* what) noexcept {
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::fflush(stderr);
  if (const BrokenInvariantHook report = hook.load()) report(what);
  std::abort();
}

}  // namespace overlap::io
