#include "server/services/shared/error_details.h"

#include <string>

#include "google/rpc/error_details.pb.h"

namespace charter::services::errors::details {

absl::Status Make(absl::StatusCode code, ErrorReason reason,
                  absl::string_view message, const Metadata& metadata) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(v1::ErrorReason_Name(reason));
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[key] = value;
  }
  Attach(info, &status);
  return status;
}

void AttachField(absl::string_view field, ErrorReason reason,
                 absl::string_view description, absl::Status* status) {
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_reason(v1::ErrorReason_Name(reason));
  violation->set_description(std::string(description));
  Attach(bad, status);
}

void AttachRetry(absl::Duration delay, absl::Status* status) {
  google::rpc::RetryInfo retry;
  const int64_t micros = absl::ToInt64Microseconds(delay);
  retry.mutable_retry_delay()->set_seconds(micros / 1000000);
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(micros % 1000000) * 1000);
  Attach(retry, status);
}

void AttachPrecondition(absl::string_view type, absl::string_view subject,
                        absl::string_view description, absl::Status* status) {
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type(std::string(type));
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(description));
  Attach(failure, status);
}

void AttachResource(absl::string_view name, absl::string_view description,
                    absl::Status* status) {
  google::rpc::ResourceInfo info;
  // The last collection of the name: `milestones` of a case's milestone.
  const absl::string_view parent = name.substr(0, name.rfind('/'));
  info.set_resource_type(std::string(parent.substr(parent.rfind('/') + 1)));
  info.set_resource_name(std::string(name));
  info.set_description(std::string(description));
  Attach(info, status);
}

}  // namespace charter::services::errors::details
