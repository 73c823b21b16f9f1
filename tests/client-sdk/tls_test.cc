#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "gtest/gtest.h"
#include "samples.h"
#include "server/call/identity.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_server.h"

namespace charter {
namespace {

// Authorities and what they signed, made by OpenSSL.
class TlsTest : public testing::Test {
 protected:
  void Run(const std::string& command) {
    ASSERT_EQ(std::system(absl::StrCat("cd ", dir_.path(), " && ", command,
                                       " >/dev/null 2>&1")
                              .c_str()),
              0)
        << command;
  }
  void MakeAuthority(const std::string& name) {
    Run(
        absl::StrCat("openssl req -x509 -newkey ec -pkeyopt "
                     "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=",
                     name, " -keyout ", name, ".key -out ", name, ".pem"));
  }
  // NAME.pem and NAME.key, signed by the authority.
  void MakeCertificate(const std::string& name, const std::string& authority,
                       const std::string& names) {
    std::ofstream(dir_.File("names.ext")) << "subjectAltName=" << names << "\n";
    Run(
        absl::StrCat("openssl req -newkey ec -pkeyopt "
                     "ec_paramgen_curve:prime256v1 -nodes -subj /CN=",
                     name, " -keyout ", name, ".key -out ", name, ".csr"));
    Run(absl::StrCat("openssl x509 -req -days 2 -in ", name, ".csr -CA ",
                     authority, ".pem -CAkey ", authority,
                     ".key -CAcreateserial -extfile names.ext -out ", name,
                     ".pem"));
  }
  // In place of what the files held, as a tool that renews does it.
  void Put(const std::string& from, const std::string& to) {
    Run(absl::StrCat("cp ", from, " ", to, ".new && mv ", to, ".new ", to));
  }
  std::unique_ptr<test::TestServer> Serve(bool clients_need_certificates) {
    Put("server.pem", "live.pem");
    Put("server.key", "live.key");
    test::TestServerOptions options;
    options.server.tls = {dir_.File("live.pem"), dir_.File("live.key"),
                          clients_need_certificates ? dir_.File("ca.pem") : ""};
    options.tokens = absl::StrCat(
        "[[token]]\ncertificate = \"spiffe://acme/desk\"\nprincipal = "
        "\"desk\"\nroles = [\"viewer\"]\n[[token]]\nsha256 = \"",
        call::HashToken("secret"),
        "\"\nprincipal = \"portal\"\nroles = [\"viewer\"]\n");
    return std::make_unique<test::TestServer>(options);
  }
  static absl::Status List(const test::TestServer& server,
                           client::Options options) {
    options.Set<client::EndpointOption>(server.target())
        .Set<client::DeadlineOption>(absl::Seconds(20));
    v1::DirectoryClient directory(client::Channel::Open(std::move(options)));
    return directory.ListAccountsPage({}).status();
  }
  client::Tls Trusting(const std::string& authority) {
    client::Tls tls;
    tls.ca_file = dir_.File(authority);
    return tls;
  }

  test::TempDir dir_;
};

TEST_F(TlsTest, EncryptsAndTakesTheToken) {
  MakeAuthority("ca");
  MakeAuthority("other");
  MakeCertificate("server", "ca", "IP:127.0.0.1");
  const auto server = Serve(false);
  const auto token = client::BearerToken("secret");
  EXPECT_TRUE(List(*server, client::Options()
                                .Set<client::TlsOption>(Trusting("ca.pem"))
                                .Set<client::CredentialsOption>(token))
                  .ok());
  const absl::Status unknown = List(
      *server, client::Options().Set<client::TlsOption>(Trusting("ca.pem")));
  EXPECT_EQ(client::ReasonOf(unknown), "TOKEN_MISSING");
  const absl::Status distrusted =
      List(*server, client::Options()
                        .Set<client::TlsOption>(Trusting("other.pem"))
                        .Set<client::CredentialsOption>(token)
                        .Set<client::RetryOption>({.most_attempts = 1}));
  EXPECT_EQ(distrusted.code(), absl::StatusCode::kUnavailable) << distrusted;
}

TEST_F(TlsTest, ACertificateSaysWhoCalls) {
  MakeAuthority("ca");
  MakeCertificate("server", "ca", "IP:127.0.0.1");
  MakeCertificate("desk", "ca", "URI:spiffe://acme/desk");
  MakeCertificate("stranger", "ca", "URI:spiffe://acme/stranger");
  const auto server = Serve(true);
  client::Tls tls = Trusting("ca.pem");
  const absl::Status without = List(
      *server,
      client::Options().Set<client::TlsOption>(tls).Set<client::RetryOption>(
          {.most_attempts = 1}));
  EXPECT_EQ(without.code(), absl::StatusCode::kUnavailable) << without;
  tls.cert_file = dir_.File("desk.pem");
  tls.key_file = dir_.File("desk.key");
  const absl::Status known =
      List(*server, client::Options().Set<client::TlsOption>(tls));
  EXPECT_TRUE(known.ok()) << client::Describe(known);
  tls.cert_file = dir_.File("stranger.pem");
  tls.key_file = dir_.File("stranger.key");
  EXPECT_EQ(client::ReasonOf(
                List(*server, client::Options().Set<client::TlsOption>(tls))),
            "CERTIFICATE_UNKNOWN");
}

TEST_F(TlsTest, CertificatesAreRenewedWhileTheServerRuns) {
  MakeAuthority("ca");
  MakeCertificate("server", "ca", "IP:127.0.0.1");
  MakeAuthority("next");
  MakeCertificate("renewed", "next", "IP:127.0.0.1");
  const auto server = Serve(false);
  const auto token = client::BearerToken("secret");
  const auto with = [&](const std::string& authority) {
    return List(*server, client::Options()
                             .Set<client::TlsOption>(Trusting(authority))
                             .Set<client::CredentialsOption>(token));
  };
  ASSERT_TRUE(with("ca.pem").ok());
  // As the sample connects.
  std::ofstream(dir_.File("token")) << "secret\n";
  EXPECT_TRUE(v1::DirectoryClient(samples::Connect(server->target(),
                                                   dir_.File("ca.pem"),
                                                   dir_.File("token")))
                  .ListAccountsPage({})
                  .ok());
  // The environment may say whom to trust.
  setenv("CHARTER_CA_FILE", dir_.File("ca.pem").c_str(), 1);
  const absl::Status trusted =
      List(*server, client::Options().Set<client::CredentialsOption>(token));
  unsetenv("CHARTER_CA_FILE");
  EXPECT_TRUE(trusted.ok()) << client::Describe(trusted);
  Put("renewed.key", "live.key");
  Put("renewed.pem", "live.pem");
  // It is tried again until the server has seen its new files.
  const absl::Status status = with("next.pem");
  EXPECT_TRUE(status.ok()) << client::Describe(status);
}

TEST_F(TlsTest, ATokenIsNotSentInPlainTextToAnotherMachine) {
  const absl::Status status =
      v1::DirectoryClient(
          client::Channel::Open(
              client::Options()
                  .Set<client::EndpointOption>("charter.example:50051")
                  .Set<client::CredentialsOption>(
                      client::BearerToken("secret"))))
          .ListAccountsPage({})
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
}

}  // namespace
}  // namespace charter
