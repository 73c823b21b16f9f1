#include "server/services/cases/parties.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/records/asset_parents.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// What an item that is opened names itself.
struct NamedRows {
  std::optional<v1::Contact> contact;
  std::optional<v1::Asset> asset;
  std::optional<v1::Entitlement> entitlement;
};

template <typename Message>
absl::Status ReadNamed(storage::Transaction& tx,
                       const storage::Table<Message>& table,
                       const std::string& name, absl::string_view field,
                       std::optional<Message>* named) {
  if (name.empty()) return absl::OkStatus();
  absl::StatusOr<Message> found = Existing(tx, table, name, field);
  if (!found.ok()) return found.status();
  *named = *std::move(found);
  return absl::OkStatus();
}

absl::StatusOr<NamedRows> ReadNamed(storage::Transaction& tx,
                                    const v1::Case& item) {
  NamedRows named;
  absl::Status status =
      ReadNamed(tx, storage::EntitlementTable(), item.entitlement(),
                "case.entitlement", &named.entitlement);
  if (status.ok()) {
    status = ReadNamed(tx, storage::ContactTable(), item.contact(),
                       "case.contact", &named.contact);
  }
  if (status.ok()) {
    status = ReadNamed(tx, storage::AssetTable(), item.asset(), "case.asset",
                       &named.asset);
  }
  if (!status.ok()) return status;
  return named;
}

// Fills in what `item` leaves out.
void Complete(const NamedRows& named, v1::Case* item) {
  if (item->account().empty()) {
    item->set_account(named.entitlement.has_value()
                          ? named.entitlement->account()
                      : named.contact.has_value() ? named.contact->account()
                                                  : named.asset->account());
  }
  if (!named.entitlement.has_value() || !item->asset().empty()) return;
  item->set_asset(named.entitlement->asset());
  if (item->product().empty()) item->set_product(named.entitlement->product());
}

// Prefetches what is read because of what Complete filled in.
void PrefetchCompleted(storage::Transaction& tx, const v1::Case& asked,
                       const v1::Case& item, absl::Time occur_time) {
  const bool by_account = asked.account().empty();
  const bool by_asset = asked.asset() != item.asset();
  tx.Prefetch([&](storage::Transaction& ahead) {
    if (by_account) (void)storage::AccountTable().Get(ahead, item.account());
    if (by_asset) {
      (void)storage::AssetTable().Get(ahead, item.asset());
      (void)storage::ReadAssetAndParents(ahead, item.asset());
    }
    if (by_account && item.entitlement().empty())
      PrefetchVerify(ahead, QuestionOf(item, occur_time));
  });
}

absl::Status OtherAccount(absl::string_view field, absl::string_view what) {
  return errors::FieldInvalid(
      field, ErrorReason::OTHER_ACCOUNT,
      absl::StrCat("is ", what, " of another account (C1)"));
}

absl::Status CheckAccounts(const NamedRows& named, absl::string_view account) {
  if (named.contact.has_value() && named.contact->account() != account)
    return OtherAccount("case.contact", "a contact");
  if (named.asset.has_value() && named.asset->account() != account)
    return OtherAccount("case.asset", "an asset");
  if (named.entitlement.has_value() && named.entitlement->account() != account)
    return OtherAccount("case.entitlement", "an entitlement");
  return absl::OkStatus();
}

// The asset that the item's entitlement is for, where the item names none.
absl::StatusOr<v1::Asset> AssetOfEntitlement(storage::Transaction& tx,
                                             const v1::Case& item) {
  absl::StatusOr<v1::Asset> asset =
      FindAsset(tx, item.asset(), item.account(), "case.asset");
  if (asset.ok() && !item.product().empty() && !asset->product().empty() &&
      item.product() != asset->product()) {
    return errors::FieldInvalid(
        "case.product", ErrorReason::NOT_OF_ASSET,
        absl::StrCat("is not the product of ", asset->name(),
                     ", which the entitlement is for; leave it out, or name "
                     "the asset in case.asset"));
  }
  return asset;
}

// The verdict on an entitlement of the account that is asked about, if it
// holds.
absl::StatusOr<v1::EntitlementCandidate> CheckEntitlement(
    storage::Transaction& tx, const Catalog& catalog, const Question& question,
    const v1::Entitlement& entitlement) {
  absl::StatusOr<v1::EntitlementCandidate> candidate =
      JudgeOne(tx, catalog, question, entitlement);
  if (candidate.ok() && !candidate->eligible()) return NotEligible(*candidate);
  return candidate;
}

}  // namespace

Question QuestionOf(const v1::Case& item, absl::Time as_of) {
  return {.account = item.account(),
          .contact = item.contact(),
          .asset = item.asset(),
          .product = item.product(),
          .channel = item.origin(),
          .as_of = as_of};
}

absl::StatusOr<v1::Asset> FindAsset(storage::Transaction& tx,
                                    const std::string& name,
                                    absl::string_view account,
                                    absl::string_view field) {
  absl::StatusOr<v1::Asset> asset =
      Existing(tx, storage::AssetTable(), name, field);
  if (asset.ok() && asset->account() != account)
    return OtherAccount(field, "an asset");
  return asset;
}

absl::Status CheckContact(storage::Transaction& tx, absl::string_view contact,
                          absl::string_view account, absl::string_view field) {
  absl::StatusOr<v1::Contact> found =
      Existing(tx, storage::ContactTable(), contact, field);
  if (!found.ok()) return found.status();
  if (found->account() != account) return OtherAccount(field, "a contact");
  return absl::OkStatus();
}

absl::StatusOr<v1::Entitlement> FindEntitlement(
    storage::Transaction& tx, const Catalog& catalog, absl::string_view name,
    absl::string_view field, const v1::Case& item, absl::Time occur_time) {
  absl::StatusOr<v1::Entitlement> entitlement =
      Existing(tx, storage::EntitlementTable(), name, field);
  if (!entitlement.ok()) return entitlement.status();
  if (entitlement->account() != item.account())
    return OtherAccount(field, "an entitlement");
  absl::Status status =
      CheckEntitlement(tx, catalog, QuestionOf(item, occur_time), *entitlement)
          .status();
  if (!status.ok()) return status;
  return entitlement;
}

void PrefetchParties(storage::Transaction& tx, const v1::Case& item) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    if (!item.account().empty())
      (void)storage::AccountTable().Get(ahead, item.account());
    if (!item.contact().empty())
      (void)storage::ContactTable().Get(ahead, item.contact());
    if (!item.asset().empty())
      (void)storage::AssetTable().Get(ahead, item.asset());
    if (!item.product().empty())
      (void)storage::ProductTable().Get(ahead, item.product());
    if (!item.parent().empty())
      (void)storage::CaseTable().Get(ahead, item.parent());
    const Question question = QuestionOf(item, ahead.now());
    if (!item.entitlement().empty()) {
      PrefetchJudgement(ahead, question, item.entitlement());
    } else {
      PrefetchVerify(ahead, question);
    }
  });
}

absl::StatusOr<Parties> FindParties(storage::Transaction& tx,
                                    const Catalog& catalog,
                                    absl::Time occur_time, v1::Case* item) {
  if (item->account().empty() && item->contact().empty() &&
      item->asset().empty() && item->entitlement().empty()) {
    return errors::FieldInvalid(
        "case.account", ErrorReason::REQUIRED,
        "give the account, or a contact, an asset or an entitlement of it");
  }
  absl::StatusOr<NamedRows> named = ReadNamed(tx, *item);
  if (!named.ok()) return named.status();
  const v1::Case asked = *item;
  Complete(*named, item);
  PrefetchCompleted(tx, asked, *item, occur_time);
  Parties parties;
  absl::StatusOr<v1::Account> account =
      Existing(tx, storage::AccountTable(), item->account(), "case.account");
  if (!account.ok()) return account.status();
  parties.account = *std::move(account);
  if (absl::Status status = CheckAccounts(*named, item->account());
      !status.ok()) {
    return status;
  }
  parties.asset = std::move(named->asset);
  if (asked.asset().empty() && !item->asset().empty()) {
    absl::StatusOr<v1::Asset> asset = AssetOfEntitlement(tx, *item);
    if (!asset.ok()) return asset.status();
    parties.asset = *std::move(asset);
  }
  if (!asked.product().empty()) {
    absl::Status status =
        Existing(tx, storage::ProductTable(), asked.product(), "case.product")
            .status();
    if (!status.ok()) return status;
  }
  if (!item->parent().empty()) {
    absl::StatusOr<v1::Case> parent =
        Existing(tx, storage::CaseTable(), item->parent(), "case.parent");
    if (!parent.ok()) return parent.status();
  }
  parties.question = QuestionOf(*item, occur_time);
  if (named->entitlement.has_value()) {
    absl::StatusOr<v1::EntitlementCandidate> candidate =
        CheckEntitlement(tx, catalog, parties.question, *named->entitlement);
    if (!candidate.ok()) return candidate.status();
    parties.candidate = *std::move(candidate);
    parties.entitlement = *std::move(named->entitlement);
    return parties;
  }
  absl::StatusOr<Verdict> verdict = Verify(tx, catalog, parties.question);
  if (!verdict.ok()) return verdict.status();
  parties.verification = ToResponse(*verdict);
  parties.eligible = std::move(verdict->eligible);
  return parties;
}

}  // namespace charter::services
