// What the generator makes of a proto file: the service's methods by their
// kind, and how things are called in C++.
#ifndef CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_MODEL_H_
#define CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace charter::generator {

// One parameter of a signature.
struct Parameter {
  std::string type;    // as a function takes it
  std::string name;    // of the field
  std::string assign;  // a statement that puts it into `request`
};

struct MethodModel {
  enum class Kind { kUnary, kPaged, kStream };

  const google::protobuf::MethodDescriptor* descriptor;
  Kind kind = Kind::kUnary;
  std::string name, request, response;  // request, response: C++ types
  std::string path;                     // `/charter.v1.CaseService/OpenCase`
  std::string comment;                  // as lines of `//`, with their ends
  std::string deadline;                 // an absl::Duration; zero: none
  bool repeatable = true;
  bool has_request_id = false;
  bool has_validate_only = false;
  // It changes something, and cannot be asked to keep nothing.
  bool always_writes = false;
  // Of lists: a row's type, the response's field of rows, and whether the
  // request has a filter.
  std::string row, rows;
  bool has_filter = false;
  // Functions that take just these fields.
  std::vector<std::vector<Parameter>> signatures;
};

struct ServiceModel {
  const google::protobuf::ServiceDescriptor* descriptor;
  std::string base;  // `Directory` of `DirectoryService`
  std::string comment;
  std::vector<MethodModel> methods;
};

// False: `error` says which method lacks what.
bool ModelOf(const google::protobuf::ServiceDescriptor* service,
             ServiceModel* model, std::string* error);

// `::charter::v1::Account`.
std::string TypeOf(const google::protobuf::Descriptor* message);
// `::charter::v1::Entitlement_State`.
std::string TypeOf(const google::protobuf::EnumDescriptor* type);
// What protoc's C++ calls the accessor of a field: `case_`.
std::string AccessorOf(const google::protobuf::FieldDescriptor* field);
// The leading comment as lines of `//`, each after `indent`.
template <typename Descriptor>
std::string CommentOf(const Descriptor* descriptor, const std::string& indent) {
  google::protobuf::SourceLocation location;
  std::string comment;
  if (!descriptor->GetSourceLocation(&location)) return comment;
  std::string line;
  for (const char c : location.leading_comments) {
    if (c != '\n') {
      line += c;
      continue;
    }
    comment += indent + "//" + line + "\n";
    line.clear();
  }
  return comment;
}

// `charter/v1/directory` of `charter/v1/directory_service.proto`, and of
// `charter/v1/directory.proto`.
std::string StemOf(const google::protobuf::FileDescriptor* file);
// `CHARTER_V1_DIRECTORY_CLIENT_H_` of a header's path.
std::string GuardOf(const std::string& header);
// `charter::v1`.
std::string NamespaceOf(const google::protobuf::FileDescriptor* file);

}  // namespace charter::generator

#endif  // CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_MODEL_H_
