// Unary calls, with their repetitions.
#ifndef CHARTER_CLIENT_SDK_SRC_CALLS_H_
#define CHARTER_CLIENT_SDK_SRC_CALLS_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "client-sdk/src/transport.h"
#include "google/protobuf/message.h"

namespace charter::client::internal {

absl::Status Call(Transport& transport, const Method& method,
                  const google::protobuf::Message& request,
                  const Options& options, google::protobuf::Message* response);

void CallAsync(std::shared_ptr<Transport> transport, const Method& method,
               std::shared_ptr<const google::protobuf::Message> request,
               const Options& options,
               std::shared_ptr<google::protobuf::Message> response,
               std::function<void(absl::Status)> done);

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_CALLS_H_
