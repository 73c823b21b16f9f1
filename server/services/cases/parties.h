// Whose an item is, what it is about and under what it runs: what is read for
// one that is opened.
#ifndef CHARTER_SERVER_SERVICES_CASES_PARTIES_H_
#define CHARTER_SERVER_SERVICES_CASES_PARTIES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/account.pb.h"
#include "charter/v1/asset.pb.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/verify.h"
#include "storage/sql/transaction.h"

namespace charter::services {

struct Parties {
  v1::Account account;
  // The asset that it is about.
  std::optional<v1::Asset> asset;
  std::optional<v1::Entitlement> entitlement;
  // What was asked of the entitlements, and of an item that names one what was
  // found of it.
  Question question;
  std::optional<v1::EntitlementCandidate> candidate;
  // Of an item that names no entitlement: the verdict on the account's, and
  // those that hold, in order of rank. See AssignItem.
  std::optional<v1::VerifyEntitlementResponse> verification;
  std::vector<v1::Entitlement> eligible;
};

// Reads the account, the contact, the asset, the product and the parent that
// `item` names, and the entitlement it names or, when it names none, those of
// its account. Entitlements are judged at `occur_time` (E4).
//
// What `item` leaves out is filled in: the account from the entitlement, else
// the contact, else the asset; of an item that names an entitlement and no
// asset the entitlement's asset; and of one that names no product either the
// entitlement's product.
//
// NOT_FOUND with the field; ENTITLEMENT_NOT_ELIGIBLE with the reasons;
// FIELD_INVALID when nothing says whose it is, for a contact, an asset or an
// entitlement of another account, and for a product that is not the asset's
// that the entitlement gave (C1).
absl::StatusOr<Parties> FindParties(storage::Transaction& tx,
                                    const Catalog& catalog,
                                    absl::Time occur_time, v1::Case* item);

// Prefetches the catalogue's generation and what FindParties reads by name.
void PrefetchParties(storage::Transaction& tx, const v1::Case& item);

// Under what an item may run: its contact, asset, product and origin count.
Question QuestionOf(const v1::Case& item, absl::Time as_of);

// The entitlement that `field` names, if `item` may run under it at
// `occur_time`; refusals as of FindParties.
absl::StatusOr<v1::Entitlement> FindEntitlement(
    storage::Transaction& tx, const Catalog& catalog, absl::string_view name,
    absl::string_view field, const v1::Case& item, absl::Time occur_time);

// The asset that `field` names: one of the account's (C1).
absl::StatusOr<v1::Asset> FindAsset(storage::Transaction& tx,
                                    const std::string& name,
                                    absl::string_view account,
                                    absl::string_view field);

// FIELD_INVALID when `contact` is not one of the account's, NOT_FOUND when
// there is none.
absl::Status CheckContact(storage::Transaction& tx, absl::string_view contact,
                          absl::string_view account, absl::string_view field);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CASES_PARTIES_H_
