// The store of a simulated run: files in memory, answers late, and now and then a refusal.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "service/store/store_job.h"
#include "tests/simulation/report.h"
#include "tests/simulation/versions.h"
#include "tests/support/sim_file.h"
#include "tests/support/sim_random.h"

namespace overlap::simulation {

struct StoreFaults {
  unsigned refused = 0;  // thousandths of open, create and commit; each for some reason
  Instant delay_max = std::chrono::milliseconds(20);
};

class MemoryStore final : public store::StoreApi<sim::NativeFile> {
 public:
  using Job = store::StoreJob<sim::NativeFile>;

  MemoryStore(std::uint64_t seed, StoreFaults faults, Versions& versions, Report& report)
      : random_(seed), faults_(faults), versions_(versions), report_(report) {}
  ~MemoryStore() override;

  void put(const std::string& name, const Version& version);

  void submit(Job& job) noexcept override;
  // Answers what is due, in the order of its delay.
  void run(Instant now) noexcept;
  Instant next_due() const noexcept;
  std::size_t outstanding() const noexcept { return waiting_.size(); }
  std::size_t temporaries() const noexcept { return temporaries_; }

  // Every file must be one version of its own, sent to the end.
  void check() const;
  // Whether this version was the file at some time.
  bool was_committed(const Version& version) const { return committed_.contains(version.number); }

 private:
  struct File {
    std::shared_ptr<sim::FileContent> content;
    FileInfo info;
  };
  struct Temporary;
  struct Waiting {
    Job* job;
    Instant due;
  };

  StoreOutcome answer(Job& job);
  StoreOutcome open(Job& job);
  StoreOutcome create(Job& job);
  StoreOutcome commit(Job& job);
  StoreError some_error();
  // The versions that have these bytes: one, but for very small ones.
  std::vector<Version> versions_of(const std::string& name, const sim::FileContent& content) const;
  bool sent_whole(const std::vector<Version>& versions) const;
  FileInfo new_info(std::uint64_t size);

  sim::Random random_;
  StoreFaults faults_;
  Versions& versions_;
  Report& report_;
  Instant now_{};
  std::vector<Waiting> waiting_;
  std::map<std::string, File> files_;
  std::set<std::uint64_t> committed_;
  std::size_t temporaries_ = 0;
  std::uint64_t ticks_ = 0;
};

}  // namespace overlap::simulation
