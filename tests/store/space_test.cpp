// What is promised to uploads that are still written to.
#include <windows.h>

#include "service/store/space.h"
#include "service/store/store_error.h"
#include "tests/store/bench.h"

namespace overlap::store {
namespace {

class Volume : public StoreTest {
 protected:
  // A file that holds nothing but zeros, which take no room on the disk.
  win::FileHandle make(const char* name, std::uint64_t size) {
    win::FileHandle file(
        CreateFileW(native(name).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
    set_size(file.get(), size);
    return file;
  }
  static void set_size(HANDLE file, std::uint64_t size) {
    LARGE_INTEGER end{};
    end.QuadPart = static_cast<LONGLONG>(size);
    EXPECT_TRUE(SetFilePointerEx(file, end, nullptr, FILE_BEGIN) && SetEndOfFile(file));
  }
  std::uint64_t free_bytes() const {
    ULARGE_INTEGER bytes{};
    EXPECT_TRUE(GetDiskFreeSpaceExW(native("").c_str(), &bytes, nullptr, nullptr));
    return bytes.QuadPart;
  }

  std::uint64_t free_ = 1000;
  Space space_{[this](std::uint64_t& bytes) {
                 bytes = free_;
                 return DWORD{ERROR_SUCCESS};
               },
               100};
};

TEST_F(Volume, holds_what_fits_above_the_minimum_and_not_one_byte_more) {
  Space::Promise promise;
  EXPECT_EQ(space_.promise(0, 900, promise), DWORD{ERROR_SUCCESS});
  promise.end();
  EXPECT_EQ(space_.promise(0, 901, promise), DWORD{ERROR_DISK_FULL});
  EXPECT_EQ(space_.promise(1, 901, promise), DWORD{ERROR_SUCCESS});
  promise.end();
  EXPECT_EQ(space_.check(), DWORD{ERROR_SUCCESS});
  free_ = 100;
  EXPECT_EQ(space_.check(), DWORD{ERROR_SUCCESS});
  free_ = 99;
  EXPECT_EQ(space_.check(), DWORD{ERROR_DISK_FULL});
  EXPECT_EQ(space_.promise(0, 0, promise), DWORD{ERROR_DISK_FULL});
}

TEST_F(Volume, is_promised_to_those_who_ask_first) {
  Space::Promise first;
  EXPECT_EQ(space_.promise(0, 500, first), DWORD{ERROR_SUCCESS});
  Space::Promise second;
  EXPECT_EQ(space_.promise(0, 401, second), DWORD{ERROR_DISK_FULL});
  EXPECT_EQ(space_.promise(0, 400, second), DWORD{ERROR_SUCCESS});
  EXPECT_EQ(space_.check(), DWORD{ERROR_SUCCESS});
  free_ = 999;
  EXPECT_EQ(space_.check(), DWORD{ERROR_DISK_FULL});
  free_ = 1000;
  first.end();
  EXPECT_EQ(space_.promise(0, 500, first), DWORD{ERROR_SUCCESS});
}

TEST_F(Volume, counts_what_was_written_once) {
  const win::FileHandle file = make("file", 0);
  Space::Promise promise;
  ASSERT_EQ(space_.promise(0, 500, promise), DWORD{ERROR_SUCCESS});
  promise.watch(file.get());
  set_size(file.get(), 300);
  free_ = 700;
  Space::Promise other;
  EXPECT_EQ(space_.promise(0, 401, other), DWORD{ERROR_DISK_FULL});
  EXPECT_EQ(space_.promise(0, 400, other), DWORD{ERROR_SUCCESS});
  // More than was promised, which the connection does not let happen, and less again.
  set_size(file.get(), 600);
  free_ = 499;
  EXPECT_EQ(space_.check(), DWORD{ERROR_DISK_FULL});
  free_ = 500;
  EXPECT_EQ(space_.check(), DWORD{ERROR_SUCCESS});
  set_size(file.get(), 500);
  promise.end();
  other.end();
  free_ = 1000;
  EXPECT_EQ(space_.promise(0, 900, other), DWORD{ERROR_SUCCESS});
}

TEST_F(Volume, is_not_promised_if_nothing_is_known_of_it) {
  Space space([](std::uint64_t&) { return DWORD{ERROR_NOT_READY}; }, 0);
  Space::Promise promise;
  EXPECT_EQ(space.promise(0, 1, promise), DWORD{ERROR_NOT_READY});
  EXPECT_EQ(space.check(), DWORD{ERROR_NOT_READY});
}

TEST_F(Volume, is_not_given_twice_to_uploads) {
  // Others write to the volume meanwhile: a tenth of it is left to them.
  const std::uint64_t most = free_bytes() / 10 * 6;
  {
    Client first(store());
    ASSERT_EQ(first.create("/first", most).error, StoreError::none);
    EXPECT_EQ(Client(store()).create("/second", most).error, StoreError::no_space);
    EXPECT_EQ(Client(store()).create_resumable("/second", most).error, StoreError::no_space);
    // Of unknown length: as long as there is room.
    EXPECT_EQ(Client(store()).create("/second").error, StoreError::none);
  }
  const std::string id = Client(store()).create_resumable("/first", most).upload_id;
  Client second(store());
  // What nobody writes to is promised nothing.
  ASSERT_EQ(second.create("/second", most).error, StoreError::none);
  EXPECT_EQ(Client(store()).append(id, 0).error, StoreError::no_space);
  second.close();
  EXPECT_EQ(Client(store()).append(id, 0).error, StoreError::none);
}

}  // namespace
}  // namespace overlap::store
