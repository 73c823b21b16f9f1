// Update masks (AIP-134, AIP-161), checked against the descriptor and merged
// field by field; protobuf's own merge appends repeated fields and ignores
// unknown paths.
#ifndef CHARTER_SERVER_SERVICES_SHARED_FIELD_MASK_H_
#define CHARTER_SERVER_SERVICES_SHARED_FIELD_MASK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace charter::services {

// The paths of `resource` that an update with `mask` writes.
//  - No paths: the fields of `update` that are set.
//  - `*`: every field that a client can write; those not set are cleared.
//  - Otherwise the paths: `priority`, `address.city`, or one key of a map with
//    string keys, `annotations.color`.
// `name`, `etag` and OUTPUT_ONLY fields are left out silently, also inside
// messages. INVALID_ARGUMENT FIELD_MASK_INVALID for a path that isn't there, a
// path into a repeated field, `*` beside others, or paths that are all left
// out: whoever sends them takes them for more than they are.
absl::StatusOr<std::vector<std::string>> UpdatePaths(
    const google::protobuf::FieldMask& mask,
    const google::protobuf::Message& update);

// Copies each path from `update` to `resource`: repeated fields and maps are
// replaced, an unset field is cleared, a map key that is absent is removed.
// INVALID_ARGUMENT FIELD_INVALID when an IMMUTABLE field would change, named as
// in an Update request: `item_status.category`. Both
// messages are of one type; `paths` are from UpdatePaths.
absl::Status MergePaths(const std::vector<std::string>& paths,
                        const google::protobuf::Message& update,
                        google::protobuf::Message* resource);

// Both: what an Update handler calls with the stored resource. Returns the
// paths.
absl::StatusOr<std::vector<std::string>> ApplyUpdate(
    const google::protobuf::FieldMask& mask,
    const google::protobuf::Message& update,
    google::protobuf::Message* resource);

// Clears the OUTPUT_ONLY fields, at any depth: what a Create handler calls with
// the request's resource.
void ClearOutputOnly(google::protobuf::Message* message);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_FIELD_MASK_H_
