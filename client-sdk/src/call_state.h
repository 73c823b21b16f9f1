// One call on its way: what its attempts carry, what follows a failed one, and
// what is told when it is over.
#ifndef CHARTER_CLIENT_SDK_SRC_CALL_STATE_H_
#define CHARTER_CLIENT_SDK_SRC_CALL_STATE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "charter/client/observer.h"
#include "client-sdk/src/transport.h"

namespace charter::client::internal {

// Belongs to whoever runs the call at the moment.
class CallState {
 public:
  // `transport`, `method` and `request` outlive this.
  CallState(Transport& transport, const Method& method,
            const google::protobuf::Message& request, const Options& options);

  const Cancellation* cancellation() const {
    return cancellation_.has_value() ? &*cancellation_ : nullptr;
  }
  bool cancelled() const {
    return cancellation_.has_value() && cancellation_->cancelled();
  }

  // Makes the context of the next attempt: deadline, token, trace, metadata.
  // A failure ends the call.
  absl::Status Prepare(grpc::ClientContext* context);
  // Not OK: the attempt that begins fails so by order, before the server sees
  // it.
  absl::Status Before();
  // Not OK: what just came from the server is lost by order.
  absl::Status Lost();
  // After an attempt that Before let pass, once; of a stream, when it has
  // begun.
  void Ended();
  // The attempt ended so: the pause before the next; none: the call is over,
  // and `status` is its status.
  std::optional<absl::Duration> After(absl::Status* status);
  // The server does not take the token: the next call shall have another.
  // Whether there may be one.
  bool Refused();
  // The call is over.
  void End(absl::Status* status);

 private:
  Transport& transport_;
  const Method& method_;
  const google::protobuf::Message& request_;
  const absl::Time start_;
  // Of the clock that nobody sets.
  const absl::Time begun_;
  const absl::Time deadline_;
  RetryState retry_;
  const absl::Status refusal_;                      // why no attempt is made
  const std::shared_ptr<Credentials> credentials_;  // null: none
  std::string token_;                               // of the last attempt
  std::optional<Cancellation> cancellation_;
  std::shared_ptr<CallObserver> observer_;
  TraceContextOption::Type trace_;
  MetadataOption::Type metadata_;
};

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_CALL_STATE_H_
