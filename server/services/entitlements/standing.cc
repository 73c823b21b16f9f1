#include "server/services/entitlements/standing.h"

#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/contract_parts.h"

namespace charter::services {
namespace {

// The dates of contracts and lines are days in the zone of the default set; a
// line without a first day has begun with its contract.
absl::StatusOr<Parts> ToParts(
    const absl::StatusOr<std::vector<storage::ContractPart>>& rows,
    const Catalog& catalog) {
  if (!rows.ok()) return rows.status();
  Parts parts;
  for (const storage::ContractPart& row : *rows) {
    contracts::Part part = {row.name, contracts::State::kDraft, {}};
    if (row.state == v1::ServiceContract::ACTIVE)
      part.state = contracts::State::kActive;
    if (row.state == v1::ServiceContract::SUSPENDED)
      part.state = contracts::State::kSuspended;
    if (row.state == v1::ServiceContract::CANCELLED)
      part.state = contracts::State::kCancelled;
    part.window =
        contracts::WindowOf({.start = row.start_date, .end = row.end_date},
                            catalog.ZoneOf(catalog.default_hours));
    if (IdOf(row.name, "contractLineItems") && !part.window.from)
      part.window.from = sla::Instant::Min();
    parts.insert_or_assign(row.name, std::move(part));
  }
  return parts;
}

}  // namespace

const std::string& HoursOf(const v1::Entitlement& entitlement,
                           const Catalog& catalog) {
  return entitlement.business_hours().empty() ? catalog.default_hours
                                              : entitlement.business_hours();
}

absl::Status CheckHours(const v1::Entitlement& entitlement,
                        const Catalog& catalog) {
  return catalog.CheckUsable(HoursOf(entitlement, catalog));
}

contracts::State StateOf(const v1::Entitlement& entitlement) {
  switch (entitlement.state()) {
    case v1::Entitlement::ACTIVE:
      return contracts::State::kActive;
    case v1::Entitlement::SUSPENDED:
      return contracts::State::kSuspended;
    case v1::Entitlement::CANCELLED:
      return contracts::State::kCancelled;
    default:
      return contracts::State::kDraft;
  }
}

v1::Entitlement::Status ToStatus(contracts::State state) {
  switch (state) {
    case contracts::State::kDraft:
      return v1::Entitlement::DRAFT;
    case contracts::State::kActive:
      return v1::Entitlement::ACTIVE;
    case contracts::State::kSuspended:
      return v1::Entitlement::SUSPENDED;
    case contracts::State::kCancelled:
      return v1::Entitlement::CANCELLED;
  }
  return v1::Entitlement::STATUS_UNSPECIFIED;
}

v1::Entitlement::Status ToStatus(contracts::Status status) {
  switch (status) {
    case contracts::Status::kDraft:
      return v1::Entitlement::DRAFT;
    case contracts::Status::kInactive:
      return v1::Entitlement::INACTIVE;
    case contracts::Status::kActive:
      return v1::Entitlement::ACTIVE;
    case contracts::Status::kExpired:
      return v1::Entitlement::EXPIRED;
    case contracts::Status::kSuspended:
      return v1::Entitlement::SUSPENDED;
    case contracts::Status::kCancelled:
      return v1::Entitlement::CANCELLED;
  }
  return v1::Entitlement::STATUS_UNSPECIFIED;
}

contracts::Window WindowOf(const v1::Entitlement& entitlement,
                           const Catalog& catalog) {
  contracts::Term term;
  if (entitlement.has_start_date())
    term.start = ToDate(entitlement.start_date());
  if (entitlement.has_end_date()) term.end = ToDate(entitlement.end_date());
  return contracts::WindowOf(term,
                             catalog.ZoneOf(HoursOf(entitlement, catalog)));
}

sla::Date DayAt(absl::Time at, const std::string& hours,
                const Catalog& catalog) {
  return absl::ToCivilDay(
      at, catalog.ZoneOf(hours.empty() ? catalog.default_hours : hours));
}

contracts::EffectiveStatus StandingAt(const v1::Entitlement& entitlement,
                                      const Catalog& catalog,
                                      const Parts& parts, absl::Time as_of) {
  std::vector<contracts::Part> chain = {{entitlement.name(),
                                         StateOf(entitlement),
                                         WindowOf(entitlement, catalog)}};
  for (const std::string* name :
       {&entitlement.contract_line_item(), &entitlement.service_contract()}) {
    if (name->empty()) continue;
    const auto found = parts.find(*name);
    chain.push_back(
        found == parts.end()
            ? contracts::Part{*name, contracts::State::kCancelled, {}}
            : found->second);
  }
  return contracts::EffectiveStatusAt(chain, sla::Instant::From(as_of));
}

void AddFailing(
    const contracts::EffectiveStatus& standing,
    google::protobuf::RepeatedPtrField<v1::Entitlement::FailingPart>* to) {
  for (const contracts::EffectiveStatus::Failing& part : standing.failing) {
    v1::Entitlement::FailingPart& failing = *to->Add();
    failing.set_name(part.name);
    failing.set_status(ToStatus(part.status));
  }
}

absl::StatusOr<Parts> PartsOfAccount(storage::Transaction& tx,
                                     const Catalog& catalog,
                                     const std::string& account) {
  return ToParts(storage::ReadContractPartsOfAccount(tx, account), catalog);
}

absl::StatusOr<Parts> PartsOf(
    storage::Transaction& tx, const Catalog& catalog,
    absl::Span<const v1::Entitlement* const> entitlements) {
  absl::btree_set<std::string> names;
  for (const v1::Entitlement* entitlement : entitlements) {
    for (const std::string* name : {&entitlement->contract_line_item(),
                                    &entitlement->service_contract()}) {
      if (!name->empty()) names.insert(*name);
    }
  }
  if (names.empty()) return Parts();
  const std::vector<std::string> list(names.begin(), names.end());
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadContractParts(ahead, list);
  });
  return ToParts(storage::ReadContractParts(tx, list), catalog);
}

absl::Status SetStatus(storage::Transaction& tx, const Catalog& catalog,
                       absl::Time as_of,
                       absl::Span<v1::Entitlement* const> entitlements) {
  const absl::StatusOr<Parts> parts =
      PartsOf(tx, catalog,
              std::vector<const v1::Entitlement*>(entitlements.begin(),
                                                  entitlements.end()));
  if (!parts.ok()) return parts.status();
  for (v1::Entitlement* entitlement : entitlements) {
    const contracts::EffectiveStatus standing =
        StandingAt(*entitlement, catalog, *parts, as_of);
    entitlement->set_status(ToStatus(contracts::StatusAt(
        StateOf(*entitlement), WindowOf(*entitlement, catalog),
        sla::Instant::From(as_of))));
    entitlement->set_effective_status(ToStatus(standing.status));
    entitlement->clear_failing_parts();
    AddFailing(standing, entitlement->mutable_failing_parts());
  }
  return absl::OkStatus();
}

}  // namespace charter::services
