#include "admin/ctl/top.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <sstream>

#include "admin/ctl/text.h"
#include "tests/unit/ctl/fakes.h"

namespace overlap::ctl {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char snapshot[] = R"({"time":"2026-11-23T12:00:00.250Z","state":"running",
 "models":[{"name":"device","in_flight":{"accept":1,"receive":2,"send":3},
   "completions_per_second":1234.5,"latency_p50_us":80.0,"latency_p90_us":100,"latency_p99_us":1200,
   "dispatch_lag_p99_us":null,"handler_p99_us":9,"wait_slots_used":3,"wait_slots_limit":126,
   "connections":2,"connections_per_thread_max":2,"bytes_received_per_second":1048576,
   "bytes_sent_per_second":0,"rejected_per_second":0,"requests_per_second":7.5}],
 "listeners":[{"name":"device","model":"device","address":"127.0.0.1","port":8101,"tls":false,
   "state":"paused","accept_failing":false,"threads_max":32,"connections":{"current":2,"peak":9,
   "limit":2000,"total":11,"limit_per_address":1000},"rejected_total":1,"former_models":[]}],
 "transfers":[
  {"connection":7,"listener":"device","model":"device","peer":"10.0.0.1:5","user":"bob",
   "method":"GET","path":"/b\u001b[2J","direction":"download","started":"2026-11-23T11:59:00Z",
   "seconds":60,"bytes":500,"bytes_total":1000,"bytes_per_second":10},
  {"connection":8,"listener":"device","model":"device","peer":"10.0.0.1:6","user":null,
   "method":"PUT","path":"/a","direction":"upload","started":"2026-11-23T11:59:30Z",
   "seconds":30,"bytes":400,"bytes_total":null,"bytes_per_second":20}],
 "findings":[{"id":"x","severity":"warning","sentence":"Wait slots are 81 % used."}],"events":[]})";

std::string frame(const TopState& state, std::size_t columns, std::size_t rows = 0) {
  const boost::json::value value = boost::json::parse(snapshot);
  return top_frame(Field(value), state, {columns, false}, rows);
}

TEST(TopFrame, shows_the_whole_service) {
  TopState state;
  state.url = "http://127.0.0.1:8100";
  EXPECT_EQ(frame(state, 0),
            "Overlap running at http://127.0.0.1:8100, 2026-11-23 12:00:00 UTC\n"
            "warning: Wait slots are 81 % used.\n"
            "\n"
            "MODEL   CONN  IN FLIGHT  COMPL/S  REQ/S    P50     P99  LAG P99  SLOTS  RECEIVED   "
            "SENT  REJ/S\n"
            "device     2          6    1,234    7.5  80 us  1.2 ms        -  3/126   1 MiB/s  0 "
            "B/s      0\n"
            "\n"
            "LISTENER  MODEL   STATE   NOW  PEAK  LIMIT  REJECTED  ADDRESS\n"
            "device    device  paused    2     9  2,000         1  127.0.0.1:8101\n"
            "\n"
            "Transfers: 2, by rate\n"
            "CONNECTION  MODEL   USER  METHOD   DONE  BYTES    RATE   TIME  PATH\n"
            "         8  device  -     PUT     400 B  400 B  20 B/s   30 s  /a\n"
            "         7  device  bob   GET       50%  500 B  10 B/s  1 min  /b\\x1B[2J\n");
}

TEST(TopFrame, fits_every_terminal) {
  for (const std::size_t columns : {20u, 40u, 80u, 200u}) {
    for (const std::size_t rows : {1u, 5u, 24u}) {
      std::istringstream lines(frame({}, columns, rows));
      std::size_t count = 0;
      for (std::string line; std::getline(lines, line); ++count)
        EXPECT_LE(columns_of(line), columns) << line;
      EXPECT_LE(count, rows);
    }
  }
}

TEST(TopFrame, sorts_transfers_by_each_order) {
  const auto first = [](TransferOrder order, bool reversed) {
    TopState state;
    state.order = order;
    state.reversed = reversed;
    const std::string text = frame(state, 0);
    return text.find(" PUT ") < text.find(" GET ") ? 8 : 7;
  };
  EXPECT_EQ(first(TransferOrder::rate, false), 8);
  EXPECT_EQ(first(TransferOrder::bytes, false), 7);
  EXPECT_EQ(first(TransferOrder::time, false), 7);
  EXPECT_EQ(first(TransferOrder::path, false), 8);
  EXPECT_EQ(first(TransferOrder::user, false), 8);
  EXPECT_EQ(first(TransferOrder::rate, true), 7);
}

class Top : public testing::Test, public ProgramFixture {
 protected:
  Top() {
    service.answer("GET /api/v1/stream", "");
    service.events = {snapshot, snapshot};
  }
};

TEST_F(Top, once_prints_one_frame) {
  EXPECT_EQ(run({"top", "--once"}), Exit::done);
  EXPECT_THAT(terminal.output, StartsWith("Overlap running"));
  EXPECT_EQ(terminal.output.find("Overlap running", 1), std::string::npos);
}

TEST_F(Top, without_a_terminal_prints_frames_one_after_another) {
  terminal.waits = 5;
  EXPECT_EQ(run({"top"}), Exit::done);
  EXPECT_NE(terminal.output.find("\n\nOverlap running"), std::string::npos);
  EXPECT_EQ(terminal.output.find('\x1B'), std::string::npos);
}

TEST_F(Top, gives_the_terminal_back) {
  terminal.is_terminal = true;
  terminal.keys = {'s', 'p', 'q'};
  EXPECT_EQ(run({"top"}), Exit::done);
  EXPECT_THAT(terminal.output, StartsWith("\x1B[?1049h\x1B[?25l"));
  EXPECT_THAT(terminal.output, EndsWith("\x1B[?25h\x1B[?1049l"));
  EXPECT_THAT(terminal.output, HasSubstr("by bytes"));
  EXPECT_THAT(terminal.output, HasSubstr(", paused"));
  EXPECT_THAT(terminal.output, Not(HasSubstr("/b\x1B")));
  EXPECT_EQ(terminal.keys_begun, 1);
  EXPECT_EQ(terminal.keys_ended, 1);
}

TEST_F(Top, ends_at_ctrl_c) {
  terminal.is_terminal = true;
  terminal.keys = {3};
  EXPECT_EQ(run({"top"}), Exit::done);
}

TEST_F(Top, leaves_the_terminal_alone_if_it_is_refused) {
  terminal.is_terminal = true;
  service.answers.clear();
  service.answer("GET /api/v1/stream", R"({"detail":"There are 8 streams already."})", 503);
  EXPECT_EQ(run({"top"}), Exit::busy);
  EXPECT_EQ(terminal.output, "");
  EXPECT_EQ(terminal.errors, "There are 8 streams already.\n");
  service.silent = true;
  EXPECT_EQ(run({"top"}), Exit::no_answer);
  EXPECT_EQ(terminal.output, "");
}

}  // namespace
}  // namespace overlap::ctl
