#include "service/installation/event_source.h"

#include <gtest/gtest.h>

#include <system_error>

#include "service/log/event_source.h"

namespace overlap::installation {
namespace {

// The one of the machine that runs the test: what is there before is there again afterwards.
class EventSource : public testing::Test {
 protected:
  void SetUp() override {
    Plan before;
    before.executable = L"C:\\before.exe";
    try {
      step_of_before_ = make_event_source_step(before);
      step_of_before_->make(quiet_);
    } catch (const std::system_error&) {
      GTEST_SKIP() << "needs the rights of an administrator";
    }
  }
  void TearDown() override {
    if (step_of_before_) step_of_before_->undo();
  }
  static std::optional<Value> value(const wchar_t* name) {
    HKEY opened = nullptr;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, event_source_key().c_str(), 0, KEY_QUERY_VALUE,
                      &opened) != ERROR_SUCCESS)
      return std::nullopt;
    const Key key(opened);
    return read_value(key.get(), name);
  }

  const Report quiet_{[](const std::string&) {}, [](const std::string&) {}};
  std::unique_ptr<Step> step_of_before_;
};

TEST_F(EventSource, has_all_its_values_and_gets_those_of_before_back) {
  Plan plan;
  plan.executable = L"C:\\now.exe";
  const auto step = make_event_source_step(plan);
  step->make(quiet_);
  EXPECT_EQ(value(L"EventMessageFile"), text_value(REG_EXPAND_SZ, L"C:\\now.exe"));
  EXPECT_EQ(value(L"CategoryMessageFile"), text_value(REG_EXPAND_SZ, L"C:\\now.exe"));
  EXPECT_EQ(value(L"CategoryCount"), number_value(log::event_category_count));
  EXPECT_EQ(value(L"TypesSupported"), number_value(7));
  step->undo();
  EXPECT_EQ(value(L"EventMessageFile"), text_value(REG_EXPAND_SZ, L"C:\\before.exe"));
}

TEST_F(EventSource, that_was_not_there_is_gone_when_it_is_taken_back) {
  remove_event_source();
  remove_event_source();  // harmless
  const auto step = make_event_source_step({});
  step->make(quiet_);
  EXPECT_TRUE(value(L"TypesSupported"));
  step->undo();
  EXPECT_FALSE(value(L"TypesSupported"));
  step_of_before_ = nullptr;
}

}  // namespace
}  // namespace overlap::installation
