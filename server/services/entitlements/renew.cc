#include "server/services/entitlements/renew.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/contracts/renewal.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/units.h"
#include "server/services/entitlements/write.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/ledger.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

absl::Status NotRenewable(const v1::Entitlement& entitlement,
                          absl::string_view why) {
  return errors::Precondition(ErrorReason::NOT_RENEWABLE, entitlement.name(),
                              absl::StrCat(entitlement.name(), " ", why));
}

absl::StatusOr<contracts::Term> NextTerm(
    const v1::Entitlement& entitlement,
    const v1::RenewEntitlementRequest& request) {
  if (entitlement.state() == v1::Entitlement::CANCELLED)
    return NotRenewable(entitlement, "is CANCELLED, for good. Make another");
  if (!entitlement.has_end_date()) {
    return NotRenewable(
        entitlement, "is open-ended: nothing ends that could be renewed (C9)");
  }
  contracts::Term term = {.end = ToDate(entitlement.end_date())};
  if (entitlement.has_start_date()) {
    term.start = ToDate(entitlement.start_date());
    term.months = contracts::WholeMonths(*term.start, *term.end);
  }
  std::optional<int> months;
  if (request.term_months() != 0) months = request.term_months();
  std::optional<sla::Date> end;
  if (request.has_end_date()) end = ToDate(request.end_date());
  absl::StatusOr<contracts::Term> next =
      contracts::RenewedTerm(term, months, end);
  if (next.ok()) return next;
  // `path: what is wrong` (contracts/refusal.h).
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(next.status().message(), absl::MaxSplits(": ", 1));
  return errors::FieldInvalid(parts.first, ErrorReason::OUT_OF_RANGE,
                              parts.second);
}

// The successor that it has already; nullopt: none, or none any more.
absl::StatusOr<std::optional<v1::Entitlement>> Successor(
    storage::Transaction& tx, const v1::Entitlement& entitlement) {
  if (entitlement.renewed_to().empty()) return std::nullopt;
  absl::StatusOr<v1::Entitlement> found =
      storage::EntitlementTable().Get(tx, entitlement.renewed_to());
  if (absl::IsNotFound(found.status()) ||
      (found.ok() && found->has_delete_time()))
    return std::nullopt;
  if (!found.ok()) return found.status();
  return *std::move(found);
}

// When units that lapsed at `grant.lapse` do so in the successor: with its last
// day if those did, else as many days after its start, at the same time of day.
absl::Time NextLapse(const storage::UnitGrant& grant,
                     const v1::Entitlement& before,
                     const v1::Entitlement& successor, const Catalog& catalog,
                     absl::Time now) {
  if (grant.lapse == absl::InfiniteFuture()) return grant.lapse;
  const std::string& hours = HoursOf(successor, catalog);
  const absl::TimeZone zone = catalog.ZoneOf(hours);
  const auto begin = [&](const v1::Entitlement& of, absl::Time otherwise) {
    return of.has_start_date() ? *ToDate(of.start_date())
                               : DayAt(otherwise, hours, catalog);
  };
  const absl::TimeZone::CivilInfo was = zone.At(grant.lapse);
  const absl::CivilDay lapsed(was.cs);
  const bool with_last_day = before.has_end_date() &&
                             successor.has_end_date() &&
                             lapsed == *ToDate(before.end_date()) + 1;
  const sla::Date day =
      with_last_day
          ? *ToDate(successor.end_date()) + 1
          : begin(successor, now) + (lapsed - begin(before, grant.time));
  if (day.year() > 9999) return absl::InfiniteFuture();
  return absl::FromCivil(
             absl::CivilSecond(day.year(), day.month(), day.day(),
                               was.cs.hour(), was.cs.minute(), was.cs.second()),
             zone) +
         was.subsecond;
}

// Grants the successor what the one before was granted first.
absl::Status GrantAnew(Call& call, storage::Transaction& tx,
                       const Catalog& catalog, const v1::Entitlement& before,
                       v1::Entitlement* successor) {
  if (!successor->has_allotment() || before.ledger_entry_count() == 0)
    return absl::OkStatus();
  absl::StatusOr<std::optional<storage::UnitGrant>> grant =
      storage::FirstGrant(tx, before.name());
  if (!grant.ok()) return grant.status();
  if (!grant->has_value()) return absl::OkStatus();
  const absl::Time lapse =
      NextLapse(**grant, before, *successor, catalog, call.now());
  if (lapse <= call.now()) return absl::OkStatus();
  return GrantFirst(call, tx,
                    {.units = (*grant)->units,
                     .lapse = lapse,
                     .subject = absl::StrCat("renewal/", before.name()),
                     .cause = absl::StrCat("follows ", before.name())},
                    successor);
}

}  // namespace

absl::StatusOr<std::set<std::string>> AssetsElsewhere(
    storage::Transaction& tx, absl::string_view account,
    std::set<std::string> assets) {
  assets.erase("");
  if (assets.empty()) return assets;
  absl::StatusOr<std::vector<v1::Asset>> found = storage::AssetTable().BatchGet(
      tx, std::vector<std::string>(assets.begin(), assets.end()),
      storage::Lock::kShared);
  if (!found.ok()) return found.status();
  for (const v1::Asset& asset : *found) {
    if (asset.account() == account && !asset.has_delete_time())
      assets.erase(asset.name());
  }
  return assets;
}

v1::Entitlement SuccessorOf(const v1::Entitlement& entitlement,
                            const contracts::Term& term) {
  v1::Entitlement next = entitlement;
  for (const char* field :
       {"name", "etag", "external_id", "create_time", "update_time",
        "delete_time", "purge_time", "start_date", "end_date", "renewed_to",
        "product_entitlement_template", "status", "effective_status",
        "failing_parts", "units_available", "units_reserved", "units_committed",
        "units_due_time", "ledger_entry_count"}) {
    next.GetReflection()->ClearField(
        &next, next.GetDescriptor()->FindFieldByName(field));
  }
  next.set_state(v1::Entitlement::ACTIVE);
  next.set_renewed_from(entitlement.name());
  if (term.start) *next.mutable_start_date() = ToProto(*term.start);
  if (term.end) *next.mutable_end_date() = ToProto(*term.end);
  return next;
}

absl::StatusOr<v1::Entitlement> StoreSuccessor(
    Call& call, storage::Transaction& tx, const Catalog& catalog,
    v1::Entitlement next, absl::string_view id, v1::Entitlement* before) {
  absl::StatusOr<v1::Entitlement> stored =
      InsertEntitlement(call, tx, catalog, std::move(next), id);
  if (!stored.ok()) return stored;
  absl::Status status = GrantAnew(call, tx, catalog, *before, &*stored);
  if (status.ok()) status = SetStatus(tx, catalog, call.now(), {&*stored});
  if (!status.ok()) return status;
  call.Audit(stored->name(), nullptr, &*stored);
  const v1::Entitlement was = *before;
  before->set_renewed_to(stored->name());
  status = storage::EntitlementTable().UpdateDerived(tx, *before);
  if (status.ok()) status = SetStatus(tx, catalog, call.now(), {before});
  if (!status.ok()) return status;
  call.Emit(ChangeEvent(Entitlements(), "renewed", *before));
  call.Audit(before->name(), &was, before);
  return stored;
}

absl::StatusOr<v1::Entitlement> RenewEntitlement(
    Call& call, const v1::RenewEntitlementRequest& request) {
  FieldViolations violations;
  if (request.has_end_date())
    CheckDate(request.end_date(), "end_date", &violations);
  if (request.has_end_date() && request.term_months() != 0) {
    violations.Add("term_months", ErrorReason::CONFLICT,
                   "give `term_months` or `end_date`, not both");
  }
  if (!violations.empty()) return violations.ToStatus();
  return call.Write<v1::Entitlement>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Entitlement> {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<v1::Entitlement> before =
            LockResource(tx, Entitlements(), request.name(), request.etag());
        if (!before.ok()) return before;
        absl::StatusOr<std::optional<v1::Entitlement>> there =
            Successor(tx, *before);
        if (!there.ok()) return there.status();
        if (there->has_value()) {
          absl::Status status =
              SetStatus(tx, **catalog, call.now(), {&**there});
          if (!status.ok()) return status;
          return **std::move(there);
        }
        absl::StatusOr<contracts::Term> term = NextTerm(*before, request);
        if (!term.ok()) return term.status();
        absl::StatusOr<std::set<std::string>> gone =
            AssetsElsewhere(tx, before->account(), {before->asset()});
        if (!gone.ok()) return gone.status();
        if (!gone->empty()) {
          return NotRenewable(*before,
                              absl::StrCat("is for ", before->asset(),
                                           ", which the account has not got "
                                           "any more (C1)"));
        }
        return StoreSuccessor(call, tx, **catalog, SuccessorOf(*before, *term),
                              request.entitlement_id(), &*before);
      });
}

}  // namespace charter::services
