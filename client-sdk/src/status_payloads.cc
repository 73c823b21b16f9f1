#include "client-sdk/src/status_payloads.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/rpc/status.pb.h"

namespace charter::client::internal {

absl::Status FromGrpc(const grpc::Status& from) {
  if (from.ok()) return absl::OkStatus();
  absl::Status status(static_cast<absl::StatusCode>(from.error_code()),
                      from.error_message());
  google::rpc::Status details;
  if (!details.ParseFromString(from.error_details())) return status;
  for (const google::protobuf::Any& detail : details.details())
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return status;
}

void NoteAttempts(const Attempts& attempts, absl::Status* status) {
  status->SetPayload(
      kAttemptsUrl,
      absl::Cord(absl::StrCat(attempts.count, " ",
                              absl::ToInt64Nanoseconds(attempts.elapsed), " ",
                              attempts.method)));
}

std::optional<Attempts> ParseAttempts(const std::string& payload) {
  const std::vector<std::string> parts = absl::StrSplit(payload, ' ');
  Attempts attempts;
  int64_t nanoseconds = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &attempts.count) ||
      !absl::SimpleAtoi(parts[1], &nanoseconds))
    return std::nullopt;
  attempts.elapsed = absl::Nanoseconds(nanoseconds);
  attempts.method = parts[2];
  return attempts;
}

}  // namespace charter::client::internal
