// Rows found by what they hold, on every engine.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/storage/table/product_test.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FindTest : public ProductTest {};
CHARTER_CONFORMANCE(FindTest);

TEST_P(FindTest, FindComparesEveryByte) {
  int number = 0;
  for (const char* owner : {"ann", "ann ", "Ann", "änn"}) {
    v1::Task task;
    task.set_name(absl::StrCat("tasks/t", ++number));
    task.set_owner(owner);
    ASSERT_OK(Insert(TaskTable(), &task));
  }
  const auto find = [&](const char* owner) {
    std::vector<std::string> owners;
    EXPECT_OK(InRead([&](Transaction& tx) {
      absl::StatusOr<std::vector<v1::Task>> found =
          TaskTable().Find(tx, {{"owner", owner}});
      if (!found.ok()) return found.status();
      owners.clear();
      for (const v1::Task& task : *found) owners.push_back(task.owner());
      return absl::OkStatus();
    }));
    return owners;
  };
  EXPECT_THAT(find("ann"), ElementsAre("ann"));
  EXPECT_THAT(find("ann "), ElementsAre("ann "));
  EXPECT_THAT(find("Ann"), ElementsAre("Ann"));
  EXPECT_THAT(find("ANN"), IsEmpty());
  ListQuery query;
  query.filter = "owner == 'ann '";
  EXPECT_THAT(ListAll(TaskTable(), query), ElementsAre("tasks/t2"));
}

TEST_P(FindTest, FindInLoadsTheRowsOfManyParents) {
  for (int i = 0; i < 6; ++i) {
    v1::Milestone milestone;
    milestone.set_name(absl::StrCat("cases/c", i / 2, "/milestones/m", i));
    milestone.set_case_(absl::StrCat("cases/c", i / 2));
    ASSERT_OK(Insert(MilestoneTable(), &milestone));
  }
  ASSERT_OK(InRead([&](Transaction& tx) {
    absl::StatusOr<std::vector<v1::Milestone>> found = MilestoneTable().FindIn(
        tx, "case_name", {"cases/c2", "cases/c0", "cases/no"});
    EXPECT_OK(found.status());
    std::vector<std::string> names;
    for (const v1::Milestone& it : *found) names.push_back(it.name());
    EXPECT_THAT(
        names, ElementsAre("cases/c0/milestones/m0", "cases/c0/milestones/m1",
                           "cases/c2/milestones/m4", "cases/c2/milestones/m5"));
    EXPECT_THAT(*MilestoneTable().FindIn(tx, "case_name", {}), IsEmpty());
    return absl::OkStatus();
  }));
}

TEST_P(FindTest, PurgeFindsWhatIsDueTheEarliestFirst) {
  for (int i = 0; i < 5; ++i) {
    v1::Account account;
    account.set_name(absl::StrCat("accounts/a", i));
    if (i > 0) account.mutable_purge_time()->set_seconds(100 - 10 * i);
    ASSERT_OK(Insert(AccountTable(), &account));
  }
  const auto due = [&](int64_t seconds, int limit) {
    std::vector<std::string> names;
    EXPECT_OK(InRead([&](Transaction& tx) {
      names = *AccountTable().DueForPurge(tx, absl::FromUnixSeconds(seconds),
                                          limit);
      return absl::OkStatus();
    }));
    return names;
  };
  EXPECT_THAT(due(80, 10),
              ElementsAre("accounts/a4", "accounts/a3", "accounts/a2"));
  EXPECT_THAT(due(80, 1), ElementsAre("accounts/a4"));
  EXPECT_THAT(due(59, 10), IsEmpty());
}

TEST_P(FindTest, ManyRowsAreReadInOneStatement) {
  std::vector<v1::Account> accounts(700);
  std::vector<std::string> names;
  for (size_t i = 0; i < accounts.size(); ++i) {
    names.push_back(absl::StrCat("accounts/a", i));
    accounts[i].set_name(names.back());
  }
  ASSERT_OK(InWrite([&](Transaction& tx) {
    return AccountTable().InsertAll(tx, &accounts);
  }));
  ASSERT_OK(InRead([&](Transaction& tx) {
    return AccountTable().Get(tx, names[0]).status();
  }));
  const int round_trips = session_->last_round_trips();
  ASSERT_OK(InRead([&](Transaction& tx) {
    EXPECT_THAT(*AccountTable().BatchGet(tx, names), SizeIs(700));
    return absl::OkStatus();
  }));
  EXPECT_LE(session_->last_round_trips(), round_trips);
}

}  // namespace
}  // namespace charter::storage
