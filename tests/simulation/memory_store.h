// The store of a simulated run: files and unfinished uploads in memory, answers late, and now and
// then a refusal.
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
  unsigned refused = 0;  // thousandths of all that may fail; each for some reason
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

  // Every file must be one version of its own, sent to the end; every unfinished upload the
  // beginning of one; and nothing may be open.
  void check() const;
  // Whether this version was the file at some time.
  bool was_committed(const Version& version) const { return committed_.contains(version.number); }
  // Whether so much of the upload is there, or it has ended as it may.
  bool remembers(const std::string& id, std::uint64_t offset) const;

 private:
  struct File {
    std::shared_ptr<sim::FileContent> content;
    FileInfo info;
  };
  struct Held;
  struct Unfinished {
    std::string name;
    std::shared_ptr<sim::FileContent> content;
    std::uint64_t remembered = 0;
    std::optional<std::uint64_t> length;
    std::string user;
    bool complete = false;
    Held* holder = nullptr;
  };
  struct Waiting {
    Job* job;
    Instant due;
  };

  StoreOutcome answer(Job& job);
  StoreOutcome open(Job& job);
  StoreOutcome verify(Job& job);
  StoreOutcome digest(const Job& job);
  StoreOutcome list(const Job& job);
  StoreOutcome create(Job& job);
  StoreOutcome append(Job& job);
  StoreOutcome checkpoint(Job& job);
  StoreOutcome suspend(Job& job);
  StoreOutcome commit(Job& job);
  StoreOutcome discard(Job& job);
  StoreOutcome query(const Job& job);
  StoreOutcome cancel(const Job& job);
  StoreOutcome remove(const Job& job);

  Held* held(Job& job, const char* purpose);
  StoreError remember(const Held& held, std::uint64_t offset);
  bool refuses() { return random_.chance(faults_.refused); }
  StoreError some_error();
  std::string new_id();
  // The versions that begin with these bytes: one, but for very small ones.
  std::vector<Version> versions_of(const std::string& name, const sim::FileContent& content,
                                   std::uint64_t bytes) const;
  std::vector<Version> whole_versions_of(const std::string& name,
                                         const sim::FileContent& content) const;
  bool sent_whole(const std::vector<Version>& versions) const;
  FileInfo new_info(std::uint64_t size);

  sim::Random random_;
  StoreFaults faults_;
  Versions& versions_;
  Report& report_;
  Instant now_{};
  std::vector<Waiting> waiting_;
  std::map<std::string, File> files_;
  std::map<std::string, Unfinished> uploads_;
  std::set<std::string> ended_;  // uploads that were cancelled or whose commit failed
  std::set<std::uint64_t> committed_;
  std::size_t open_uploads_ = 0;
  std::uint64_t ticks_ = 0;
};

}  // namespace overlap::simulation
