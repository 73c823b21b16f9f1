// Server credentials. The TLS provider interface of this gRPC is still in its
// namespace `experimental`, so it is used here alone.
#ifndef CHARTER_SERVER_CALL_TLS_H_
#define CHARTER_SERVER_CALL_TLS_H_

#include <memory>
#include <string>

#include "grpcpp/security/server_credentials.h"

namespace charter::call {

// Both empty: plain text. Else TLS with the PEM files, which are read again
// when they change; new handshakes then get the new certificate.
std::shared_ptr<grpc::ServerCredentials> MakeCredentials(
    const std::string& cert_file, const std::string& key_file);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_TLS_H_
