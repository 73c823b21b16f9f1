// Checks of single fields that their rules in the protos cannot say.
#ifndef CHARTER_SERVER_SERVICES_SHARED_FIELD_CHECKS_H_
#define CHARTER_SERVER_SERVICES_SHARED_FIELD_CHECKS_H_

#include "absl/strings/string_view.h"
#include "google/type/date.pb.h"
#include "server/services/shared/errors.h"

namespace charter::services {

// INVALID_DATE unless it is a day of the calendar, of the years 1 to 9999.
// `field`: its path in the request.
void CheckDate(const google::type::Date& date, absl::string_view field,
               FieldViolations* violations);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_FIELD_CHECKS_H_
