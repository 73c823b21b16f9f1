// The handlers of ReportService, one per method.
#ifndef CHARTER_SERVER_SERVICES_REPORTS_REPORTS_H_
#define CHARTER_SERVER_SERVICES_REPORTS_REPORTS_H_

#include "absl/status/statusor.h"
#include "charter/v1/report_service.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// Evaluates every item's history at the instant, a page of items at a time, so
// memory stays flat and the figures are right for any instant.
absl::StatusOr<v1::GetComplianceReportResponse> GetComplianceReport(
    Call& call, const v1::GetComplianceReportRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_REPORTS_REPORTS_H_
