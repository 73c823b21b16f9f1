#include "server/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/support/temp_dir.h"

namespace charter {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigTest : public testing::Test {
 protected:
  // A file with this text; its path.
  std::string File(const std::string& text) {
    const std::string path = dir_.File("charter.toml");
    std::ofstream(path) << text;
    return path;
  }

  Invocation Parse(std::vector<std::string> arguments,
                   std::map<std::string, std::string> environment = {}) {
    environment.emplace("HOME", "/home/ann");
    arguments.insert(arguments.begin(), "charterd");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) {
      argv.push_back(argument.c_str());
    }
    return ParseInvocation(
        static_cast<int>(argv.size()), argv.data(),
        [&](const char* name) -> const char* {
          const auto found = environment.find(name);
          return found == environment.end() ? nullptr : found->second.c_str();
        });
  }

  test::TempDir dir_;
};

TEST_F(ConfigTest, DefaultsAreAFileOfTheUsersOnLoopback) {
  const Invocation invocation = Parse({});
  EXPECT_FALSE(invocation.exit_code.has_value());
  EXPECT_EQ(invocation.config.listen, "127.0.0.1:50051");
  EXPECT_EQ(invocation.config.database,
            "sqlite:///home/ann/.local/share/charter/charter.db");
  EXPECT_EQ(
      Parse({}, {{"STATE_DIRECTORY", "/var/lib/charter"}}).config.database,
      "sqlite:///var/lib/charter/charter.db");
}

TEST_F(ConfigTest, FlagsBeatEnvironmentBeatsFileBeatsDefaults) {
  const std::string file =
      File("threads = 3\nlisten = \"127.0.0.1:3\"\nlog_level = \"debug\"\n");
  const Config config =
      Parse({"--config", file, "--threads", "5"},
            {{"CHARTER_THREADS", "4"}, {"CHARTER_LISTEN", "127.0.0.1:4"}})
          .config;
  EXPECT_EQ(config.threads, 5);
  EXPECT_EQ(config.listen, "127.0.0.1:4");
  EXPECT_EQ(config.log_level, "debug");
  EXPECT_EQ(config.grace, absl::Seconds(25));
}

TEST_F(ConfigTest, TellsItsNameAndVersion) {
  EXPECT_EQ(Parse({"--version"}).exit_code, 0);
  EXPECT_EQ(Parse({"--version"}).text, "charterd 0.1.0\n");
  EXPECT_THAT(Parse({"--help"}).text, HasSubstr("Usage: charterd [OPTIONS]"));
}

TEST_F(ConfigTest, FlagsThatStandAlone) {
  EXPECT_TRUE(Parse({"--insecure"}).config.insecure);
  EXPECT_FALSE(Parse({"--insecure=false"}, {{"CHARTER_INSECURE", "true"}})
                   .config.insecure);
  EXPECT_TRUE(Parse({"--insecure", "--threads", "2"}).config.insecure);
}

TEST_F(ConfigTest, UnknownKeyIsRefusedWithItsLine) {
  const Invocation invocation =
      Parse({"--config", File("threads = 3\n\nthread = 4\n")});
  EXPECT_EQ(invocation.exit_code, 2);
  EXPECT_THAT(invocation.text, HasSubstr("line 3"));
  EXPECT_THAT(invocation.text, HasSubstr("unknown key `thread`"));
}

TEST_F(ConfigTest, WrongValuesNameWhereTheyStand) {
  Invocation invocation = Parse({"--config", File("threads = \"many\"\n")});
  EXPECT_THAT(invocation.text, HasSubstr("line 1: threads: it must be"));
  invocation = Parse({"--config", File("threads = [\n")});
  EXPECT_THAT(invocation.text, HasSubstr("line "));
  EXPECT_EQ(invocation.exit_code, 2);
  invocation = Parse({}, {{"CHARTER_GRACE", "soon"}});
  EXPECT_THAT(invocation.text, HasSubstr("CHARTER_GRACE: it must be"));
  invocation = Parse({"--migrate", "maybe"});
  EXPECT_THAT(invocation.text, HasSubstr("--migrate: it must be"));
  invocation = Parse({"--nonsense"});
  EXPECT_EQ(invocation.exit_code, 2);
  EXPECT_THAT(invocation.text, HasSubstr("--nonsense"));
}

TEST_F(ConfigTest, RolesComeFromTheFile) {
  const Config config =
      Parse({"--config",
             File("[roles]\nsupervisor = [\"cases.*\", \"*.list\"]\n")})
          .config;
  EXPECT_THAT(config.roles.at("supervisor"),
              testing::ElementsAre("cases.*", "*.list"));
}

TEST_F(ConfigTest, WhatARoleDoesNotSeeComesFromTheFile) {
  const Config config =
      Parse({"--config", File("[hidden]\nagent = [\"Contact.phone\"]\n")})
          .config;
  EXPECT_THAT(config.hidden.at("agent"), testing::ElementsAre("Contact.phone"));
  EXPECT_THAT(Parse({"--config", File("[hidden]\nagent = 1\n")}).text,
              HasSubstr("a role has a list of fields here"));
}

TEST_F(ConfigTest, InsecureIsForLoopbackAlone) {
  Config config;
  config.insecure = true;
  for (const char* here : {"127.0.0.1:0", "localhost:1", "[::1]:50051"}) {
    config.listen = here;
    EXPECT_TRUE(CheckConfig(config).ok()) << here;
  }
  for (const char* open :
       {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "host:1", "127.example.com.:1"}) {
    config.listen = open;
    EXPECT_FALSE(CheckConfig(config).ok()) << open;
  }
}

TEST_F(ConfigTest, SomebodyMustBeAbleToCall) {
  EXPECT_FALSE(CheckConfig(Config()).ok());
  Config config;
  config.tokens = "tokens.toml";
  EXPECT_TRUE(CheckConfig(config).ok());
  config.tls_cert = "cert.pem";
  EXPECT_FALSE(CheckConfig(config).ok());
}

TEST_F(ConfigTest, PrintedConfigIsAFileAndHidesThePassword) {
  Config config = Parse({"--database", "mysql://charter:secret@db:3306/charter",
                         "--threads", "9", "--insecure"})
                      .config;
  config.roles["a"] = {"cases.get"};
  config.hidden["agent"] = {"Contact.phone"};
  const std::string printed = PrintConfig(config);
  EXPECT_THAT(printed, Not(HasSubstr("secret")));
  EXPECT_THAT(printed, HasSubstr("mysql://charter@db:3306/charter"));
  const Config again = Parse({"--config", File(printed)}).config;
  EXPECT_EQ(again.threads, 9);
  EXPECT_TRUE(again.insecure);
  EXPECT_EQ(again.roles, config.roles);
  EXPECT_EQ(again.hidden, config.hidden);
  EXPECT_EQ(PrintConfig(again), printed);
}

}  // namespace
}  // namespace charter
