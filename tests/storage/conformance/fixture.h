// The suite that defines storage: every test runs on every engine, and none is
// skipped.
#ifndef CHARTER_TESTS_STORAGE_CONFORMANCE_FIXTURE_H_
#define CHARTER_TESTS_STORAGE_CONFORMANCE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"

namespace charter::storage {

// A database of one engine, for one test. Removed with it.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  virtual std::string url() const = 0;
};

struct Backend {
  std::string name;
  Engine engine;
  std::function<std::unique_ptr<TestDatabase>()> create;
};

std::ostream& operator<<(std::ostream& out, const Backend& backend);

// The engines of the suite.
std::vector<Backend> AllBackends();

// Tables of the suite, as migrations.
const MigrationSet& SuiteMigrations();

// The time of every transaction here.
absl::Time Noon();
// Options for a transaction that has `budget` left.
TxOptions Within(absl::Duration budget);

class ConformanceTest : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;

  // Another store on the same database; on SQLite only once the first is
  // closed.
  std::unique_ptr<Store> Open(StoreOptions options = {});
  // Closes the test's own store and opens it again with these options.
  void Reopen(StoreOptions options);

  bool sqlite() const { return GetParam().engine == Engine::kSqlite; }

  // One statement in a transaction of its own.
  absl::Status Write(absl::string_view sql, const Binds& binds = {});
  absl::StatusOr<int64_t> Affected(absl::string_view sql,
                                   const Binds& binds = {});
  // All rows of a query, each a line of fields joined by '|'; NULL is "NULL".
  std::vector<std::string> Lines(absl::string_view sql,
                                 const Binds& binds = {});
  int64_t Number(absl::string_view sql, const Binds& binds = {});

  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

#define CHARTER_CONFORMANCE(suite)                         \
  INSTANTIATE_TEST_SUITE_P(                                \
      All, suite, testing::ValuesIn(AllBackends()),        \
      [](const testing::TestParamInfo<Backend>& backend) { \
        return backend.param.name;                         \
      })

// Fields of a row as text, for comparisons.
std::string LineOf(Row row);

MATCHER_P(IsKind, kind, "") {
  *result_listener << arg.ToString();
  return KindOf(arg) == kind;
}

#define EXPECT_OK(expression) EXPECT_EQ((expression), absl::OkStatus())
#define ASSERT_OK(expression) ASSERT_EQ((expression), absl::OkStatus())

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_CONFORMANCE_FIXTURE_H_
