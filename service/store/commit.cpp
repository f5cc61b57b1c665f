#include "service/store/commit.h"

#include <algorithm>

#include "service/store/hash_pass.h"
#include "service/store/placement.h"
#include "service/store/store_error.h"

namespace overlap::store {

namespace {

class CommitWork final : public Work {
 public:
  CommitWork(Rooms& rooms, const Ask& ask, std::unique_ptr<UploadFile> upload)
      : rooms_(rooms), ask_(ask), upload_(std::move(upload)) {}

  std::optional<StoreOutcome> turn() override {
    std::optional<StoreOutcome> outcome;
    switch (step_) {
      case Step::settle: outcome = settle(); break;
      case Step::hash: outcome = hash(); break;
      case Step::place: outcome = attempt(); break;
    }
    if (outcome) end(*outcome);
    return outcome;
  }

  // What can be resumed stays, with all that was written; the client may ask for the commit again.
  std::optional<StoreOutcome> stop() override {
    if (step_ != Step::hash) return std::nullopt;
    StoreOutcome outcome = upload_->suspend(ask_.offset);
    outcome.error = StoreError::failed;
    outcome.native = ERROR_SHUTDOWN_IN_PROGRESS;
    end(outcome);
    return outcome;
  }

 private:
  void end(StoreOutcome& outcome) {
    // Nothing is left of an upload that did not become its target and is not kept.
    if (outcome.error != StoreError::none && outcome.upload_id.empty()) upload_->discard();
    outcome.path = upload_->record().target;
  }

  enum class Step : std::uint8_t { settle, hash, place };

  std::optional<StoreOutcome> settle() {
    FileState state;
    if (const DWORD code = upload_->settle(ask_.offset, state)) return failure(code);
    info_ = state.info;
    if (upload_->record().digests.empty()) return begin_placing();
    std::vector<protocol::DigestAlgorithm> algorithms;
    for (const auto& digest : upload_->record().digests) algorithms.push_back(digest.algorithm);
    pass_.emplace(algorithms, info_.size);
    step_ = Step::hash;
    return std::nullopt;
  }

  std::optional<StoreOutcome> hash() {
    if (const DWORD code = pass_->turn(upload_->handle())) return failure(code);
    if (!pass_->finished()) return std::nullopt;
    found_ = pass_->digests();
    if (found_ != upload_->record().digests) return refuse(StoreError::wrong_digest);
    return begin_placing();
  }

  std::optional<StoreOutcome> begin_placing() {
    step_ = Step::place;
    if (!upload_->about_to_rename()) return refuse(StoreError::not_found);
    return attempt();
  }

  std::optional<StoreOutcome> attempt() {
    DWORD held = ERROR_SUCCESS;
    auto outcome = place(rooms_, upload_->handle(), upload_->target(), upload_->record().condition,
                         true, held);
    if (!outcome) {
      if (retries_.again(pause_)) return std::nullopt;
      return upload_->keep(held);
    }
    if (outcome->error != StoreError::none) return outcome;
    upload_->renamed();
    outcome->info = info_;
    for (const auto& digest : found_) rooms_.digests.remember(info_, digest);
    if (ask_.known_digest) rooms_.digests.remember(info_, *ask_.known_digest);
    return outcome;
  }

  Rooms& rooms_;
  const Ask& ask_;
  std::unique_ptr<UploadFile> upload_;
  Step step_ = Step::settle;
  FileInfo info_;  // of the content, as it will be downloaded
  std::optional<HashPass> pass_;
  std::vector<protocol::Digest> found_;
  Retries retries_;
};

}  // namespace

std::unique_ptr<Work> commit_work(Rooms& rooms, const Ask& ask,
                                  std::unique_ptr<UploadFile> upload) {
  return std::make_unique<CommitWork>(rooms, ask, std::move(upload));
}

}  // namespace overlap::store
