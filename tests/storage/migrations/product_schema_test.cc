// The product's own schema, on every engine.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/migrations/schema_listing.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::IsEmpty;

std::vector<std::string> FilesOf(absl::string_view engine) {
  std::vector<std::string> files;
  const std::string folder = absl::StrCat(CHARTER_MIGRATIONS_DIR, "/", engine);
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(ProductSchemaTest, EveryFileIsEmbeddedAsItIs) {
  for (const auto& [engine, migrations] :
       {std::pair("mysql", ProductMigrations().mysql),
        std::pair("sqlite", ProductMigrations().sqlite)}) {
    const std::vector<std::string> files = FilesOf(engine);
    ASSERT_EQ(files.size(), migrations.size())
        << engine << ": storage/CMakeLists.txt must list every file";
    for (size_t i = 0; i < files.size(); ++i) {
      std::stringstream text;
      text << std::ifstream(files[i]).rdbuf();
      absl::StatusOr<Migration> parsed = ParseMigration(
          std::filesystem::path(files[i]).filename().string(), text.str());
      ASSERT_OK(parsed.status());
      EXPECT_EQ(parsed->checksum, migrations[i].checksum) << files[i];
    }
  }
}

TEST(ProductSchemaTest, TrapM6_BothEnginesHaveTheSameTablesAndKeepTheRules) {
  std::vector<std::vector<std::string>> listings;
  for (const Backend& backend : AllBackends()) {
    std::unique_ptr<TestDatabase> database = backend.create();
    StoreOptions options;
    options.migrations = &ProductMigrations();
    absl::StatusOr<std::unique_ptr<Store>> store =
        OpenStore(database->url(), options);
    ASSERT_OK(store.status());
    ASSERT_OK((*store)->Migrate(Noon()));
    ASSERT_OK((*store)->CheckSchema());
    std::unique_ptr<Session> session = (*store)->OpenSession();
    absl::StatusOr<std::vector<std::string>> listing = ListSchema(*session);
    ASSERT_OK(listing.status());
    listings.push_back(*listing);
    absl::StatusOr<std::vector<std::string>> problems =
        SchemaProblems(*session);
    ASSERT_OK(problems.status());
    // The outbox is read whole and emptied, never "from the last number on".
    EXPECT_THAT(*problems, testing::ElementsAre("outbox counts by itself"))
        << backend.name;
  }
  for (size_t i = 1; i < listings.size(); ++i) {
    EXPECT_THAT(SchemaDifferences(listings[0], listings[i]), IsEmpty());
  }
}

}  // namespace
}  // namespace charter::storage
