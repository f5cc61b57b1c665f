// The source "Overlap" of the Event Log: its texts, and what it has reported.
#include <windows.h>
// windows.h comes before everything that needs its types.
#include <winevt.h>

#include <array>
#include <cstddef>
#include <memory>

#include "admin/ctl/doctor/win_facts.h"
#include "admin/ctl/doctor/win_library.h"
#include "service/log/event_id.h"
#include "service/log/wide.h"
#include "service/win/error.h"
#include "service/win/handle.h"

namespace overlap::ctl::doctor {
namespace {

constexpr wchar_t source_key[] =
    L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\Overlap";

struct LibraryTraits {
  using Type = HMODULE;
  static HMODULE invalid() noexcept { return nullptr; }
  static void close(HMODULE module) noexcept { FreeLibrary(module); }
};

// RegGetValue replaces the names of the environment in it. Empty if there is none.
std::wstring message_file() {
  std::wstring file(32'768, L'\0');
  auto bytes = static_cast<DWORD>(file.size() * sizeof(wchar_t));
  if (RegGetValueW(HKEY_LOCAL_MACHINE, source_key, L"EventMessageFile", RRF_RT_REG_SZ, nullptr,
                   file.data(), &bytes) != ERROR_SUCCESS)
    return {};
  file.resize(file.find(L'\0'));
  return file.substr(0, file.find(L';'));
}

// As Event Viewer does it: the file is mapped, and nothing in it runs.
std::string text_of_first_event(const std::wstring& file) {
  const win::Unique<LibraryTraits> module(LoadLibraryExW(
      file.c_str(), nullptr, LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE));
  if (!module) return {};
  std::array<wchar_t, 1024> text{};
  const DWORD units = FormatMessageW(
      FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
      module.get(), static_cast<DWORD>(log::EventId::started), 0, text.data(),
      static_cast<DWORD>(text.size()), nullptr);
  std::string sentence = win::to_utf8({text.data(), units});
  while (sentence.ends_with(' ')) sentence.pop_back();
  return sentence;
}

// Source: Microsoft, "Querying for Events", "Rendering Events".
class Query {
 public:
  Query() {
    handle_ = query_(nullptr, L"Application", L"*[System[Provider[@Name='Overlap']]]",
                     EvtQueryChannelPath | EvtQueryReverseDirection);
    const DWORD code = GetLastError();
    if (!handle_ && code == ERROR_ACCESS_DENIED)
      throw NotAllowed("the Application log cannot be read");
    if (!handle_) win::throw_error(code, "cannot read the Application log");
  }
  ~Query() { close_(handle_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  std::optional<LastEvent> newest() const {
    constexpr DWORD wait_ms = 10'000;
    EVT_HANDLE event = nullptr;
    DWORD count = 0;
    if (!next_(handle_, 1, &event, wait_ms, 0, &count)) {
      const DWORD code = GetLastError();
      if (code == ERROR_NO_MORE_ITEMS) return std::nullopt;
      win::throw_error(code, "cannot read the Application log");
    }
    const std::unique_ptr<void, decltype(close_)> keep(event, close_);
    const std::unique_ptr<void, decltype(close_)> values(
        context_(0, nullptr, EvtRenderContextSystem), close_);
    alignas(EVT_VARIANT) std::array<std::byte, 16 * 1024> buffer{};
    DWORD used = 0;
    DWORD properties = 0;
    if (!values || !render_(values.get(), event, EvtRenderEventValues,
                            static_cast<DWORD>(buffer.size()), buffer.data(), &used, &properties))
      win::throw_last_error("cannot read an event");
    const auto* const value = reinterpret_cast<const EVT_VARIANT*>(buffer.data());
    ULARGE_INTEGER time{};
    time.QuadPart = value[EvtSystemTimeCreated].FileTimeVal;
    return LastEvent{value[EvtSystemEventID].UInt16Val, unix_ms_of({time.LowPart, time.HighPart})};
  }

 private:
  const Library library_{L"wevtapi.dll"};
  const decltype(&EvtQuery) query_ = library_.function<decltype(&EvtQuery)>("EvtQuery");
  const decltype(&EvtNext) next_ = library_.function<decltype(&EvtNext)>("EvtNext");
  const decltype(&EvtRender) render_ = library_.function<decltype(&EvtRender)>("EvtRender");
  const decltype(&EvtCreateRenderContext) context_ =
      library_.function<decltype(&EvtCreateRenderContext)>("EvtCreateRenderContext");
  const decltype(&EvtClose) close_ = library_.function<decltype(&EvtClose)>("EvtClose");
  EVT_HANDLE handle_ = nullptr;
};

}  // namespace

Messages messages_of_source() {
  const std::wstring file = message_file();
  if (file.empty()) return {};
  return {win::to_utf8(file), text_of_first_event(file)};
}

std::optional<LastEvent> last_event_of_source() {
  if (!wine_version().empty()) throw NotKnown("the Event Log of Wine cannot be read");
  return Query().newest();
}

}  // namespace overlap::ctl::doctor
