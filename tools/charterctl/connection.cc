#include "tools/charterctl/connection.h"

#include <arpa/inet.h>
#include <grpc/support/time.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace charter::tools {
namespace {

constexpr int kMaxMessage = 16 << 20;

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  return details;
}

std::shared_ptr<grpc::Channel> Open(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessage);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(),
                                   arguments);
}

// Whether only this machine can see what is sent to HOST:PORT.
bool StaysHere(absl::string_view server) {
  if (absl::StartsWith(server, "unix:")) return true;
  std::string host(server.substr(0, server.rfind(':')));
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]"))
    host = host.substr(1, host.size() - 2);
  if (host == "localhost" || host == "::1") return true;
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace

absl::Status CheckToken(const std::string& server, absl::string_view token) {
  if (token.empty() || StaysHere(server)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      server,
      " is another machine, and charterctl cannot encrypt: the token could be "
      "read on the way. Run it on the server's machine, or through a tunnel "
      "(ssh -L 50051:HOST:PORT), with --server 127.0.0.1:50051"));
}

Connection::Connection(const std::string& server, std::string token)
    : channel_(Open(server)), token_(std::move(token)) {}

void Connection::Prepare(grpc::ClientContext* context,
                         absl::Duration deadline) const {
  if (!token_.empty()) {
    context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  }
  if (deadline != absl::InfiniteDuration()) {
    context->set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(absl::ToInt64Milliseconds(deadline),
                                          GPR_TIMESPAN)));
  }
}

std::string ReasonOf(const grpc::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

std::string Describe(const grpc::Status& status) {
  std::string text =
      absl::StrCat(google::rpc::Code_Name(
                       static_cast<google::rpc::Code>(status.error_code())),
                   ": ", status.error_message());
  const google::rpc::Status details = DetailsOf(status);
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      const std::string line =
          absl::StrCat(violation.field(), ": ", violation.description());
      // The message begins with the first.
      if (!absl::StrContains(text, line)) absl::StrAppend(&text, "; ", line);
    }
  }
  return text;
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view option,
                                        const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return absl::InvalidArgumentError(absl::StrCat(
      option, ": `", text,
      "` is no instant as RFC 3339 writes it: 2026-11-21T15:00:00Z"));
}

bool WorthRetrying(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return true;
  return status.error_code() == grpc::StatusCode::ABORTED &&
         ReasonOf(status) == "TRANSACTION_CONFLICT";
}

void PauseBefore(int attempt) {
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::min(50 << std::min(attempt, 6), 2000)));
}

}  // namespace charter::tools
