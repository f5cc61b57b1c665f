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

// NTFS does not tell them apart.
TEST(DefaultConfiguration, is_the_same_in_other_letters) {
  Plan plan;
  plan.executable = LR"(C:\o.exe)";
  plan.config_file = default_config_file();
  CharUpperBuffW(plan.config_file.data(), static_cast<DWORD>(plan.config_file.size()));
  ASSERT_NE(plan.config_file, default_config_file());
  EXPECT_TRUE(has_default_config(plan));
  EXPECT_EQ(image_path(plan), LR"("C:\o.exe")");
  EXPECT_EQ(install_command(plan).find("--config"), std::string::npos);
  plan.config_file += L"l";
  EXPECT_FALSE(has_default_config(plan));
}

TEST(Plan, keeps_what_the_registered_service_has_and_nobody_says_otherwise) {
  Plan registered;
  registered.executable = LR"(C:\old\overlap-service.exe)";
  registered.config_file = LR"(D:\conf\overlap.toml)";
  registered.account = L"DOMAIN\\overlap$";
  Plan plan;
  plan.executable = LR"(C:\new\overlap-service.exe)";
  plan.account.clear();
  complete(plan, registered);
  EXPECT_EQ(plan.executable, LR"(C:\new\overlap-service.exe)");
  EXPECT_EQ(plan.config_file, registered.config_file);
  EXPECT_EQ(plan.account, registered.account);
  plan.config_file = LR"(E:\overlap.toml)";
  plan.account = L"LocalSystem";
  complete(plan, registered);
  EXPECT_EQ(plan.config_file, LR"(E:\overlap.toml)");
  EXPECT_EQ(plan.account, L"LocalSystem");
}

TEST(Plan, has_the_defaults_when_nothing_is_registered) {
  Plan plan;
  plan.account.clear();
  complete(plan, std::nullopt);
  EXPECT_EQ(plan.config_file, default_config_file());
  EXPECT_EQ(plan.account, win::service_account);
}

TEST(InstallCommand, has_what_is_not_the_default_and_the_account) {
  Plan plan;
  plan.executable = LR"(C:\Program Files\Overlap\overlap-service.exe)";
  plan.config_file = default_config_file();
  EXPECT_EQ(install_command(plan),
            R"(overlapctl install --executable "C:\Program Files\Overlap\overlap-service.exe" )"
            R"(--account "NT SERVICE\Overlap")");
  plan = {L"", LR"(D:\o.toml)", L"LocalSystem", L"", default_first_port, true};
  EXPECT_EQ(install_command(plan),
            R"(overlapctl install --config "D:\o.toml" --account "LocalSystem" --firewall)");
}

TEST(OwnCommand, takes_the_file_and_what_the_former_owner_has_given_on_it) {
  EXPECT_EQ(own_command(LR"(C:\x y)"),
            R"(icacls "C:\x y" /setowner *S-1-5-32-544 /T && icacls "C:\x y" /reset /T)");
}

}  // namespace
}  // namespace overlap::installation
