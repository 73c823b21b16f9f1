// Pages of lists, on every engine.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/sla/expression/expression.h"
#include "storage/table/page_token.h"
#include "tests/storage/table/product_test.h"
#include "tests/storage/table/random_message.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ListTest : public ProductTest {
 protected:
  // Accounts a000, a001, …, every third of tier gold.
  void AddAccounts(int from, int to) {
    std::vector<v1::Account> accounts;
    for (int i = from; i < to; ++i) {
      v1::Account& account = accounts.emplace_back();
      account.set_name(absl::StrFormat("accounts/a%05d", i));
      account.set_tier(i % 3 == 0 ? "gold" : "silver");
      account.set_display_name(absl::StrCat("Nr ", i));
    }
    ASSERT_OK(InWrite([&](Transaction& tx) {
      return AccountTable().InsertAll(tx, &accounts);
    }));
  }

  absl::Status ListError(const ListQuery& query) {
    return List(AccountTable(), query).status();
  }
};
CHARTER_CONFORMANCE(ListTest);

ListQuery Filter(absl::string_view filter) {
  ListQuery query;
  query.filter = std::string(filter);
  return query;
}

TEST_P(ListTest, PagesOfAnySizeTogetherAreTheWholeList) {
  AddAccounts(0, 103);
  for (int size : {1, 2, 50, 51, 102, 103, 104, 1000, 5000}) {
    ListQuery query;
    query.page_size = size;
    const std::vector<std::string> names = ListAll(AccountTable(), query);
    ASSERT_THAT(names, SizeIs(103)) << size;
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  }
}

TEST_P(ListTest, PageSizesHaveADefaultAndALimit) {
  AddAccounts(0, 1003);
  ListQuery query;
  EXPECT_THAT(List(AccountTable(), query)->rows, SizeIs(50));
  query.page_size = 2000;
  EXPECT_THAT(List(AccountTable(), query)->rows, SizeIs(1000));
}

TEST_P(ListTest, TheLastPageHasNoNext) {
  AddAccounts(0, 4);
  ListQuery query;
  query.page_size = 2;
  absl::StatusOr<ListPage<v1::Account>> page = List(AccountTable(), query);
  EXPECT_FALSE(page->next.empty());
  query.after = page->next;
  page = List(AccountTable(), query);
  EXPECT_THAT(page->rows, SizeIs(2));
  EXPECT_THAT(page->next, IsEmpty());
}

TEST_P(ListTest, AWalkMeetsOnceWhatStaysWhileRowsComeAndGo) {
  AddAccounts(0, 300);
  std::mt19937 random(3);
  std::set<std::string> gone;
  std::vector<std::string> seen;
  ListQuery query;
  query.page_size = 17;
  int added = 1000;
  do {
    absl::StatusOr<ListPage<v1::Account>> page = List(AccountTable(), query);
    ASSERT_OK(page.status());
    for (const v1::Account& row : page->rows) seen.push_back(row.name());
    query.after = page->next;
    AddAccounts(added, added + 3);
    added += 3;
    // The place itself may go as well.
    for (const std::string& name :
         {seen.back(), absl::StrFormat("accounts/a%05d",
                                       static_cast<int>(random() % 300))}) {
      if (!gone.insert(name).second) continue;
      ASSERT_OK(InWrite(
          [&](Transaction& tx) { return AccountTable().Delete(tx, name); }));
    }
  } while (!query.after.empty() && added < 2000);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(),
            seen.size());
  for (int i = 0; i < 300; ++i) {
    const std::string name = absl::StrFormat("accounts/a%05d", i);
    if (gone.count(name) == 0) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), name), 1) << name;
    }
  }
}

TEST_P(ListTest, DeletedResourcesAreShownOnRequest) {
  AddAccounts(0, 3);
  absl::StatusOr<v1::Account> account = Get(AccountTable(), "accounts/a00001");
  account->mutable_delete_time()->set_seconds(1);
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return AccountTable().Update(tx, &*account); }));
  ListQuery query;
  EXPECT_THAT(ListAll(AccountTable(), query),
              ElementsAre("accounts/a00000", "accounts/a00002"));
  query.show_deleted = true;
  EXPECT_THAT(ListAll(AccountTable(), query), SizeIs(3));
}

TEST_P(ListTest, RestrictionsHoldWhateverTheFilterSays) {
  for (int i = 0; i < 12; ++i) {
    v1::Case item;
    item.set_name(absl::StrCat("cases/c", 10 + i));
    item.set_account(absl::StrCat("accounts/a", i % 2));
    item.set_owner(i % 3 == 0 ? "ann" : "bob");
    item.set_external_id(absl::StrCat(i / 2));
    ASSERT_OK(Insert(CaseTable(), &item));
  }
  ListQuery query;
  query.restrict_to = {{"account", "accounts/a1"}};
  query.page_size = 2;
  EXPECT_THAT(ListAll(CaseTable(), query), SizeIs(6));
  query.filter = "owner == 'ann'";
  EXPECT_THAT(ListAll(CaseTable(), query),
              ElementsAre("cases/c13", "cases/c19"));
  query.filter = "account == 'accounts/a0'";
  EXPECT_THAT(ListAll(CaseTable(), query), IsEmpty());
  query.filter = "account == 'accounts/a0' || owner == 'ann'";
  EXPECT_THAT(ListAll(CaseTable(), query),
              ElementsAre("cases/c13", "cases/c19"));
  query.filter = "external_id == '3'";
  EXPECT_THAT(ListAll(CaseTable(), query), ElementsAre("cases/c17"));
  // A restriction that no lead serves would be a walk through all rows.
  query.restrict_to = {{"reason", "x"}};
  EXPECT_THAT(List(CaseTable(), query).status(), IsKind(ErrorKind::kInternal));
}

TEST_P(ListTest, MilestonesComeInOrderOfTargetThoseWithoutLast) {
  for (int i = 0; i < 9; ++i) {
    v1::Milestone milestone;
    milestone.set_name(absl::StrCat("cases/c/milestones/m", i));
    milestone.set_account("accounts/a");
    milestone.set_violated(i % 2 == 0);
    // Two of each target, three without.
    if (i < 6) milestone.mutable_target_time()->set_seconds(-i / 2);
    ASSERT_OK(Insert(MilestoneTable(), &milestone));
  }
  ListQuery query = Filter("account == 'accounts/a'");
  for (int size : {1, 2, 3, 100}) {
    query.page_size = size;
    std::vector<std::string> ends;
    for (const std::string& name : ListAll(MilestoneTable(), query))
      ends.push_back(name.substr(name.size() - 2));
    EXPECT_THAT(ends, ElementsAre("m4", "m5", "m2", "m3", "m0", "m1", "m6",
                                  "m7", "m8"));
  }
  EXPECT_THAT(ListAll(MilestoneTable(), Filter("violated == true")), SizeIs(5));
  EXPECT_THAT(ListAll(MilestoneTable(), Filter("violated")), SizeIs(5));
  EXPECT_THAT(ListAll(MilestoneTable(), Filter("!violated")), SizeIs(4));
}

TEST_P(ListTest, VersionsComeTheNewestFirst) {
  for (int i = 1; i <= 11; ++i) {
    v1::BusinessHoursVersion version;
    version.set_name(absl::StrCat("businessHours/vienna/versions/", i));
    ASSERT_OK(Insert(BusinessHoursVersionTable(), &version));
  }
  ListQuery query;
  query.restrict_to = {{"parent", "businessHours/vienna"}};
  for (int size : {1, 4, 11, 50}) {
    query.page_size = size;
    const std::vector<std::string> names =
        ListAll(BusinessHoursVersionTable(), query);
    ASSERT_THAT(names, SizeIs(11));
    EXPECT_EQ(names.front(), "businessHours/vienna/versions/11");
    EXPECT_EQ(names[9], "businessHours/vienna/versions/2");
  }
}

TEST_P(ListTest, X2_AWrongFilterSaysWhere) {
  absl::Status status = ListError(Filter("tier == 3"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 1, column 9"));
  status = ListError(Filter("tierx == 'gold'"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("tier"));
  // An event is nothing that a row has.
  EXPECT_EQ(ListError(Filter("changed(tier)")).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(ListTest, X3_AFilterWithoutALeadIsRefusedWithTheLeads) {
  const Table<v1::Account> strict({
      .table = "accounts",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "phone", "website", "billing_address",
               "shipping_address"},
      .leads = {{{"external_id"}}, {{"tier"}}},
  });
  for (const char* filter : {"", "region == 'x'", "tier == 'a' || tier == 'b'",
                             "!(tier == 'a')", "external_id == ''"}) {
    const absl::Status status = List(strict, Filter(filter)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << filter;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("`external_id == …`, `tier == …`"));
  }
  EXPECT_OK(List(strict, Filter("tier == 'a' && region != 'x'")).status());
  EXPECT_OK(List(strict, Filter("tier in ['a']")).status());
}

TEST_P(ListTest, X3_APageEndsEarlyAfterTenThousandRows) {
  AddAccounts(0, 10001);
  ListQuery query = Filter("display_name == 'Nr 10000'");
  query.page_size = 5;
  absl::StatusOr<ListPage<v1::Account>> page = List(AccountTable(), query);
  ASSERT_OK(page.status());
  EXPECT_THAT(page->rows, IsEmpty());
  ASSERT_FALSE(page->next.empty());
  query.after = page->next;
  page = List(AccountTable(), query);
  ASSERT_OK(page.status());
  ASSERT_THAT(page->rows, SizeIs(1));
  EXPECT_EQ(page->rows[0].display_name(), "Nr 10000");
  EXPECT_THAT(page->next, IsEmpty());
  // What no row of the window fits costs two statements for each of two
  // windows, not a walk.
  EXPECT_OK(List(AccountTable(), Filter("display_name == 'x'")).status());
  EXPECT_LE(session_->last_round_trips(), 6);
  // Nor do deleted rows stretch a page.
  ASSERT_OK(Write("UPDATE accounts SET delete_time = 1"));
  query = {};
  page = List(AccountTable(), query);
  EXPECT_THAT(page->rows, IsEmpty());
  EXPECT_FALSE(page->next.empty());
}

TEST_P(ListTest, BigRowsEndAPageEarly) {
  for (int i = 0; i < 50; ++i) {
    v1::Case item;
    item.set_name(absl::StrCat("cases/c", 10 + i));
    item.set_description(std::string(60000, 'x'));
    ASSERT_OK(Insert(CaseTable(), &item));
  }
  ListQuery query;
  query.page_size = 1000;
  const absl::StatusOr<ListPage<v1::Case>> page = List(CaseTable(), query);
  EXPECT_LT(page->rows.size(), 50u);
  EXPECT_GT(page->rows.size(), 30u);
  EXPECT_THAT(ListAll(CaseTable(), query), SizeIs(50));
}

TEST_P(ListTest, APlaceOfAnotherLeadIsRefused) {
  AddAccounts(0, 10);
  ListQuery query;
  query.page_size = 2;
  const std::string next = List(AccountTable(), query)->next;
  query.filter = "tier == 'gold'";
  query.after = next;
  absl::Status status = ListError(query);
  EXPECT_TRUE(IsInvalidToken(status)) << status;
  query.after = "nonsense";
  EXPECT_TRUE(IsInvalidToken(ListError(query)));
}

// Against every row, asked one by one.
TEST_P(ListTest, X3_ARangeOfDatesIsReadInOrderOfTheDate) {
  std::vector<v1::ServiceContract> contracts;
  std::mt19937 random(5);
  for (int i = 0; i < 80; ++i) {
    v1::ServiceContract& contract = contracts.emplace_back();
    contract.set_name(absl::StrFormat("serviceContracts/c%02d", i));
    contract.set_contract_number(absl::StrCat("n", i));
    contract.set_account(i % 3 == 0 ? "accounts/a" : "accounts/b");
    contract.set_owner(i % 4 == 0 ? "me" : "you");
    if (i % 5 == 0) continue;  // open-ended
    contract.mutable_end_date()->set_year(2030);
    contract.mutable_end_date()->set_month(1 + random() % 2);
    contract.mutable_end_date()->set_day(1 + random() % 12);
  }
  const std::vector<v1::ServiceContract> all = contracts;
  ASSERT_OK(InWrite([&](Transaction& tx) {
    return ServiceContractTable().InsertAll(tx, &contracts);
  }));
  const TableBinding& binding = ServiceContractTable().binding();
  for (const char* filter :
       {"end_date >= date('2030-01-05')", "end_date > date('2030-01-05')",
        "end_date < date('2030-02-01')", "end_date <= date('2030-02-01')",
        "end_date == date('2030-01-07')", "end_date != date('2030-01-07')",
        "end_date >= date('2030-01-03') && end_date < date('2030-02-04')",
        "end_date >= date('2030-01-03') && end_date > date('2030-01-09') && "
        "end_date <= date('2030-02-04') && owner == 'me'",
        "end_date > date('2030-01-03') && account == 'accounts/a'",
        "end_date > date('2030-01-03') && renewed_to == ''",
        "end_date < date('2030-01-03') && end_date > date('2030-01-03')",
        "!has(end_date)", "!(end_date > date('2030-01-05'))"}) {
    const absl::StatusOr<sla::Expression> expression = sla::Expression::Parse(
        filter, binding.filter_schema(), sla::Usage::kLevel);
    ASSERT_OK(expression.status());
    std::vector<std::string> expected;
    for (const v1::ServiceContract& contract : all) {
      sla::Record record;
      binding.ToRecord(contract, binding.filter_schema(), expression->slots(),
                       &record);
      if (expression->Evaluate(record)) expected.push_back(contract.name());
    }
    for (int size : {1, 7, 100}) {
      ListQuery query = Filter(filter);
      query.page_size = size;
      std::vector<std::string> listed = ListAll(ServiceContractTable(), query);
      std::sort(listed.begin(), listed.end());
      EXPECT_EQ(listed, expected) << filter << " by " << size;
    }
  }
  const auto page =
      List(ServiceContractTable(), Filter("end_date >= date('2030-01-01')"));
  ASSERT_OK(page.status());
  for (size_t i = 1; i < page->rows.size(); ++i) {
    const auto key = [&](size_t at) {
      const v1::ServiceContract& row = page->rows[at];
      return std::tuple(row.end_date().month(), row.end_date().day(),
                        row.name());
    };
    EXPECT_LT(key(i - 1), key(i));
  }
}

TEST_P(ListTest, RowsAreFoundByWhatAChildTableHolds) {
  for (int i = 0; i < 30; ++i) {
    v1::Entitlement entitlement;
    entitlement.set_name(absl::StrFormat("entitlements/e%02d", i));
    entitlement.set_account(i % 2 == 0 ? "accounts/a" : "accounts/b");
    entitlement.set_type(i % 5 == 0 ? "gold" : "basic");
    if (i % 3 == 0) entitlement.add_contacts("contacts/x");
    if (i % 3 != 1) entitlement.add_contacts("contacts/y");
    ASSERT_OK(Insert(EntitlementTable(), &entitlement));
  }
  for (int size : {1, 4, 100}) {
    ListQuery query = Filter("type == 'gold'");
    query.page_size = size;
    query.restrict_to = {{"contacts", "contacts/x"}};
    EXPECT_THAT(ListAll(EntitlementTable(), query),
                ElementsAre("entitlements/e00", "entitlements/e15"));
    query.restrict_to.push_back({"account", "accounts/b"});
    EXPECT_THAT(ListAll(EntitlementTable(), query),
                ElementsAre("entitlements/e15"));
    // Where another lead comes first.
    query.restrict_to = {{"contacts", "contacts/x"}};
    query.filter = "external_id == 'none'";
    EXPECT_THAT(ListAll(EntitlementTable(), query), IsEmpty());
  }
}

TEST_P(ListTest, X3_CustomFieldsAreCheckedOnTheRows) {
  for (int i = 0; i < 6; ++i) {
    v1::Case item;
    item.set_name(absl::StrCat("cases/c", i));
    if (i < 4) (*item.mutable_attributes())["size"].set_number_value(i);
    ASSERT_OK(Insert(CaseTable(), &item));
  }
  ListQuery query = Filter("attributes.size >= 2");
  EXPECT_EQ(List(CaseTable(), query).status().code(),
            absl::StatusCode::kInvalidArgument);
  query.attributes = {{"attributes.size", sla::Type::kNumber, {}}};
  EXPECT_THAT(ListAll(CaseTable(), query), ElementsAre("cases/c2", "cases/c3"));
  query.filter = "!has(attributes.size)";
  EXPECT_THAT(ListAll(CaseTable(), query), ElementsAre("cases/c4", "cases/c5"));
}

TEST_P(ListTest, X3_FiltersGiveWhatTheirEvaluationGives) {
  std::mt19937 random(11);
  std::vector<v1::Case> cases(120);
  const auto pick = [&](std::initializer_list<const char*> values) {
    return *(values.begin() + random() % values.size());
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    v1::Case& item = cases[i];
    FillRandomly(CaseTable().binding(), static_cast<int>(i), random, &item);
    item.clear_delete_time();
    item.set_owner(pick({"", "ann", "Ann", "ann ", "bob", "änn", "a%n"}));
    item.set_status(pick({"new", "open", "closed"}));
    item.set_account(pick({"accounts/a", "accounts/b", "accounts/B"}));
    item.set_priority(static_cast<int>(random() % 6));
    item.set_evaluation_error(pick({"", "", "boom"}));
  }
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return CaseTable().InsertAll(tx, &cases); }));
  const std::vector<std::string> terms = {
      "owner == 'ann'",
      "owner == 'ann '",
      "owner != 'ann'",
      "owner in ['ann', 'bob']",
      "owner in ['Ann']",
      "owner > 'a'",
      "owner.startsWith('a')",
      "owner.contains('%')",
      "owner.matches('^[aä]nn$')",
      "has(owner)",
      "account == 'accounts/a'",
      "account != 'accounts/B'",
      "account == 'accounts/é'",
      "status == 'open'",
      "priority == 3",
      "priority == 2.5",
      "priority < 3",
      "!(priority >= 4)",
      "violated",
      "!violated",
      "evaluation_error_set",
      "!evaluation_error_set",
      "evaluation_error_set == true",
      "kind == 'CASE'",
      "kind != 'CASE'",
      "has(unanswered_since)",
      "unanswered_since < timestamp('2020-01-01T00:00:00Z')",
      "unanswered_since != next_target_time",
      "external_id == ''",
      "external_id == 'Ö-7'",
      "external_id != 'Ö-7'",
      "has(external_id)",
      "description.endsWith('tail ')",
      "subject == \"it's\"",
      "reopen_count > 0"};
  const sla::Schema& schema = CaseTable().binding().filter_schema();
  for (int round = 0; round < 250; ++round) {
    std::vector<std::string> picked;
    for (int n = 1 + static_cast<int>(random() % 3); n > 0; --n) {
      const std::string& a = terms[random() % terms.size()];
      const std::string& b = terms[random() % terms.size()];
      switch (random() % 4) {
        case 0:
          picked.push_back(absl::StrCat("(", a, " || ", b, ")"));
          break;
        case 1:
          picked.push_back(absl::StrCat("!(", a, " && ", b, ")"));
          break;
        default:
          picked.push_back(a);
      }
    }
    ListQuery query = Filter(absl::StrJoin(picked, " && "));
    query.page_size = 1 + static_cast<int>(random() % 60);
    const absl::StatusOr<sla::Expression> expression =
        sla::Expression::Parse(query.filter, schema, sla::Usage::kLevel);
    ASSERT_OK(expression.status());
    std::vector<std::string> expected;
    for (const v1::Case& item : cases) {
      sla::Record record;
      CaseTable().binding().ToRecord(item, schema, expression->slots(),
                                     &record);
      if (expression->Evaluate(record)) expected.push_back(item.name());
    }
    std::vector<std::string> listed = ListAll(CaseTable(), query);
    // Leads have orders of their own.
    std::sort(listed.begin(), listed.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(listed, expected) << query.filter;
  }
}

}  // namespace
}  // namespace charter::storage
