#include "tests/storage/table/product_test.h"

#include <map>
#include <memory>

#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

struct Product {
  std::unique_ptr<TestDatabase> database;
  std::unique_ptr<Store> store;
};

std::map<Engine, Product>& Products() {
  static auto* const products = new std::map<Engine, Product>;
  return *products;
}

// Removes the databases while the server still runs.
class Cleaner : public testing::Environment {
 public:
  void TearDown() override { Products().clear(); }
};

// Registered before the tests run, by being in a program.
const testing::Environment* const kCleaner =
    testing::AddGlobalTestEnvironment(new Cleaner);

}  // namespace

void ProductTest::SetUp() {
  ASSERT_NE(kCleaner, nullptr);
  Product& product = Products()[GetParam().engine];
  if (product.store == nullptr) {
    product.database = GetParam().create();
    StoreOptions options;
    options.migrations = &ProductMigrations();
    absl::StatusOr<std::unique_ptr<Store>> store =
        OpenStore(product.database->url(), options);
    ASSERT_OK(store.status());
    ASSERT_OK((*store)->Migrate(Noon()));
    product.store = *std::move(store);
  }
  session_ = product.store->OpenSession();
  ASSERT_OK(InWrite([](Transaction& tx) {
    for (const TableBinding* binding : AllTables()) {
      std::vector<std::string> tables = {binding->table()};
      for (const ChildTable& child : binding->spec().children)
        tables.push_back(child.table);
      for (const std::string& table : tables) {
        const char* built_in = "";
        if (table == "item_statuses")
          built_in = " WHERE name NOT LIKE 'itemStatuses/%'";
        if (table == "business_hours" || table == "business_hours_versions")
          built_in = " WHERE name NOT LIKE 'businessHours/always%'";
        absl::StatusOr<int64_t> done =
            tx.Execute(absl::StrCat("DELETE FROM ", table, built_in));
        if (!done.ok()) return done.status();
      }
    }
    return absl::OkStatus();
  }));
}

}  // namespace charter::storage
