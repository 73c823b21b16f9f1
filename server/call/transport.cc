#include "server/call/transport.h"

#include "absl/strings/str_cat.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "server/call/reactors.h"

namespace charter::call {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

Transport::Transport(CallContext& context, const Endpoints& endpoints) {
  for (const auto& endpoint : endpoints.all()) Add(context, *endpoint);
}

void Transport::Add(CallContext& context, const Endpoint& endpoint) {
  paths_.push_back(
      std::make_unique<std::string>(absl::StrCat("/", endpoint.method.name)));
  CallContext* shared = &context;
  const Endpoint* served = &endpoint;
  RpcMethod::RpcType type = RpcMethod::NORMAL_RPC;
  grpc::internal::MethodHandler* handler = nullptr;
  if (endpoint.inline_bidi != nullptr) {
    type = RpcMethod::BIDI_STREAMING;
    handler = new grpc::internal::CallbackBidiHandler<ByteBuffer, ByteBuffer>(
        [shared, served](CallbackServerContext* server) {
          return StartBidi(*shared, *served, server);
        });
  } else if (endpoint.stream != nullptr || endpoint.inline_stream != nullptr) {
    type = RpcMethod::SERVER_STREAMING;
    handler = new grpc::internal::CallbackServerStreamingHandler<ByteBuffer,
                                                                 ByteBuffer>(
        [shared, served](CallbackServerContext* server,
                         const ByteBuffer* request) {
          return StartStream(*shared, *served, server, request);
        });
  } else {
    handler = new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
        [shared, served](CallbackServerContext* server,
                         const ByteBuffer* request, ByteBuffer* response) {
          return StartUnary(*shared, *served, server, request, response);
        });
  }
  AddMethod(new RpcServiceMethod(paths_.back()->c_str(), type, nullptr));
  MarkMethodRawCallback(static_cast<int>(paths_.size()) - 1, handler);
}

}  // namespace charter::call
