#include "service/journal/search.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "service/journal/entry_text.h"
#include "service/journal/schema.h"

namespace overlap::journal {
namespace {

using management::JournalEntry;
using management::JournalPage;
using management::JournalQuery;
using Clock = std::chrono::steady_clock;

constexpr std::size_t limit_max = 1000;
// Below a folder: as many entries are sorted by id; of more, a page is found soon by walking back
// from the newest.
constexpr std::int64_t sorted_max = 5'000;
// Instructions of SQLite's machine between two looks at the clock: less than a millisecond.
constexpr int steps_per_look = 1'000;

// Ends a search that takes too long.
class Deadline {
 public:
  Deadline(sqlite3* connection, Clock::time_point end) : connection_(connection), end_(end) {
    sqlite3_progress_handler(connection_, steps_per_look, &is_over, this);
  }
  ~Deadline() { sqlite3_progress_handler(connection_, 0, nullptr, nullptr); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  static int is_over(void* self) {
    return Clock::now() >= static_cast<Deadline*>(self)->end_ ? 1 : 0;
  }
  sqlite3* const connection_;
  const Clock::time_point end_;
};

// A WHERE clause and the values of its places, in their order.
class Filter {
 public:
  void add(std::string_view condition, std::int64_t value) { put(condition, {false, value, {}}); }
  void add(std::string_view condition, std::string_view value) {
    put(condition, {true, 0, std::string(value)});
  }
  const std::string& where() const noexcept { return where_; }
  int places() const noexcept { return static_cast<int>(values_.size()); }
  void bind_to(Statement& statement) const {
    int place = 0;
    for (const Value& value : values_) {
      ++place;
      if (value.is_text)
        statement.bind(place, std::string_view(value.text));
      else
        statement.bind(place, value.number);
    }
  }

 private:
  struct Value {
    bool is_text;
    std::int64_t number;
    std::string text;
  };
  void put(std::string_view condition, Value value) {
    where_ += where_.empty() ? " WHERE " : " AND ";
    where_ += condition;
    values_.push_back(std::move(value));
  }
  std::string where_;
  std::vector<Value> values_;
};

std::int64_t number(const Connection& connection, const std::string& sql, const Filter& filter) {
  Statement statement = connection.prepare(sql);
  filter.bind_to(statement);
  return statement.number();
}

// Ids ascend with the time of writing, and a clock may be set back: so the window of time is looked
// up in its index, and bounds the ids. False: nothing is in it.
bool add_time(const Connection& connection, const JournalQuery& query, Filter& filter) {
  if (!query.since_unix_ms && !query.until_unix_ms) return true;
  Filter window;
  if (query.since_unix_ms) window.add("ended_ms >= ?", *query.since_unix_ms);
  if (query.until_unix_ms) window.add("ended_ms < ?", *query.until_unix_ms);
  Statement bounds = connection.prepare(
      "SELECT min(id), max(id) FROM transfers INDEXED BY transfers_by_time" + window.where());
  window.bind_to(bounds);
  if (!bounds.step() || bounds.is_null(0)) return false;
  filter.add("id >= ?", bounds.integer(0));
  filter.add("id <= ?", bounds.integer(1));
  // A plus keeps SQLite from an index whose order would have to be sorted away.
  if (query.since_unix_ms) filter.add("+ended_ms >= ?", *query.since_unix_ms);
  if (query.until_unix_ms) filter.add("+ended_ms < ?", *query.until_unix_ms);
  return true;
}

// Returns the index that the search should use.
std::string add_path(const Connection& connection, std::string_view wanted, Filter& filter) {
  const std::string path = stored_text(wanted, path_bytes_max);
  if (!path.ends_with('/')) {
    filter.add("path = ?", path);
    return " INDEXED BY transfers_by_path";
  }
  std::string behind = path;  // after all that begin with `path`, in the order of bytes
  behind.back() = '/' + 1;
  Filter below;
  below.add("path >= ?", path);
  below.add("path < ?", behind);
  const bool few = number(connection,
                          "SELECT count(*) FROM (SELECT 1 FROM transfers" + below.where() +
                              " LIMIT " + std::to_string(sorted_max) + ")",
                          below) < sorted_max;
  filter.add(few ? "path >= ?" : "+path >= ?", path);
  filter.add(few ? "path < ?" : "+path < ?", behind);
  return few ? " INDEXED BY transfers_by_path" : "";
}

template <class Enum, std::size_t count>
Enum value_of(const std::array<std::string_view, count>& names, const std::string& name) {
  const auto place = std::find(names.begin(), names.end(), name);
  if (place == names.end())
    throw std::runtime_error("The journal has an unknown \"" + name + "\".");
  return static_cast<Enum>(place - names.begin());
}

JournalEntry entry_of(Statement& row) {
  JournalEntry entry;
  entry.id = row.integer(0);
  entry.unix_ms = row.integer(1);
  entry.seconds = row.real(2);
  entry.listener = row.text(3);
  entry.model = value_of<config::ModelName>(config::model_names, row.text(4));
  entry.peer = row.text(5);
  entry.user = row.text(6);
  entry.method = row.text(7);
  entry.path = row.text(8);
  entry.status = static_cast<int>(row.integer(9));
  entry.bytes_received = static_cast<std::uint64_t>(row.integer(10));
  entry.bytes_sent = static_cast<std::uint64_t>(row.integer(11));
  entry.result =
      value_of<management::TransferResult>(management::transfer_result_names, row.text(12));
  entry.digest = row.text(13);
  return entry;
}

JournalPage search(const Connection& connection, const JournalQuery& query) {
  JournalPage page;
  Filter filter;
  if (!add_time(connection, query, filter)) return page;
  std::string index;
  if (!query.path.empty()) index = add_path(connection, query.path, filter);
  if (query.user) {
    // One index only; that of the path finds less.
    filter.add(index.empty() ? "user = ?" : "+user = ?", stored_text(*query.user, text_bytes_max));
    if (index.empty()) index = " INDEXED BY transfers_by_user";
  }
  if (query.model) filter.add("model = ?", config::name_of(*query.model));
  if (!query.listener.empty())
    filter.add("listener = ?", stored_text(query.listener, text_bytes_max));
  if (!query.method.empty()) filter.add("method = ?", stored_text(query.method, text_bytes_max));
  if (query.result) {
    filter.add("result = ?",
               management::transfer_result_names[static_cast<std::size_t>(*query.result)]);
  }
  if (query.before) filter.add("id < ?", *query.before);

  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, limit_max);
  Statement rows = connection.prepare(std::string("SELECT id, ") + columns + " FROM transfers" +
                                      index + filter.where() + " ORDER BY id DESC LIMIT ?");
  filter.bind_to(rows);
  rows.bind(filter.places() + 1, static_cast<std::int64_t>(limit + 1));  // one more: is there one?
  while (page.entries.size() < limit && rows.step()) page.entries.push_back(entry_of(rows));
  if (page.entries.size() == limit && rows.step()) page.next = page.entries.back().id;
  return page;
}

}  // namespace

void Search::use(const std::string& path) {
  const std::lock_guard lock(mutex_);
  connection_.reset();
  path_ = path;
}

JournalPage Search::find(const JournalQuery& query, bool& damaged) {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return {};
  try {
    if (!connection_) connection_.emplace(path_, Access::read, tuning_.busy);
    const Deadline deadline(connection_->get(), Clock::now() + tuning_.search_time_max);
    return search(*connection_, query);
  } catch (const SqliteError& error) {
    connection_.reset();
    damaged = error.means_damage();
    if (error.primary_code() == SQLITE_INTERRUPT) {
      throw std::runtime_error("The search took too long: narrow it down by time, user or path.");
    }
    throw std::runtime_error("The journal cannot be read: " + std::string(error.what()) + ".");
  }
}

}  // namespace overlap::journal
