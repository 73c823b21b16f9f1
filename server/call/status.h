// A handler's status as it goes on the wire.
#ifndef CHARTER_SERVER_CALL_STATUS_H_
#define CHARTER_SERVER_CALL_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"

namespace charter::call {

// The most that the message and the serialized details may have, in bytes.
// Beyond some 8,000 in total gRPC's clients lose the real status; base64 and
// percent encoding are counted in.
inline constexpr size_t kMaxMessage = 1024;
inline constexpr size_t kMaxDetails = 4096;

// The only place that builds a google.rpc.Status. `status` is Presentable. Cuts
// the message, then long descriptions and lists, then whole details other than
// ErrorInfo, until all fit.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_STATUS_H_
