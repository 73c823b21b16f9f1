// The reactors behind Transport.
#ifndef CHARTER_SERVER_CALL_REACTORS_H_
#define CHARTER_SERVER_CALL_REACTORS_H_

#include "grpcpp/grpcpp.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/call/endpoint.h"
#include "server/call/transport.h"

namespace charter::call {

// Each makes a reactor that deletes itself when the call is done.
grpc::ServerUnaryReactor* StartUnary(CallContext& context,
                                     const Endpoint& endpoint,
                                     grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response);
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(
    CallContext& context, const Endpoint& endpoint,
    grpc::CallbackServerContext* server, const grpc::ByteBuffer* request);
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartBidi(
    CallContext& context, const Endpoint& endpoint,
    grpc::CallbackServerContext* server);

// --- what they share ---

// What tells who calls.
Presented PresentedBy(const grpc::CallbackServerContext& server);
// When the caller stops waiting, on the monotonic clock; max(): never.
std::chrono::steady_clock::time_point DeadlineOf(
    const grpc::CallbackServerContext& server);
// Queues the audit row of a call that lacked a permission; nothing for others.
void AuditRefusal(CallContext& context, const Passage& passage,
                  const absl::Status& status);
// CallPath::Admit for bytes.
absl::Status Admit(CallPath& path, Passage& passage,
                   const grpc::ByteBuffer& bytes);
grpc::ByteBuffer ToBytes(const google::protobuf::MessageLite& message);
bool FromBytes(const grpc::ByteBuffer& bytes,
               google::protobuf::Message* message);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_REACTORS_H_
