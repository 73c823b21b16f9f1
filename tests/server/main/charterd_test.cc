// The program itself: what it prints, what it refuses, how it ends.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/status.h"
#include "charter/v1/admin_client.h"
#include "charter/v1/event_client.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/temp_dir.h"

namespace charter::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A charterd process; killed at the end if it still runs.
class Process {
 public:
  Process(std::vector<std::string> arguments,
          std::vector<std::string> environment) {
    int out[2], err[2];
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(err, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    arguments.insert(arguments.begin(), CHARTERD);
    std::vector<char*> argv, envp;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    for (std::string& variable : environment) envp.push_back(variable.data());
    envp.push_back(nullptr);
    EXPECT_EQ(posix_spawn(&pid_, CHARTERD, &actions, nullptr, argv.data(),
                          envp.data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    out_ = fdopen(out[0], "r");
    err_ = fdopen(err[0], "r");
  }
  ~Process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    fclose(out_);
    fclose(err_);
  }

  // The next line of its standard output, without its end; empty at the end.
  std::string Line() { return ReadLine(out_); }
  std::string AllErrors() {
    std::string all, line;
    while (!(line = ReadLine(err_)).empty()) absl::StrAppend(&all, line, "\n");
    return all;
  }
  void Signal(int number) { kill(pid_, number); }
  // Its exit code; -1: it was killed.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static std::string ReadLine(FILE* file) {
    std::string line;
    for (int c = fgetc(file); c != EOF && c != '\n'; c = fgetc(file)) {
      line.push_back(static_cast<char>(c));
    }
    return line;
  }

  pid_t pid_ = -1;
  FILE* out_;
  FILE* err_;
};

class CharterdTest : public testing::Test {
 protected:
  std::unique_ptr<Process> Run(std::vector<std::string> arguments) {
    return std::make_unique<Process>(
        std::move(arguments),
        std::vector<std::string>{absl::StrCat("HOME=", dir_.path())});
  }
  // What it says when it refuses to start.
  std::string Refusal(std::vector<std::string> arguments) {
    auto process = Run(std::move(arguments));
    std::string errors = process->AllErrors();
    EXPECT_NE(process->Wait(), 0);
    return errors;
  }

  static std::shared_ptr<client::Channel> Channel(
      const std::string& line, client::Options options = {}) {
    constexpr char kPrefix[] = "listening on ";
    EXPECT_THAT(line, StartsWith(kPrefix));
    options.Set<client::EndpointOption>(line.substr(sizeof(kPrefix) - 1));
    return client::Channel::Open(std::move(options));
  }
  static v1::ServerInfo Ask(const std::shared_ptr<client::Channel>& channel) {
    const auto info =
        v1::AdminClient(channel).GetServerInfo(v1::GetServerInfoRequest());
    EXPECT_TRUE(info.ok()) << client::Describe(info.status());
    return info.ok() ? *info : v1::ServerInfo();
  }

  TempDir dir_;
};

TEST_F(CharterdTest, PrintsItsDatabaseAndItsPortAndStopsOnSigterm) {
  auto process = Run({"--listen", "127.0.0.1:0", "--insecure"});
  const std::string database = absl::StrCat("sqlite://", dir_.path(),
                                            "/.local/share/charter/charter.db");
  EXPECT_EQ(process->Line(), absl::StrCat("database ", database));
  EXPECT_EQ(Ask(Channel(process->Line())).backend(), "sqlite");
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->AllErrors(), HasSubstr("\"event\":\"stopped\""));
}

TEST_F(CharterdTest, AnOpenStreamEndsWithAStop) {
  auto process = Run({"--listen", "127.0.0.1:0", "--insecure"});
  process->Line();
  // The bare stream: an EventStream would look for the next server.
  const auto watch = v1::EventClient(Channel(process->Line()))
                         .WatchEvents(v1::WatchEventsRequest());
  ASSERT_TRUE(watch->Read().has_value()) << watch->status();
  process->Signal(SIGTERM);
  while (watch->Read().has_value()) {
  }
  EXPECT_EQ(watch->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(process->Wait(), 0);
}

TEST_F(CharterdTest, LogsCallsWithoutWhatIsInThem) {
  auto process = Run({"--listen", "127.0.0.1:0", "--insecure"});
  process->Line();
  v1::AdminClient admin(
      Channel(process->Line(), client::Options().Set<client::CredentialsOption>(
                                   client::BearerToken("a-secret-token"))));
  v1::RecalculateRequest request;
  request.set_case_("cases/a-customers-own-words");
  EXPECT_EQ(admin.Recalculate(request).status().code(),
            absl::StatusCode::kNotFound);
  process->Signal(SIGINT);
  EXPECT_EQ(process->Wait(), 0);
  const std::string log = process->AllErrors();
  EXPECT_THAT(log, HasSubstr("charter.v1.AdminService/Recalculate"));
  EXPECT_THAT(log, HasSubstr("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(log, Not(HasSubstr("own-words")));
  EXPECT_THAT(log, Not(HasSubstr("secret-token")));
}

TEST_F(CharterdTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(Refusal({}), HasSubstr("--tokens"));
  EXPECT_THAT(Refusal({"--insecure", "--listen", "0.0.0.0:0"}),
              HasSubstr("loopback"));
  EXPECT_THAT(Refusal({"--insecure", "--database", "oracle://x"}),
              HasSubstr("sqlite://"));
  EXPECT_THAT(Refusal({"--tokens", dir_.File("none")}), HasSubstr("none"));
  EXPECT_THAT(Refusal({"--insecure", "--listen", "nonsense"}),
              HasSubstr("nonsense"));
  const std::string file = dir_.File("c.toml");
  std::ofstream(file) << "listen = \"127.0.0.1:0\"\nport = 1\n";
  EXPECT_THAT(Refusal({"--insecure", "--config", file}),
              HasSubstr("line 2: unknown key `port`"));
  std::ofstream(file) << "[roles]\nnurse = [\"cases.fly\"]\n";
  const std::string refusal = Refusal({"--insecure", "--config", file});
  EXPECT_THAT(refusal, HasSubstr("`cases.fly`"));
  EXPECT_THAT(refusal, HasSubstr("cases.create"));
}

TEST_F(CharterdTest, ASecondServerOnTheSameFileIsRefusedWithTheOwnersPid) {
  auto process = Run({"--listen", "127.0.0.1:0", "--insecure"});
  process->Line();
  process->Line();
  EXPECT_THAT(Refusal({"--listen", "127.0.0.1:0", "--insecure"}),
              HasSubstr("in use by process"));
}

TEST_F(CharterdTest, MysqlIsMigratedOnlyWhenAskedTo) {
  MariadbServer& mariadb = MariadbServer::Shared();
  const std::string url = mariadb.CreateDatabase();
  EXPECT_THAT(
      Refusal({"--insecure", "--listen", "127.0.0.1:0", "--database", url}),
      HasSubstr("migrate"));
  auto migration = Run({"--migrate-only", "--database", url});
  EXPECT_EQ(migration->Wait(), 0);
  auto process =
      Run({"--insecure", "--listen", "127.0.0.1:0", "--database", url});
  EXPECT_THAT(process->Line(), HasSubstr("database mysql://"));
  EXPECT_EQ(Ask(Channel(process->Line())).backend(), "mysql");
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  process.reset();
  mariadb.DropDatabase(url);
}

}  // namespace
}  // namespace charter::test
