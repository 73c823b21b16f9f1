// EventService: the change feed, and the actions that triggers start (semantics
// W1, W2).
#ifndef CHARTER_SERVER_SERVICES_EVENTS_EVENTS_H_
#define CHARTER_SERVER_SERVICES_EVENTS_EVENTS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/v1/event_service.pb.h"
#include "server/services/shared/call.h"
#include "server/services/shared/stream.h"

namespace charter::services {

// Hands the stream to Services::fan_out.
absl::Status WatchEvents(Call& call, const v1::WatchEventsRequest& request,
                         std::shared_ptr<Stream> stream);
absl::StatusOr<v1::ListEventsResponse> ListEvents(
    Call& call, const v1::ListEventsRequest& request);
absl::StatusOr<Poll<v1::PullActionsResponse>> PullActions(
    Call& call, const v1::PullActionsRequest& request);
absl::StatusOr<v1::AckActionsResponse> AckActions(
    Call& call, const v1::AckActionsRequest& request);
absl::StatusOr<v1::ExtendActionLeaseResponse> ExtendActionLease(
    Call& call, const v1::ExtendActionLeaseRequest& request);
absl::StatusOr<v1::RejectActionResponse> RejectAction(
    Call& call, const v1::RejectActionRequest& request);
absl::StatusOr<v1::ListDeadActionsResponse> ListDeadActions(
    Call& call, const v1::ListDeadActionsRequest& request);
absl::StatusOr<v1::ReviveActionsResponse> ReviveActions(
    Call& call, const v1::ReviveActionsRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_EVENTS_EVENTS_H_
