// The way to a server.
#ifndef CHARTER_TOOLS_CHARTERCTL_CONNECTION_H_
#define CHARTER_TOOLS_CHARTERCTL_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter::tools {

// One server and who calls it. Thread-safe.
class Connection {
 public:
  // `token` is sent as a bearer token unless it is empty.
  Connection(const std::string& server, std::string token);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // Makes `context` ready for a call: its token, and its deadline unless
  // `deadline` is infinite.
  void Prepare(grpc::ClientContext* context, absl::Duration deadline) const;

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::string token_;
};

// FAILED_PRECONDITION when a token would go over a network: charterctl speaks
// no TLS, so whoever listens could read it.
absl::Status CheckToken(const std::string& server, absl::string_view token);

// The reason of a failed call, as its ErrorInfo gives it: "ETAG_MISMATCH".
std::string ReasonOf(const grpc::Status& status);
// A failed call in one line for a person: code, text, and each field that is
// wrong.
std::string Describe(const grpc::Status& status);

// The instant that an option gives, RFC 3339. INVALID_ARGUMENT with the option.
absl::StatusOr<absl::Time> ParseInstant(absl::string_view option,
                                        const std::string& text);

// Long work outlives a restart of the server; somebody who waits for one answer
// is told soon.
inline constexpr int kPatient = 30;
inline constexpr int kBrief = 4;

// `call` with a new context each time, again after a pause while the server is
// overloaded, restarting or in conflict: `attempts` times at most. For calls
// that are safe to repeat.
template <typename Call>
grpc::Status Retry(const Connection& connection, const Call& call,
                   int attempts = kPatient);

bool WorthRetrying(const grpc::Status& status);
void PauseBefore(int attempt);

template <typename Call>
grpc::Status Retry(const Connection& connection, const Call& call,
                   int attempts) {
  grpc::Status status;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (attempt > 0) PauseBefore(attempt);
    grpc::ClientContext context;
    connection.Prepare(&context, absl::Seconds(60));
    status = call(&context);
    if (!WorthRetrying(status)) return status;
  }
  return status;
}

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_CONNECTION_H_
