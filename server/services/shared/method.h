// What a method says of itself in the proto
// (protos/charter/v1/annotations.proto).
#ifndef CHARTER_SERVER_SERVICES_SHARED_METHOD_H_
#define CHARTER_SERVER_SERVICES_SHARED_METHOD_H_

#include <string>

#include "absl/status/statusor.h"
#include "charter/v1/annotations.pb.h"
#include "google/protobuf/descriptor.h"

namespace charter::services {

struct Method {
  // "charter.v1.CaseService/OpenCase": what logs, audit rows and the request
  // log name.
  std::string name;
  v1::MethodPolicy policy;
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
};

// Reads the method's policy. FAILED_PRECONDITION, with what to add, when it has
// none or one that says too little. Methods of google.longrunning and
// grpc.* carry no option of ours: theirs are listed in method.cc.
absl::StatusOr<Method> MethodOf(
    const google::protobuf::MethodDescriptor& descriptor);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_METHOD_H_
