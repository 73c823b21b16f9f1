#include "client-sdk/src/transport.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "charter/version.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace charter::client::internal {
namespace {

// What a server of ours sends at most.
constexpr int kMostResponseBytes = 16 << 20;
// Certificates are looked at again after so many seconds.
constexpr unsigned kLookEvery = 1;

std::string FromEnvironment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

std::shared_ptr<grpc::ChannelCredentials> TlsCredentialsOf(const Tls& tls) {
  // This gRPC has what watches files in its namespace `experimental` alone.
  using grpc::experimental::FileWatcherCertificateProvider;
  grpc::experimental::TlsChannelCredentialsOptions options;
  if (!tls.ca_file.empty() || !tls.cert_file.empty()) {
    options.set_certificate_provider(
        std::make_shared<FileWatcherCertificateProvider>(
            tls.key_file, tls.cert_file, tls.ca_file, kLookEvery));
  }
  if (!tls.ca_file.empty()) options.watch_root_certs();
  if (!tls.cert_file.empty()) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

// `HOST:PORT`, `[HOST]:PORT`.
bool IsThisMachine(absl::string_view address) {
  std::string host(address.substr(0, address.rfind(':')));
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]"))
    host = host.substr(1, host.size() - 2);
  if (host == "localhost" || host == "::1") return true;
  in_addr parsed;
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 &&
         (ntohl(parsed.s_addr) >> 24) == 127;
}

}  // namespace

absl::string_view OptionOfChannels(const Options& options) {
  if (options.Find<EndpointOption>() != nullptr) return "EndpointOption";
  if (options.Find<TlsOption>() != nullptr) return "TlsOption";
  if (options.Find<UserAgentOption>() != nullptr) return "UserAgentOption";
  if (options.Find<GrpcChannelOption>() != nullptr) return "GrpcChannelOption";
  if (options.Find<TimingOption>() != nullptr) return "TimingOption";
  if (options.Find<RetryBudgetOption>() != nullptr) return "RetryBudgetOption";
  if (options.Find<FaultsOption>() != nullptr) return "FaultsOption";
  return "";
}

bool StaysHere(absl::string_view target) {
  if (absl::StartsWith(target, "unix:")) return true;
  absl::ConsumePrefix(&target, "dns:///");
  // These take several.
  absl::ConsumePrefix(&target, "ipv4:");
  absl::ConsumePrefix(&target, "ipv6:");
  const std::vector<absl::string_view> addresses = absl::StrSplit(target, ',');
  return std::all_of(addresses.begin(), addresses.end(), IsThisMachine);
}

Transport::Transport(Options options)
    : options_(std::move(options)),
      rights_(options_.Find<RetryBudgetOption>() == nullptr
                  ? RetryBudget()
                  : *options_.Find<RetryBudgetOption>()) {
  const auto* timing = options_.Find<TimingOption>();
  timing_ = timing == nullptr ? SystemTiming() : *timing;
  if (const auto* credentials = options_.Find<CredentialsOption>();
      credentials != nullptr) {
    credentials_ = *credentials;
  } else if (std::string file = FromEnvironment("CHARTER_TOKEN_FILE", "");
             !file.empty()) {
    credentials_ = TokenFile(std::move(file));
  }
  if (const auto* faults = options_.Find<FaultsOption>(); faults != nullptr)
    faults_ = *faults;
  broken_ = Connect();
}

absl::Status Transport::Connect() {
  if (options_.Find<RequestIdOption>() != nullptr ||
      options_.Find<ValidateOnlyOption>() != nullptr) {
    return absl::InvalidArgumentError(
        "RequestIdOption and ValidateOnlyOption are for clients and calls, not "
        "for channels");
  }
  if (const auto* given = options_.Find<GrpcChannelOption>();
      given != nullptr) {
    channel_ = *given;
    if (channel_ != nullptr) return absl::OkStatus();
    return absl::InvalidArgumentError("GrpcChannelOption: there is no channel");
  }
  const auto* endpoint = options_.Find<EndpointOption>();
  const std::string target =
      endpoint == nullptr
          ? FromEnvironment("CHARTER_ENDPOINT", "127.0.0.1:50051")
          : *endpoint;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostResponseBytes);
  // Attempts are counted once, by us.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A server that has gone without a word is noticed; ours takes a ping every
  // 20 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  const auto* agent = options_.Find<UserAgentOption>();
  arguments.SetUserAgentPrefix(absl::StrCat(agent == nullptr ? "" : *agent,
                                            agent == nullptr ? "" : " ",
                                            "charter-cpp/", kVersion));
  std::optional<Tls> tls;
  if (const auto* given = options_.Find<TlsOption>(); given != nullptr) {
    tls = *given;
  } else if (std::string file = FromEnvironment("CHARTER_CA_FILE", "");
             !file.empty()) {
    tls = Tls{.ca_file = std::move(file)};
  }
  if (!tls.has_value()) {
    if (!StaysHere(target)) {
      keeps_secrets_ = absl::FailedPreconditionError(absl::StrCat(
          target,
          " is another machine, where a token would go in plain text: use TLS "
          "(TlsOption), or the server's machine, or a tunnel"));
    }
    // A proxy of the environment's would be another machine on the way.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    channel_ = grpc::CreateCustomChannel(
        target, grpc::InsecureChannelCredentials(), arguments);
    return absl::OkStatus();
  }
  if (tls->cert_file.empty() != tls->key_file.empty()) {
    return absl::InvalidArgumentError(
        "TlsOption: cert_file and key_file go together: give both or neither");
  }
  if (!tls->server_name.empty())
    arguments.SetSslTargetNameOverride(tls->server_name);
  channel_ =
      grpc::CreateCustomChannel(target, TlsCredentialsOf(*tls), arguments);
  return absl::OkStatus();
}

}  // namespace charter::client::internal
