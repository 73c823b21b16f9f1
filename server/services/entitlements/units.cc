#include "server/services/entitlements/units.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/contracts/status.h"
#include "server/ledger/ledger.h"
#include "server/services/entitlements/standing.h"
#include "server/services/ledger/book.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

constexpr char kCreation[] = "creation";

absl::Status WithoutAllotment(absl::string_view field) {
  return errors::FieldInvalid(field, ErrorReason::NOT_ALLOWED,
                              "needs an allotment, which says what a unit is "
                              "(C5): give it too, or leave the units out");
}

absl::Status WithoutUnits(absl::string_view field) {
  return errors::FieldInvalid(field, ErrorReason::NOT_ALLOWED,
                              "is of initial_units, and there are none (C5): "
                              "give them too, or leave it out");
}

}  // namespace

absl::Status CheckAllotment(absl::string_view path,
                            const v1::Allotment& allotment) {
  if (allotment.unit() != v1::Allotment::MINUTES ||
      allotment.commit() == v1::Allotment::COMMIT_UNSPECIFIED)
    return absl::OkStatus();
  return errors::FieldInvalid(absl::StrCat(path, ".commit"),
                              ErrorReason::NOT_ALLOWED,
                              "is of cases; minutes are used when the work is "
                              "logged (C5)");
}

absl::StatusOr<FirstUnits> FirstUnitsOf(
    const Call& call, const v1::CreateEntitlementRequest& request) {
  if (request.initial_units() != 0 && !request.entitlement().has_allotment())
    return WithoutAllotment("initial_units");
  FirstUnits first{.units = request.initial_units(),
                   .subject = kCreation,
                   .cause = "comes with its creation"};
  if (!request.has_units_lapse_time()) return first;
  if (first.units == 0) return WithoutUnits("units_lapse_time");
  first.lapse = ToTime(request.units_lapse_time());
  if (first.lapse > call.now()) return first;
  return errors::FieldInvalid("units_lapse_time", ErrorReason::OUT_OF_RANGE,
                              "must be later than now (C5)");
}

absl::Status CheckFirstUnits(const v1::EntitlementTemplate& from) {
  if (from.initial_units() != 0 && !from.has_allotment())
    return WithoutAllotment("entitlement_template.initial_units");
  if (from.units_term_days() != 0 && from.initial_units() == 0)
    return WithoutUnits("entitlement_template.units_term_days");
  return absl::OkStatus();
}

FirstUnits FirstUnitsOf(const v1::EntitlementTemplate& from,
                        const v1::Entitlement& made, const Catalog& catalog,
                        absl::Time now) {
  FirstUnits first{.units = from.initial_units(),
                   .subject = kCreation,
                   .cause = absl::StrCat("comes with ", from.name())};
  if (first.units == 0 || from.units_term_days() == 0) return first;
  const std::string& hours = HoursOf(made, catalog);
  const sla::Date start = made.has_start_date() ? *ToDate(made.start_date())
                                                : DayAt(now, hours, catalog);
  const sla::Date over = start + from.units_term_days();
  if (over.year() > 9999) return first;
  first.lapse = contracts::WindowOf({.start = over}, catalog.ZoneOf(hours))
                    .from->ToAbsl();
  if (first.lapse <= now) first.units = 0;
  return first;
}

absl::Status GrantFirst(Call& call, storage::Transaction& tx,
                        const FirstUnits& first, v1::Entitlement* made) {
  if (first.units == 0) return absl::OkStatus();
  Book book = NewBook(*made);
  absl::StatusOr<ledger::Entries> entries =
      ledger::Grant(&book.ledger, first.subject, first.units, first.lapse,
                    first.cause, call.now());
  if (!entries.ok()) return entries.status();
  book.Add(*std::move(entries));
  absl::Status status = CloseBook(call, tx, &book);
  if (status.ok()) *made = std::move(book.entitlement);
  return status;
}

}  // namespace charter::services
