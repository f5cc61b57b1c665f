#include "service/win/service_identity.h"

#include <gtest/gtest.h>

#include "service/win/private_file.h"

namespace overlap::win {
namespace {

// Known from Windows itself.
TEST(ServiceSid, is_what_windows_derives_from_a_name) {
  EXPECT_EQ(service_sid(L"TrustedInstaller"),
            L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
  EXPECT_EQ(service_sid(L"MSSQLSERVER"),
            L"S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003");
}

TEST(ServiceSid, of_this_service_is_the_one_in_the_documentation) {
  EXPECT_EQ(service_sid(), L"S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430");
}

TEST(ServiceSid, does_not_depend_on_the_case_of_the_name) {
  EXPECT_EQ(service_sid(L"OVERLAP"), service_sid(L"overlap"));
  EXPECT_NE(service_sid(L"Overlap2"), service_sid(L"Overlap"));
}

TEST(PrivateFile, may_be_read_by_the_service_under_every_account_and_by_no_other_service) {
  const std::wstring rights = private_file_rights();
  EXPECT_NE(rights.find(L"(A;;FR;;;" + service_sid() + L")"), std::wstring::npos) << rights.size();
  EXPECT_EQ(rights.find(L";LS)"), std::wstring::npos);
}

}  // namespace
}  // namespace overlap::win
