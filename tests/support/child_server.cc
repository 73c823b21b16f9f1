#include "tests/support/child_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace charter::test {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

ChildServer::ChildServer(std::string database_url)
    : database_url_(std::move(database_url)) {
  Start();
}

ChildServer::~ChildServer() {
  if (pid_ > 0) Kill();
}

void ChildServer::Start() {
  const std::string log = dir_.File("log");
  const std::string listen = absl::StrCat("127.0.0.1:", port_);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execl(CHARTER_CHARTERD, CHARTER_CHARTERD, "--listen", listen.c_str(),
          "--database", database_url_.c_str(), "--insecure", "--migrate",
          "always", "--log-level", "warning", nullptr);
    _exit(127);
  }
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < give_up) {
    const std::string said = ReadAll(log);
    const size_t at = said.find("listening on 127.0.0.1:");
    if (at != std::string::npos && said.find('\n', at) != std::string::npos) {
      port_ = std::atoi(said.c_str() + at + sizeof("listening on 127.0.0.1"));
      return;
    }
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::fprintf(stderr, "charterd does not start:\n%s\n", ReadAll(log).c_str());
  std::abort();
}

int ChildServer::Wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void ChildServer::Kill() {
  kill(pid_, SIGKILL);
  Wait();
}

int ChildServer::Stop() {
  kill(pid_, SIGTERM);
  return Wait();
}

}  // namespace charter::test
