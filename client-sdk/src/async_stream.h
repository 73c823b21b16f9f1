// Server streams without a thread that waits.
#ifndef CHARTER_CLIENT_SDK_SRC_ASYNC_STREAM_H_
#define CHARTER_CLIENT_SDK_SRC_ASYNC_STREAM_H_

#include <memory>

#include "client-sdk/src/transport.h"
#include "google/protobuf/message.h"

namespace charter::client::internal {

// Never repeated by itself, as OpenStream's.
std::unique_ptr<AsyncMessageStream> OpenAsyncStream(
    std::shared_ptr<Transport> transport, const Method& method,
    std::shared_ptr<const google::protobuf::Message> request,
    const Options& options);

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_ASYNC_STREAM_H_
