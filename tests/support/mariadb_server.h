// A private MariaDB server for a test program.
#ifndef CHARTER_TESTS_SUPPORT_MARIADB_SERVER_H_
#define CHARTER_TESTS_SUPPORT_MARIADB_SERVER_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/temp_dir.h"

namespace charter::test {

// A mariadbd with its own data in a TempDir, on a socket and a loopback port,
// ended with this object and, at the latest, with the thread that started it
// (so start it on the main thread). The data is a copy of an empty set that
// mariadb-install-db makes once per build tree. The server's own charset stays
// latin1 and its isolation REPEATABLE READ, as Debian ships it: Charter must
// not lean on either.
//
// Works as root and in a bare chroot. Whatever goes wrong, a missing mariadbd
// included, aborts the program with the server's log: tests that need it fail,
// none is skipped.
class MariadbServer {
 public:
  struct Options {
    // innodb_flush_log_at_trx_commit: 0 is fast, 1 durable as in production.
    int flush_log_at_commit = 0;
    // Further arguments of mariadbd.
    std::vector<std::string> arguments;
  };

  MariadbServer() : MariadbServer(Options{}) {}
  explicit MariadbServer(Options options);
  ~MariadbServer();
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;

  // The program's one server, started at first use and stopped at exit.
  static MariadbServer& Shared();

  // A server that somebody else runs, say MySQL's own, if the environment names
  // its administrator's socket (CHARTER_TEST_MYSQL_SOCKET, user root without a
  // password) and loopback port (CHARTER_TEST_MYSQL_PORT); else null. It can't
  // be killed, stopped or started.
  static MariadbServer* External();

  // Makes an empty database with a name of its own and returns its URL, by TCP.
  std::string CreateDatabase();
  // The same database by socket.
  std::string SocketUrl(absl::string_view url) const;
  // Removes a database that CreateDatabase made; aborts for any other.
  void DropDatabase(absl::string_view url);

  // Ends the server at once, as a crash or a power cut would (the data stays),
  // or in order.
  void Kill();
  void Stop();
  // Starts it again, on the same port and data.
  void Start();

  // Runs a statement as administrator and returns the first column of its rows.
  std::vector<std::string> Admin(absl::string_view sql);

  int port() const { return port_; }
  // Of the process; -1 for a server that somebody else runs.
  pid_t pid() const { return pid_; }
  const std::string& socket() const { return socket_; }

 private:
  MariadbServer(std::string socket, int port);
  bool TryStart();
  void End(int signal);
  [[noreturn]] void Fail(absl::string_view what) const;

  const Options options_;
  TempDir dir_;
  const std::string socket_;
  int port_ = 0;
  pid_t pid_ = -1;
  int databases_ = 0;
  std::set<std::string> created_;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_SUPPORT_MARIADB_SERVER_H_
