// What the headers of the executables that are shipped promise to the loader.
#include <gtest/gtest.h>
#include <windows.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace overlap {
namespace {

class Executable : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const char* file = std::getenv(GetParam());
    ASSERT_NE(file, nullptr) << GetParam() << " is not set";
    std::ifstream in(file, std::ios::binary);
    std::string start(4'096, '\0');
    in.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(in.gcount()));
    IMAGE_DOS_HEADER dos{};
    ASSERT_GT(start.size(), sizeof dos) << file;
    std::memcpy(&dos, start.data(), sizeof dos);
    const auto at = static_cast<std::size_t>(dos.e_lfanew);
    ASSERT_GT(start.size(), at + sizeof headers_) << file;
    std::memcpy(&headers_, start.data() + at, sizeof headers_);
    ASSERT_EQ(headers_.Signature, static_cast<DWORD>(IMAGE_NT_SIGNATURE)) << file;
  }
  bool has(WORD characteristic) const {
    return (headers_.OptionalHeader.DllCharacteristics & characteristic) != 0;
  }

  IMAGE_NT_HEADERS64 headers_{};
};

TEST_P(Executable, is_loaded_where_nobody_can_guess) {
  EXPECT_TRUE(has(IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE));
  EXPECT_TRUE(has(IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA));
  EXPECT_EQ(headers_.FileHeader.Characteristics & IMAGE_FILE_RELOCS_STRIPPED, 0);
  // Without the table of relocations the rest is a wish.
  const auto& relocations = headers_.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC];
  EXPECT_GT(relocations.Size, 0u);
}

TEST_P(Executable, has_no_data_that_runs) { EXPECT_TRUE(has(IMAGE_DLLCHARACTERISTICS_NX_COMPAT)); }

TEST_P(Executable, guards_its_calls_if_the_compiler_can) {
#ifdef _MSC_VER
  EXPECT_TRUE(has(IMAGE_DLLCHARACTERISTICS_GUARD_CF));
#else
  GTEST_SKIP() << "gcc has no control flow guard";
#endif
}

INSTANTIATE_TEST_SUITE_P(Shipped, Executable,
                         testing::Values("OVERLAP_SERVICE_EXE", "OVERLAP_CTL_EXE"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace overlap
