// The users of the service: who asks, verified on a thread of their own.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/access/authenticator.h"
#include "common/access/gate.h"
#include "common/config/config.h"
#include "service/access/login_job.h"
#include "service/access/users_file.h"

namespace overlap::access {

// Thread-safe.
class Gatekeeper final : public Gate, public LoginApi {
 public:
  // Log-ins that wait for their turn, at most: the last one waits for some seconds. Past it the
  // answer is `busy`.
  static constexpr std::size_t waiting_max = 64;
  // Of one client network, so that one flood does not keep all others out.
  static constexpr std::size_t waiting_per_address_max = 16;

  // Reads the users. A file that does not exist yet is one without users. Throws
  // scm::StartError{config} with everything that is wrong in it.
  explicit Gatekeeper(const config::Access& config);
  // Every submitted job must have been answered.
  ~Gatekeeper() override;

  Identity anonymous() const override;
  Identity named(std::string_view certificate_name) const override;
  bool knows_users() const override;
  std::optional<LoginOutcome> recall(std::string_view authorization, const PeerInfo& peer,
                                     Instant now) override;
  void submit(LoginJob& job) noexcept override;

  // Once a second: reads the users again if their file has changed. While it cannot be read, is
  // wrong, or is gone, empty or without its first line (UsersFile::read_again), the users of before
  // stay, and one event says so.
  void refresh() noexcept;

  // Other settings, in two steps, so that many parts can change together or not at all. The first
  // reads the users and changes nothing; throws scm::StartError{config} as the constructor does,
  // and also if the file in use is gone or empty. The second cannot fail. Sessions under way keep
  // what they have; failed log-ins are not forgotten.
  struct Prepared;
  struct DeletePrepared {
    void operator()(Prepared* prepared) const noexcept;
  };
  using PreparedAccess = std::unique_ptr<Prepared, DeletePrepared>;
  PreparedAccess prepare(const config::Access& config) const;
  void commit(PreparedAccess prepared) noexcept;

 private:
  class Pool;
  void run(LoginJob& job) noexcept;
  bool take_place(const ClientNetwork& client);
  void leave_place(const ClientNetwork& client) noexcept;
  bool has_read(const std::string& path) const;       // from there the users in use come
  void tell_users(std::size_t count) const noexcept;  // under file_mutex_

  Authenticator authenticator_;

  // refresh() and a change of the settings come from separate threads. Held while the file is read,
  // which no connection waits for.
  mutable std::mutex file_mutex_;
  std::unique_ptr<UsersFile> file_;  // null: nobody has a name
  win::FileStamp stamp_;             // of what was read last, good or bad
  std::string refusal_;              // what was said of it last

  // Connections of every listener come for a place, and must learn at once whether there is one.
  // Held to count.
  std::mutex mutex_;
  std::vector<ClientNetwork> waiting_;  // of each log-in; room for all from the start
  std::unique_ptr<Pool> pool_;          // ends first
};

}  // namespace overlap::access
