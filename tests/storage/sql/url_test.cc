#include "storage/sql/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace charter::storage::internal {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(UrlTest, Sqlite) {
  absl::StatusOr<DatabaseUrl> url =
      ParseDatabaseUrl("sqlite:///var/lib/charter/a%20b.db");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->engine, Engine::kSqlite);
  EXPECT_EQ(url->path, "/var/lib/charter/a b.db");
  EXPECT_EQ(url->display, "sqlite:///var/lib/charter/a b.db");
  EXPECT_EQ(ParseDatabaseUrl("sqlite://charter.db")->path, "charter.db");
}

TEST(UrlTest, Mysql) {
  absl::StatusOr<DatabaseUrl> url =
      ParseDatabaseUrl("mysql://me:p%40ss%3Aw%2Ford@db.example:3307/charter");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->engine, Engine::kMysql);
  EXPECT_EQ(url->user, "me");
  EXPECT_EQ(url->password, "p@ss:w/ord");
  EXPECT_EQ(url->host, "db.example");
  EXPECT_EQ(url->port, 3307);
  EXPECT_EQ(url->name, "charter");
  EXPECT_EQ(url->display, "mysql://me@db.example:3307/charter");
  EXPECT_EQ(ParseDatabaseUrl("mysql://me@[::1]/charter")->host, "::1");
  EXPECT_EQ(ParseDatabaseUrl("mysql://me@[::1]:99/charter")->port, 99);
  EXPECT_EQ(ParseDatabaseUrl("mysql://me@h/charter")->port, 3306);
  url = ParseDatabaseUrl(
      "mysql://me@/charter?socket=/run/my.sock&ssl_ca=/etc/ca.pem");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->socket, "/run/my.sock");
  EXPECT_EQ(url->ssl_ca, "/etc/ca.pem");
}

TEST(UrlTest, WhatIsWrongIsNamedAndThePasswordIsNot) {
  const std::pair<const char*, const char*> wrong[] = {
      {"postgres://me:secret@h/x", "neither sqlite:// nor mysql://"},
      {"sqlite://", "path of the SQLite file"},
      {"sqlite://:memory:", "in memory"},
      {"sqlite://a%zz", "two hexadecimal digits"},
      {"sqlite://a%00b", "control character"},
      {"sqlite://a%22b", "double quote"},
      {"mysql://me:secret@h", "name is missing"},
      {"mysql://me:secret@h/", "name is missing"},
      {"mysql://h/x", "user is missing"},
      {"mysql://:secret@h/x", "user"},
      {"mysql://me:secret@/x", "host is missing"},
      {"mysql://me:secret@h:99999/x", "port"},
      {"mysql://me:secret@h:x/x", "port"},
      {"mysql://me:secret@[::1/x", "no ]"},
      {"mysql://me:secret@h/x?colour=red", "option"},
  };
  for (const auto& [url, what] : wrong) {
    absl::Status status = ParseDatabaseUrl(url).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(status.ToString(), HasSubstr(what)) << url;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret"))) << url;
  }
}

}  // namespace
}  // namespace charter::storage::internal
