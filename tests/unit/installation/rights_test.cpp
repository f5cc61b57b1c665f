#include "service/installation/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/win/security_descriptor.h"
#include "service/win/service_identity.h"

namespace overlap::installation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Access judged(const std::wstring& rights) {
  return access_in(win::make_descriptor(rights, "a test").get());
}

TEST(Rights, of_the_state_folder_are_the_services_and_nobody_elses) {
  const Access access = judged(L"O:BA" + state_folder_rights());
  EXPECT_TRUE(access.known);
  EXPECT_TRUE(access.owner_trusted);
  EXPECT_TRUE(access.service_reads);
  EXPECT_TRUE(access.service_writes);
  EXPECT_THAT(access.other_writers, IsEmpty());
}

TEST(Rights, of_the_state_folder_do_not_let_the_service_put_another_in_its_place) {
  const std::wstring rights = state_folder_rights();
  // On the folder itself: no DELETE (0x10000), no FILE_DELETE_CHILD (0x40), no WRITE_DAC, no
  // WRITE_OWNER; on what is made in it, DELETE as well.
  EXPECT_NE(rights.find(L"(A;;0x1201bf;;;" + win::service_sid()), std::wstring::npos);
  EXPECT_NE(rights.find(L"(A;OICIIO;0x1301bf;;;" + win::service_sid()), std::wstring::npos);
  EXPECT_TRUE(rights.starts_with(L"D:P"));
}

TEST(Rights, of_the_configuration_let_the_service_read_only) {
  const Access access = judged(L"O:SY" + config_file_rights());
  EXPECT_TRUE(access.service_reads);
  EXPECT_FALSE(access.service_writes);
  EXPECT_THAT(access.other_writers, IsEmpty());
}

// As C:\ProgramData gives it on to a folder that is made there.
TEST(Rights, of_a_folder_that_inherits_from_programdata_let_users_write) {
  const Access access = judged(
      L"O:S-1-5-21-1-2-3-1001D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)"
      L"(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)");
  EXPECT_FALSE(access.owner_trusted);
  EXPECT_THAT(access.other_writers, ElementsAre("BUILTIN\\Users"));
  EXPECT_TRUE(access.service_reads);  // as one of the users
}

// As C:\Program Files gives it on.
TEST(Rights, of_a_folder_in_program_files_are_as_they_should_be) {
  const Access access = judged(
      L"O:BAD:AI(A;ID;FA;;;S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464)"
      L"(A;OICIIOID;GA;;;S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464)"
      L"(A;ID;FA;;;SY)(A;OICIIOID;GA;;;SY)(A;ID;FA;;;BA)(A;OICIIOID;GA;;;BA)(A;ID;0x1200a9;;;BU)"
      L"(A;OICIIOID;GXGR;;;BU)(A;OICIIOID;GA;;;CO)(A;ID;0x1200a9;;;AC)(A;OICIIOID;GXGR;;;AC)");
  EXPECT_TRUE(access.owner_trusted);
  EXPECT_THAT(access.other_writers, IsEmpty());
  EXPECT_TRUE(access.service_reads);
  EXPECT_FALSE(access.service_writes);
}

TEST(Rights, count_what_is_given_to_the_groups_that_every_service_is_in) {
  for (const wchar_t* group : {L"WD", L"AU", L"BU", L"SU", L"S-1-5-80-0"})
    EXPECT_TRUE(judged(L"O:BAD:(A;;FA;;;" + std::wstring(group) + L")").service_writes);
  for (const wchar_t* other : {L"LS", L"BG", L"S-1-5-80-1-2-3-4-5"})
    EXPECT_FALSE(judged(L"O:BAD:(A;;FA;;;" + std::wstring(other) + L")").service_reads);
}

TEST(Rights, are_decided_by_the_first_entry_that_has_a_say) {
  const std::wstring service = win::service_sid();
  EXPECT_FALSE(judged(L"O:BAD:(D;;FW;;;WD)(A;;FA;;;" + service + L")").service_writes);
  EXPECT_TRUE(judged(L"O:BAD:(A;;FA;;;" + service + L")(D;;FW;;;WD)").service_writes);
}

TEST(Rights, that_only_hold_for_what_is_made_below_do_not_hold_here) {
  EXPECT_FALSE(judged(L"O:BAD:(A;OICIIO;FA;;;" + win::service_sid() + L")").service_reads);
  EXPECT_THAT(judged(L"O:BAD:(A;OICIIO;GW;;;BU)").other_writers, ElementsAre("BUILTIN\\Users"));
}

TEST(Rights, without_a_list_are_everybodys) {
  SECURITY_DESCRIPTOR descriptor{};
  ASSERT_TRUE(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
  ASSERT_TRUE(SetSecurityDescriptorDacl(&descriptor, TRUE, nullptr, FALSE));
  const Access access = access_in(&descriptor);
  EXPECT_THAT(access.other_writers, ElementsAre("everybody"));
  EXPECT_TRUE(access.service_writes);
}

TEST(Rights, are_the_same_if_entries_and_protection_are) {
  const auto same = [](const std::wstring& one, const std::wstring& other) {
    return same_list(win::make_descriptor(one, "a test").get(),
                     win::make_descriptor(other, "a test").get());
  };
  EXPECT_TRUE(same(state_folder_rights(), state_folder_rights()));
  EXPECT_TRUE(same(L"D:PAI(A;;FA;;;BA)", L"O:BAD:P(A;;FA;;;BA)"));
  EXPECT_FALSE(same(L"D:(A;;FA;;;BA)", L"D:P(A;;FA;;;BA)"));
  EXPECT_FALSE(same(L"D:P(A;;FA;;;BA)", L"D:P(A;;FA;;;BA)(A;;FR;;;BU)"));
  EXPECT_FALSE(same(L"D:P(A;;FA;;;BA)", L"D:P"));
}

TEST(Rights, are_not_known_where_the_file_system_keeps_none) {
  EXPECT_FALSE(judged(L"O:WDD:P(A;;FA;;;WD)").known);
}

TEST(Rights, of_owners) {
  for (const wchar_t* owner : {L"SY", L"BA", L"LS", L"NS"})
    EXPECT_TRUE(judged(L"O:" + std::wstring(owner) + L"D:P").owner_trusted);
  EXPECT_TRUE(judged(L"O:" + win::service_sid() + L"D:P").owner_trusted);
  EXPECT_FALSE(judged(L"O:BUD:P").owner_trusted);
  EXPECT_FALSE(judged(L"O:S-1-5-21-1-2-3-1001D:P").owner_trusted);
}

}  // namespace
}  // namespace overlap::installation
