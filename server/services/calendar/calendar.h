// The handlers of CalendarService, one per method.
#ifndef CHARTER_SERVER_SERVICES_CALENDAR_CALENDAR_H_
#define CHARTER_SERVER_SERVICES_CALENDAR_CALENDAR_H_

#include "absl/status/statusor.h"
#include "charter/v1/calendar_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// business_hours.cc
absl::StatusOr<v1::BusinessHours> GetBusinessHours(
    Call& call, const v1::GetBusinessHoursRequest& request);
absl::StatusOr<v1::ListBusinessHoursResponse> ListBusinessHours(
    Call& call, const v1::ListBusinessHoursRequest& request);
absl::StatusOr<v1::BusinessHours> CreateBusinessHours(
    Call& call, const v1::CreateBusinessHoursRequest& request);
absl::StatusOr<v1::BusinessHours> UpdateBusinessHours(
    Call& call, const v1::UpdateBusinessHoursRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteBusinessHours(
    Call& call, const v1::DeleteBusinessHoursRequest& request);
absl::StatusOr<v1::ListBusinessHoursVersionsResponse> ListBusinessHoursVersions(
    Call& call, const v1::ListBusinessHoursVersionsRequest& request);

// business_time.cc
absl::StatusOr<v1::AddBusinessTimeResponse> AddBusinessTime(
    Call& call, const v1::AddBusinessTimeRequest& request);
absl::StatusOr<v1::DiffBusinessTimeResponse> DiffBusinessTime(
    Call& call, const v1::DiffBusinessTimeRequest& request);
absl::StatusOr<v1::FindBusinessTimeResponse> FindBusinessTime(
    Call& call, const v1::FindBusinessTimeRequest& request);
absl::StatusOr<v1::ExplainBusinessTimeResponse> ExplainBusinessTime(
    Call& call, const v1::ExplainBusinessTimeRequest& request);

// import_holidays.cc
absl::StatusOr<v1::ImportHolidaysResponse> ImportHolidays(
    Call& call, const v1::ImportHolidaysRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CALENDAR_CALENDAR_H_
