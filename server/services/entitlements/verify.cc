#include "server/services/entitlements/verify.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/services/ledger/book.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/contract_parts.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using Candidate = v1::EntitlementCandidate;

// What it is for, the closest first (C6).
int Closeness(const v1::Entitlement& entitlement) {
  if (!entitlement.contract_line_item().empty()) return 0;
  if (!entitlement.asset().empty()) return 1;
  if (entitlement.contacts_size() > 0) return 2;
  if (!entitlement.service_contract().empty()) return 3;
  return 4;
}

bool CoversProduct(const std::string& product, const Evidence& evidence) {
  return product == evidence.question.product ||
         absl::c_any_of(evidence.assets, [&](const storage::AssetPart& asset) {
           return asset.product == product;
         });
}

std::vector<std::string> ReasonsOf(const Candidate& candidate) {
  std::vector<std::string> names;
  for (const int reason : candidate.reasons()) {
    names.push_back(
        Candidate::Reason_Name(static_cast<Candidate::Reason>(reason)));
  }
  return names;
}

// Names alone are looked up.
bool NamesAsset(const Question& question) {
  return IdOf(question.asset, "assets").has_value();
}

absl::StatusOr<std::vector<storage::AssetPart>> ReadAssets(
    storage::Transaction& tx, const Question& question) {
  if (question.assets.has_value()) return *question.assets;
  if (!NamesAsset(question)) return std::vector<storage::AssetPart>();
  return storage::ReadAssetAndParents(tx, question.asset);
}

}  // namespace

Candidate Judge(const v1::Entitlement& entitlement, const Evidence& evidence) {
  const Question& question = evidence.question;
  const contracts::EffectiveStatus standing =
      StandingAt(entitlement, evidence.catalog, evidence.parts, question.as_of);
  Candidate candidate;
  candidate.set_entitlement(entitlement.name());
  candidate.set_display_name(entitlement.display_name());
  const auto fails = [&](bool failed, Candidate::Reason reason) {
    if (failed) candidate.add_reasons(reason);
  };
  fails(entitlement.has_delete_time(), Candidate::DELETED);
  const contracts::State state = StateOf(entitlement);
  fails(state == contracts::State::kDraft, Candidate::DRAFT);
  fails(state == contracts::State::kCancelled, Candidate::CANCELLED);
  fails(state == contracts::State::kSuspended, Candidate::SUSPENDED);
  const contracts::Status by_date = contracts::StatusAt(
      contracts::State::kActive, WindowOf(entitlement, evidence.catalog),
      sla::Instant::From(question.as_of));
  fails(by_date == contracts::Status::kInactive, Candidate::NOT_STARTED);
  fails(by_date == contracts::Status::kExpired, Candidate::EXPIRED);
  for (const contracts::EffectiveStatus::Failing& part : standing.failing) {
    fails(part.name == entitlement.contract_line_item(),
          Candidate::LINE_NOT_IN_FORCE);
    fails(part.name == entitlement.service_contract(),
          Candidate::CONTRACT_NOT_IN_FORCE);
  }
  fails(entitlement.contacts_size() > 0 &&
            !absl::c_linear_search(entitlement.contacts(), question.contact),
        Candidate::CONTACT_NOT_LISTED);
  fails(!entitlement.asset().empty() &&
            absl::c_none_of(evidence.assets,
                            [&](const storage::AssetPart& asset) {
                              return asset.name == entitlement.asset();
                            }),
        question.asset.empty() ? Candidate::ASSET_NOT_NAMED
                               : Candidate::ASSET_NOT_COVERED);
  fails(!entitlement.product().empty() &&
            !CoversProduct(entitlement.product(), evidence),
        Candidate::PRODUCT_NOT_COVERED);
  fails(entitlement.channels_size() > 0 &&
            !absl::c_linear_search(entitlement.channels(), question.channel),
        Candidate::CHANNEL_NOT_COVERED);
  AddFailing(standing, candidate.mutable_failing_parts());
  candidate.set_eligible(candidate.reasons_size() == 0);
  return candidate;
}

bool RanksBefore(const v1::Entitlement& a, const v1::Entitlement& b) {
  const auto priority = [](const v1::Entitlement& e) {
    return e.priority() == 0 ? INT32_MAX : e.priority();
  };
  if (priority(a) != priority(b)) return priority(a) < priority(b);
  if (Closeness(a) != Closeness(b)) return Closeness(a) < Closeness(b);
  if (a.has_end_date() != b.has_end_date()) return a.has_end_date();
  if (a.has_end_date()) {
    const sla::Date end_a = *ToDate(a.end_date());
    const sla::Date end_b = *ToDate(b.end_date());
    if (end_a != end_b) return end_a < end_b;
  }
  return a.name() < b.name();
}

void PrefetchVerify(storage::Transaction& tx, const Question& question) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)ReadAssets(ahead, question);
    if (question.account.empty()) return;
    (void)storage::ReadContractPartsOfAccount(ahead, question.account);
    (void)storage::EntitlementTable().Find(ahead,
                                           {{"account", question.account}});
  });
}

absl::StatusOr<Verdict> Verify(storage::Transaction& tx, const Catalog& catalog,
                               const Question& question) {
  absl::StatusOr<std::vector<v1::Entitlement>> all =
      storage::EntitlementTable().Find(tx, {{"account", question.account}});
  if (!all.ok()) return all.status();
  absl::StatusOr<std::vector<storage::AssetPart>> assets =
      ReadAssets(tx, question);
  if (!assets.ok()) return assets.status();
  absl::StatusOr<Parts> parts = PartsOfAccount(tx, catalog, question.account);
  if (!parts.ok()) return parts.status();
  const Evidence evidence = {catalog, question, *std::move(assets),
                             *std::move(parts)};
  std::sort(all->begin(), all->end(), RanksBefore);
  std::vector<v1::Entitlement*> counted;
  for (v1::Entitlement& entitlement : *all) counted.push_back(&entitlement);
  absl::Status refreshed = RefreshBalances(tx, tx.now(), counted);
  if (!refreshed.ok()) return refreshed;
  Verdict verdict;
  verdict.as_of = question.as_of;
  for (v1::Entitlement& entitlement : *all) {
    if (absl::Status usable = CheckHours(entitlement, catalog); !usable.ok())
      return usable;
    verdict.candidates.push_back(Judge(entitlement, evidence));
    if (IsExhausted(entitlement) && entitlement.name() != question.unit_of) {
      verdict.candidates.back().add_reasons(Candidate::ALLOTMENT_EXHAUSTED);
      verdict.candidates.back().set_eligible(false);
    }
    if (verdict.candidates.back().eligible())
      verdict.eligible.push_back(std::move(entitlement));
  }
  return verdict;
}

void PrefetchJudgement(storage::Transaction& tx, const Question& question,
                       const std::string& entitlement) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::EntitlementTable().Get(ahead, entitlement);
    (void)ReadAssets(ahead, question);
  });
}

absl::StatusOr<Candidate> JudgeOne(storage::Transaction& tx,
                                   const Catalog& catalog,
                                   const Question& question,
                                   const v1::Entitlement& entitlement) {
  absl::StatusOr<std::vector<storage::AssetPart>> assets =
      ReadAssets(tx, question);
  if (!assets.ok()) return assets.status();
  if (absl::Status usable = CheckHours(entitlement, catalog); !usable.ok())
    return usable;
  absl::StatusOr<Parts> parts = PartsOf(tx, catalog, {&entitlement});
  if (!parts.ok()) return parts.status();
  return Judge(entitlement,
               {catalog, question, *std::move(assets), *std::move(parts)});
}

v1::VerifyEntitlementResponse ToResponse(const Verdict& verdict) {
  v1::VerifyEntitlementResponse response;
  *response.mutable_as_of() = ToProto(verdict.as_of);
  response.set_eligible(!verdict.eligible.empty());
  if (!verdict.eligible.empty())
    response.set_entitlement(verdict.eligible.front().name());
  response.mutable_candidates()->Add(verdict.candidates.begin(),
                                     verdict.candidates.end());
  return response;
}

absl::Status NotEligible(const Candidate& candidate) {
  const std::vector<std::string> reasons = ReasonsOf(candidate);
  return errors::EntitlementNotEligible(
      candidate.entitlement(), reasons,
      absl::StrCat(candidate.entitlement(),
                   " does not hold: ", absl::StrJoin(reasons, ", "),
                   "; VerifyEntitlement says which does"));
}

absl::Status NoneEligible(absl::string_view account,
                          const v1::VerifyEntitlementResponse& verification,
                          absl::string_view way_out) {
  std::vector<std::pair<std::string, std::vector<std::string>>> candidates;
  for (const Candidate& candidate : verification.candidates())
    candidates.emplace_back(candidate.entitlement(), ReasonsOf(candidate));
  return errors::NoEntitlementHolds(account, candidates, way_out);
}

}  // namespace charter::services
