#include "common/findings/judge.h"

#include "common/findings/judgement.h"

namespace overlap::findings {

std::vector<Finding> judge(const Window& window, std::span<const Finding> standing) {
  Judgement judgement{window, standing};
  judge_models(judgement);
  judge_listeners(judgement);
  judge_service(judgement);
  return judgement.take();
}

}  // namespace overlap::findings
