#include "server/call/reflection.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "grpcpp/support/status.h"

namespace charter::call {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

// The file and all that it needs: some clients don't ask for those by
// themselves.
void AddFile(const FileDescriptor& file, std::set<std::string>& seen,
             std::vector<std::string>* files) {
  if (!seen.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files->push_back(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddFile(*file.dependency(i), seen, files);
  }
}

const FieldDescriptor* FindExtension(const std::string& type, int number) {
  const Descriptor* message = Pool().FindMessageTypeByName(type);
  return message == nullptr ? nullptr
                            : Pool().FindExtensionByNumber(message, number);
}

// One answer; both versions of the service have the same messages under other
// names.
template <typename Request, typename Response>
absl::Status Answer(const Endpoints& endpoints, const Request& request,
                    Response* response) {
  response->set_valid_host(request.host());
  *response->mutable_original_request() = request;
  auto add_files = [&](const FileDescriptor* file, const std::string& what) {
    if (file == nullptr) {
      auto* error = response->mutable_error_response();
      error->set_error_code(grpc::StatusCode::NOT_FOUND);
      error->set_error_message(absl::StrCat("there is no ", what));
      return;
    }
    std::set<std::string> seen;
    std::vector<std::string> files;
    AddFile(*file, seen, &files);
    for (const std::string& bytes : files) {
      response->mutable_file_descriptor_response()->add_file_descriptor_proto(
          bytes);
    }
  };
  switch (request.message_request_case()) {
    case Request::kListServices: {
      std::vector<std::string> names = endpoints.services();
      std::sort(names.begin(), names.end());
      for (const std::string& name : names) {
        response->mutable_list_services_response()->add_service()->set_name(
            name);
      }
      break;
    }
    case Request::kFileByFilename:
      add_files(Pool().FindFileByName(request.file_by_filename()),
                absl::StrCat("file ", request.file_by_filename()));
      break;
    case Request::kFileContainingSymbol:
      add_files(
          Pool().FindFileContainingSymbol(request.file_containing_symbol()),
          absl::StrCat("symbol ", request.file_containing_symbol()));
      break;
    case Request::kFileContainingExtension: {
      const auto& asked = request.file_containing_extension();
      const FieldDescriptor* extension =
          FindExtension(asked.containing_type(), asked.extension_number());
      add_files(extension == nullptr ? nullptr : extension->file(),
                absl::StrCat("extension ", asked.extension_number(), " of ",
                             asked.containing_type()));
      break;
    }
    case Request::kAllExtensionNumbersOfType: {
      const std::string& type = request.all_extension_numbers_of_type();
      const Descriptor* message = Pool().FindMessageTypeByName(type);
      if (message == nullptr) {
        add_files(nullptr, absl::StrCat("message ", type));
        break;
      }
      std::vector<const FieldDescriptor*> extensions;
      Pool().FindAllExtensions(message, &extensions);
      auto* answer = response->mutable_all_extension_numbers_response();
      answer->set_base_type_name(type);
      for (const FieldDescriptor* extension : extensions) {
        answer->add_extension_number(extension->number());
      }
      break;
    }
    case Request::MESSAGE_REQUEST_NOT_SET: {
      auto* error = response->mutable_error_response();
      error->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
      error->set_error_message("the request asks for nothing");
      break;
    }
  }
  return absl::OkStatus();
}

template <typename Request, typename Response>
void RegisterVersion(const char* service, Endpoints& endpoints) {
  endpoints
      .Add(service, "ServerReflectionInfo", Request::default_instance(),
           Response::default_instance())
      .inline_bidi = [&endpoints](const Endpoint::Message& request,
                                  Endpoint::Message* response) {
    return Answer(endpoints, static_cast<const Request&>(request),
                  static_cast<Response*>(response));
  };
}

}  // namespace

void RegisterReflection(Endpoints& endpoints) {
  RegisterVersion<grpc::reflection::v1::ServerReflectionRequest,
                  grpc::reflection::v1::ServerReflectionResponse>(
      "grpc.reflection.v1.ServerReflection", endpoints);
  RegisterVersion<grpc::reflection::v1alpha::ServerReflectionRequest,
                  grpc::reflection::v1alpha::ServerReflectionResponse>(
      "grpc.reflection.v1alpha.ServerReflection", endpoints);
}

}  // namespace charter::call
