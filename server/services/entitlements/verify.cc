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
#include "server/services/shared/time_convert.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using Candidate = v1::EntitlementCandidate;

const std::string& HoursOf(const v1::Entitlement& entitlement,
                           const Catalog& catalog) {
  return entitlement.business_hours().empty() ? catalog.default_hours
                                              : entitlement.business_hours();
}

sla::Date DayOf(absl::Time as_of, const v1::Entitlement& entitlement,
                const Catalog& catalog) {
  return absl::ToCivilDay(as_of, catalog.ZoneOf(HoursOf(entitlement, catalog)));
}

}  // namespace

v1::Entitlement::Status StatusAt(const v1::Entitlement& entitlement,
                                 const Catalog& catalog, absl::Time as_of) {
  if (entitlement.cancelled()) return v1::Entitlement::CANCELLED;
  if (entitlement.suspended()) return v1::Entitlement::SUSPENDED;
  const sla::Date day = DayOf(as_of, entitlement, catalog);
  if (!entitlement.has_start_date() ||
      day < *ToDate(entitlement.start_date())) {
    return v1::Entitlement::INACTIVE;
  }
  if (entitlement.has_end_date() && day > *ToDate(entitlement.end_date())) {
    return v1::Entitlement::EXPIRED;
  }
  return v1::Entitlement::ACTIVE;
}

std::vector<Candidate::Reason> WhyNot(const v1::Entitlement& entitlement,
                                      absl::string_view contact,
                                      const Catalog& catalog,
                                      absl::Time as_of) {
  std::vector<Candidate::Reason> reasons;
  if (entitlement.has_delete_time()) reasons.push_back(Candidate::DELETED);
  if (entitlement.cancelled()) reasons.push_back(Candidate::CANCELLED);
  if (entitlement.suspended()) reasons.push_back(Candidate::SUSPENDED);
  const sla::Date day = DayOf(as_of, entitlement, catalog);
  if (!entitlement.has_start_date() ||
      day < *ToDate(entitlement.start_date())) {
    reasons.push_back(Candidate::NOT_STARTED);
  }
  if (entitlement.has_end_date() && day > *ToDate(entitlement.end_date())) {
    reasons.push_back(Candidate::EXPIRED);
  }
  if (entitlement.contacts_size() > 0 &&
      !absl::c_linear_search(entitlement.contacts(), contact)) {
    reasons.push_back(Candidate::CONTACT_NOT_LISTED);
  }
  return reasons;
}

bool RanksBefore(const v1::Entitlement& a, const v1::Entitlement& b) {
  const auto priority = [](const v1::Entitlement& e) {
    return e.priority() == 0 ? INT32_MAX : e.priority();
  };
  if (priority(a) != priority(b)) return priority(a) < priority(b);
  if ((a.contacts_size() > 0) != (b.contacts_size() > 0))
    return a.contacts_size() > 0;
  if (a.has_end_date() != b.has_end_date()) return a.has_end_date();
  if (a.has_end_date()) {
    const sla::Date end_a = *ToDate(a.end_date());
    const sla::Date end_b = *ToDate(b.end_date());
    if (end_a != end_b) return end_a < end_b;
  }
  return a.name() < b.name();
}

void PrefetchEntitlements(storage::Transaction& tx, absl::string_view account) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::EntitlementTable().Find(ahead, {{"account", account}});
  });
}

absl::StatusOr<Verdict> Verify(storage::Transaction& tx, const Catalog& catalog,
                               absl::string_view account,
                               absl::string_view contact, absl::Time as_of) {
  absl::StatusOr<std::vector<v1::Entitlement>> all =
      storage::EntitlementTable().Find(tx, {{"account", account}});
  if (!all.ok()) return all.status();
  std::sort(all->begin(), all->end(), RanksBefore);
  std::vector<v1::Entitlement*> counted;
  for (v1::Entitlement& entitlement : *all) counted.push_back(&entitlement);
  absl::Status refreshed = RefreshBalances(tx, tx.now(), counted);
  if (!refreshed.ok()) return refreshed;
  Verdict verdict;
  *verdict.response.mutable_as_of() = ToProto(as_of);
  for (v1::Entitlement& entitlement : *all) {
    // Their zone may be the very thing that isn't known.
    if (absl::Status usable =
            catalog.CheckUsable(HoursOf(entitlement, catalog));
        !usable.ok()) {
      return usable;
    }
    std::vector<Candidate::Reason> reasons =
        WhyNot(entitlement, contact, catalog, as_of);
    if (IsExhausted(entitlement))
      reasons.push_back(Candidate::ALLOTMENT_EXHAUSTED);
    Candidate& candidate = *verdict.response.add_candidates();
    candidate.set_entitlement(entitlement.name());
    candidate.set_display_name(entitlement.display_name());
    candidate.set_eligible(reasons.empty());
    for (Candidate::Reason reason : reasons) candidate.add_reasons(reason);
    if (reasons.empty() && !verdict.chosen.has_value()) {
      verdict.response.set_eligible(true);
      verdict.response.set_entitlement(entitlement.name());
      verdict.chosen = std::move(entitlement);
    }
  }
  return verdict;
}

absl::Status NotEligible(absl::string_view entitlement,
                         const std::vector<Candidate::Reason>& reasons) {
  std::vector<std::string> names;
  for (Candidate::Reason reason : reasons)
    names.push_back(Candidate::Reason_Name(reason));
  return errors::EntitlementNotEligible(
      entitlement, names,
      absl::StrCat(entitlement, " does not hold: ", absl::StrJoin(names, ", "),
                   "; VerifyEntitlement says which does"));
}

}  // namespace charter::services
