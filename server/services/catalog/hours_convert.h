// Business hours as clients write them, as the engine takes them.
#ifndef CHARTER_SERVER_SERVICES_CATALOG_HOURS_CONVERT_H_
#define CHARTER_SERVER_SERVICES_CATALOG_HOURS_CONVERT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/business_hours.pb.h"
#include "server/services/shared/errors.h"
#include "server/sla/calendar/business_hours.h"
#include "server/sla/calendar/hours_definition.h"

namespace charter::services {

// Converts one version; what is wrong with its wall times and dates is added to
// `violations` under `path` ("business_hours.definition").
sla::HoursVersion ToHoursVersion(const v1::HoursDefinition& definition,
                                 sla::Instant effective_time,
                                 absl::string_view path,
                                 FieldViolations* violations);

// Compiles a version as it will be read, counting from `effective_time` (and
// before, when it is the `first`), so that a zone that doesn't exist or hours
// that never open (B5) are reported as violations of the fields that clients
// wrote.
void CheckHours(const v1::HoursDefinition& definition,
                sla::Instant effective_time, bool first, absl::string_view path,
                FieldViolations* violations);

// `HH:MM` or `HH:MM:SS` as seconds since midnight, 24:00 included.
absl::StatusOr<int> ParseWallTime(absl::string_view text);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CATALOG_HOURS_CONVERT_H_
