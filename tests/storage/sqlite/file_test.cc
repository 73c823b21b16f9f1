// What only a file can do to us.
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/store.h"
#include "tests/storage/conformance/fixture.h"
#include "tests/support/temp_dir.h"

namespace charter::storage {
namespace {

using testing::HasSubstr;

constexpr char kInsert[] =
    "INSERT INTO item (id, number, body) VALUES (:id, :number, :body)";

class FileTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options = {}) {
    options.migrations = &SuiteMigrations();
    return OpenStore(absl::StrCat("sqlite://", path_), options);
  }

  void Start(StoreOptions options = {}) {
    absl::StatusOr<std::unique_ptr<Store>> store = Open(options);
    ASSERT_OK(store.status());
    store_ = *std::move(store);
    ASSERT_OK(store_->Migrate(Noon()));
    session_ = store_->OpenSession();
  }

  absl::Status Insert(int number, size_t size = 10) {
    return session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
      return tx
          .Execute(kInsert, {{"id", absl::StrCat("i", number)},
                             {"number", number},
                             {"body", Bytes{std::string(size, 'x')}}})
          .status();
    });
  }

  int64_t Count(Session& session) {
    int64_t count = -1;
    EXPECT_OK(
        session.Read(Within(absl::Seconds(30)), [&count](Transaction& tx) {
          absl::StatusOr<Rows> rows = tx.Query("SELECT COUNT(*) FROM item");
          if (rows.ok()) count = (*rows)[0].Int64(0);
          return rows.status();
        }));
    return count;
  }

  test::TempDir dir_;
  std::string path_ = dir_.File("a database = with spaces.db");
  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

TEST_F(FileTest, ASecondServerIsRefusedWithTheOwnersPid) {
  Start();
  absl::Status second = Open().status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.ToString(),
              HasSubstr(absl::StrCat("in use by process ", getpid())));
  std::filesystem::create_symlink(path_, dir_.File("alias.db"));
  EXPECT_THAT(OpenStore(absl::StrCat("sqlite://", dir_.File("alias.db")), {})
                  .status()
                  .ToString(),
              HasSubstr("in use by process"));
  EXPECT_OK(Insert(1));
  session_.reset();
  store_.reset();
  EXPECT_OK(Open().status());
}

TEST_F(FileTest, TheFileIsItsOwnersAlone) {
  Start();
  ASSERT_OK(Insert(1));
  for (const std::string& path : {path_, path_ + "-wal", path_ + ".lock"}) {
    struct stat info = {};
    ASSERT_EQ(stat(path.c_str(), &info), 0) << path;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << path;
  }
}

TEST_F(FileTest, AFullDatabaseIsToldAndTakesNothing) {
  StoreOptions options;
  options.sqlite_max_pages = 64;
  Start(options);
  absl::Status status;
  int number = 0;
  while (status.ok() && number < 1000) status = Insert(number++, 10'000);
  EXPECT_THAT(status, IsKind(ErrorKind::kFull));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Count(*session_), number - 1);
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    return tx.Execute("DELETE FROM item").status();
  }));
  EXPECT_OK(Insert(1, 10'000)) << "room made is room";
}

TEST_F(FileTest, AForeignLockIsWaitedForUntilTheDeadline) {
  Start();
  sqlite3* foreign = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &foreign), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(foreign, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_THAT(session_->Write(Within(absl::Milliseconds(150)),
                              [](Transaction&) { return absl::OkStatus(); }),
              IsKind(ErrorKind::kDeadline));
  EXPECT_EQ(Count(*session_), 0) << "readers are not in its way";
  ASSERT_EQ(sqlite3_exec(foreign, "COMMIT", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(foreign);
  EXPECT_OK(Insert(1));
}

TEST_F(FileTest, AReadKeepsNoSnapshotAndTheLogStaysSmall) {
  Start();
  std::unique_ptr<Session> reader = store_->OpenSession();
  EXPECT_EQ(Count(*reader), 0);
  for (int i = 0; i < 200; ++i) {
    ASSERT_OK(Insert(i, 60'000));
    // One row of a statement that is kept: had it not been reset, it would see
    // the old state.
    if (i % 10 == 0) {
      ASSERT_EQ(Count(*reader), i + 1);
    }
  }
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 8u << 20)
      << "12 MB were written";
}

TEST_F(FileTest, WhatIsNoDatabaseIsDamaged) {
  std::ofstream(path_) << std::string(5000, 'x');
  absl::Status status = Open().status();
  EXPECT_THAT(status, IsKind(ErrorKind::kCorrupt));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
}

TEST_F(FileTest, AMissingFolderIsNamed) {
  path_ = dir_.File("nowhere/charter.db");
  absl::Status status = Open().status();
  EXPECT_THAT(status, IsKind(ErrorKind::kUnavailable));
  EXPECT_THAT(status.ToString(), HasSubstr(path_));
}

TEST_F(FileTest, WhatWasCommittedOutlivesTheServer) {
  Start();
  ASSERT_OK(Insert(1));
  session_.reset();
  store_.reset();
  Start();
  EXPECT_EQ(Count(*session_), 1);
}

TEST_F(FileTest, TheFileHasAWriteAheadLog) {
  Start();
  ASSERT_OK(Insert(1));
  sqlite3* foreign = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &foreign), SQLITE_OK);
  std::string mode;
  sqlite3_exec(
      foreign, "PRAGMA journal_mode",
      [](void* out, int, char** values, char**) {
        *static_cast<std::string*>(out) = values[0];
        return 0;
      },
      &mode, nullptr);
  sqlite3_close(foreign);
  EXPECT_EQ(mode, "wal");
}

}  // namespace
}  // namespace charter::storage
