// Locks that a data path may take: without contention, neither locking nor waking is a system call
// ("Slim Reader/Writer (SRW) Locks", "Condition Variables").
#pragma once

#include <windows.h>

#include <algorithm>
#include <chrono>

namespace overlap::journal {

class LightMutex {
 public:
  LightMutex() = default;
  LightMutex(const LightMutex&) = delete;
  LightMutex& operator=(const LightMutex&) = delete;
  void lock() noexcept { AcquireSRWLockExclusive(&lock_); }
  void unlock() noexcept { ReleaseSRWLockExclusive(&lock_); }

 private:
  friend class LightCondition;
  SRWLOCK lock_ = SRWLOCK_INIT;
};

class LightCondition {
 public:
  LightCondition() = default;
  LightCondition(const LightCondition&) = delete;
  LightCondition& operator=(const LightCondition&) = delete;

  // With `mutex` locked. May return early.
  void wait(LightMutex& mutex) noexcept { sleep(mutex, INFINITE); }
  void wait_until(LightMutex& mutex, std::chrono::steady_clock::time_point end) noexcept {
    constexpr std::chrono::milliseconds at_most = std::chrono::hours(1);
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() > 0) sleep(mutex, static_cast<DWORD>(std::min(left, at_most).count()));
  }
  void notify_all() noexcept { WakeAllConditionVariable(&condition_); }

 private:
  void sleep(LightMutex& mutex, DWORD milliseconds) noexcept {
    SleepConditionVariableSRW(&condition_, &mutex.lock_, milliseconds, 0);
  }
  CONDITION_VARIABLE condition_ = CONDITION_VARIABLE_INIT;
};

}  // namespace overlap::journal
