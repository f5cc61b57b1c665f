#include "tests/conformance/world_windows.h"

#include <winioctl.h>

#include <array>
#include <atomic>

#include "service/win/error.h"

namespace overlap::conformance {
namespace {

void check(bool good, DWORD error, const char* what) {
  if (!good) win::throw_error(error, what);
}
void check_socket(bool good, const char* what) {
  if (!good) win::throw_error(static_cast<DWORD>(WSAGetLastError()), what);
}

class SocketPeer final : public test::Peer {
 public:
  explicit SocketPeer(std::uint16_t port)
      : socket_(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 0)) {
    check_socket(static_cast<bool>(socket_), "make the socket of a peer");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    check_socket(
        connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
        "connect a peer");
    u_long on = 1;
    check_socket(ioctlsocket(socket_.get(), static_cast<long>(FIONBIO), &on) == 0,
                 "make the socket of a peer non-blocking");
  }

  std::size_t send(std::span<const std::byte> bytes) override {
    const int sent = ::send(socket_.get(), reinterpret_cast<const char*>(bytes.data()),
                            static_cast<int>(bytes.size()), 0);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  test::PeerReceived receive(std::span<std::byte> into) override {
    const int got =
        recv(socket_.get(), reinterpret_cast<char*>(into.data()), static_cast<int>(into.size()), 0);
    if (got > 0) return {static_cast<std::size_t>(got), false, false};
    if (got == 0) return {0, true, false};
    return {0, false, WSAGetLastError() != WSAEWOULDBLOCK};
  }
  void shutdown_send() override { shutdown(socket_.get(), SD_SEND); }
  void reset() override {
    const linger at_once{1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once),
               sizeof at_once);
    socket_.reset();
  }

  std::string address() const {
    sockaddr_in mine{};
    int size = sizeof mine;
    check_socket(getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&mine), &size) == 0,
                 "name the socket of a peer");
    return "127.0.0.1:" + std::to_string(ntohs(mine.sin_port));
  }

 private:
  win::Socket socket_;
};

std::wstring new_path() {
  static std::atomic<int> number{0};
  std::array<wchar_t, MAX_PATH + 1> folder{};
  check(GetTempPathW(static_cast<DWORD>(folder.size()), folder.data()) != 0, GetLastError(),
        "find the folder for temporary files");
  return std::wstring(folder.data()) + L"overlap-conformance-" +
         std::to_wstring(GetCurrentProcessId()) + L"-" + std::to_wstring(number++);
}

// A synchronous handle that writes; the test's own handle is opened while it is still there.
class Writer {
 public:
  explicit Writer(const std::wstring& path)
      : file_(CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, share, nullptr, CREATE_NEW,
                          FILE_ATTRIBUTE_TEMPORARY, nullptr)) {
    check(static_cast<bool>(file_), GetLastError(), "create a temporary file");
  }
  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    LARGE_INTEGER at;
    at.QuadPart = static_cast<LONGLONG>(offset);
    check(SetFilePointerEx(file_.get(), at, nullptr, FILE_BEGIN), GetLastError(), "seek");
    DWORD written = 0;
    check(WriteFile(file_.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr),
          GetLastError(), "fill a temporary file");
  }
  void resize(std::uint64_t size) {
    // Where the file system has no sparse files this is refused, and the file is sparse anyway or
    // merely slow: nothing depends on it.
    DWORD ignored = 0;
    DeviceIoControl(file_.get(), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &ignored, nullptr);
    LARGE_INTEGER at;
    at.QuadPart = static_cast<LONGLONG>(size);
    check(SetFilePointerEx(file_.get(), at, nullptr, FILE_BEGIN), GetLastError(), "seek");
    check(SetEndOfFile(file_.get()), GetLastError(), "lengthen a temporary file");
  }
  static constexpr DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

 private:
  win::FileHandle file_;
};

win::FileHandle open_overlapped(const std::wstring& path, DWORD access) {
  win::FileHandle file(CreateFileW(path.c_str(), access | DELETE, Writer::share, nullptr,
                                   OPEN_EXISTING, FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE,
                                   nullptr));
  check(static_cast<bool>(file), GetLastError(), "open a temporary file");
  return file;
}

}  // namespace

std::unique_ptr<test::Peer> connect_to(std::uint16_t port) {
  return std::make_unique<SocketPeer>(port);
}

std::string address_of_socket(test::Peer& peer) { return static_cast<SocketPeer&>(peer).address(); }

win::FileHandle temporary_file(std::span<const std::byte> content, FileAccess access) {
  const std::wstring path = new_path();
  Writer writer(path);
  if (!content.empty()) writer.write(0, content);
  switch (access) {
    case FileAccess::read_only: return open_overlapped(path, GENERIC_READ);
    case FileAccess::write_only: return open_overlapped(path, GENERIC_WRITE);
    case FileAccess::read_write: break;
  }
  return open_overlapped(path, GENERIC_READ | GENERIC_WRITE);
}

win::FileHandle temporary_big_file(std::uint64_t size, std::span<const Mark> marks) {
  const std::wstring path = new_path();
  Writer writer(path);
  writer.resize(size);
  for (const Mark& mark : marks) writer.write(mark.offset, mark.bytes);
  return open_overlapped(path, GENERIC_READ | GENERIC_WRITE);
}

}  // namespace overlap::conformance
