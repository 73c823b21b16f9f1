#include "tools/protoc-gen-charter-client/words.h"

#include "absl/strings/str_cat.h"
#include "tools/protoc-gen-charter-client/emit.h"

namespace charter::generator {

using Kind = MethodModel::Kind;

Words WordsOf(const ServiceModel& service) {
  const google::protobuf::FileDescriptor* file = service.descriptor->file();
  const std::string stem = StemOf(file);
  return {{"connection", service.base + "Connection"},
          {"client", service.base + "Client"},
          {"base", service.base},
          {"header", stem + "_client.h"},
          {"guard", GuardOf(stem + "_client.h")},
          {"namespace", NamespaceOf(file)},
          {"proto", std::string(file->name())},
          {"pb", absl::StrCat(file->name().substr(0, file->name().size() - 6),
                              ".pb.h")}};
}

Words WordsOf(const MethodModel& method) {
  return {{"name", method.name},
          {"request", method.request},
          {"response", method.response},
          {"row", method.row},
          {"rows", method.rows},
          {"path", method.path},
          {"deadline", method.deadline},
          {"repeatable", method.repeatable ? "true" : "false"},
          {"always_writes", method.always_writes ? "true" : "false"},
          // The function that gives one response.
          {"one",
           method.kind == Kind::kPaged ? method.name + "Page" : method.name}};
}

std::string ParametersOf(const std::vector<Parameter>& parameters) {
  std::string text;
  for (const Parameter& parameter : parameters)
    absl::StrAppend(&text, parameter.type, " ", parameter.name, ", ");
  return text;
}

std::string ReturnOf(const MethodModel& method) {
  switch (method.kind) {
    case Kind::kPaged:
      return absl::StrCat("::charter::client::PageRange<", method.row, ">");
    case Kind::kStream:
      return absl::StrCat("std::unique_ptr<::charter::client::ServerStream<",
                          method.response, ">>");
    case Kind::kUnary:
      break;
  }
  return absl::StrCat("absl::StatusOr<", method.response, ">");
}

}  // namespace charter::generator
