#include "storage/records/operations.h"

#include "charter/v1/admin_service.pb.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;

class OperationsTest : public RecordsTest {
 protected:
  OperationRecord Make(absl::string_view name, absl::string_view kind,
                       double create) {
    OperationRecord record;
    record.operation.set_name(std::string(name));
    charter::v1::RecalculateProgress progress;
    progress.set_total_count(7);
    record.operation.mutable_metadata()->PackFrom(progress);
    record.kind = std::string(kind);
    record.arguments = std::string("a\0b", 3);
    record.create_time = At(create);
    record.update_time = At(create);
    Do([&](Transaction& tx) { return InsertOperation(tx, record); });
    return record;
  }
  std::optional<OperationRecord> Find(absl::string_view name) {
    return Do([&](Transaction& tx) { return FindOperation(tx, name, true); });
  }
  static std::vector<std::string> Names(
      const std::vector<OperationRecord>& records) {
    std::vector<std::string> names;
    for (const OperationRecord& record : records)
      names.push_back(record.operation.name());
    return names;
  }
};
CHARTER_CONFORMANCE(OperationsTest);

TEST_P(OperationsTest, GoesOnWhereItWas) {
  OperationRecord record = Make("operations/1", "recalculate", 0);
  record.cursor = "cases/17";
  record.cancel_requested = true;
  record.update_time = At(5);
  EXPECT_TRUE(
      Do([&](Transaction& tx) { return UpdateOperation(tx, &record); }));
  const std::optional<OperationRecord> found = Find("operations/1");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->operation.SerializeAsString(),
            record.operation.SerializeAsString());
  EXPECT_EQ(found->kind, "recalculate");
  EXPECT_EQ(found->arguments, std::string("a\0b", 3));
  EXPECT_EQ(found->cursor, "cases/17");
  EXPECT_TRUE(found->cancel_requested);
  EXPECT_EQ(found->create_time, At(0));
  EXPECT_EQ(found->update_time, At(5));
  EXPECT_EQ(found->expire_time, std::nullopt);
  EXPECT_EQ(found->version, 1);
  EXPECT_FALSE(Find("operations/2").has_value());
  EXPECT_FALSE(Find("operations/ü").has_value());
}

TEST_P(OperationsTest, AnUpdateOfWhatSomebodyElseWroteIsRefused) {
  OperationRecord mine = Make("operations/1", "recalculate", 0);
  OperationRecord theirs = mine;
  EXPECT_TRUE(
      Do([&](Transaction& tx) { return UpdateOperation(tx, &theirs); }));
  mine.cursor = "lost";
  EXPECT_FALSE(Do([&](Transaction& tx) { return UpdateOperation(tx, &mine); }));
  EXPECT_EQ(Find("operations/1")->cursor, "");
  EXPECT_THAT(Try([&](Transaction& tx) { return InsertOperation(tx, mine); }),
              IsKind(ErrorKind::kDuplicateKey));
}

TEST_P(OperationsTest, ListsAndFindsWhatIsNotDone) {
  Make("operations/b", "recalculate", 2);
  Make("operations/c", "export", 0);
  OperationRecord done = Make("operations/a", "recalculate", 1);
  Make("operations/d", "recalculate", 1.5);
  const auto unfinished = [](Transaction& tx) {
    return UnfinishedOperations(tx, "recalculate", 2);
  };
  EXPECT_THAT(Names(Do(unfinished)),
              ElementsAre("operations/a", "operations/d"));
  done.operation.set_done(true);
  done.expire_time = At(100);
  Do([&](Transaction& tx) { return UpdateOperation(tx, &done); });
  EXPECT_THAT(Names(Do(unfinished)),
              ElementsAre("operations/d", "operations/b"));
  EXPECT_THAT(Names(Do([](Transaction& tx) {
                return ListOperations(tx, "operations/a", 2);
              })),
              ElementsAre("operations/b", "operations/c"));

  EXPECT_EQ(Do([](Transaction& tx) { return PurgeOperations(tx, At(99), 10); }),
            0);
  EXPECT_EQ(
      Do([](Transaction& tx) { return PurgeOperations(tx, At(100), 10); }), 1);
  EXPECT_TRUE(
      Do([](Transaction& tx) { return DeleteOperation(tx, "operations/c"); }));
  EXPECT_FALSE(
      Do([](Transaction& tx) { return DeleteOperation(tx, "operations/c"); }));
  EXPECT_THAT(
      Names(Do([](Transaction& tx) { return ListOperations(tx, "", 10); })),
      ElementsAre("operations/b", "operations/d"));
}

}  // namespace
}  // namespace charter::storage
