#include "service/installation/plan.h"

#include <gtest/gtest.h>

#include "service/installation/mending.h"

namespace overlap::installation {
namespace {

TEST(ImagePath, is_quoted_and_names_a_configuration_only_if_it_is_not_the_default) {
  Plan plan;
  plan.executable = LR"(C:\Program Files\Overlap\overlap-service.exe)";
  plan.config_file = default_config_file();
  EXPECT_EQ(image_path(plan), LR"("C:\Program Files\Overlap\overlap-service.exe")");
  plan.config_file = LR"(D:\my conf\overlap.toml)";
  EXPECT_EQ(
      image_path(plan),
      LR"("C:\Program Files\Overlap\overlap-service.exe" --config "D:\my conf\overlap.toml")");
}

TEST(InstallCommand, has_what_is_not_the_default) {
  Plan plan;
  plan.executable = LR"(C:\Program Files\Overlap\overlap-service.exe)";
  plan.config_file = default_config_file();
  EXPECT_EQ(install_command(plan),
            R"(overlapctl install --executable "C:\Program Files\Overlap\overlap-service.exe")");
  plan = {L"", LR"(D:\o.toml)", L"LocalSystem", L"", default_first_port, true};
  EXPECT_EQ(install_command(plan),
            R"(overlapctl install --config "D:\o.toml" --account "LocalSystem" --firewall)");
}

}  // namespace
}  // namespace overlap::installation
