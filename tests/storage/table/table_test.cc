// Resources written and read back, on every engine.
#include "storage/table/table.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "storage/table/etag.h"
#include "tests/storage/table/product_test.h"
#include "tests/storage/table/random_message.h"

namespace charter::storage {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TableTest : public ProductTest {
 protected:
  v1::Account Acme() {
    v1::Account account;
    account.set_name("accounts/acme");
    account.set_display_name("Acme");
    account.set_external_id("7");
    account.mutable_create_time()->set_seconds(5);
    return account;
  }

  // Writes random resources, reads them back one by one and all together, then
  // changes them into others.
  template <typename Message>
  void RoundTrip(const Table<Message>& table, std::mt19937& random) {
    const TableBinding& binding = table.binding();
    SCOPED_TRACE(binding.table());
    std::vector<Message> messages(12);
    for (size_t i = 0; i < messages.size(); ++i)
      FillRandomly(binding, static_cast<int>(i), random, &messages[i]);
    ASSERT_OK(InWrite([&](Transaction& tx) {
      for (size_t i = 0; i < 4; ++i) {
        absl::Status status = table.Insert(tx, &messages[i]);
        if (!status.ok()) return status;
      }
      std::vector<Message> rest(messages.begin() + 4, messages.end());
      absl::Status status = table.InsertAll(tx, &rest);
      std::copy(rest.begin(), rest.end(), messages.begin() + 4);
      return status;
    }));
    ExpectStored(table, messages);
    for (size_t i = 0; i < messages.size(); ++i) {
      Message changed;
      FillRandomly(binding, static_cast<int>(i), random, &changed);
      if (binding.has_etag()) {
        const auto& reflection = *changed.GetReflection();
        reflection.SetString(&changed, binding.etag(),
                             reflection.GetString(messages[i], binding.etag()));
        ASSERT_OK(InWrite(
            [&](Transaction& tx) { return table.Update(tx, &changed); }));
        EXPECT_NE(reflection.GetString(changed, binding.etag()),
                  reflection.GetString(messages[i], binding.etag()));
      } else {
        ASSERT_OK(InWrite(
            [&](Transaction& tx) { return table.UpdateDerived(tx, changed); }));
      }
      messages[i] = changed;
    }
    ExpectStored(table, messages);
  }

  template <typename Message>
  void ExpectStored(const Table<Message>& table,
                    const std::vector<Message>& messages) {
    std::vector<std::string> names;
    for (const Message& message : messages) {
      names.push_back(message.name());
      const absl::StatusOr<Message> got = Get(table, message.name());
      ASSERT_OK(got.status());
      EXPECT_TRUE(MessageDifferencer::Equals(*got, message))
          << "stored " << message.ShortDebugString().substr(0, 3000)
          << "\nread " << got->ShortDebugString().substr(0, 3000);
    }
    std::vector<Message> all;
    ASSERT_OK(InRead([&](Transaction& tx) {
      absl::StatusOr<std::vector<Message>> got = table.BatchGet(tx, names);
      if (got.ok()) all = *std::move(got);
      return got.status();
    }));
    std::sort(names.begin(), names.end());
    ASSERT_THAT(all, SizeIs(messages.size()));
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].name(), names[i]);
      for (const Message& message : messages) {
        if (message.name() == names[i]) {
          EXPECT_TRUE(MessageDifferencer::Equals(all[i], message));
        }
      }
    }
  }
};
CHARTER_CONFORMANCE(TableTest);

TEST_P(TableTest, EveryResourceComesBackAsItWasWritten) {
  std::mt19937 random(20261121);
  RoundTrip(AccountTable(), random);
  RoundTrip(ContactTable(), random);
  RoundTrip(ProductTable(), random);
  RoundTrip(AssetTable(), random);
  RoundTrip(PriceBookEntryTable(), random);
  RoundTrip(ServiceContractTable(), random);
  RoundTrip(ContractLineItemTable(), random);
  RoundTrip(ContractTemplateTable(), random);
  RoundTrip(BusinessHoursTable(), random);
  RoundTrip(BusinessHoursVersionTable(), random);
  RoundTrip(MilestoneTypeTable(), random);
  RoundTrip(ItemStatusTable(), random);
  RoundTrip(AttributeDefinitionTable(), random);
  RoundTrip(EntitlementProcessTable(), random);
  RoundTrip(EntitlementProcessVersionTable(), random);
  RoundTrip(EntitlementTable(), random);
  RoundTrip(EntitlementTemplateTable(), random);
  RoundTrip(ProductEntitlementTemplateTable(), random);
  RoundTrip(AssignmentRuleTable(), random);
  RoundTrip(EntitlementVerdictTable(), random);
  RoundTrip(CaseTable(), random);
  RoundTrip(MilestoneTable(), random);
  RoundTrip(TaskTable(), random);
}

TEST_P(TableTest, WhatIsBuiltInIsThere) {
  EXPECT_THAT(ListAll(ItemStatusTable(), {}),
              ElementsAre("itemStatuses/closed", "itemStatuses/new",
                          "itemStatuses/open", "itemStatuses/resolved",
                          "itemStatuses/waiting-customer",
                          "itemStatuses/waiting-other"));
  const auto waiting = Get(ItemStatusTable(), "itemStatuses/waiting-customer");
  ASSERT_OK(waiting.status());
  EXPECT_EQ(waiting->category(), v1::ItemStatus::WAITING_CUSTOMER);
  const auto always = Get(BusinessHoursTable(), "businessHours/always");
  ASSERT_OK(always.status());
  EXPECT_TRUE(always->is_default());
  EXPECT_EQ(always->definition().weekly_size(), 7);
  EXPECT_EQ(always->version_count(), 1);
  const auto version =
      Get(BusinessHoursVersionTable(), "businessHours/always/versions/1");
  ASSERT_OK(version.status());
  EXPECT_TRUE(
      MessageDifferencer::Equals(version->definition(), always->definition()));
  EXPECT_FALSE(version->has_effective_time());
}

TEST_P(TableTest, WhatIsNotThereIsNotFound) {
  const absl::Status missing = Get(AccountTable(), "accounts/no").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("accounts/no"));
  v1::Case item;
  item.set_name("cases/no");
  EXPECT_EQ(InWrite([&](Transaction& tx) {
              return CaseTable().UpdateDerived(tx, item);
            }).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(InWrite([&](Transaction& tx) {
              return CaseTable().Delete(tx, "cases/no");
            }).code(),
            absl::StatusCode::kNotFound);
}

TEST_P(TableTest, TheEtagChangesWithWhatClientsWriteOnly) {
  v1::Case item;
  item.set_name("cases/one");
  item.set_subject("Printer");
  ASSERT_OK(Insert(CaseTable(), &item));
  const std::string first = item.etag();
  EXPECT_THAT(first, testing::MatchesRegex("\"1-[0-9a-f]{8}\""));
  item.set_violated(true);
  item.set_evaluation_error("too many rounds");
  item.mutable_next_target_time()->set_seconds(77);
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return CaseTable().UpdateDerived(tx, item); }));
  absl::StatusOr<v1::Case> got = Get(CaseTable(), "cases/one");
  ASSERT_OK(got.status());
  EXPECT_EQ(got->etag(), first);
  EXPECT_TRUE(got->violated());
  EXPECT_EQ(got->next_target_time().seconds(), 77);
  got->set_subject("Printer on fire");
  ASSERT_OK(
      InWrite([&](Transaction& tx) { return CaseTable().Update(tx, &*got); }));
  EXPECT_NE(got->etag(), first);
  EXPECT_EQ(Get(CaseTable(), "cases/one")->etag(), got->etag());
}

TEST_P(TableTest, DerivedWritesLeaveWhatClientsWrote) {
  v1::Case item;
  item.set_name("cases/one");
  item.set_subject("Printer");
  item.set_status("open");
  (*item.mutable_annotations())["k"] = "v";
  ASSERT_OK(Insert(CaseTable(), &item));
  v1::Case derived;
  derived.set_name("cases/one");
  derived.set_stopped(true);
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return CaseTable().UpdateDerived(tx, derived); }));
  const absl::StatusOr<v1::Case> got = Get(CaseTable(), "cases/one");
  ASSERT_OK(got.status());
  EXPECT_TRUE(got->stopped());
  EXPECT_EQ(got->subject(), "Printer");
  EXPECT_EQ(got->status(), "open");
  EXPECT_EQ(got->annotations().at("k"), "v");
}

TEST_P(TableTest, AnEtagIsOfOneResourceAndVersion) {
  EXPECT_EQ(VersionOfEtag("accounts", "accounts/a",
                          MakeEtag("accounts", "accounts/a", 12)),
            12);
  const std::string other = MakeEtag("accounts", "accounts/b", 12);
  EXPECT_EQ(VersionOfEtag("accounts", "accounts/a", other), std::nullopt);
  EXPECT_EQ(VersionOfEtag("accounts", "accounts/a", ""), std::nullopt);
  EXPECT_EQ(VersionOfEtag("accounts", "accounts/a", "\"12\""), std::nullopt);
  EXPECT_TRUE(EtagMatches("", other));
  EXPECT_TRUE(EtagMatches(other, other));
  EXPECT_FALSE(EtagMatches("\"11-00000000\"", other));
}

TEST_P(TableTest, AnOutdatedMessageIsAConflict) {
  v1::Account account = Acme();
  ASSERT_OK(Insert(AccountTable(), &account));
  v1::Account stale = account;
  account.set_tier("gold");
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return AccountTable().Update(tx, &account); }));
  stale.set_tier("silver");
  int runs = 0;
  const absl::Status status = InWrite([&](Transaction& tx) {
    ++runs;
    return AccountTable().Update(tx, &stale);
  });
  EXPECT_THAT(status, IsKind(ErrorKind::kConflict));
  // The lambda, which would have read the row again, was restarted.
  EXPECT_GT(runs, 1);
  EXPECT_EQ(Get(AccountTable(), "accounts/acme")->tier(), "gold");
}

TEST_P(TableTest, AMessageThatWasNotReadIsNotUpdated) {
  v1::Account account = Acme();
  ASSERT_OK(Insert(AccountTable(), &account));
  account.clear_etag();
  EXPECT_THAT(InWrite([&](Transaction& tx) {
                return AccountTable().Update(tx, &account);
              }),
              IsKind(ErrorKind::kInternal));
}

TEST_P(TableTest, ADuplicateNamesItsField) {
  v1::Account account = Acme();
  ASSERT_OK(Insert(AccountTable(), &account));
  v1::Account same_name = Acme();
  same_name.set_external_id("8");
  absl::Status status = Insert(AccountTable(), &same_name);
  EXPECT_THAT(status, IsKind(ErrorKind::kDuplicateKey));
  EXPECT_EQ(AccountTable().DuplicateField(status), "name");
  v1::Account same_id = Acme();
  same_id.set_name("accounts/other");
  status = Insert(AccountTable(), &same_id);
  EXPECT_THAT(status, IsKind(ErrorKind::kDuplicateKey));
  EXPECT_EQ(AccountTable().DuplicateField(status), "external_id");
}

TEST_P(TableTest, ExternalIdsAreUniqueAmongTheAccountsOwnWhenGiven) {
  const auto contact = [](const char* name, const char* account,
                          const char* external_id) {
    v1::Contact made;
    made.set_name(name);
    made.set_account(account);
    made.set_external_id(external_id);
    return made;
  };
  v1::Contact a = contact("contacts/a", "accounts/1", "x");
  v1::Contact b = contact("contacts/b", "accounts/2", "x");
  v1::Contact c = contact("contacts/c", "accounts/1", "");
  v1::Contact d = contact("contacts/d", "accounts/1", "");
  for (v1::Contact* it : {&a, &b, &c, &d})
    EXPECT_OK(Insert(ContactTable(), it));
  v1::Contact e = contact("contacts/e", "accounts/1", "x");
  const absl::Status status = Insert(ContactTable(), &e);
  EXPECT_EQ(ContactTable().DuplicateField(status), "external_id");
  EXPECT_EQ(Get(ContactTable(), "contacts/c")->external_id(), "");
}

TEST_P(TableTest, C4_ContactsOfAnEntitlementAreASet) {
  v1::Entitlement gold;
  gold.set_name("entitlements/gold");
  for (const char* name : {"contacts/b", "contacts/a", "contacts/b"})
    gold.add_contacts(name);
  v1::Entitlement silver;
  silver.set_name("entitlements/silver");
  std::vector<v1::Entitlement> both = {gold, silver};
  ASSERT_OK(InWrite([&](Transaction& tx) {
    return EntitlementTable().InsertAll(tx, &both);
  }));
  absl::StatusOr<v1::Entitlement> got =
      Get(EntitlementTable(), "entitlements/gold");
  ASSERT_OK(got.status());
  EXPECT_THAT(got->contacts(), ElementsAre("contacts/a", "contacts/b"));
  EXPECT_THAT(Get(EntitlementTable(), "entitlements/silver")->contacts(),
              IsEmpty());
  got->clear_contacts();
  got->add_contacts("contacts/c");
  got->add_contacts("contacts/b");
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return EntitlementTable().Update(tx, &*got); }));
  EXPECT_THAT(Get(EntitlementTable(), "entitlements/gold")->contacts(),
              ElementsAre("contacts/b", "contacts/c"));
  ASSERT_OK(InWrite([&](Transaction& tx) {
    return EntitlementTable().Delete(tx, "entitlements/gold");
  }));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM entitlement_contacts"), 0);
}

TEST_P(TableTest, HiddenValuesStandBesideTheMessage) {
  v1::Case item;
  item.set_name("cases/one");
  ASSERT_OK(Insert(CaseTable(), &item));
  const auto due = [&](Lock lock = Lock::kNone) {
    HiddenValues hidden;
    EXPECT_OK(InWrite([&](Transaction& tx) {
      return CaseTable().Get(tx, "cases/one", lock, &hidden).status();
    }));
    return NextDueOf(hidden);
  };
  EXPECT_EQ(due(), std::nullopt);
  const HiddenValues soon = CaseHidden(1234567890123456);
  ASSERT_OK(InWrite([&](Transaction& tx) {
    return CaseTable().UpdateDerived(tx, item, &soon);
  }));
  EXPECT_EQ(due(Lock::kForUpdate), 1234567890123456);
  // Who does not speak of it leaves it.
  ASSERT_OK(
      InWrite([&](Transaction& tx) { return CaseTable().Update(tx, &item); }));
  EXPECT_EQ(due(), 1234567890123456);
  const HiddenValues none = CaseHidden(std::nullopt);
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return CaseTable().Update(tx, &item, &none); }));
  EXPECT_EQ(due(), std::nullopt);
  std::vector<v1::Case> more(2);
  more[0].set_name("cases/two");
  more[1].set_name("cases/three");
  const std::vector<HiddenValues> dues = {CaseHidden(2), CaseHidden(3)};
  ASSERT_OK(InWrite([&](Transaction& tx) {
    return CaseTable().InsertAll(tx, &more, &dues);
  }));
  std::vector<HiddenValues> hidden;
  ASSERT_OK(InWrite([&](Transaction& tx) {
    hidden.clear();
    return CaseTable()
        .BatchGet(tx, {"cases/two", "cases/one", "cases/three", "cases/no"},
                  Lock::kForUpdateSkipLocked, &hidden)
        .status();
  }));
  // In order of name: one, three, two.
  ASSERT_THAT(hidden, SizeIs(3));
  EXPECT_EQ(NextDueOf(hidden[0]), std::nullopt);
  EXPECT_EQ(NextDueOf(hidden[1]), 3);
  EXPECT_EQ(NextDueOf(hidden[2]), 2);
}

TEST_P(TableTest, FieldsOfANewerReleaseAreKeptAndThoseOfACallerDropped) {
  v1::Account account = Acme();
  account.GetReflection()->MutableUnknownFields(&account)->AddVarint(999, 1);
  ASSERT_OK(Insert(AccountTable(), &account));
  EXPECT_TRUE(account.GetReflection()->GetUnknownFields(account).empty());
  // As a newer server would have written it.
  v1::Account newer;
  newer.GetReflection()->MutableUnknownFields(&newer)->AddVarint(999, 42);
  ASSERT_OK(Write(
      "UPDATE accounts SET more = :more WHERE name = :name",
      {{"more", Bytes{newer.SerializeAsString()}}, {"name", "accounts/acme"}}));
  absl::StatusOr<v1::Account> got = Get(AccountTable(), "accounts/acme");
  ASSERT_OK(got.status());
  (*got->mutable_annotations())["a"] = "b";
  ASSERT_OK(InWrite(
      [&](Transaction& tx) { return AccountTable().Update(tx, &*got); }));
  got = Get(AccountTable(), "accounts/acme");
  ASSERT_OK(got.status());
  const auto& unknown = got->GetReflection()->GetUnknownFields(*got);
  ASSERT_EQ(unknown.field_count(), 1);
  EXPECT_EQ(unknown.field(0).varint(), 42u);
  EXPECT_EQ(got->annotations().at("a"), "b");
}

TEST_P(TableTest, DamagedOctetsAreDataLoss) {
  v1::Account account = Acme();
  ASSERT_OK(Insert(AccountTable(), &account));
  ASSERT_OK(Write("UPDATE accounts SET more = :more",
                  {{"more", Bytes{std::string("\xff\xff\xff", 3)}}}));
  EXPECT_EQ(Get(AccountTable(), "accounts/acme").status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_P(TableTest, ReconcileWritesOnlyWhatDiffers) {
  std::mt19937 random(7);
  std::vector<v1::Milestone> before(3), after(3);
  for (int i = 0; i < 3; ++i)
    FillRandomly(MilestoneTable().binding(), i, random, &before[i]);
  const auto reconcile = [&](const std::vector<v1::Milestone>& from,
                             const std::vector<v1::Milestone>& to) {
    EXPECT_OK(InWrite([&](Transaction& tx) {
      return MilestoneTable().Reconcile(tx, from, to);
    }));
    return session_->last_round_trips();
  };
  const int insert_only = reconcile({}, before);
  ExpectStored(MilestoneTable(), before);
  // 0 stays, 1 changes, 2 goes, 3 comes.
  after[0] = before[0];
  FillRandomly(MilestoneTable().binding(), 1, random, &after[1]);
  FillRandomly(MilestoneTable().binding(), 3, random, &after[2]);
  reconcile(before, after);
  ExpectStored(MilestoneTable(), after);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM milestones"), 3);
  reconcile(after, after);  // which makes a session a writer again
  EXPECT_LT(reconcile(after, after), insert_only);
  reconcile(after, {});
  EXPECT_EQ(Number("SELECT COUNT(*) FROM milestones"), 0);
}

}  // namespace
}  // namespace charter::storage
