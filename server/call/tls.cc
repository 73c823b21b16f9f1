#include "server/call/tls.h"

#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace charter::call {

std::shared_ptr<grpc::ServerCredentials> MakeCredentials(
    const std::string& cert_file, const std::string& key_file) {
  if (cert_file.empty()) return grpc::InsecureServerCredentials();
  constexpr unsigned kLookEverySeconds = 5;
  auto provider =
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          key_file, cert_file, kLookEverySeconds);
  grpc::experimental::TlsServerCredentialsOptions options(std::move(provider));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace charter::call
