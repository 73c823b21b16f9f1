// protoc's plugin for Charter's C++ clients:
//
//   protoc --plugin=protoc-gen-charter-client --charter-client_out=DIR
//          x/v1/things_service.proto x/v1/thing.proto
//
// A file with a service gives `x/v1/things_client.h`, `x/v1/things_client.cc`
// and `x/v1/mock_things_connection.h`; one without gives `x/v1/thing_fields.h`.
// Methods need `option (charter.v1.policy)`, but for google.longrunning's.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/compiler/code_generator.h"
#include "google/protobuf/compiler/plugin.h"
#include "google/protobuf/io/printer.h"
#include "google/protobuf/io/zero_copy_stream.h"
#include "tools/protoc-gen-charter-client/emit.h"
#include "tools/protoc-gen-charter-client/model.h"

namespace charter::generator {
namespace {

class ClientGenerator : public google::protobuf::compiler::CodeGenerator {
 public:
  uint64_t GetSupportedFeatures() const override {
    return FEATURE_PROTO3_OPTIONAL;
  }

  bool Generate(const google::protobuf::FileDescriptor* file,
                const std::string& parameter,
                google::protobuf::compiler::GeneratorContext* context,
                std::string* error) const override {
    if (!parameter.empty()) {
      *error = absl::StrCat("no such parameter: ", parameter);
      return false;
    }
    if (file->package().empty()) {
      *error =
          "it has no package, and the package is the C++ namespace: add one, "
          "as `package library.v1;`";
      return false;
    }
    const auto write = [&](const std::string& name, const auto& emit) {
      const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(
          context->Open(name));
      google::protobuf::io::Printer printer(stream.get(), '%');
      emit(printer);
    };
    using google::protobuf::io::Printer;
    const std::string stem = StemOf(file);
    if (file->service_count() == 0) {
      write(stem + "_fields.h", [&](Printer& out) { EmitFields(file, out); });
      return true;
    }
    if (file->service_count() > 1) {
      *error = absl::StrCat(file->name(),
                            ": a file has one service; put the others into "
                            "files of their own");
      return false;
    }
    ServiceModel service;
    if (!ModelOf(file->service(0), &service, error)) return false;
    const size_t name = stem.rfind('/') + 1;  // 0: no folder
    write(stem + "_client.h",
          [&](Printer& out) { EmitClientHeader(service, out); });
    write(stem + "_client.cc",
          [&](Printer& out) { EmitClientSource(service, out); });
    write(absl::StrCat(stem.substr(0, name), "mock_", stem.substr(name),
                       "_connection.h"),
          [&](Printer& out) { EmitMock(service, out); });
    return true;
  }
};

}  // namespace
}  // namespace charter::generator

int main(int argc, char** argv) {
  const charter::generator::ClientGenerator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
