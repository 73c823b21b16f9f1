// What callers do not see: fields marked `internal` in the protos for
// customers, and those that a deployment hides from a role.
#ifndef CHARTER_SERVER_CALL_HIDDEN_FIELDS_H_
#define CHARTER_SERVER_CALL_HIDDEN_FIELDS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/services/shared/principal.h"

namespace charter::call {

// The fields of these names, `Case.owner`, of messages of charter.v1.
// INVALID_ARGUMENT names one that there is not.
absl::StatusOr<services::HiddenFields> FieldsNamed(
    const std::vector<std::string>& names);

// Every field of a message that goes over the wire whose rule says `internal`.
const std::shared_ptr<const services::HiddenFields>& InternalFields();

// Clears them at any depth, also in packed messages (Any).
void Hide(const services::HiddenFields& fields,
          google::protobuf::Message* message);

// INVALID_ARGUMENT with each hidden field that a request sets or names in its
// `update_mask`; a mask `*` is refused too, since it would clear what the
// caller does not see.
absl::Status CheckNothingHidden(const services::HiddenFields& fields,
                                const google::protobuf::Message& request);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_HIDDEN_FIELDS_H_
