#include "admin/api/sampler.h"

#include <algorithm>
#include <utility>

namespace overlap::admin {
namespace {

constexpr auto interval = std::chrono::seconds(history::interval_seconds);

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::shared_ptr<const findings::Moment> look(const management::Source& source,
                                             const management::Journal& journal, Instant monotonic,
                                             std::int64_t unix_ms, Instant longest_before) {
  auto moment = std::make_shared<findings::Moment>();
  moment->unix_ms = unix_ms;
  moment->monotonic = monotonic;
  moment->models = source.models();
  moment->listeners = source.listeners();
  moment->service = source.service();
  moment->journal = journal.state();
  const config::Config config = source.config();
  moment->timeouts = config.timeouts;
  moment->longest_timeout = std::max<Instant>(
      {longest_before, config.timeouts.head, config.timeouts.idle, config.timeouts.progress});
  moment->free_bytes_min = config.store.free_bytes_min;
  return moment;
}

history::Sample sample_of(const stats::ModelSnapshot& model, const findings::Moment* before,
                          const findings::Moment& now) {
  if (!before) return history::make_sample(nullptr, model, {}, now.unix_ms);
  const auto earlier =
      std::find_if(before->models.begin(), before->models.end(),
                   [&](const stats::ModelSnapshot& other) { return other.name == model.name; });
  return history::make_sample(earlier == before->models.end() ? nullptr : &*earlier, model,
                              now.monotonic - before->monotonic, now.unix_ms);
}

}  // namespace

void Sampler::start() {
  take(Clock::now().time_since_epoch(), unix_now());
  thread_ = std::thread([this] { run(); });
}

void Sampler::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// On a grid of whole intervals from the start; those that were missed are left out.
void Sampler::run() {
  Clock::time_point next = Clock::now();
  for (;;) {
    next = std::max(next + interval, Clock::now());
    {
      std::unique_lock hold(mutex_);
      if (changed_.wait_until(hold, next, [this] { return stopped_; })) return;
    }
    take(Clock::now().time_since_epoch(), unix_now());
  }
}

bool Sampler::take(Instant monotonic, std::int64_t unix_ms) noexcept {
  try {
    sample(monotonic, unix_ms);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void Sampler::sample(Instant monotonic, std::int64_t unix_ms) {
  const std::shared_ptr<const Picture> before = newest();
  auto picture = std::make_shared<Picture>();
  picture->id = before ? before->id + 1 : 1;
  const findings::Moment* earlier = before ? before->moment.get() : nullptr;
  picture->moment =
      look(source_, journal_, monotonic, unix_ms, earlier ? earlier->longest_timeout : Instant{});
  for (const stats::ModelSnapshot& model : picture->moment->models)
    picture->samples.push_back({model.name, sample_of(model, earlier, *picture->moment)});
  picture->findings = watch_.observe(picture->moment);
  if (observer_) observer_(*picture);
  {
    const std::lock_guard hold(mutex_);
    for (const Picture::ModelSample& model : picture->samples)
      history_.add(model.name, model.sample);
    history_.forget_before(unix_ms - history::seconds_max * 1000);
    newest_ = std::move(picture);
  }
  changed_.notify_all();
}

std::shared_ptr<const Picture> Sampler::newest() const {
  const std::lock_guard hold(mutex_);
  return newest_;
}

std::shared_ptr<const Picture> Sampler::wait_for_next(std::uint64_t after,
                                                      Clock::time_point deadline,
                                                      const std::atomic<bool>& given_up) const {
  std::unique_lock hold(mutex_);
  const auto is_there = [&] { return newest_ && newest_->id > after; };
  const auto is_over = [&] { return stopped_ || given_up.load(); };
  changed_.wait_until(hold, deadline, [&] { return is_over() || is_there(); });
  return !is_over() && is_there() ? newest_ : nullptr;
}

std::shared_ptr<const Picture> Sampler::wait_for_next(std::uint64_t after,
                                                      Clock::time_point deadline) const {
  static const std::atomic<bool> never{false};
  return wait_for_next(after, deadline, never);
}

void Sampler::wake() const {
  {
    // Who has just seen that nothing was given up waits by now.
    const std::lock_guard hold(mutex_);
  }
  changed_.notify_all();
}

bool Sampler::stopped() const {
  const std::lock_guard hold(mutex_);
  return stopped_;
}

std::vector<history::ModelHistory> Sampler::last(std::int64_t seconds,
                                                 std::string_view model) const {
  const std::lock_guard hold(mutex_);
  if (!newest_) return {};
  return history_.last(seconds, newest_->moment->unix_ms, model);
}

}  // namespace overlap::admin
