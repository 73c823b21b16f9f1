#include "server/services/shared/method.h"

#include <map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace charter::services {
namespace {

using v1::MethodPolicy;

MethodPolicy Public(MethodPolicy::Cost cost) {
  MethodPolicy policy;
  policy.set_public_(true);
  policy.set_cost(cost);
  policy.set_idempotency(MethodPolicy::READ_ONLY);
  if (cost != MethodPolicy::STREAM) {
    policy.mutable_default_deadline()->set_seconds(5);
  }
  return policy;
}

MethodPolicy Operations(absl::string_view permission, MethodPolicy::Cost cost,
                        MethodPolicy::Idempotency idempotency,
                        int deadline_seconds = 10) {
  MethodPolicy policy;
  policy.set_permission(std::string(permission));
  policy.set_cost(cost);
  policy.set_idempotency(idempotency);
  policy.mutable_default_deadline()->set_seconds(deadline_seconds);
  return policy;
}

// Reflection tells nothing that the published protos don't, and tools ask for
// it before they ask their user for a token; health is asked by probes that
// have none.
const std::map<absl::string_view, MethodPolicy>& ForeignPolicies() {
  static const auto& policies = *new std::map<absl::string_view, MethodPolicy>{
      {"grpc.health.v1.Health.Check", Public(MethodPolicy::READ)},
      {"grpc.health.v1.Health.Watch", Public(MethodPolicy::STREAM)},
      {"grpc.reflection.v1.ServerReflection.ServerReflectionInfo",
       Public(MethodPolicy::STREAM)},
      {"grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo",
       Public(MethodPolicy::STREAM)},
      {"google.longrunning.Operations.ListOperations",
       Operations("operations.list", MethodPolicy::READ,
                  MethodPolicy::READ_ONLY)},
      {"google.longrunning.Operations.GetOperation",
       Operations("operations.get", MethodPolicy::READ,
                  MethodPolicy::READ_ONLY)},
      {"google.longrunning.Operations.DeleteOperation",
       Operations("operations.delete", MethodPolicy::WRITE,
                  MethodPolicy::BY_KEY)},
      {"google.longrunning.Operations.CancelOperation",
       Operations("operations.cancel", MethodPolicy::WRITE,
                  MethodPolicy::BY_KEY)},
      {"google.longrunning.Operations.WaitOperation",
       Operations("operations.get", MethodPolicy::STREAM,
                  MethodPolicy::READ_ONLY, 60)},
  };
  return policies;
}

}  // namespace

absl::StatusOr<Method> MethodOf(
    const google::protobuf::MethodDescriptor& descriptor) {
  Method method;
  method.name =
      absl::StrCat(descriptor.service()->full_name(), "/", descriptor.name());
  method.descriptor = &descriptor;
  auto foreign = ForeignPolicies().find(descriptor.full_name());
  if (foreign != ForeignPolicies().end()) {
    method.policy = foreign->second;
    return method;
  }
  auto refuse = [&](absl::string_view what) {
    return absl::FailedPreconditionError(
        absl::StrCat("method ", method.name, " ", what));
  };
  if (!descriptor.options().HasExtension(v1::policy)) {
    return refuse("has no policy: give it `option (charter.v1.policy)`");
  }
  method.policy = descriptor.options().GetExtension(v1::policy);
  const MethodPolicy& policy = method.policy;
  if (policy.cost() == MethodPolicy::COST_UNSPECIFIED) {
    return refuse("states no cost in its policy");
  }
  if (policy.idempotency() == MethodPolicy::IDEMPOTENCY_UNSPECIFIED) {
    return refuse("states no idempotency in its policy");
  }
  if (policy.permission().empty() != policy.public_()) {
    return refuse("must have a permission or be public, and not both");
  }
  if (!policy.has_default_deadline()) {
    return refuse("states no default_deadline in its policy");
  }
  if (policy.idempotency() == MethodPolicy::REQUEST_ID) {
    for (absl::string_view field : {"request_id", "validate_only"}) {
      if (descriptor.input_type()->FindFieldByName(std::string(field)) ==
          nullptr) {
        return refuse(absl::StrCat("is repeated by request id, but ",
                                   descriptor.input_type()->full_name(),
                                   " has no field `", field, "`"));
      }
    }
  }
  return method;
}

}  // namespace charter::services
