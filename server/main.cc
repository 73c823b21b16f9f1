// charterd.
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/call/identity.h"
#include "server/call/roles.h"
#include "server/config/config.h"
#include "server/observability/log.h"
#include "server/server.h"
#include "server/services/shared/clock.h"
#include "storage/store.h"

namespace charter {
namespace {

constexpr absl::string_view kSqlite = "sqlite://";

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "charterd: %s\n", std::string(status.message()).c_str());
  return 1;
}

// The folders of a SQLite file, readable by their owner alone where they are
// made here.
void MakeFolders(const std::string& url) {
  if (!absl::StartsWith(url, kSqlite)) return;
  const std::string path = url.substr(kSqlite.size());
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), 0700);
  }
}

absl::StatusOr<std::unique_ptr<call::Identity>> MakeIdentity(
    const Config& config) {
  // A misspelt permission is refused also where it gives nobody anything yet.
  call::Roles roles;
  for (const auto& [role, permissions] : config.roles) {
    absl::Status status = roles.Set(role, permissions);
    if (!status.ok()) return status;
  }
  for (const auto& [role, fields] : config.hidden) {
    absl::Status status = roles.Hide(role, fields);
    if (!status.ok()) return status;
  }
  if (config.insecure) return call::Identity::Insecure();
  return call::Identity::FromFile(config.tokens, std::move(roles));
}

absl::StatusOr<std::unique_ptr<storage::Store>> OpenDatabase(
    const Invocation& invocation, Clock& clock) {
  const Config& config = invocation.config;
  MakeFolders(config.database);
  storage::StoreOptions options;
  options.migrations = &storage::ProductMigrations();
  options.password_file = config.database_password_file;
  auto store = storage::OpenStore(config.database, options);
  if (!store.ok()) return store;
  const bool migrate =
      invocation.migrate_only || config.migrate == Config::Migrate::kAlways ||
      (config.migrate == Config::Migrate::kAuto &&
       (*store)->dialect().engine() == storage::Engine::kSqlite);
  absl::Status status =
      migrate ? (*store)->Migrate(clock.Now()) : (*store)->CheckSchema();
  if (!status.ok()) return status;
  return store;
}

int Run(const Invocation& invocation) {
  const Config& config = invocation.config;
  // Before any thread is made: all inherit it, and sigwait gets the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  SystemClock clock;
  auto store = OpenDatabase(invocation, clock);
  if (!store.ok()) return Fail(store.status());
  std::printf("database %s\n", (*store)->display_url().c_str());
  if (invocation.migrate_only) return 0;
  auto identity = MakeIdentity(config);
  if (!identity.ok()) return Fail(identity.status());
  ServerOptions options;
  options.listen = config.listen;
  options.tls = {config.tls_cert, config.tls_key, config.tls_client_ca};
  options.executor.threads = config.threads;
  auto server = Server::Start(**store, clock, *std::move(identity), options);
  if (!server.ok()) return Fail(server.status());
  if (config.insecure) {
    LogWarning("insecure: every caller on this machine is admin");
  } else if (config.tls_cert.empty() && !IsLoopback(config.listen)) {
    LogWarning("tokens and data travel in plain text: give --tls-cert");
  }
  const std::string host = config.listen.substr(0, config.listen.rfind(':'));
  std::printf("listening on %s:%d\n", host.c_str(), (*server)->port());
  std::fflush(stdout);

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  LogEvent("stopping", {{"signal", strsignal(signal_number)}});
  (*server)->Stop(config.grace);
  LogEvent("stopped");
  return 0;
}

}  // namespace
}  // namespace charter

int main(int argc, char** argv) {
  const charter::Invocation invocation = charter::ParseInvocation(
      argc, argv, [](const char* name) -> const char* { return getenv(name); });
  if (invocation.exit_code.has_value()) {
    std::fputs(invocation.text.c_str(),
               *invocation.exit_code == 0 ? stdout : stderr);
    return *invocation.exit_code;
  }
  if (invocation.print_config) {
    std::fputs(charter::PrintConfig(invocation.config).c_str(), stdout);
    return 0;
  }
  absl::Status status = charter::SetUpLog(invocation.config.log_level);
  if (status.ok() && !invocation.migrate_only) {
    status = charter::CheckConfig(invocation.config);
  }
  if (!status.ok()) return charter::Fail(status);
  return charter::Run(invocation);
}
