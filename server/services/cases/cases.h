// The handlers of CaseService, one per method
// (protos/charter/v1/case_service.proto says what each means), and the one of
// EntitlementService that opens an item on trial.
#ifndef CHARTER_SERVER_SERVICES_CASES_CASES_H_
#define CHARTER_SERVER_SERVICES_CASES_CASES_H_

#include "absl/status/statusor.h"
#include "charter/v1/case_service.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// open_case.cc
absl::StatusOr<v1::OpenCaseResponse> OpenCase(
    Call& call, const v1::OpenCaseRequest& request);
absl::StatusOr<v1::EstimateTargetsResponse> EstimateTargets(
    Call& call, const v1::EstimateTargetsRequest& request);

// test_assignment_rules.cc. FIELD_INVALID with what is wrong in the rules of
// the request.
absl::StatusOr<v1::TestAssignmentRulesResponse> TestAssignmentRules(
    Call& call, const v1::TestAssignmentRulesRequest& request);

// record_events.cc
absl::StatusOr<v1::RecordEventsResponse> RecordEvents(
    Call& call, const v1::RecordEventsRequest& request);

// change_case.cc
absl::StatusOr<v1::Case> UpdateCase(Call& call,
                                    const v1::UpdateCaseRequest& request);
absl::StatusOr<v1::Case> DeleteCase(Call& call,
                                    const v1::DeleteCaseRequest& request);
absl::StatusOr<v1::Milestone> CompleteMilestone(
    Call& call, const v1::CompleteMilestoneRequest& request);
absl::StatusOr<v1::Case> StopClock(Call& call,
                                   const v1::StopClockRequest& request);
absl::StatusOr<v1::Case> ResumeClock(Call& call,
                                     const v1::ResumeClockRequest& request);
absl::StatusOr<v1::Case> CloseCase(Call& call,
                                   const v1::CloseCaseRequest& request);
absl::StatusOr<v1::Case> MergeCases(Call& call,
                                    const v1::MergeCasesRequest& request);
absl::StatusOr<v1::Case> ReopenCase(Call& call,
                                    const v1::ReopenCaseRequest& request);
absl::StatusOr<v1::Case> ChangeEntitlement(
    Call& call, const v1::ChangeEntitlementRequest& request);
absl::StatusOr<v1::Case> RefreshContext(
    Call& call, const v1::RefreshContextRequest& request);

// read_case.cc
absl::StatusOr<v1::Case> GetCase(Call& call, const v1::GetCaseRequest& request);
absl::StatusOr<v1::ListCasesResponse> ListCases(
    Call& call, const v1::ListCasesRequest& request);
absl::StatusOr<v1::ListCaseEventsResponse> ListCaseEvents(
    Call& call, const v1::ListCaseEventsRequest& request);
absl::StatusOr<v1::ListMilestonesResponse> ListMilestones(
    Call& call, const v1::ListMilestonesRequest& request);

// explain.cc
absl::StatusOr<v1::ExplainMilestoneResponse> ExplainMilestone(
    Call& call, const v1::ExplainMilestoneRequest& request);
absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
    Call& call, const v1::GetTimelineRequest& request);

// tasks.cc
absl::StatusOr<v1::Task> GetTask(Call& call, const v1::GetTaskRequest& request);
absl::StatusOr<v1::ListTasksResponse> ListTasks(
    Call& call, const v1::ListTasksRequest& request);
absl::StatusOr<v1::Task> CreateTask(Call& call,
                                    const v1::CreateTaskRequest& request);
absl::StatusOr<v1::Task> UpdateTask(Call& call,
                                    const v1::UpdateTaskRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteTask(
    Call& call, const v1::DeleteTaskRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CASES_CASES_H_
