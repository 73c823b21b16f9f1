// How statuses of calls carry what is known of them.
#ifndef CHARTER_CLIENT_SDK_SRC_STATUS_PAYLOADS_H_
#define CHARTER_CLIENT_SDK_SRC_STATUS_PAYLOADS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "charter/client/status.h"
#include "grpcpp/support/status.h"

namespace charter::client::internal {

inline constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";
inline constexpr char kAttemptsUrl[] = "charter.dev/client.Attempts";

// Code, text and details, one payload per detail.
absl::Status FromGrpc(const grpc::Status& status);

void NoteAttempts(const Attempts& attempts, absl::Status* status);
std::optional<Attempts> ParseAttempts(const std::string& payload);

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_STATUS_PAYLOADS_H_
