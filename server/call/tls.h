// Server credentials. The TLS provider interface of this gRPC is still in its
// namespace `experimental`, so it is used here alone.
#ifndef CHARTER_SERVER_CALL_TLS_H_
#define CHARTER_SERVER_CALL_TLS_H_

#include <memory>
#include <string>

#include "grpcpp/security/server_credentials.h"

namespace charter::call {

// PEM files, which are read again when they change; new handshakes then get
// what is new. A pair that does not fit leaves the former one in force.
struct TlsFiles {
  std::string cert, key;  // the server's; both empty: plain text
  // The authorities one of which must have signed the caller's certificate;
  // empty: callers need none.
  std::string client_ca;
};
std::shared_ptr<grpc::ServerCredentials> MakeCredentials(const TlsFiles& files);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_TLS_H_
