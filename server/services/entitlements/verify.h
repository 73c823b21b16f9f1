// Who may ask for help under what, at an instant (semantics C2 to C4, C6).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_VERIFY_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_VERIFY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "charter/v1/entitlement_verdict.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/standing.h"
#include "storage/records/asset_parents.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// Who asks, about what, how and for when. What is empty was not said: only
// entitlements that are not limited in it hold then (C4, C6).
struct Question {
  std::string account = {};
  std::string contact = {};
  std::string asset = {};
  std::string product = {};
  std::string channel = {};
  absl::Time as_of = {};
  // The entitlement of which whoever asks has a unit already: it is not
  // exhausted for them. Empty: none.
  std::string unit_of = {};
  // The asset and what it is a part of, nearest first, where that was read
  // before; an asset that does not exist is covered by nothing.
  std::optional<std::vector<storage::AssetPart>> assets = std::nullopt;
};

// What an entitlement is judged by.
struct Evidence {
  const Catalog& catalog;
  const Question& question;
  // The question's asset and what it is a part of, nearest first.
  std::vector<storage::AssetPart> assets;
  Parts parts;
};

// The verdict on one entitlement, with every reason for which it does not hold.
v1::EntitlementCandidate Judge(const v1::Entitlement& entitlement,
                               const Evidence& evidence);

// Whether `a` ranks before `b` (C6): explicit priority; then what it is for: a
// line before an asset, listed contacts, a contract and the account as a whole;
// then earliest end, then name.
bool RanksBefore(const v1::Entitlement& a, const v1::Entitlement& b);

struct Verdict {
  absl::Time as_of;
  std::vector<v1::EntitlementCandidate> candidates;  // in order of rank
  std::vector<v1::Entitlement> eligible;  // those that hold, likewise
};

// Prefetches what Verify reads and can be asked for already.
void PrefetchVerify(storage::Transaction& tx, const Question& question);

// The verdict on all entitlements of the account: the same statements, however
// many there are.
absl::StatusOr<Verdict> Verify(storage::Transaction& tx, const Catalog& catalog,
                               const Question& question);

// The verdict on one entitlement alone. PrefetchJudgement goes before.
absl::StatusOr<v1::EntitlementCandidate> JudgeOne(
    storage::Transaction& tx, const Catalog& catalog, const Question& question,
    const v1::Entitlement& entitlement);
void PrefetchJudgement(storage::Transaction& tx, const Question& question,
                       const std::string& entitlement);

// As VerifyEntitlement answers.
v1::VerifyEntitlementResponse ToResponse(const Verdict& verdict);

// ENTITLEMENT_NOT_ELIGIBLE with the reasons.
absl::Status NotEligible(const v1::EntitlementCandidate& candidate);
// The same of an account of which none is eligible. `way_out` ends the text.
absl::Status NoneEligible(absl::string_view account,
                          const v1::VerifyEntitlementResponse& verification,
                          absl::string_view way_out);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_VERIFY_H_
