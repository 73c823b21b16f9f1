// The promises that the benches' cases are opened under.
#ifndef CHARTER_TOOLS_BENCH_LOAD_SUPPORT_H_
#define CHARTER_TOOLS_BENCH_LOAD_SUPPORT_H_

#include <memory>
#include <string>

#include "google/protobuf/text_format.h"
#include "grpcpp/grpcpp.h"

namespace charter::bench {

[[noreturn]] void Die(const std::string& what);

// Makes a call; an error ends the program.
template <typename Stub, typename Request, typename Response>
Response Must(Stub& stub,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                           Response*),
              const Request& request) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) Die(status.error_message() + "\n" + request.DebugString());
  return response;
}

template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message))
    Die("not a " + Message::descriptor()->name() + ":\n" + text);
  return message;
}

// Through gRPC: business hours `office` (Monday to Friday, 8 to 18 in Vienna),
// a process `support` of three milestones (`first-response`, `update`,
// `resolution`, with warnings at three quarters and violations), and
// `accounts` accounts `accounts/a0`, `accounts/a1`, … with an entitlement
// each, `entitlements/e0`, ….
void MakeSupport(const std::shared_ptr<grpc::Channel>& channel, int accounts);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOAD_SUPPORT_H_
