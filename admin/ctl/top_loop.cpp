#include <boost/json/parse.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "admin/ctl/failure.h"
#include "admin/ctl/text.h"
#include "admin/ctl/top.h"

namespace overlap::ctl {
namespace {

using namespace std::chrono_literals;

constexpr char target[] = "/api/v1/stream";
constexpr auto retry_after = 2s;
constexpr auto look_every = 100ms;  // for keys, and for windows that change their size

std::optional<boost::json::value> parsed(std::string_view data) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(data, error);
  if (error) return std::nullopt;
  return value;
}

// Reads the stream on a thread of its own, since a key must not wait for a picture.
class Reader {
 public:
  explicit Reader(ApiClient& api) : api_(api), thread_([this] { run(); }) {}
  ~Reader() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    api_.close();
    thread_.join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Waits for the first picture. Throws what kept it away.
  void await_first(const std::function<void(const Response&)>& refuse) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return latest_ || error_ || refusal_ || ended_; });
    if (latest_) return;
    if (error_) std::rethrow_exception(error_);
    if (refusal_) refuse(*refusal_);
    throw Failure(Exit::failed, "The stream ended before it began.");
  }

  // True if `snapshot` or `problem` is another one than before.
  bool take(boost::json::value& snapshot, std::string& problem) {
    const std::lock_guard lock(mutex_);
    if (!fresh_) return false;
    fresh_ = false;
    snapshot = *latest_;
    problem = problem_;
    return true;
  }

 private:
  void run() {
    while (read_until_lost()) {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, retry_after, [this] { return stopping_; })) return;
    }
  }

  // Returns whether to try again: once there was a picture, a loss is not the end.
  bool read_until_lost() {
    std::string problem = "The connection was lost; trying again.";
    std::exception_ptr error;
    std::optional<Response> refusal;
    try {
      Response response = api_.stream(
          target, [this](std::string_view, std::string_view data) { return accept(data); });
      if (response.status != 200) refusal = std::move(response);
    } catch (const NoAnswer& failure) {
      problem = failure.what();
      error = std::current_exception();
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    problem_ = std::move(problem);
    fresh_ = latest_.has_value();
    error_ = error;
    refusal_ = std::move(refusal);
    ended_ = true;
    changed_.notify_all();
    return latest_.has_value();
  }

  bool accept(std::string_view data) {
    auto snapshot = parsed(data);
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (!snapshot) return true;
    latest_ = std::move(snapshot);
    problem_.clear();
    fresh_ = true;
    changed_.notify_all();
    return true;
  }

  ApiClient& api_;
  // Between the thread of the stream and that of the keys, neither of which can be posted to.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool fresh_ = false;
  bool ended_ = false;
  std::optional<boost::json::value> latest_;
  std::string problem_;
  std::exception_ptr error_;
  std::optional<Response> refusal_;
  std::thread thread_;  // last: begins when all else is there
};

// The other screen of the terminal, and keys; whatever happens, both are given back.
class Screen {
 public:
  explicit Screen(Terminal& terminal) : terminal_(terminal) {
    terminal_.begin_keys();
    terminal_.out("\x1B[?1049h\x1B[?25l");  // the other screen; no cursor
  }
  ~Screen() {
    try {
      terminal_.out("\x1B[?25h\x1B[?1049l");
    } catch (...) {
      // Nobody is there any more to see it.
    }
    terminal_.end_keys();
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Line by line over what is there, so that nothing flickers.
  void show(const std::string& frame) {
    std::string text = "\x1B[H";
    std::size_t begin = 0;
    while (begin < frame.size()) {
      const std::size_t end = frame.find('\n', begin);
      text += frame.substr(begin, end - begin) + "\x1B[K\r\n";
      begin = end + 1;
    }
    terminal_.out(text + "\x1B[J");
  }

 private:
  Terminal& terminal_;
};

// Returns false for the end.
bool obey(char key, TopState& state) {
  constexpr char ctrl_c = 3;
  switch (key) {
    case 'q':
    case 'Q':
    case ctrl_c: return false;
    case 'p':
    case ' ': state.paused = !state.paused; break;
    case 's':
      state.order =
          static_cast<TransferOrder>((static_cast<std::size_t>(state.order) + 1) % transfer_orders);
      break;
    case 'r': state.reversed = !state.reversed; break;
    default: break;
  }
  return true;
}

Exit run_on_screen(ApiClient& api, Terminal& terminal, TopState state,
                   const std::function<void(const Response&)>& refuse) {
  Reader reader(api);
  reader.await_first(refuse);
  boost::json::value snapshot;
  Screen screen(terminal);
  Terminal::Size shown{0, 0};
  for (;;) {
    bool draw = false;
    if (!state.paused) draw = reader.take(snapshot, state.problem);
    const Terminal::Size size = terminal.size();
    if (draw || size.columns != shown.columns || size.rows != shown.rows) {
      shown = size;
      screen.show(top_frame(Field(snapshot), state, {size.columns, terminal.colour()},
                            size.rows > 1 ? size.rows - 1 : 1));
    }
    if (const auto key = terminal.key(look_every)) {
      if (!obey(*key, state)) return Exit::done;
      shown = {0, 0};
    }
  }
}

}  // namespace

Exit run_top(ApiClient& api, Terminal& terminal, const std::string& url, bool once,
             const std::function<void(const Response&)>& refuse) {
  TopState state;
  state.url = url;
  if (terminal.interactive() && !once) return run_on_screen(api, terminal, state, refuse);
  bool seen = false;
  const Response response = api.stream(target, [&](std::string_view, std::string_view data) {
    const auto snapshot = parsed(data);
    if (!snapshot) return true;
    terminal.out((seen ? "\n" : "") + top_frame(Field(*snapshot), state, terminal.layout(), 0));
    seen = true;
    return !once && terminal.wait(0ms);
  });
  if (response.status != 200) refuse(response);
  return Exit::done;
}

}  // namespace overlap::ctl
