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
  void PutPair(const std::string& from, const std::string& to) {
    Put(absl::StrCat(from, ".key"), absl::StrCat(to, ".key"));
    Put(absl::StrCat(from, ".pem"), absl::StrCat(to, ".pem"));
  }
  // `client_ca`: the file with whom it trusts to sign callers' certificates;
  // empty: they need none.
  std::unique_ptr<test::TestServer> Serve(const std::string& client_ca = "",
                                          const std::string& listen = "") {
    PutPair("server", "live");
    test::TestServerOptions options;
    if (!listen.empty()) options.server.listen = listen;
    options.server.tls = {dir_.File("live.pem"), dir_.File("live.key"),
                          client_ca.empty() ? "" : dir_.File(client_ca)};
    options.tokens = absl::StrCat(
        "[[token]]\ncertificate = \"spiffe://acme/desk\"\nprincipal = "
        "\"desk\"\nroles = [\"viewer\"]\n[[token]]\nsha256 = \"",
        call::HashToken("secret"),
        "\"\nprincipal = \"portal\"\nroles = [\"viewer\"]\n");
    return std::make_unique<test::TestServer>(options);
  }
  static absl::Status List(const test::TestServer& server,
                           client::Options options) {
    options.Set<client::EndpointOption>(server.target());
    return List(client::Channel::Open(std::move(options)));
  }
  static absl::Status List(std::shared_ptr<client::Channel> channel,
                           client::Options options = {}) {
    options.Set<client::DeadlineOption>(absl::Seconds(60));
    return v1::DirectoryClient(std::move(channel), std::move(options))
        .ListAccountsPage({})
        .status();
  }
  static client::Options Once() {
    return client::Options().Set<client::RetryOption>({.most_attempts = 1});
  }
  client::Tls Trusting(const std::string& authority) {
    client::Tls tls;
    tls.ca_file = dir_.File(authority);
    return tls;
  }
  client::Tls With(client::Tls tls, const std::string& certificate) {
    tls.cert_file = dir_.File(absl::StrCat(certificate, ".pem"));
    tls.key_file = dir_.File(absl::StrCat(certificate, ".key"));
    return tls;
  }
  // Where a server that starts again is found again.
  std::string Socket() { return absl::StrCat("unix:", dir_.File("socket")); }
  std::shared_ptr<client::Channel> OpenSocket(client::Tls tls) {
    tls.server_name = "charter.example";
    return client::Channel::Open(client::Options()
                                     .Set<client::EndpointOption>(Socket())
                                     .Set<client::TlsOption>(tls)
                                     .Set<client::CredentialsOption>(nullptr));
  }

  test::TempDir dir_;
};

TEST_F(TlsTest, EncryptsAndTakesTheToken) {
  MakeAuthority("ca");
  MakeAuthority("other");
  MakeCertificate("server", "ca", "IP:127.0.0.1");
  const auto server = Serve();
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
  const auto server = Serve("ca.pem");
  client::Tls tls = Trusting("ca.pem");
  const absl::Status without = List(
      *server,
      client::Options().Set<client::TlsOption>(tls).Set<client::RetryOption>(
          {.most_attempts = 1}));
  EXPECT_EQ(without.code(), absl::StatusCode::kUnavailable) << without;
  const absl::Status known = List(
      *server, client::Options().Set<client::TlsOption>(With(tls, "desk")));
  EXPECT_TRUE(known.ok()) << client::Describe(known);
  EXPECT_EQ(
      client::ReasonOf(List(*server, client::Options().Set<client::TlsOption>(
                                         With(tls, "stranger")))),
      "CERTIFICATE_UNKNOWN");
}

TEST_F(TlsTest, CertificatesAreRenewedWhileTheServerRuns) {
  MakeAuthority("ca");
  MakeCertificate("server", "ca", "IP:127.0.0.1");
  MakeAuthority("next");
  MakeCertificate("renewed", "next", "IP:127.0.0.1");
  const auto server = Serve();
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

TEST_F(TlsTest, WhomTheServerTrustsToSignCallersIsRenewedWhileItRuns) {
  MakeAuthority("ca");
  MakeCertificate("server", "ca", "IP:127.0.0.1");
  MakeAuthority("next");
  MakeCertificate("former", "ca", "URI:spiffe://acme/desk");
  MakeCertificate("renewed", "next", "URI:spiffe://acme/desk");
  Put("ca.pem", "signers.pem");
  const auto server = Serve("signers.pem");
  const auto with = [&](const std::string& certificate,
                        client::Options options) {
    return List(*server, options.Set<client::TlsOption>(
                             With(Trusting("ca.pem"), certificate)));
  };
  const absl::Status before = with("former", {});
  ASSERT_TRUE(before.ok()) << client::Describe(before);
  const absl::Status refused = with("renewed", Once());
  ASSERT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
  Put("next.pem", "signers.pem");
  // It is tried again until the server has seen its new file.
  const absl::Status after = with("renewed", {});
  EXPECT_TRUE(after.ok()) << client::Describe(after);
  const absl::Status past = with("former", Once());
  EXPECT_EQ(past.code(), absl::StatusCode::kUnavailable) << past;
}

// The server's certificate is of another authority from now on, and whom to
// trust is told to the client later.
TEST_F(TlsTest, AnOpenChannelTakesUpWhomToTrust) {
  MakeAuthority("ca");
  MakeCertificate("server", "ca", "DNS:charter.example");
  MakeAuthority("next");
  MakeCertificate("renewed", "next", "DNS:charter.example");
  // Callers show a certificate, which stays as it is.
  MakeCertificate("desk", "ca", "URI:spiffe://acme/desk");
  Put("ca.pem", "trusted.pem");
  const auto server = Serve("ca.pem", Socket());
  const client::Tls tls = With(Trusting("trusted.pem"), "desk");
  const auto channel = OpenSocket(tls);
  const absl::Status before = List(channel);
  ASSERT_TRUE(before.ok()) << client::Describe(before);
  PutPair("renewed", "live");
  // Connections don't outlast it.
  server->Restart();
  EXPECT_EQ(List(channel, Once()).code(), absl::StatusCode::kUnavailable);
  // Whose first connection this is meets nothing but distrust.
  const absl::Status distrusted = List(OpenSocket(tls), Once());
  ASSERT_EQ(distrusted.code(), absl::StatusCode::kUnavailable) << distrusted;
  Put("next.pem", "trusted.pem");
  const absl::Status after = List(channel);
  EXPECT_TRUE(after.ok()) << client::Describe(after);
}

TEST_F(TlsTest, AnOpenChannelTakesUpItsCertificate) {
  MakeAuthority("ca");
  MakeCertificate("server", "ca", "DNS:charter.example");
  MakeAuthority("next");
  MakeCertificate("former", "ca", "URI:spiffe://acme/desk");
  MakeCertificate("renewed", "next", "URI:spiffe://acme/desk");
  Put("ca.pem", "signers.pem");
  PutPair("former", "mine");
  const auto server = Serve("signers.pem", Socket());
  const client::Tls tls = With(Trusting("ca.pem"), "mine");
  const auto channel = OpenSocket(tls);
  const absl::Status before = List(channel);
  ASSERT_TRUE(before.ok()) << client::Describe(before);
  Put("next.pem", "signers.pem");
  server->Restart();
  EXPECT_EQ(List(channel, Once()).code(), absl::StatusCode::kUnavailable);
  const absl::Status refused = List(OpenSocket(tls), Once());
  ASSERT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
  PutPair("renewed", "mine");
  const absl::Status after = List(channel);
  EXPECT_TRUE(after.ok()) << client::Describe(after);
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
