// charterd as a child process that can be killed.
#ifndef CHARTER_TESTS_SUPPORT_CHILD_SERVER_H_
#define CHARTER_TESTS_SUPPORT_CHILD_SERVER_H_

#include <sys/types.h>

#include <string>

#include "tests/support/temp_dir.h"

namespace charter::test {

// Aborts, with the server's log, when it does not start.
class ChildServer {
 public:
  explicit ChildServer(std::string database_url);
  ~ChildServer();
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  // SIGKILL, and waits until the process is gone.
  void Kill();
  // On the port of the first start, so that clients find it again.
  void Start();
  // SIGTERM; its exit code, -1 if a signal ended it.
  int Stop();

  pid_t pid() const { return pid_; }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int Wait();

  const std::string database_url_;
  TempDir dir_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_SUPPORT_CHILD_SERVER_H_
