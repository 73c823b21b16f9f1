// What the calls of a channel share: the gRPC channel, credentials, retry
// rights and the options that hold where a call says nothing.
#ifndef CHARTER_CLIENT_SDK_SRC_TRANSPORT_H_
#define CHARTER_CLIENT_SDK_SRC_TRANSPORT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "charter/client/cancellation.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/faults.h"
#include "charter/client/observer.h"
#include "charter/client/options.h"
#include "charter/client/retry.h"
#include "charter/client/timing.h"
#include "client-sdk/src/retry_state.h"
#include "grpcpp/grpcpp.h"

namespace charter::client::internal {

// Thread-safe.
class Transport {
 public:
  explicit Transport(Options options);

  const Options& options() const { return options_; }
  // Why no call can be made by this channel.
  const absl::Status& broken() const { return broken_; }
  grpc::Channel& channel() { return *channel_; }
  // Why no token may be sent.
  const absl::Status& keeps_secrets() const { return keeps_secrets_; }
  // Of calls that have none of their own; null: none.
  const std::shared_ptr<Credentials>& credentials() const {
    return credentials_;
  }
  Timing& timing() { return *timing_; }
  RetryRights& rights() { return rights_; }
  Faults* faults() { return faults_.get(); }

  // The option's value for a call with these options; null: it is nowhere.
  template <typename Option>
  const typename Option::Type* Find(const Options& call) const {
    const auto* value = call.Find<Option>();
    return value != nullptr ? value : options_.Find<Option>();
  }

 private:
  absl::Status Connect();

  const Options options_;
  std::shared_ptr<Credentials> credentials_;
  std::shared_ptr<Timing> timing_;
  std::shared_ptr<Faults> faults_;
  std::shared_ptr<grpc::Channel> channel_;
  RetryRights rights_;
  absl::Status broken_;
  absl::Status keeps_secrets_;
};

// The name of an option among these that only channels may have; empty: there
// is none.
absl::string_view OptionOfChannels(const Options& options);

// Whether only this machine can see what is sent to the target.
bool StaysHere(absl::string_view target);

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_TRANSPORT_H_
