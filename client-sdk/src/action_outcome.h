// What a status means for an action, and for the worker.
#ifndef CHARTER_CLIENT_SDK_SRC_ACTION_OUTCOME_H_
#define CHARTER_CLIENT_SDK_SRC_ACTION_OUTCOME_H_

#include "absl/status/status.h"
#include "charter/v1/event_service.pb.h"

namespace charter::client::internal {

// How an action is given back after this failure; without its lease id.
v1::RejectActionRequest RejectionOf(const absl::Status& failure);

// How it is given back as if nobody had tried.
v1::RejectActionRequest Untried();

// Whether no repetition mends the failure of a worker's call, and it pulls no
// more. `worked`: the server took its credentials before.
bool EndsPulling(const absl::Status& failure, bool worked);

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_ACTION_OUTCOME_H_
