#include <string>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "server/services/calendar/calendar.h"
#include "server/services/calendar/edit_hours.h"
#include "server/services/calendar/icalendar.h"
#include "server/services/catalog/hours_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

bool Has(const v1::HoursDefinition& definition, const v1::Holiday& holiday) {
  for (const v1::Holiday& one : definition.holidays()) {
    if (google::protobuf::util::MessageDifferencer::Equals(one, holiday))
      return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<v1::ImportHolidaysResponse> ImportHolidays(
    Call& call, const v1::ImportHolidaysRequest& request) {
  absl::StatusOr<IcalendarHolidays> read = ParseIcalendar(request.icalendar());
  if (!read.ok()) {
    return errors::FieldInvalid("icalendar", ErrorReason::INVALID,
                                read.status().message());
  }
  const absl::Time effective = request.has_effective_time()
                                   ? ToTime(request.effective_time())
                                   : call.now();
  return call.Write<v1::ImportHolidaysResponse>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::ImportHolidaysResponse> {
        absl::StatusOr<v1::BusinessHours> hours =
            LockResource(tx, HoursResource(), request.business_hours(), "");
        if (!hours.ok()) return hours.status();
        if (hours->version_count() == 0) {
          return errors::FieldInvalid("business_hours", ErrorReason::BUILT_IN,
                                      "businessHours/always cannot be changed");
        }
        v1::ImportHolidaysResponse response;
        for (const v1::Holiday& holiday : read->holidays) {
          if (Has(hours->definition(), holiday)) {
            response.set_skipped_count(response.skipped_count() + 1);
            continue;
          }
          *hours->mutable_definition()->add_holidays() = holiday;
          response.set_added_count(response.added_count() + 1);
        }
        for (const std::string& refused : read->refused)
          response.add_refused(refused);
        if (response.added_count() > 0) {
          FieldViolations violations;
          CheckHours(hours->definition(), ToInstant(ToProto(effective)),
                     /*first=*/false, "icalendar", &violations);
          if (!violations.empty()) return violations.ToStatus();
          *hours->mutable_update_time() = ToProto(call.now());
          absl::Status status = AddHoursVersion(call, tx, effective, &*hours);
          if (!status.ok()) return status;
          status = storage::BusinessHoursTable().Update(tx, &*hours);
          if (!status.ok()) return status;
          call.Emit(ChangeEvent(HoursResource(), "updated", *hours));
        }
        *response.mutable_business_hours() = *std::move(hours);
        return response;
      });
}

}  // namespace charter::services
