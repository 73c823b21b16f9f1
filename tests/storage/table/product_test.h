// Tests of the resource tables: the product's schema, on every engine.
#ifndef CHARTER_TESTS_STORAGE_TABLE_PRODUCT_TEST_H_
#define CHARTER_TESTS_STORAGE_TABLE_PRODUCT_TEST_H_

#include <string>
#include <vector>

#include "storage/migrations/migration.h"
#include "storage/table/resource_tables.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {

class ProductTest : public ConformanceTest {
 protected:
  // The program has one database an engine, emptied for each test but for what
  // is built in: migrating MariaDB takes a second.
  void SetUp() override;

  absl::Status InWrite(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return session_->Write(Within(absl::Seconds(60)), body);
  }
  absl::Status InRead(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return session_->Read(Within(absl::Seconds(60)), body);
  }

  template <typename Message>
  absl::Status Insert(const Table<Message>& table, Message* message) {
    return InWrite([&](Transaction& tx) { return table.Insert(tx, message); });
  }
  template <typename Message>
  absl::StatusOr<Message> Get(const Table<Message>& table,
                              const std::string& name) {
    Message message;
    absl::Status status = InRead([&](Transaction& tx) {
      absl::StatusOr<Message> got = table.Get(tx, name);
      if (got.ok()) message = *std::move(got);
      return got.status();
    });
    if (!status.ok()) return status;
    return message;
  }
  template <typename Message>
  absl::StatusOr<ListPage<Message>> List(const Table<Message>& table,
                                         const ListQuery& query) {
    ListPage<Message> page;
    absl::Status status = InRead([&](Transaction& tx) {
      absl::StatusOr<ListPage<Message>> got = table.List(tx, query);
      if (got.ok()) page = *std::move(got);
      return got.status();
    });
    if (!status.ok()) return status;
    return page;
  }
  // The names of all pages together, in order.
  template <typename Message>
  std::vector<std::string> ListAll(const Table<Message>& table,
                                   ListQuery query) {
    std::vector<std::string> names;
    do {
      absl::StatusOr<ListPage<Message>> page = List(table, query);
      EXPECT_OK(page.status());
      if (!page.ok()) break;
      for (const Message& row : page->rows) names.push_back(row.name());
      query.after = page->next;
    } while (!query.after.empty());
    return names;
  }
};

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_TABLE_PRODUCT_TEST_H_
