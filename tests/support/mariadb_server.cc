#include "tests/support/mariadb_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <mysql.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace charter::test {
namespace {

namespace fs = std::filesystem;

constexpr char kUser[] = "charter";
constexpr char kPassword[] =
    "for tests'only";  // with a quote and a space, to see them through
constexpr char kPasswordInUrl[] = "for%20tests%27only";
constexpr char kPrefix[] = "charter_test_";
constexpr char kLogSize[] = "--innodb-log-file-size=16M";

// Runs a program; its output goes to `log`. The child does only what is safe
// between fork and exec.
pid_t Spawn(const std::vector<std::string>& command, const std::string& log,
            bool dies_with_us) {
  std::vector<char*> argv;
  for (const std::string& argument : command)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  if (dies_with_us) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(126);
  }
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

std::string Find(const char* name) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/",
                             "/usr/local/bin/", "/usr/libexec/"}) {
    std::string path = absl::StrCat(folder, name);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return "";
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A port that is free now.
int FreePort() {
  const int file = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(file, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("no free port");
    std::abort();
  }
  close(file);
  return ntohs(address.sin_port);
}

MYSQL* Connect(const std::string& socket) {
  MYSQL* const mysql = mysql_init(nullptr);
  if (mysql_real_connect(mysql, "localhost", "root", "", nullptr, 0,
                         socket.c_str(), 0) != nullptr)
    return mysql;
  mysql_close(mysql);
  return nullptr;
}

std::string DatabaseOf(absl::string_view url) {
  std::string name(url.substr(url.rfind('/') + 1));
  return name.substr(0, name.find('?'));
}

// The tests' user, who may touch nothing but the tests' databases.
std::vector<std::string> UserStatements() {
  return {absl::StrCat("CREATE USER IF NOT EXISTS '", kUser,
                       "'@'%' IDENTIFIED BY '",
                       absl::StrReplaceAll(kPassword, {{"'", "''"}}), "'"),
          absl::StrCat("GRANT ALL ON `",
                       absl::StrReplaceAll(kPrefix, {{"_", "\\_"}}),
                       "%`.* TO '", kUser, "'@'%'")};
}

}  // namespace

MariadbServer::MariadbServer(Options options)
    : options_(std::move(options)), socket_(dir_.File("s")) {
  mysql_library_init(0, nullptr, nullptr);
  // One empty set of data per build tree; whoever comes first makes it, the
  // others wait.
  const std::string cache = CHARTER_TEST_CACHE;
  fs::create_directories(cache);
  const std::string empty = absl::StrCat(cache, "/mariadb-empty");
  const int lock = open(absl::StrCat(cache, "/mariadb.lock").c_str(),
                        O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) != 0)
    Fail(absl::StrCat("cannot lock ", cache));
  if (!fs::exists(empty)) {
    const std::string install = Find("mariadb-install-db");
    if (install.empty())
      Fail(
          "mariadb-install-db is not installed (apt-get install "
          "mariadb-server)");
    const std::string making = absl::StrCat(empty, ".making");
    fs::remove_all(making);
    std::vector<std::string> command = {
        install,
        "--no-defaults",
        "--force",
        "--skip-test-db",
        "--auth-root-authentication-method=normal",
        kLogSize,
        absl::StrCat("--datadir=", making)};
    if (getuid() == 0) command.push_back("--user=root");
    int status = 0;
    const pid_t child = Spawn(command, dir_.File("log"), true);
    if (waitpid(child, &status, 0) != child || status != 0)
      Fail("mariadb-install-db failed");
    fs::rename(making, empty);
  }
  close(lock);
  fs::copy(empty, dir_.File("data"), fs::copy_options::recursive);
  std::ofstream init(dir_.File("init.sql"));
  for (const std::string& statement : UserStatements())
    init << statement << ";\n";
  init.close();
  Start();
}

MariadbServer::MariadbServer(std::string socket, int port)
    : socket_(std::move(socket)), port_(port) {
  for (const std::string& statement : UserStatements()) Admin(statement);
}

MariadbServer* MariadbServer::External() {
  static MariadbServer* const server = []() -> MariadbServer* {
    const char* const socket = std::getenv("CHARTER_TEST_MYSQL_SOCKET");
    const char* const port = std::getenv("CHARTER_TEST_MYSQL_PORT");
    if (socket == nullptr || port == nullptr) return nullptr;
    mysql_library_init(0, nullptr, nullptr);
    return new MariadbServer(socket, std::atoi(port));
  }();
  return server;
}

MariadbServer::~MariadbServer() { Kill(); }

MariadbServer& MariadbServer::Shared() {
  static MariadbServer server;
  return server;
}

void MariadbServer::Fail(absl::string_view what) const {
  std::fprintf(stderr, "MariaDB for tests: %s\n%s\n", std::string(what).c_str(),
               ReadAll(dir_.File("log")).c_str());
  std::abort();
}

void MariadbServer::Start() {
  if (pid_ > 0) return;
  // The port was free when it was chosen; should another have taken it since,
  // the next one will do.
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (created_.empty() || port_ == 0) port_ = FreePort();
    if (TryStart()) return;
  }
  Fail("mariadbd does not start");
}

bool MariadbServer::TryStart() {
  const std::string program = Find("mariadbd");
  if (program.empty())
    Fail("mariadbd is not installed (apt-get install mariadb-server)");
  std::vector<std::string> command = {
      program,
      "--no-defaults",
      absl::StrCat("--datadir=", dir_.File("data")),
      absl::StrCat("--tmpdir=", dir_.path()),
      absl::StrCat("--socket=", socket()),
      absl::StrCat("--pid-file=", dir_.File("pid")),
      absl::StrCat("--init-file=", dir_.File("init.sql")),
      absl::StrCat("--port=", port_),
      "--skip-networking=0",
      "--bind-address=127.0.0.1",
      "--skip-name-resolve",
      "--skip-log-bin",
      "--max-connections=200",
      "--performance-schema=0",
      "--innodb-buffer-pool-size=128M",
      kLogSize,
      absl::StrCat("--innodb-flush-log-at-trx-commit=",
                   options_.flush_log_at_commit),
      "--innodb-use-native-aio=0",
      "--innodb-fast-shutdown=2"};
  if (options_.flush_log_at_commit != 1) {
    // Nobody will miss this data after a power cut.
    command.insert(command.end(),
                   {"--debug-no-sync=1", "--innodb-flush-method=nosync",
                    "--innodb-doublewrite=0"});
  }
  if (getuid() == 0) command.push_back("--user=root");
  command.insert(command.end(), options_.arguments.begin(),
                 options_.arguments.end());
  pid_ = Spawn(command, dir_.File("log"), true);
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < give_up) {
    if (MYSQL* mysql = Connect(socket())) {
      mysql_close(mysql);
      return true;
    }
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  End(SIGKILL);
  return false;
}

void MariadbServer::End(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void MariadbServer::Kill() { End(SIGKILL); }
void MariadbServer::Stop() { End(SIGTERM); }

std::vector<std::string> MariadbServer::Admin(absl::string_view sql) {
  MYSQL* const mysql = Connect(socket());
  if (mysql == nullptr) Fail("no connection as administrator");
  if (mysql_real_query(mysql, sql.data(), sql.size()) != 0) {
    Fail(absl::StrCat("administrator: ", mysql_error(mysql), " in ", sql));
  }
  std::vector<std::string> column;
  if (MYSQL_RES* result = mysql_store_result(mysql)) {
    while (MYSQL_ROW row = mysql_fetch_row(result))
      column.emplace_back(row[0] == nullptr ? "" : row[0]);
    mysql_free_result(result);
  }
  mysql_close(mysql);
  return column;
}

std::string MariadbServer::CreateDatabase() {
  const std::string name = absl::StrCat(kPrefix, getpid(), "_", ++databases_);
  Admin(absl::StrCat("CREATE DATABASE ", name));
  created_.insert(name);
  return absl::StrCat("mysql://", kUser, ":", kPasswordInUrl,
                      "@127.0.0.1:", port_, "/", name);
}

std::string MariadbServer::SocketUrl(absl::string_view url) const {
  return absl::StrCat("mysql://", kUser, ":", kPasswordInUrl, "@localhost/",
                      DatabaseOf(url), "?socket=", socket());
}

void MariadbServer::DropDatabase(absl::string_view url) {
  const std::string name = DatabaseOf(url);
  if (created_.erase(name) == 0)
    Fail(absl::StrCat("asked to drop ", name, ", which no test made"));
  Admin(absl::StrCat("DROP DATABASE ", name));
}

}  // namespace charter::test
