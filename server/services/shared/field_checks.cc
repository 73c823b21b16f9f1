#include "server/services/shared/field_checks.h"

#include "server/services/shared/time_convert.h"

namespace charter::services {

void CheckDate(const google::type::Date& date, absl::string_view field,
               FieldViolations* violations) {
  if (ToDate(date).has_value()) return;
  violations->Add(
      field, ErrorReason::INVALID_DATE,
      "is not a date of the years 1 to 9999 with year, month and day");
}

}  // namespace charter::services
