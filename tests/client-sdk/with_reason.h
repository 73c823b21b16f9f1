// Failures as a server gives them.
#ifndef CHARTER_TESTS_CLIENT_SDK_WITH_REASON_H_
#define CHARTER_TESTS_CLIENT_SDK_WITH_REASON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace charter::client {

// The failure with that reason in its ErrorInfo.
inline absl::Status WithReason(absl::Status status, const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("charter.dev");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo",
                    absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace charter::client

#endif  // CHARTER_TESTS_CLIENT_SDK_WITH_REASON_H_
