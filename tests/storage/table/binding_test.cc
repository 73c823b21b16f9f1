// Every field has its place, and every column its field.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/migrations/schema_listing.h"
#include "tests/storage/table/product_test.h"

namespace charter::storage {
namespace {

using testing::ElementsAreArray;

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::count(names.begin(), names.end(), name) > 0;
}

TEST(BindingTest, EveryFieldIsMappedOrListedOnce) {
  for (const TableBinding* binding : AllTables()) {
    const TableSpec& spec = binding->spec();
    for (int i = 0; i < spec.message->field_count(); ++i) {
      const auto* field = spec.message->field(i);
      int places = field == binding->etag() ? 1 : 0;
      for (const Column& column : binding->columns())
        if (column.field == field) ++places;
      if (Holds(spec.blob, field->name())) ++places;
      if (Holds(spec.not_stored, field->name())) ++places;
      for (const ChildTable& child : spec.children)
        if (child.field == field->name()) ++places;
      EXPECT_EQ(places, 1) << field->full_name();
    }
  }
}

TEST(BindingDeathTest, AFieldThatFitsNoColumnMustBeListed) {
  TableSpec spec;
  spec.message = v1::Entitlement::descriptor();
  spec.table = "entitlements";
  spec.blob = {"annotations"};
  EXPECT_DEATH(TableBinding{spec}, "the field contacts fits no column");
}

TEST(BindingDeathTest, ASpecNamesOnlyWhatThereIs) {
  TableSpec spec;
  spec.message = v1::ItemStatus::descriptor();
  spec.table = "item_statuses";
  spec.blob = {"annotations", "notes"};
  EXPECT_DEATH(TableBinding{spec}, "there is no field notes");
  spec.blob = {"annotations"};
  spec.leads = {{{"colour"}}};
  EXPECT_DEATH(TableBinding{spec}, "no column colour for a lead");
  spec.leads = {{{}, {"display_name"}}};
  EXPECT_DEATH(TableBinding{spec}, "no order by display_name");
  spec.leads = {{.range = "create_time"}};
  EXPECT_DEATH(TableBinding{spec}, "no ascending date create_time");
}

TEST(BindingTest, X1_FiltersNameEnumValuesByTheirNames) {
  const sla::Schema& schema = MilestoneTable().binding().filter_schema();
  const std::optional<int> state = schema.Find("state");
  ASSERT_TRUE(state.has_value());
  EXPECT_THAT(schema.field(*state).values,
              testing::ElementsAre("SCHEDULED", "RUNNING", "PAUSED",
                                   "COMPLETED", "CANCELLED", "FROZEN"));
  EXPECT_TRUE(schema.Find("case").has_value());
  EXPECT_FALSE(schema.Find("case_name").has_value());
  EXPECT_TRUE(
      CaseTable().binding().filter_schema().Find("evaluation_error_set"));
  EXPECT_FALSE(CaseTable().binding().filter_schema().Find("next_due_us"));
}

absl::string_view TypeOf(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kId:
    case ColumnKind::kText:
      return "text";
    case ColumnKind::kMore:
      return "blob";
    default:
      return "integer";
  }
}

// What NULL may stand in: of a hidden text, what is made of an empty message
// says it.
bool IsNullable(const TableBinding& binding, const Column& column) {
  if (column.kind == ColumnKind::kMore || column.null_when_empty) return true;
  if (column.field != nullptr) return column.field->has_presence();
  if (column.hidden->make == nullptr) return true;
  if (column.kind != ColumnKind::kText) return false;
  const auto* empty =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(
          binding.spec().message);
  return column.hidden->make(*empty) == Value();
}

class SchemaTest : public ProductTest {};
CHARTER_CONFORMANCE(SchemaTest);

TEST_P(SchemaTest, TheTablesHaveTheColumnsOfTheirBindings) {
  absl::StatusOr<std::vector<std::string>> listed = ListSchema(*session_);
  ASSERT_OK(listed.status());
  for (const TableBinding* binding : AllTables()) {
    std::vector<std::string> expected;
    if (binding->has_etag())
      expected.push_back(
          absl::StrCat(binding->table(), ".row_version integer not null"));
    for (const Column& column : binding->columns()) {
      expected.push_back(absl::StrCat(
          binding->table(), ".", column.name, " ", TypeOf(column.kind),
          IsNullable(*binding, column) ? "" : " not null"));
    }
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> actual;
    for (const std::string& line : *listed) {
      // Text that MySQL is to compare by its octets.
      if (absl::StartsWith(line, absl::StrCat(binding->table(), ".")))
        actual.push_back(absl::StrReplaceAll(line, {{" varbinary", " text"}}));
    }
    EXPECT_THAT(actual, ElementsAreArray(expected)) << binding->table();
  }
}

TEST_P(SchemaTest, UniqueKeysAreNamedInTheBindings) {
  absl::StatusOr<std::vector<std::string>> listed = ListSchema(*session_);
  ASSERT_OK(listed.status());
  for (const TableBinding* binding : AllTables()) {
    for (const auto& [key, field] : binding->spec().unique) {
      EXPECT_TRUE(std::any_of(listed->begin(), listed->end(),
                              [&](const std::string& line) {
                                return absl::StartsWith(
                                    line, absl::StrCat(binding->table(),
                                                       " unique ", key, " ("));
                              }))
          << key;
    }
  }
}

}  // namespace
}  // namespace charter::storage
