#include "tests/storage/records/records_fixture.h"

#include <map>
#include <mutex>

#include "absl/strings/match.h"
#include "storage/migrations/migration.h"
#include "tests/storage/statements/checked_statements.h"

namespace charter::storage {
namespace {

thread_local bool of_records = false;

std::function<int(absl::string_view)>& Injected() {
  static auto* const inject = new std::function<int(absl::string_view)>;
  return *inject;
}

// Notes what the records' own functions send.
class Log : public StatementLog {
 public:
  void Record(Engine engine, absl::string_view sql, const Binds& /*binds*/,
              int64_t /*rows*/) override {
    if (!of_records || absl::StartsWith(sql, "INSERT INTO cases ")) return;
    std::lock_guard<std::mutex> lock(mutex_);
    if (HasPlan(sql)) seen_.insert({engine, StatementShape(sql)});
  }
  const std::set<CheckedStatement>& seen() const { return seen_; }

 private:
  std::mutex mutex_;
  std::set<CheckedStatement> seen_;
};

struct Shared {
  std::unique_ptr<TestDatabase> database;
  std::unique_ptr<Store> store;
};

// Owns the databases, and at the end of the program holds what ran against what
// is checked.
class Environment : public testing::Environment {
 public:
  static Environment& Get() {
    static Environment* const environment =
        new Environment;  // gtest deletes it
    return *environment;
  }

  Shared& Of(const Backend& backend) {
    Shared& shared = databases_[backend.engine];
    if (shared.database != nullptr) return shared;
    shared.database = backend.create();
    StoreOptions options;
    options.migrations = &ProductMigrations();
    options.statement_log = &log_;
    options.inject_error = [](absl::string_view sql) {
      return Injected() ? Injected()(sql) : 0;
    };
    auto store = OpenStore(shared.database->url(), options);
    EXPECT_OK(store.status());
    shared.store = std::move(store).value();
    EXPECT_OK(shared.store->Migrate(Noon()));
    return shared;
  }

  void TearDown() override {
    databases_.clear();
    const std::set<CheckedStatement> checked =
        ReadCheckedStatements("records.txt");
    for (const CheckedStatement& statement : log_.seen()) {
      EXPECT_TRUE(checked.contains(statement))
          << "its plan is not checked, see plans_test.cc: " << statement;
    }
  }

 private:
  Log log_;
  std::map<Engine, Shared> databases_;
};

[[maybe_unused]] testing::Environment* const kEnvironment =
    testing::AddGlobalTestEnvironment(&Environment::Get());

// As the migrations leave the tables.
absl::Status Clear(Transaction& tx) {
  for (absl::string_view table :
       {"request_log", "audit_log", "outbox", "feed_events", "leases",
        "wakeups", "case_events", "transitions", "actions", "operations",
        "case_hours", "token_keys", "search_terms", "search_shapes",
        "ledger_lots", "ledger_holds", "ledger_entries", "cases"}) {
    absl::Status status =
        tx.Execute(absl::StrCat("DELETE FROM ", table)).status();
    if (!status.ok()) return status;
  }
  for (absl::string_view sql : {"UPDATE feed_head SET epoch = 0, next_sequence "
                                "= 1, last_order_us = -62135596800000000",
                                "UPDATE feed_floor SET earliest_sequence = 1",
                                "DELETE FROM generations WHERE subject <> '*'",
                                "UPDATE generations SET generation = 0"}) {
    absl::Status status = tx.Execute(sql).status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

OfRecords::OfRecords() { of_records = true; }
OfRecords::~OfRecords() { of_records = false; }

void RecordsTest::SetUp() {
  store_ = std::move(Environment::Get().Of(GetParam()).store);
  session_ = store_->OpenSession();
  ASSERT_OK(session_->Write(Within(absl::Seconds(60)), Clear));
}

void RecordsTest::TearDown() {
  Inject(nullptr);
  session_.reset();
  Environment::Get().Of(GetParam()).store = std::move(store_);
}

void RecordsTest::Inject(std::function<int(absl::string_view)> inject) {
  Injected() = std::move(inject);
}

absl::Time At(double seconds) { return Noon() + absl::Seconds(seconds); }

charter::v1::Event EventOf(absl::string_view subject, absl::string_view type,
                           absl::string_view account) {
  charter::v1::Event event;
  event.set_type(std::string(type));
  event.set_subject(std::string(subject));
  event.set_resource_type("cases");
  event.set_account(std::string(account));
  event.mutable_record_time()->set_seconds(absl::ToUnixSeconds(Noon()));
  return event;
}

}  // namespace charter::storage
