// What people see, at three widths of their terminals.
#include "admin/ctl/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <sstream>

#include "admin/ctl/text.h"

namespace overlap::ctl {
namespace {

using testing::HasSubstr;

constexpr char listeners[] = R"({"listeners":[
 {"name":"device","model":"device","address":"127.0.0.1","port":8101,"tls":false,"state":"running",
  "accept_failing":false,"threads_max":32,"connections":{"current":3,"peak":9,"limit":2000,
  "total":1234,"limit_per_address":1000},"rejected_total":0,"former_models":[]},
 {"name":"v6","model":"apc","address":"::1","port":8103,"tls":true,"state":"draining",
  "accept_failing":true,"threads_max":2,"connections":{"current":2,"peak":2,"limit":2000,
  "total":2,"limit_per_address":1000},"rejected_total":17,
  "former_models":[{"model":"event","connections":2}]}]})";

constexpr char connections[] = R"({"connections":[
 {"id":17,"listener":"device","model":"device","peer":"10.0.0.1:50000","user":"alice","tls":true,
  "state":"sending","opened":"2026-11-23T12:00:00.250Z","requests_total":5,
  "bytes_received_total":0,"bytes_sent_total":1572864,"idle_seconds":0.01,
  "transfer":{"path":"/photos/\u001b[31m.jpg"}},
 {"id":18,"listener":"device","model":"device","peer":"[::1]:50001","user":null,"tls":false,
  "state":"idle","opened":"2026-11-23T12:00:01.000Z","requests_total":1200,
  "bytes_received_total":10,"bytes_sent_total":0,"idle_seconds":75,"transfer":null}],"next":null})";

constexpr char finished[] = R"({"transfers":[
 {"id":2,"ended":"2026-11-23T12:00:05.250Z","seconds":2.5,"listener":"device","model":"device",
  "peer":"10.0.0.1:5","user":"alice","method":"PUT","path":"/a.bin","status":201,
  "bytes_received":5242880,"bytes_sent":0,"result":"done","digest":null},
 {"id":1,"ended":"2026-11-23T12:00:04.000Z","seconds":0.01,"listener":"device","model":"device",
  "peer":"10.0.0.1:6","user":null,"method":"GET","path":"/none","status":null,
  "bytes_received":0,"bytes_sent":0,"result":"incomplete","digest":null}],"next":null})";

constexpr char uploads[] = R"({"uploads":[
 {"id":"u1","path":"/big.iso","user":"alice","offset":512,"length":1024,
  "touched":"2026-11-23T12:00:00Z","expires":"2026-11-30T12:00:00Z","active":true},
 {"id":"u2","path":"/b","user":null,"offset":0,"length":null,
  "touched":"2026-11-23T12:00:00Z","expires":"2026-11-30T12:00:00Z","active":false}],"next":null})";

constexpr char findings[] = R"({"findings":[{"id":"wait_slots_nearly_used","severity":"warning",
 "model":"device","listener":null,"since":"2026-11-23T12:00:00Z",
 "sentence":"1,800 of 2,016 wait slots are used (89 %).",
 "advice":"Raise threads of the listener, or move it to another model.","figure":0.89,
 "threshold":0.8,"unit":"ratio"}],"evaluated":"2026-11-23T12:00:01Z"})";

constexpr char service[] = R"({"version":"0.1.0","state":"running",
 "started":"2026-11-23T08:00:00.000Z","uptime_seconds":14400,"process_id":1234,
 "config_file":"C:\\ProgramData\\Overlap\\overlap.toml","config_loaded":"2026-11-23T08:00:00.000Z",
 "root":"D:\\Files","volume":{"free_bytes":128849018880,"total_bytes":536870912000},
 "process":{"memory_bytes":125829120,"handles":345,"threads":34,"cpu_seconds":12.5},
 "certificate_expires":null,"log_dropped_total":0,
 "journal":{"enabled":true,"entries":12345,"file_bytes":12582912,"waiting":0,"written_total":12345,
 "dropped_total":0,"problem":null}})";

constexpr char model[] = R"({"name":"device","shared":false,"consistent":true,
 "queue":{"in_flight":{"accept":1,"receive":2,"total":3},"ready":0,"peak":9,
  "peak_is_upper_bound":false,"oldest_pending_seconds":0.25,"wait_slots":{"used":3,"limit":126},
  "rejected_total":0,"rejected_addresses_total":0},
 "completions":{"submitted_total":12,"completed_total":9,
  "by_result":{"ok":9,"eof":0,"error":0,"cancelled":0,"timeout":0},
  "by_operation":{"accept":{"submitted":2,"completed":1,"in_flight":1},
   "receive":{"submitted":10,"completed":8,"in_flight":2}},"immediate_total":4,
  "bytes_total":{"received":1024,"sent":2048,"read":0,"written":0}},
 "latency_us":{"all":{"count":9,"p50":80.5,"p90":120.1,"p99":1300.2,"max":2100},
  "accept":{"count":1,"p50":1,"p90":1,"p99":1,"max":1},
  "receive":{"count":8,"p50":81,"p90":121,"p99":1301,"max":2100}},
 "completion_to_handler_us":{},"handler_us":{"p50":5,"p99":50},"dispatch_lag_us":{"p50":9,"p99":90},
 "loop":{"waits_total":{},"completions_per_wake":1.8,"busy_seconds":0.1,"idle_seconds":9.9,
  "threads":2,"shards":2,"connections_per_thread":{"min":1,"max":1}},
 "connections":{"open":2,"opened_total":3,"closed":{}},
 "requests_total":{"none":0,"2xx":4,"4xx":1},"unauthorized_total":0,"pauses_total":0,
 "requests_incomplete_total":0,"specific":{"threads_busy":1.0}})";

struct Document {
  explicit Document(std::string_view text) : value(boost::json::parse(text)) {}
  operator Field() const { return value; }  // NOLINT: as a Field it is used
  boost::json::value value;
};

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, columns_of(line));
  return widest;
}

TEST(Views, listeners_at_each_width) {
  const Document answer(listeners);
  EXPECT_EQ(view_listeners(answer, {200}),
            "LISTENER  MODEL   ADDRESS         TLS  STATE                   NOW  PEAK  LIMIT  "
            "TOTAL  REJECTED  STILL ON\n"
            "device    device  127.0.0.1:8101  -    running                   3     9  2,000  "
            "1,234         0  -\n"
            "v6        apc     [::1]:8103      yes  draining, accept fails    2     2  2,000      "
            "2        17  event 2\n");
  EXPECT_EQ(view_listeners(answer, {80}),
            "LISTENER  MODEL   ADDRESS         TLS  STATE                   NOW  LIMIT\n"
            "device    device  127.0.0.1:8101  -    running                   3  2,000\n"
            "v6        apc     [::1]:8103      yes  draining, accept fails    2  2,000\n");
  EXPECT_EQ(view_listeners(answer, {40}),
            "LISTENER  ADDRESS         STATE        \xE2\x80\xA6\n"
            "device    127.0.0.1:8101  running      \xE2\x80\xA6\n"
            "v6        [::1]:8103      draining, acc\xE2\x80\xA6\n");
}

TEST(Views, connections_at_each_width) {
  const Document answer(connections);
  EXPECT_EQ(view_connections(answer, {200}),
            "ID  LISTENER  MODEL   PEER            USER   TLS  STATE    OPENED (UTC)         "
            "REQUESTS  RECEIVED     SENT        IDLE  PATH\n"
            "17  device    device  10.0.0.1:50000  alice  yes  sending  2026-11-23 12:00:00        "
            " 5       0 B  1.5 MiB       10 ms  /photos/\\x1B[31m.jpg\n"
            "18  device    device  [::1]:50001     -      -    idle     2026-11-23 12:00:01     "
            "1,200      10 B      0 B  1 min 15 s  -\n");
  EXPECT_EQ(view_connections(answer, {80}),
            "ID  LISTENER  PEER            USER   STATE    RECEIVED     SENT  PATH\n"
            "17  device    10.0.0.1:50000  alice  sending       0 B  1.5 MiB  "
            "/photos/\\x1B[3\xE2\x80\xA6\n"
            "18  device    [::1]:50001     -      idle         10 B      0 B  -\n");
  EXPECT_EQ(view_connections(answer, {40}),
            "ID  LISTENER  PEER            STATE\n"
            "17  device    10.0.0.1:50000  sending\n"
            "18  device    [::1]:50001     idle\n");
}

TEST(Views, finished_transfers_at_each_width) {
  const Document answer(finished);
  EXPECT_EQ(view_finished_transfers(answer, {200}),
            "ENDED (UTC)          RESULT      STATUS  METHOD  MODEL   PEER        USER   RECEIVED  "
            "SENT   TIME  PATH\n"
            "2026-11-23 12:00:05  done           201  PUT     device  10.0.0.1:5  alice     5 MiB  "
            " 0 B  2.5 s  /a.bin\n"
            "2026-11-23 12:00:04  incomplete       -  GET     device  10.0.0.1:6  -           0 B  "
            " 0 B  10 ms  /none\n");
  EXPECT_EQ(view_finished_transfers(answer, {80}),
            "ENDED (UTC)          RESULT      STATUS  METHOD  USER   RECEIVED  SENT  PATH\n"
            "2026-11-23 12:00:05  done           201  PUT     alice     5 MiB   0 B  /a.bin\n"
            "2026-11-23 12:00:04  incomplete       -  GET     -           0 B   0 B  /none\n");
  EXPECT_EQ(view_finished_transfers(answer, {40}),
            "ENDED (UTC)          RESULT      PATH\n"
            "2026-11-23 12:00:05  done        /a.bin\n"
            "2026-11-23 12:00:04  incomplete  /none\n");
}

TEST(Views, uploads_at_each_width) {
  const Document answer(uploads);
  EXPECT_EQ(
      view_uploads(answer, {200}),
      "ID  DONE  BYTES     OF  USER   TOUCHED (UTC)        EXPIRES (UTC)        ACTIVE  PATH\n"
      "u1   50%  512 B  1 KiB  alice  2026-11-23 12:00:00  2026-11-30 12:00:00  yes     /big.iso\n"
      "u2     -    0 B      -  -      2026-11-23 12:00:00  2026-11-30 12:00:00  -       /b\n");
  EXPECT_EQ(view_uploads(answer, {80}),
            "ID  DONE  BYTES     OF  USER   EXPIRES (UTC)        PATH\n"
            "u1   50%  512 B  1 KiB  alice  2026-11-30 12:00:00  /big.iso\n"
            "u2     -    0 B      -  -      2026-11-30 12:00:00  /b\n");
  EXPECT_EQ(view_uploads(answer, {40}),
            "ID  DONE  BYTES     OF  USER   PATH\n"
            "u1   50%  512 B  1 KiB  alice  /big.iso\n"
            "u2     -    0 B      -  -      /b\n");
}

TEST(Views, status_at_each_width) {
  EXPECT_EQ(view_status(Document(service), Document(listeners), Document(findings), {200}),
            "Overlap 0.1.0  running for 4 h, since 2026-11-23 08:00:00 UTC, process 1234\n"
            "Configuration  C:\\ProgramData\\Overlap\\overlap.toml, read 2026-11-23 08:00:00 UTC\n"
            "Folder         D:\\Files, 120 GiB free of 500 GiB\n"
            "Process        120 MiB memory, 345 handles, 34 threads, 12 s processor time\n"
            "Certificate    none\n"
            "Journal        12,345 entries, 12 MiB, 0 waiting, 0 dropped\n"
            "Listeners      2: 1 failing to accept, 1 running\n"
            "Connections    5\n"
            "Findings       1 of severity warning (overlapctl findings)\n");
  EXPECT_EQ(view_status(Document(service), Document(listeners), Document(findings), {40}),
            "Overlap 0.1.0  running for 4 h, since\n"
            "               2026-11-23 08:00:00 UTC,\n"
            "               process 1234\n"
            "Configuration  C:\\ProgramData\\Overlap\\ov\n"
            "               erlap.toml, read\n"
            "               2026-11-23 08:00:00 UTC\n"
            "Folder         D:\\Files, 120 GiB free of\n"
            "               500 GiB\n"
            "Process        120 MiB memory, 345\n"
            "               handles, 34 threads, 12 s\n"
            "               processor time\n"
            "Certificate    none\n"
            "Journal        12,345 entries, 12 MiB, 0\n"
            "               waiting, 0 dropped\n"
            "Listeners      2: 1 failing to accept, 1\n"
            "               running\n"
            "Connections    5\n"
            "Findings       1 of severity warning\n"
            "               (overlapctl findings)\n");
}

TEST(Views, findings_are_sentences) {
  EXPECT_EQ(view_findings(Document(findings), {80}),
            "warning  wait_slots_nearly_used (device)  since 2026-11-23 12:00:00 UTC\n"
            "    1,800 of 2,016 wait slots are used (89 %).\n"
            "    Raise threads of the listener, or move it to another model.\n");
  EXPECT_EQ(view_findings(Document(findings), {40}),
            "warning  wait_slots_nearly_used (device\xE2\x80\xA6\n"
            "    1,800 of 2,016 wait slots are used\n"
            "    (89 %).\n"
            "    Raise threads of the listener, or\n"
            "    move it to another model.\n");
  EXPECT_EQ(view_findings(Document(R"({"findings":[]})"), {80}), "Nothing stands out.\n");
}

TEST(Views, models_side_by_side_and_one_in_detail) {
  const Document answer(std::string("{\"models\":[") + model + "]}");
  EXPECT_EQ(view_models(answer, {200}),
            "MODEL   CONNECTIONS  IN FLIGHT  PEAK  COMPLETED  ERRORS    P50     P99  LAG P99  "
            "SLOTS  THREADS  RECEIVED   SENT  REJECTED\n"
            "device            2          3     9          9       0  80 us  1.3 ms    90 us  "
            "3/126        2     1 KiB  2 KiB         0\n");
  EXPECT_EQ(view_models(answer, {80}),
            "MODEL   CONNECTIONS  IN FLIGHT  COMPLETED  ERRORS    P50     P99  LAG P99  SLOTS\n"
            "device            2          3          9       0  80 us  1.3 ms    90 us  3/126\n");
  EXPECT_EQ(view_models(answer, {40}),
            "MODEL   CONNECTIONS  IN FLIGHT     P99\n"
            "device            2          3  1.3 ms\n");
  EXPECT_EQ(view_model(Document(model), {80}),
            "Model                 device\n"
            "Connections           2 open, 3 since the start, 0 rejected\n"
            "Threads               2\n"
            "Connections a thread  1 to 1\n"
            "Wait slots            3/126\n"
            "In flight             3, peak 9, oldest pending 250 ms\n"
            "Dispatch lag          p50 9 us, p99 90 us\n"
            "Handlers              p50 5 us, p99 50 us\n"
            "Completions a wake    1.8\n"
            "Requests              2xx 4, 4xx 1\n"
            "threads_busy          1\n"
            "\n"
            "OPERATION  IN FLIGHT  SUBMITTED  COMPLETED    P50     P90     P99     MAX\n"
            "accept             1          2          1   1 us    1 us    1 us    1 us\n"
            "receive            2         10          8  81 us  121 us  1.3 ms  2.1 ms\n");
}

TEST(Views, none_is_wider_than_the_terminal) {
  for (std::size_t columns = 20; columns < 200; columns += 7) {
    const Layout layout{columns};
    for (const std::string& text :
         {view_listeners(Document(listeners), layout),
          view_connections(Document(connections), layout),
          view_finished_transfers(Document(finished), layout),
          view_uploads(Document(uploads), layout),
          view_status(Document(service), Document(listeners), Document(findings), layout),
          view_findings(Document(findings), layout)})
      EXPECT_LE(widest(text), columns) << text;
  }
}

TEST(Views, names_of_others_cannot_drive_the_terminal) {
  // Every string of every answer.
  const std::string evil = "\\u001b]0;x\\u0007\\r\\n\\u009b\\u202e";
  const Document answer(
      "{\"listeners\":[{\"name\":\"" + evil + "\",\"model\":\"" + evil + "\",\"address\":\"" +
      evil + "\",\"state\":\"" + evil + "\"}],\"connections\":[{\"listener\":\"" + evil +
      "\",\"peer\":\"" + evil + "\",\"user\":\"" + evil + "\",\"opened\":\"" + evil +
      "\",\"transfer\":{\"path\":\"" + evil + "\"}}],\"transfers\":[{\"ended\":\"" + evil +
      "\",\"path\":\"" + evil + "\",\"result\":\"" + evil + "\",\"user\":\"" + evil +
      "\",\"method\":\"" + evil + "\"}],\"uploads\":[{\"id\":\"" + evil + "\",\"path\":\"" + evil +
      "\"}],\"findings\":[{\"id\":\"" + evil + "\",\"severity\":\"" + evil + "\",\"sentence\":\"" +
      evil + "\",\"advice\":\"" + evil + "\",\"since\":\"" + evil + "\",\"model\":\"" + evil +
      "\"}],\"config\":{\"" + evil + "\":{\"" + evil + "\":\"" + evil + "\"}},\"text\":\"" + evil +
      "\",\"time\":\"" + evil + "\",\"version\":\"" + evil + "\",\"root\":\"" + evil +
      "\",\"state\":\"" + evil + "\",\"name\":\"" + evil + "\",\"specific\":{\"" + evil + "\":1}}");
  const Field field = answer;
  const Layout layout{0};
  for (const std::string& text :
       {view_listeners(field, layout), view_connections(field, layout),
        view_live_transfers(field, layout), view_finished_transfers(field, layout),
        view_uploads(field, layout), view_findings(field, layout), view_config(field),
        view_event(field, layout), view_status(field, field, field, layout),
        view_listener_line(field["listeners"].items()[0]), view_model(field, layout),
        view_finished_transfer(field["transfers"].items()[0], layout)}) {
    for (const char c : text)
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << text;
    EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos) << text;
    EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos) << text;
    EXPECT_THAT(text, HasSubstr("\\x1B]0;x\\x07"));
  }
}

TEST(Views, config_is_toml) {
  EXPECT_EQ(view_config(Document(R"({"config":{"store":{"root":"C:\\files","threads":4},
    "access":{"anonymous_read":true,"realm":"it's"},"listener":[{"name":"apc","port":8103}]}})")),
            "[store]\nroot = 'C:\\files'\nthreads = 4\n\n[access]\nanonymous_read = true\n"
            "realm = \"it's\"\n\n[[listener]]\nname = 'apc'\nport = 8103\n");
}

}  // namespace
}  // namespace overlap::ctl
