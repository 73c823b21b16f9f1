#include "storage/migrations/runner.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::storage::internal {
namespace {

constexpr char kMysqlVersions[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL "
    "PRIMARY KEY, "
    "name VARCHAR(200) NOT NULL, checksum CHAR(64) NOT NULL, applied_us BIGINT "
    "NOT NULL, "
    "oldest_binary BIGINT NOT NULL) ENGINE = InnoDB DEFAULT CHARACTER SET "
    "ascii COLLATE ascii_bin";
constexpr char kMysqlProgress[] =
    "CREATE TABLE IF NOT EXISTS schema_progress (version BIGINT NOT NULL "
    "PRIMARY KEY, "
    "checksum CHAR(64) NOT NULL, done BIGINT NOT NULL) "
    "ENGINE = InnoDB DEFAULT CHARACTER SET ascii COLLATE ascii_bin";
constexpr char kSqliteVersions[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL "
    "PRIMARY KEY, "
    "name TEXT NOT NULL, checksum TEXT NOT NULL, applied_us INTEGER NOT NULL, "
    "oldest_binary INTEGER NOT NULL) STRICT";

struct Applied {
  int64_t version;
  std::string name;
  std::string checksum;
  int64_t oldest_binary;
};

struct Progress {
  int64_t version;
  std::string checksum;
  int64_t done;
};

absl::Status Failed(absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("schema: ", what));
}

absl::StatusOr<Rows> Query(Connection& connection, absl::string_view sql,
                           const Binds& binds = {}) {
  Rows rows(0, {}, nullptr, nullptr);
  absl::Status status = connection.Run(sql, binds, true, &rows, nullptr);
  if (!status.ok()) return status;
  return rows;
}

absl::Status Execute(Connection& connection, absl::string_view sql,
                     const Binds& binds) {
  int64_t affected = 0;
  return connection.Run(sql, binds, true, nullptr, &affected);
}

absl::StatusOr<bool> HasTable(Connection& connection, absl::string_view table) {
  const absl::string_view sql =
      connection.dialect().engine() == Engine::kSqlite
          ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"
          : "SELECT 1 FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :name";
  absl::StatusOr<Rows> rows = Query(connection, sql, {{"name", table}});
  if (!rows.ok()) return rows.status();
  return !rows->empty();
}

absl::StatusOr<std::vector<Applied>> ReadApplied(Connection& connection) {
  std::vector<Applied> applied;
  absl::StatusOr<bool> there = HasTable(connection, "schema_version");
  if (!there.ok()) return there.status();
  if (!*there) return applied;
  absl::StatusOr<Rows> rows =
      Query(connection,
            "SELECT version, name, checksum, oldest_binary FROM schema_version "
            "ORDER BY version");
  if (!rows.ok()) return rows.status();
  for (Row row : *rows) {
    applied.push_back({row.Int64(0), std::string(row.Text(1)),
                       std::string(row.Text(2)), row.Int64(3)});
  }
  return applied;
}

absl::Status ReadProgress(Connection& connection,
                          std::optional<Progress>& progress) {
  absl::StatusOr<bool> there = HasTable(connection, "schema_progress");
  if (!there.ok() || !*there) return there.status();
  absl::StatusOr<Rows> rows =
      Query(connection, "SELECT version, checksum, done FROM schema_progress");
  if (!rows.ok() || rows->empty()) return rows.status();
  const Row row = (*rows)[0];
  progress.emplace(
      Progress{row.Int64(0), std::string(row.Text(1)), row.Int64(2)});
  return absl::OkStatus();
}

const std::vector<Migration>& MigrationsOf(const Backend& backend) {
  static const std::vector<Migration>* const kNone = new std::vector<Migration>;
  const MigrationSet* set = backend.options().migrations;
  if (set == nullptr) return *kNone;
  return backend.dialect().engine() == Engine::kSqlite ? set->sqlite
                                                       : set->mysql;
}

// Whether what was applied is ours, or newer and bearable. Does not mind a
// schema that is behind.
absl::Status Judge(const std::vector<Migration>& ours,
                   const std::vector<Applied>& applied) {
  for (size_t i = 0; i < applied.size(); ++i) {
    const Applied& row = applied[i];
    if (row.version != static_cast<int64_t>(i) + 1) {
      return Failed(absl::StrCat("schema_version lacks migration ", i + 1,
                                 "; restore the table from a backup"));
    }
    if (i < ours.size() && ours[i].checksum != row.checksum) {
      return Failed(absl::StrCat("migration ", row.version, " (", row.name,
                                 ") was changed after it was applied; use a "
                                 "binary with the migration as released"));
    }
    if (row.oldest_binary > static_cast<int64_t>(ours.size())) {
      return Failed(absl::StrCat("migration ", row.version, " (", row.name,
                                 ") needs a binary that knows migration ",
                                 row.oldest_binary, ", and this one ends at ",
                                 ours.size(), "; update the server"));
    }
  }
  return absl::OkStatus();
}

absl::Status Record(Connection& connection, const Migration& migration,
                    absl::Time now) {
  return Execute(
      connection,
      "INSERT INTO schema_version (version, name, checksum, applied_us, "
      "oldest_binary) "
      "VALUES (:version, :name, :checksum, :applied_us, :oldest_binary)",
      {{"version", migration.version},
       {"name", migration.name},
       {"checksum", migration.checksum},
       {"applied_us", absl::ToUnixMicros(now)},
       {"oldest_binary", migration.oldest_binary}});
}

absl::Status Named(const absl::Status& status, const Migration& migration,
                   size_t statement) {
  return StorageError(
      KindOf(status),
      absl::StrCat("migration ", migration.version, " (", migration.name,
                   "), statement ", statement + 1, ": ", status.message()));
}

// Begins, runs and commits, or rolls back.
absl::Status InTransaction(Connection& connection,
                           absl::FunctionRef<absl::Status()> body) {
  const Wait wait;
  absl::Status status = connection.Begin({.write = true}, wait);
  if (status.ok()) status = body();
  if (status.ok()) status = connection.Commit();
  if (!status.ok()) connection.Rollback();
  return status;
}

absl::Status MigrateSqlite(Connection& connection,
                           const std::vector<Migration>& ours, absl::Time now) {
  absl::Status status = InTransaction(
      connection, [&] { return connection.RunNative(kSqliteVersions); });
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<Applied>> applied = ReadApplied(connection);
  if (!applied.ok()) return applied.status();
  if (status = Judge(ours, *applied); !status.ok()) return status;
  for (size_t i = applied->size(); i < ours.size(); ++i) {
    status = InTransaction(connection, [&] {
      for (size_t n = 0; n < ours[i].statements.size(); ++n) {
        absl::Status done = connection.RunNative(ours[i].statements[n]);
        if (!done.ok()) return Named(done, ours[i], n);
      }
      return Record(connection, ours[i], now);
    });
    if (!status.ok()) return status;
    spdlog::info("applied migration {} ({})", ours[i].version, ours[i].name);
  }
  return absl::OkStatus();
}

// Runs what is left of one migration.
absl::Status ApplyOnMysql(Connection& connection, const Migration& migration,
                          const std::optional<Progress>& progress,
                          absl::Time now) {
  const size_t first =
      progress.has_value() ? static_cast<size_t>(progress->done) : 0;
  absl::Status status;
  if (!progress.has_value()) {
    status = InTransaction(connection, [&] {
      return Execute(
          connection,
          "INSERT INTO schema_progress (version, checksum, done) VALUES "
          "(:version, :checksum, 0)",
          {{"version", migration.version}, {"checksum", migration.checksum}});
    });
    if (!status.ok()) return status;
  }
  for (size_t n = first; n < migration.statements.size(); ++n) {
    const bool may_be_done = progress.has_value() && n == first;
    // DDL commits by itself; the effect of any other statement commits together
    // with its count.
    status = InTransaction(connection, [&]() -> absl::Status {
      absl::Status done = connection.RunNative(migration.statements[n]);
      if (!done.ok() && !(may_be_done && connection.LastWasRepetition()))
        return Named(done, migration, n);
      return Execute(
          connection,
          "UPDATE schema_progress SET done = :done WHERE version = :version",
          {{"done", n + 1}, {"version", migration.version}});
    });
    if (!status.ok()) return status;
  }
  return InTransaction(connection, [&] {
    absl::Status recorded = Record(connection, migration, now);
    if (!recorded.ok()) return recorded;
    return Execute(connection,
                   "DELETE FROM schema_progress WHERE version = :version",
                   {{"version", migration.version}});
  });
}

absl::Status MigrateMysql(Connection& connection,
                          const std::vector<Migration>& ours, absl::Time now) {
  absl::StatusOr<Rows> lock =
      Query(connection,
            "SELECT GET_LOCK(CONCAT('charter_migrate_', "
            "LEFT(SHA2(DATABASE(), 256), 40)), 60)");
  if (!lock.ok()) return lock.status();
  if ((*lock)[0].OptionalInt64(0) != 1) {
    return StorageError(ErrorKind::kUnavailable,
                        "another server is migrating this database; try again "
                        "when it has ended");
  }
  // The lock goes with the connection.
  absl::Status status = connection.RunNative(kMysqlVersions);
  if (status.ok()) status = connection.RunNative(kMysqlProgress);
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<Applied>> applied = ReadApplied(connection);
  if (!applied.ok()) return applied.status();
  if (status = Judge(ours, *applied); !status.ok()) return status;
  std::optional<Progress> progress;
  if (status = ReadProgress(connection, progress); !status.ok()) return status;
  const size_t next = applied->size();
  if (progress.has_value()) {
    const Progress& left = *progress;
    if (left.version != static_cast<int64_t>(next) + 1 || next >= ours.size() ||
        ours[next].checksum != left.checksum) {
      return Failed(absl::StrCat(
          "migration ", left.version,
          " was left half-way by a binary with another text of it; "
          "continue with that binary"));
    }
  }
  for (size_t i = next; i < ours.size(); ++i) {
    status = ApplyOnMysql(connection, ours[i],
                          i == next ? progress : std::nullopt, now);
    if (!status.ok()) return status;
    spdlog::info("applied migration {} ({})", ours[i].version, ours[i].name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Backend& backend, absl::Time now) {
  const std::vector<Migration>& ours = MigrationsOf(backend);
  absl::StatusOr<std::unique_ptr<WriterTurn>> turn =
      backend.TakeWriter(Wait(absl::Minutes(1)));
  if (!turn.ok()) return turn.status();
  if (*turn != nullptr) return MigrateSqlite((*turn)->connection(), ours, now);
  absl::StatusOr<std::unique_ptr<Connection>> connection =
      backend.ConnectPatiently();
  if (!connection.ok()) return connection.status();
  return MigrateMysql(**connection, ours, now);
}

absl::Status CheckSchema(Backend& backend) {
  const std::vector<Migration>& ours = MigrationsOf(backend);
  absl::StatusOr<std::unique_ptr<Connection>> connection =
      backend.Connect(Wait(absl::Minutes(1)));
  if (!connection.ok()) return connection.status();
  absl::StatusOr<std::vector<Applied>> applied = ReadApplied(**connection);
  if (!applied.ok()) return applied.status();
  if (absl::Status status = Judge(ours, *applied); !status.ok()) return status;
  std::optional<Progress> progress;
  if (absl::Status status = ReadProgress(**connection, progress); !status.ok())
    return status;
  if (progress.has_value()) {
    return Failed(absl::StrCat("migration ", progress->version,
                               " is under way or was left half-way; migrate "
                               "again (charterctl migrate)"));
  }
  if (applied->size() < ours.size()) {
    return Failed(absl::StrCat("the database is at migration ", applied->size(),
                               " and this binary needs ", ours.size(),
                               "; migrate it first (charterctl migrate)"));
  }
  return absl::OkStatus();
}

absl::Status Analyze(Backend& backend) {
  const Wait wait(absl::Minutes(1));
  absl::StatusOr<std::unique_ptr<WriterTurn>> turn = backend.TakeWriter(wait);
  if (!turn.ok()) return turn.status();
  if (*turn != nullptr) {
    Connection& writer = (*turn)->connection();
    absl::Status status = writer.RunNative("PRAGMA analysis_limit = 1000");
    return status.ok() ? writer.RunNative("ANALYZE") : status;
  }
  absl::StatusOr<std::unique_ptr<Connection>> connection =
      backend.ConnectPatiently();
  if (!connection.ok()) return connection.status();
  absl::StatusOr<Rows> tables =
      Query(**connection,
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'");
  if (!tables.ok()) return tables.status();
  for (Row row : *tables) {
    absl::Status status =
        (*connection)
            ->RunNative(absl::StrCat("ANALYZE TABLE `", row.Text(0), "`"));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::storage::internal
