#include "service/installation/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace overlap::installation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Script {
  std::vector<std::string> done;
  std::string failing_make;
  std::string failing_undo;
};

class ScriptedStep final : public Step {
 public:
  ScriptedStep(Script& script, std::string name) : script_(script), name_(std::move(name)) {}
  void make(const Report&) override {
    if (script_.failing_make == name_) throw std::runtime_error(name_ + " has failed");
    script_.done.push_back("make " + name_);
  }
  void undo() override {
    script_.done.push_back("undo " + name_);
    if (script_.failing_undo == name_) throw std::runtime_error(name_ + " is stuck");
  }

 private:
  Script& script_;
  std::string name_;
};

class CarryOut : public testing::Test {
 protected:
  // What went wrong; empty if nothing.
  std::string run() {
    Steps steps;
    for (const char* name : {"a", "b", "c"})
      steps.push_back(std::make_unique<ScriptedStep>(script_, name));
    try {
      carry_out(steps, {[](const std::string&) {},
                        [this](const std::string& text) { warnings_.push_back(text); }});
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }

  Script script_;
  std::vector<std::string> warnings_;
};

TEST_F(CarryOut, makes_all_steps_in_their_order_and_undoes_none) {
  EXPECT_EQ(run(), "");
  EXPECT_THAT(script_.done, ElementsAre("make a", "make b", "make c"));
}

TEST_F(CarryOut, undoes_in_reverse_what_was_begun_whichever_step_fails) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
      {"a", {"undo a"}},
      {"b", {"make a", "undo b", "undo a"}},
      {"c", {"make a", "make b", "undo c", "undo b", "undo a"}}};
  for (const auto& [failing, expected] : cases) {
    script_ = {{}, failing, {}};
    EXPECT_EQ(run(), failing + " has failed");
    EXPECT_EQ(script_.done, expected) << failing;
    EXPECT_THAT(warnings_, IsEmpty());
  }
}

TEST_F(CarryOut, goes_on_undoing_when_one_step_cannot_be_undone_and_says_so) {
  script_.failing_make = "c";
  script_.failing_undo = "b";
  EXPECT_EQ(run(), "c has failed");
  EXPECT_THAT(script_.done, ElementsAre("make a", "make b", "undo c", "undo b", "undo a"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("b is stuck")));
}

}  // namespace
}  // namespace overlap::installation
