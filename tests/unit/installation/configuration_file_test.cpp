#include "service/installation/configuration_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/config/parse.h"

namespace overlap::installation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char default_root[] = R"(C:\ProgramData\Overlap\Files)";

std::vector<int> ports_in(const config::Config& config) {
  std::vector<int> ports{config.admin.port};
  for (const config::Listener& listener : config.listeners) ports.push_back(listener.port);
  return ports;
}

TEST(FilledTemplate, is_the_template_itself_for_the_defaults) {
  EXPECT_EQ(filled_template(default_root, default_first_port), configuration_template());
}

TEST(FilledTemplate, gives_the_endpoint_the_first_port_and_the_listeners_the_next_ones) {
  // Among them those that overlap with the template's, from both sides, and both ends.
  for (const int first : {1, 80, 8095, 8096, 8099, 8101, 8103, 8104, 8105, 28100, 65531}) {
    const auto config =
        config::parse(filled_template(default_root, static_cast<std::uint16_t>(first)), "file");
    EXPECT_THAT(ports_in(config), ElementsAre(first, first + 1, first + 2, first + 3, first + 4));
  }
  EXPECT_EQ(first_port_max, 65531);
}

TEST(FilledTemplate, names_any_root) {
  for (const std::string root : {R"(D:\Exchange)", R"(D:\)", R"(\\server\share\files)",
                                 R"(D:\it's new\t)", "D:\\h\xC3\xBC\\\xED\x95\x9C"}) {
    EXPECT_EQ(config::parse(filled_template(root, 9000), "file").store.root, root);
  }
}

TEST(FoundInside, tells_what_lies_in_a_folder_or_is_it) {
  const std::wstring program = LR"(C:\Program Files\Overlap)";
  const std::wstring config = LR"(C:\ProgramData\Overlap\overlap.toml)";
  EXPECT_THAT(found_inside(LR"(C:\)", {program, config}), ElementsAre(program, config));
  EXPECT_THAT(found_inside(LR"(c:\programdata\OVERLAP)", {program, config}), ElementsAre(config));
  EXPECT_THAT(found_inside(program, {program}), ElementsAre(program));
  EXPECT_THAT(found_inside(LR"(C:\Program Files\Overlap\Files)", {program}), IsEmpty());
  EXPECT_THAT(found_inside(LR"(C:\Program)", {program}), IsEmpty());
  EXPECT_THAT(found_inside(LR"(D:\)", {program, config}), IsEmpty());
}

TEST(RootOf, is_beside_the_configuration_unless_said) {
  Plan plan;
  plan.config_file = LR"(D:\conf\overlap.toml)";
  EXPECT_EQ(root_of(plan), LR"(D:\conf\Files)");
  plan.root = LR"(E:\x)";
  EXPECT_EQ(root_of(plan), LR"(E:\x)");
}

}  // namespace
}  // namespace overlap::installation
