#include "service/access/gatekeeper.h"

// The pool brings winsock2.h, which must come before windows.h.
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

#include "service/log/log.h"
#include "service/scm/start_error.h"

namespace overlap::access {

// One thread: a flood of log-ins takes one core and the memory of one hash, never more.
class Gatekeeper::Pool : public boost::asio::thread_pool {
 public:
  Pool() : boost::asio::thread_pool(1) {}
};

namespace {

using log::Severity;

std::string in_one_sentence(const UsersError& error) {
  std::string text;
  for (const std::string& problem : error.problems()) text += (text.empty() ? "" : "; ") + problem;
  return text + ".";
}

// Last in a line, so that no name can pretend to be what follows it.
std::string who(const Verdict& verdict) {
  return verdict.name.empty() ? "a token" : "the user \"" + verdict.name + "\"";
}

void tell(const Verdict& verdict, const PeerInfo& peer) {
  if (verdict.outcome.result != LoginResult::wrong) return;
  const std::string failures = std::to_string(verdict.failures);
  log::write(Severity::warning, "a log-in from " + peer.address + " has failed, " + failures +
                                    " without a success, by " + who(verdict));
  if (verdict.notable)
    log::event(log::EventId::logins_failed, {failures, peer.address, who(verdict)});
}

}  // namespace

struct Gatekeeper::Prepared {
  Identity anonymous;
  std::unique_ptr<UsersFile> file;  // null: nobody has a name
  win::FileStamp stamp;
  std::shared_ptr<const Directory> users;  // never null
};

Gatekeeper::Gatekeeper(const config::Access& config) : authenticator_(nullptr) {
  waiting_.reserve(waiting_max);
  commit(prepare(config));
  pool_ = std::make_unique<Pool>();
}

Gatekeeper::PreparedAccess Gatekeeper::prepare(const config::Access& config) const {
  PreparedAccess prepared(new Prepared);
  prepared->anonymous = make_anonymous(config.anonymous_read, config.anonymous_write);
  std::vector<UserRecord> users;
  if (!config.users_file.empty()) {
    prepared->file = std::make_unique<UsersFile>(config.users_file);
    const UsersFile& file = *prepared->file;
    try {
      prepared->stamp = file.stamp();
      users = has_read(file.path()) ? file.read_again() : file.read();
    } catch (const UsersError& error) {
      throw scm::StartError(scm::ExitCode::config,
                            "the users are not valid: " + in_one_sentence(error));
    } catch (const std::system_error& error) {
      throw scm::StartError(scm::ExitCode::config, std::string(error.what()) + ".");
    }
  }
  prepared->users = std::make_shared<const Directory>(users);
  return prepared;
}

bool Gatekeeper::has_read(const std::string& path) const {
  const std::lock_guard hold(file_mutex_);
  return file_ && file_->path() == path && stamp_.exists;
}

void Gatekeeper::commit(PreparedAccess prepared) noexcept {
  const std::lock_guard hold(file_mutex_);
  authenticator_.replace(std::move(prepared->anonymous), prepared->users);
  file_ = std::move(prepared->file);
  stamp_ = prepared->stamp;
  refusal_.clear();
  if (file_) tell_users(prepared->users->size());
}

void Gatekeeper::tell_users(std::size_t count) const noexcept {
  try {
    if (stamp_.exists)
      log::write(Severity::info, std::to_string(count) + " users read from " + file_->path());
    else
      log::write(Severity::warning, "there is no file of users " + file_->path() +
                                        " yet: \"overlap-service user add\" makes it");
  } catch (const std::bad_alloc&) {
    // The users count, not the line about them.
  }
}

Gatekeeper::~Gatekeeper() { pool_->join(); }

void Gatekeeper::DeletePrepared::operator()(Prepared* prepared) const noexcept { delete prepared; }

Identity Gatekeeper::anonymous() const { return authenticator_.anonymous(); }

Identity Gatekeeper::named(std::string_view certificate_name) const {
  return authenticator_.named(certificate_name);
}

bool Gatekeeper::knows_users() const { return authenticator_.knows_users(); }

std::optional<LoginOutcome> Gatekeeper::recall(std::string_view authorization, const PeerInfo& peer,
                                               Instant now) {
  auto verdict = authenticator_.recall(authorization, peer, now);
  if (!verdict) return std::nullopt;
  tell(*verdict, peer);
  return std::move(verdict->outcome);
}

bool Gatekeeper::take_place(const ClientNetwork& client) {
  const std::lock_guard hold(mutex_);
  const auto of_client = std::count(waiting_.begin(), waiting_.end(), client);
  if (waiting_.size() == waiting_max ||
      static_cast<std::size_t>(of_client) == waiting_per_address_max)
    return false;
  waiting_.push_back(client);
  return true;
}

void Gatekeeper::leave_place(const ClientNetwork& client) noexcept {
  const std::lock_guard hold(mutex_);
  const auto place = std::find(waiting_.begin(), waiting_.end(), client);
  std::swap(*place, waiting_.back());
  waiting_.pop_back();
}

void Gatekeeper::submit(LoginJob& job) noexcept {
  const ClientNetwork client = client_network(job.peer->address);
  bool placed = false;
  try {
    placed = take_place(client);
    if (placed) return boost::asio::post(*pool_, [this, &job] { run(job); });
  } catch (const std::exception&) {  // out of memory
    if (placed) leave_place(client);
  }
  job.outcome = {LoginResult::busy, nullptr, {}};
  job.answered(job);
}

void Gatekeeper::run(LoginJob& job) noexcept {
  try {
    Verdict verdict = authenticator_.verify(job.authorization, *job.peer, job.now.monotonic);
    tell(verdict, *job.peer);
    job.outcome = std::move(verdict.outcome);
  } catch (const std::exception&) {  // out of memory
    job.outcome = {LoginResult::busy, nullptr, {}};
  }
  leave_place(client_network(job.peer->address));
  job.answered(job);
}

void Gatekeeper::refresh() noexcept {
  const std::lock_guard hold(file_mutex_);
  if (!file_) return;
  std::string problem;
  try {
    const win::FileStamp found = file_->stamp();
    if (found == stamp_) return;
    if (!found.exists) {
      stamp_ = found;
      problem = "the file " + file_->path() + " is gone.";
    } else {
      try {
        auto users = std::make_shared<const Directory>(file_->read_again());
        const std::size_t count = users->size();
        authenticator_.replace_users(std::move(users));
        tell_users(count);
      } catch (const UsersError& error) {
        problem = in_one_sentence(error);
      }
      // Also of a file that is wrong: only another one may be better. One that another program
      // holds for itself is tried again.
      stamp_ = found;
    }
  } catch (const std::exception& error) {
    problem = std::string(error.what()) + ".";
  }
  if (!problem.empty() && problem != refusal_) log::event(log::EventId::users_refused, {problem});
  refusal_ = std::move(problem);
}

}  // namespace overlap::access
