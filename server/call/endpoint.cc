#include "server/call/endpoint.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace charter::call {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

Endpoint& Endpoints::Add(absl::string_view service, absl::string_view method,
                         const google::protobuf::Message& request,
                         const google::protobuf::Message& response) {
  all_.push_back(std::make_unique<Endpoint>());
  Endpoint& endpoint = *all_.back();
  endpoint.request = &request;
  endpoint.response = &response;
  const std::string name(service);
  if (std::find(services_.begin(), services_.end(), name) == services_.end()) {
    services_.push_back(name);
  }
  auto mistake = [&](absl::string_view what) {
    if (mistake_.ok()) {
      mistake_ = absl::FailedPreconditionError(
          absl::StrCat(service, "/", method, ": ", what));
    }
  };
  const ServiceDescriptor* descriptor =
      DescriptorPool::generated_pool()->FindServiceByName(name);
  const MethodDescriptor* found =
      descriptor == nullptr ? nullptr
                            : descriptor->FindMethodByName(std::string(method));
  if (found == nullptr) {
    mistake("the protos have no such method");
    return endpoint;
  }
  if (found->input_type() != request.GetDescriptor() ||
      found->output_type() != response.GetDescriptor()) {
    mistake("its function takes or returns another type than the proto says");
  }
  absl::StatusOr<services::Method> described = services::MethodOf(*found);
  if (!described.ok()) {
    mistake(described.status().message());
    return endpoint;
  }
  endpoint.method = *std::move(described);
  if (Find(endpoint.method.name) != &endpoint) {
    mistake("it is registered twice");
  }
  return endpoint;
}

absl::Status Endpoints::Check() const {
  if (!mistake_.ok()) return mistake_;
  for (const std::string& name : services_) {
    const ServiceDescriptor* service =
        DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method =
          absl::StrCat(name, "/", service->method(i)->name());
      if (Find(method) == nullptr) {
        return absl::FailedPreconditionError(
            absl::StrCat("nothing serves the method ", method));
      }
    }
  }
  return absl::OkStatus();
}

const Endpoint* Endpoints::Find(absl::string_view name) const {
  for (const auto& endpoint : all_) {
    if (endpoint->method.name == name) return endpoint.get();
  }
  return nullptr;
}

const Endpoint* Endpoints::FindReader(const Endpoint& writer) const {
  for (const auto& endpoint : all_) {
    if (endpoint->unary == nullptr ||
        endpoint->method.policy.idempotency() != v1::MethodPolicy::READ_ONLY ||
        endpoint->method.descriptor->output_type() !=
            writer.method.descriptor->output_type()) {
      continue;
    }
    const FieldDescriptor* name =
        endpoint->request->GetDescriptor()->FindFieldByName("name");
    if (name != nullptr && name->type() == FieldDescriptor::TYPE_STRING) {
      return endpoint.get();
    }
  }
  return nullptr;
}

}  // namespace charter::call
