// Migrations, on every engine.
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/migrations/schema_listing.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The suite's migration, then one with these statements on both engines.
MigrationSet WithSecond(absl::string_view statements, int oldest_binary = 1) {
  MigrationSet set = SuiteMigrations();
  const std::string text =
      absl::StrCat("-- oldest-binary: ", oldest_binary, "\n", statements);
  absl::StatusOr<Migration> second = ParseMigration("0002_second.sql", text);
  EXPECT_OK(second.status());
  set.mysql.push_back(*second);
  set.sqlite.push_back(*second);
  return set;
}

class MigrationTest : public ConformanceTest {
 protected:
  void ReopenWith(const MigrationSet& set) {
    StoreOptions options;
    options.migrations = &set;
    Reopen(options);
  }
};

CHARTER_CONFORMANCE(MigrationTest);

TEST_P(MigrationTest, FromEmptyToHeadOnce) {
  EXPECT_OK(store_->CheckSchema());
  const std::string row =
      absl::StrCat("1|suite|", absl::ToUnixMicros(Noon()), "|1");
  EXPECT_THAT(Lines("SELECT version, name, applied_us, oldest_binary FROM "
                    "schema_version"),
              ElementsAre(row));
  EXPECT_OK(store_->Migrate(Noon() + absl::Hours(1)));
  EXPECT_THAT(Lines("SELECT version, name, applied_us, oldest_binary FROM "
                    "schema_version"),
              ElementsAre(row));
}

TEST_P(MigrationTest, ASchemaThatIsBehindIsRefusedUntilMigrated) {
  const MigrationSet set =
      WithSecond("CREATE TABLE extra (n BIGINT NOT NULL PRIMARY KEY)");
  // STRICT knows no BIGINT, but a table here need not be STRICT.
  ReopenWith(set);
  absl::Status status = store_->CheckSchema();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.ToString(), HasSubstr("charterctl migrate"));
  EXPECT_OK(store_->Migrate(Noon()));
  EXPECT_OK(store_->CheckSchema());
  EXPECT_OK(Write("INSERT INTO extra (n) VALUES (1)"));
}

TEST_P(MigrationTest, AnEmptyDatabaseIsBehind) {
  std::unique_ptr<TestDatabase> empty = GetParam().create();
  StoreOptions options;
  options.migrations = &SuiteMigrations();
  absl::StatusOr<std::unique_ptr<Store>> store =
      OpenStore(empty->url(), options);
  ASSERT_OK(store.status());
  EXPECT_THAT((*store)->CheckSchema().ToString(),
              HasSubstr("the database is at migration 0"));
  EXPECT_OK((*store)->Migrate(Noon()));
  EXPECT_OK((*store)->CheckSchema());
}

TEST_P(MigrationTest, AnInterruptedMigrationIsContinued) {
  // The last statement fails as long as the number is taken.
  ASSERT_OK(Write("INSERT INTO item (id, number) VALUES ('taken', 1)"));
  const MigrationSet set = WithSecond(
      "CREATE TABLE extra (n BIGINT NOT NULL PRIMARY KEY)\n-- ;;\n"
      "INSERT INTO extra (n) VALUES (7)\n-- ;;\n"
      "INSERT INTO item (id, number) VALUES ('m', 1)\n");
  ReopenWith(set);
  absl::Status status = store_->Migrate(Noon());
  EXPECT_THAT(status.ToString(),
              HasSubstr("migration 2 (second), statement 3"));
  EXPECT_EQ(store_->CheckSchema().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Number("SELECT MAX(version) FROM schema_version"), 1);
  ASSERT_OK(Write("DELETE FROM item WHERE id = 'taken'"));
  EXPECT_OK(store_->Migrate(Noon()));
  EXPECT_OK(store_->CheckSchema());
  EXPECT_THAT(Lines("SELECT n FROM extra"), ElementsAre("7"));
  EXPECT_THAT(Lines("SELECT id FROM item"), ElementsAre("m"));
}

TEST_P(MigrationTest, TrapM8_AStatementThatACrashCaughtUncountedIsForgiven) {
  ASSERT_OK(Write("INSERT INTO item (id, number) VALUES ('taken', 1)"));
  const MigrationSet set = WithSecond(
      "CREATE TABLE extra (n BIGINT NOT NULL PRIMARY KEY)\n-- ;;\n"
      "INSERT INTO item (id, number) VALUES ('m', 1)\n");
  ReopenWith(set);
  EXPECT_FALSE(store_->Migrate(Noon()).ok());
  if (!sqlite()) {
    // As if the server had died between the CREATE TABLE and its count.
    ASSERT_OK(Write("UPDATE schema_progress SET done = 0"));
  }
  ASSERT_OK(Write("DELETE FROM item WHERE id = 'taken'"));
  EXPECT_OK(store_->Migrate(Noon()));
  EXPECT_THAT(Lines("SELECT n FROM extra"), IsEmpty());
  EXPECT_THAT(Lines("SELECT id FROM item"), ElementsAre("m"));
}

TEST_P(MigrationTest, AMigrationThatWasChangedIsRefused) {
  MigrationSet set = SuiteMigrations();
  set.mysql[0].checksum[5] ^= 1;
  set.sqlite[0].checksum[5] ^= 1;
  ReopenWith(set);
  for (const absl::Status& status :
       {store_->CheckSchema(), store_->Migrate(Noon())}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(status.ToString(),
                HasSubstr("migration 1 (suite) was changed"));
  }
}

TEST_P(MigrationTest, ANewerSchemaIsBorneIfItBearsThisBinary) {
  const MigrationSet newer =
      WithSecond("CREATE TABLE extra (n BIGINT NOT NULL PRIMARY KEY)", 1);
  ReopenWith(newer);
  ASSERT_OK(store_->Migrate(Noon()));
  ReopenWith(SuiteMigrations());
  EXPECT_OK(store_->CheckSchema());
  EXPECT_OK(store_->Migrate(Noon()));
}

TEST_P(MigrationTest, ANewerSchemaThatNeedsANewerBinaryIsRefused) {
  const MigrationSet newer =
      WithSecond("CREATE TABLE extra (n BIGINT NOT NULL PRIMARY KEY)", 2);
  ReopenWith(newer);
  ASSERT_OK(store_->Migrate(Noon()));
  ReopenWith(SuiteMigrations());
  for (const absl::Status& status :
       {store_->CheckSchema(), store_->Migrate(Noon())}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(status.ToString(), HasSubstr("update the server"));
  }
}

TEST_P(MigrationTest, StatisticsCanBeRefreshedBesideWork) {
  ASSERT_OK(Write("INSERT INTO item (id, number) VALUES ('a', 1)"));
  EXPECT_OK(store_->Analyze());
  EXPECT_OK(Write("UPDATE item SET number = 2 WHERE id = 'a'"));
  if (sqlite()) {
    EXPECT_GT(Number("SELECT COUNT(*) FROM sqlite_stat1"), 0);
  } else {
    EXPECT_GT(Number("SELECT cardinality FROM information_schema.statistics "
                     "WHERE table_schema = DATABASE() "
                     "AND table_name = 'item' AND index_name = 'PRIMARY'"),
              0);
  }
}

TEST_P(MigrationTest, TwoServersAtOnceMigrateOnce) {
  const MigrationSet set = WithSecond(
      "CREATE TABLE extra (n BIGINT NOT NULL PRIMARY KEY)\n-- ;;\nINSERT INTO "
      "extra (n) VALUES (1)");
  ReopenWith(set);
  StoreOptions options;
  options.migrations = &set;
  // On SQLite a file has one server, but two of its threads may try.
  std::unique_ptr<Store> second = sqlite() ? nullptr : Open(options);
  absl::Status statuses[2];
  std::thread other([&] {
    statuses[1] = (second != nullptr ? *second : *store_).Migrate(Noon());
  });
  statuses[0] = store_->Migrate(Noon());
  other.join();
  EXPECT_OK(statuses[0]);
  EXPECT_OK(statuses[1]);
  EXPECT_THAT(Lines("SELECT n FROM extra"), ElementsAre("1"));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM schema_version"), 2);
}

TEST_P(MigrationTest, TrapM8_DdlHasNoPlaceInATransaction) {
  for (const char* sql :
       {"CREATE TABLE t (n BIGINT)", "DROP TABLE item",
        "ALTER TABLE item ADD n BIGINT", "TRUNCATE TABLE item", "COMMIT",
        "SET autocommit = 1", "PRAGMA foreign_keys = OFF"}) {
    EXPECT_THAT(Write(sql), IsKind(ErrorKind::kInternal)) << sql;
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 0);
}

TEST_P(MigrationTest, TheSuitesOwnTablesKeepTheRules) {
  absl::StatusOr<std::vector<std::string>> problems = SchemaProblems(*session_);
  ASSERT_OK(problems.status());
  EXPECT_THAT(*problems, IsEmpty());
}

TEST_P(MigrationTest, TrapM4_TrapM6_TablesThatBreakTheRulesAreFound) {
  const MigrationSet set = WithSecond(
      sqlite() ? "CREATE TABLE loose (n INTEGER PRIMARY KEY AUTOINCREMENT)"
               : "CREATE TABLE loose (n BIGINT PRIMARY KEY AUTO_INCREMENT, t "
                 "VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci) "
                 "ENGINE = MyISAM");
  ReopenWith(set);
  ASSERT_OK(store_->Migrate(Noon()));
  absl::StatusOr<std::vector<std::string>> problems = SchemaProblems(*session_);
  ASSERT_OK(problems.status());
  if (sqlite()) {
    EXPECT_THAT(*problems,
                testing::UnorderedElementsAre("loose is not STRICT",
                                              "loose counts by itself"));
  } else {
    EXPECT_THAT(*problems,
                testing::UnorderedElementsAre("loose is MyISAM",
                                              "loose.t is latin1_swedish_ci",
                                              "loose counts by itself"));
  }
}

TEST(SchemaListingTest, BothEnginesDescribeOneSchemaInTheSameLines) {
  std::vector<std::vector<std::string>> listings;
  for (const Backend& backend : AllBackends()) {
    std::unique_ptr<TestDatabase> database = backend.create();
    StoreOptions options;
    options.migrations = &SuiteMigrations();
    absl::StatusOr<std::unique_ptr<Store>> store =
        OpenStore(database->url(), options);
    ASSERT_OK(store.status());
    ASSERT_OK((*store)->Migrate(Noon()));
    absl::StatusOr<std::vector<std::string>> listing =
        ListSchema(*(*store)->OpenSession());
    ASSERT_OK(listing.status());
    listings.push_back(*listing);
  }
  EXPECT_THAT(
      listings[0],
      ElementsAre("child foreign key (item_id) references item (id)",
                  "child index child_item (item_id)", "child primary key (id)",
                  "child.due_us integer not null", "child.id text not null",
                  "child.item_id text not null", "item primary key (id)",
                  "item unique item_number (number)", "item.body blob",
                  "item.id text not null", "item.number integer not null",
                  "item.ratio real", "item.title text"));
  EXPECT_EQ(listings[0], listings[1]);
}

TEST(SchemaListingTest, DifferencesAreNamed) {
  EXPECT_THAT(SchemaDifferences(
                  {"t.a text", "t.b blob", "t.c text not null", "t.d integer"},
                  {"t.a varbinary", "t.b varbinary", "t.c varbinary not null",
                   "t.d integer not null"}),
              ElementsAre("only mysql: t.d integer not null",
                          "only sqlite: t.d integer"));
}

}  // namespace
}  // namespace charter::storage
