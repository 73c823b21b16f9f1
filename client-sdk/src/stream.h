// Server streams.
#ifndef CHARTER_CLIENT_SDK_SRC_STREAM_H_
#define CHARTER_CLIENT_SDK_SRC_STREAM_H_

#include <memory>

#include "client-sdk/src/transport.h"
#include "google/protobuf/message.h"

namespace charter::client::internal {

// Never repeated by itself: who reads knows where to go on.
std::unique_ptr<MessageStream> OpenStream(
    std::shared_ptr<Transport> transport, const Method& method,
    const google::protobuf::Message& request, const Options& options);

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_STREAM_H_
