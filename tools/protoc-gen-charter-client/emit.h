// The files that the generator writes. `%` is what names are set in.
#ifndef CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_EMIT_H_
#define CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_EMIT_H_

#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/printer.h"
#include "tools/protoc-gen-charter-client/model.h"

namespace charter::generator {

// `…_client.h`: the connection, which a test may mock, and the client over it.
void EmitClientHeader(const ServiceModel& service,
                      google::protobuf::io::Printer& out);
// `…_client.cc`.
void EmitClientSource(const ServiceModel& service,
                      google::protobuf::io::Printer& out);
// `mock_…_connection.h`.
void EmitMock(const ServiceModel& service, google::protobuf::io::Printer& out);
// `…_fields.h`: the paths of the file's messages, and the names of its
// resources.
void EmitFields(const google::protobuf::FileDescriptor* file,
                google::protobuf::io::Printer& out);

// The first lines of every file.
void EmitHead(const google::protobuf::FileDescriptor* file,
              google::protobuf::io::Printer& out);

}  // namespace charter::generator

#endif  // CHARTER_TOOLS_PROTOC_GEN_CHARTER_CLIENT_EMIT_H_
