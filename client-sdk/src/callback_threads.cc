#include "client-sdk/src/callback_threads.h"

#include <memory>

#include "google/protobuf/empty.pb.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/client_callback.h"

namespace charter::client::internal {
namespace {

// A call that fails at once: without credentials there is no way.
struct Kept {
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel("", nullptr, grpc::ChannelArguments());
  grpc::ClientContext context;
  google::protobuf::Empty request, response;
};

Kept* Keep() {
  using google::protobuf::MessageLite;
  auto* kept = new Kept;
  grpc::internal::CallbackUnaryCall<MessageLite, MessageLite>(
      kept->channel.get(),
      grpc::internal::RpcMethod("/", grpc::internal::RpcMethod::NORMAL_RPC,
                                kept->channel),
      &kept->context, &kept->request, &kept->response, [](grpc::Status) {});
  return kept;
}

}  // namespace

void KeepCallbackThreads() {
  // Else the pointer, which nobody reads, would not be kept.
  [[gnu::used]] static const Kept* const kept = Keep();
}

}  // namespace charter::client::internal
