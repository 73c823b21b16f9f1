// What a caller of one account has of the resource tables, on every engine.
#include <string>
#include <vector>

#include "tests/storage/table/product_test.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ConfinementTest : public ProductTest {
 protected:
  void SetUp() override {
    ProductTest::SetUp();
    for (const char* name : {"accounts/acme", "accounts/bolt"}) {
      v1::Account account;
      account.set_name(name);
      ASSERT_OK(Insert(AccountTable(), &account));
    }
    for (const auto& [name, account] :
         {std::pair("contacts/ann", "accounts/acme"),
          std::pair("contacts/art", "accounts/acme"),
          std::pair("contacts/bob", "accounts/bolt")}) {
      v1::Contact contact;
      contact.set_name(name);
      contact.set_account(account);
      contact.set_email("same@example.com");
      ASSERT_OK(Insert(ContactTable(), &contact));
    }
    AddEntitlement("entitlements/all", "accounts/acme", {});
    AddEntitlement("entitlements/ann", "accounts/acme", {"contacts/ann"});
    AddEntitlement("entitlements/art", "accounts/acme", {"contacts/art"});
    AddEntitlement("entitlements/bolt", "accounts/bolt", {});
    for (const auto& [name, contact, account] :
         {std::tuple("cases/a1", "contacts/ann", "accounts/acme"),
          std::tuple("cases/a2", "contacts/art", "accounts/acme"),
          std::tuple("cases/b1", "contacts/bob", "accounts/bolt")}) {
      v1::Case row;
      row.set_name(name);
      row.set_contact(contact);
      row.set_account(account);
      row.set_status("new");
      ASSERT_OK(Insert(CaseTable(), &row));
    }
  }

  void AddEntitlement(const char* name, const char* account,
                      std::vector<std::string> contacts) {
    v1::Entitlement entitlement;
    entitlement.set_name(name);
    entitlement.set_account(account);
    for (const std::string& contact : contacts)
      entitlement.add_contacts(contact);
    ASSERT_OK(Insert(EntitlementTable(), &entitlement));
  }

  static TxOptions As(const Confinement& confinement) {
    TxOptions options = Within(absl::Seconds(60));
    options.confined_to = confinement;
    return options;
  }

  // The names that each way of reading gives.
  template <typename Message>
  std::vector<std::string> Got(const Confinement& who,
                               const Table<Message>& table,
                               const std::vector<std::string>& names) {
    std::vector<std::string> got;
    EXPECT_OK(session_->Read(As(who), [&](Transaction& tx) {
      got.clear();
      std::vector<std::string> in_batch;
      absl::StatusOr<std::vector<Message>> batch = table.BatchGet(tx, names);
      EXPECT_OK(batch.status());
      for (const Message& it : *batch) in_batch.push_back(it.name());
      for (const std::string& name : names) {
        absl::StatusOr<Message> one = table.Get(tx, name);
        if (one.ok()) {
          got.push_back(name);
        } else {
          EXPECT_EQ(one.status().code(), absl::StatusCode::kNotFound);
        }
      }
      EXPECT_EQ(in_batch, got);
      return absl::OkStatus();
    }));
    return got;
  }
  template <typename Message>
  std::vector<std::string> Listed(const Confinement& who,
                                  const Table<Message>& table,
                                  const std::string& filter = "") {
    std::vector<std::string> names;
    EXPECT_OK(session_->Read(As(who), [&](Transaction& tx) {
      names.clear();
      ListQuery query;
      query.filter = filter;
      absl::StatusOr<ListPage<Message>> page = table.List(tx, query);
      if (!page.ok()) return page.status();
      for (const Message& it : page->rows) names.push_back(it.name());
      return absl::OkStatus();
    }));
    return names;
  }

  const Confinement acme_ = {"accounts/acme"};
  const Confinement ann_ = {"accounts/acme", "contacts/ann"};
};
CHARTER_CONFORMANCE(ConfinementTest);

TEST_P(ConfinementTest, GivesOnlyWhatIsTheAccounts) {
  EXPECT_THAT(Got(acme_, AccountTable(), {"accounts/acme", "accounts/bolt"}),
              ElementsAre("accounts/acme"));
  EXPECT_THAT(Got(acme_, CaseTable(), {"cases/a1", "cases/a2", "cases/b1"}),
              ElementsAre("cases/a1", "cases/a2"));
  EXPECT_THAT(Listed(acme_, AccountTable()), ElementsAre("accounts/acme"));
  EXPECT_THAT(Listed(acme_, CaseTable()), ElementsAre("cases/a1", "cases/a2"));
  EXPECT_THAT(Listed(acme_, ContactTable(), "email == 'same@example.com'"),
              ElementsAre("contacts/ann", "contacts/art"));
  EXPECT_THAT(Listed(acme_, CaseTable(), "account == 'accounts/bolt'"),
              IsEmpty());
  EXPECT_THAT(
      Listed(acme_, CaseTable(), "account == 'accounts/bolt' || status != ''"),
      ElementsAre("cases/a1", "cases/a2"));
  EXPECT_THAT(
      Listed(acme_, EntitlementTable()),
      ElementsAre("entitlements/all", "entitlements/ann", "entitlements/art"));
}

TEST_P(ConfinementTest, GivesAContactOnlyWhatIsItsOwn) {
  EXPECT_THAT(Got(ann_, ContactTable(), {"contacts/ann", "contacts/art"}),
              ElementsAre("contacts/ann"));
  EXPECT_THAT(Got(ann_, CaseTable(), {"cases/a1", "cases/a2", "cases/b1"}),
              ElementsAre("cases/a1"));
  EXPECT_THAT(Listed(ann_, CaseTable()), ElementsAre("cases/a1"));
  EXPECT_THAT(Listed(ann_, CaseTable(), "status == 'new'"),
              ElementsAre("cases/a1"));
  const std::vector<std::string> all = {"entitlements/all", "entitlements/ann",
                                        "entitlements/art",
                                        "entitlements/bolt"};
  EXPECT_THAT(Got(ann_, EntitlementTable(), all),
              ElementsAre("entitlements/all", "entitlements/ann"));
  EXPECT_THAT(Listed(ann_, EntitlementTable()),
              ElementsAre("entitlements/all", "entitlements/ann"));
}

TEST_P(ConfinementTest, FindsAndReadsChildrenOfOwnRowsOnly) {
  ASSERT_OK(session_->Read(As(ann_), [](Transaction& tx) {
    absl::StatusOr<std::vector<v1::Entitlement>> found =
        EntitlementTable().Find(tx, {{"account", "accounts/acme"}});
    EXPECT_OK(found.status());
    EXPECT_EQ(found->size(), 2u);
    EXPECT_EQ(found->at(1).contacts_size(), 1);
    EXPECT_THAT(*EntitlementTable().Find(tx, {{"account", "accounts/bolt"}}),
                IsEmpty());
    EXPECT_THAT(*CaseTable().FindIn(tx, "account", {"accounts/bolt"}),
                IsEmpty());
    return absl::OkStatus();
  }));
}

TEST_P(ConfinementTest, AServicesOwnRestrictionDoesNotWidenIt) {
  ASSERT_OK(session_->Read(As(acme_), [](Transaction& tx) {
    ListQuery query;
    query.restrict_to = {{"account", "accounts/bolt"}};
    absl::StatusOr<ListPage<v1::Case>> page = CaseTable().List(tx, query);
    EXPECT_OK(page.status());
    EXPECT_THAT(page->rows, IsEmpty());
    EXPECT_EQ(page->next, "");
    return absl::OkStatus();
  }));
}

TEST_P(ConfinementTest, DefinitionsAreForAllAndPricesForNone) {
  EXPECT_EQ(Listed(acme_, ItemStatusTable()).size(), 6u);
  ASSERT_OK(session_->Read(As(acme_), [](Transaction& tx) {
    EXPECT_EQ(KindOf(PriceBookEntryTable().Get(tx, "x").status()),
              ErrorKind::kInternal);
    EXPECT_EQ(KindOf(PriceBookEntryTable().List(tx, {}).status()),
              ErrorKind::kInternal);
    return absl::OkStatus();
  }));
}

TEST_P(ConfinementTest, AWriteOfAnothersRowIsADefect) {
  v1::Case row;
  row.set_name("cases/b2");
  row.set_account("accounts/bolt");
  EXPECT_EQ(KindOf(session_->Write(
                As(acme_),
                [&](Transaction& tx) { return CaseTable().Insert(tx, &row); })),
            ErrorKind::kInternal);
  v1::ItemStatus status;
  status.set_name("itemStatuses/mine");
  EXPECT_EQ(KindOf(session_->Write(As(acme_),
                                   [&](Transaction& tx) {
                                     return ItemStatusTable().Insert(tx,
                                                                     &status);
                                   })),
            ErrorKind::kInternal);
  row.set_account("accounts/acme");
  EXPECT_OK(session_->Write(As(acme_), [&](Transaction& tx) {
    return CaseTable().Insert(tx, &row);
  }));
}

}  // namespace
}  // namespace charter::storage
