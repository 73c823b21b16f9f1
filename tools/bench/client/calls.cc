#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "charter/client/channel.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tools/bench/client/verbs.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

constexpr int kCallsARound = 500;

v1::Account Answer() {
  return Proto<v1::Account>(
      "name: 'accounts/acme' display_name: 'Acme' external_id: 'A-1' "
      "create_time { seconds: 1700000000 } update_time { seconds: 1700000000 } "
      "etag: 'abc'");
}

// Answers everything at once.
class Directory : public v1::DirectoryService::Service {
 public:
  grpc::Status GetAccount(grpc::ServerContext*, const v1::GetAccountRequest*,
                          v1::Account* response) override {
    *response = answer_;
    return grpc::Status::OK;
  }
  grpc::Status CreateAccount(grpc::ServerContext*,
                             const v1::CreateAccountRequest*,
                             v1::Account* response) override {
    *response = answer_;
    return grpc::Status::OK;
  }

 private:
  const v1::Account answer_ = Answer();
};

struct Cost {
  double ns = 0;
  double allocations = 0;
};

Cost Round(const std::function<bool()>& call) {
  const int64_t allocations = Allocations();
  const int64_t begin = absl::GetCurrentTimeNanos();
  for (int i = 0; i < kCallsARound; ++i) {
    if (!call()) Die("a call failed");
  }
  return {
      static_cast<double>(absl::GetCurrentTimeNanos() - begin) / kCallsARound,
      static_cast<double>(Allocations() - allocations) / kCallsARound};
}

Cost Median(std::vector<Cost> costs) {
  const auto middle = costs.begin() + costs.size() / 2;
  std::nth_element(costs.begin(), middle, costs.end(),
                   [](const Cost& a, const Cost& b) { return a.ns < b.ns; });
  return *middle;
}

// The stub and the client in turns; the medians of the rounds.
void Compare(const char* what, int rounds, const std::function<bool()>& stub,
             const std::function<bool()>& client) {
  Round(stub);
  Round(client);
  std::vector<Cost> bare, ours, difference;
  for (int i = 0; i < rounds; ++i) {
    bare.push_back(Round(stub));
    ours.push_back(Round(client));
    difference.push_back({ours.back().ns - bare.back().ns,
                          ours.back().allocations - bare.back().allocations});
  }
  const Cost a = Median(bare), b = Median(ours), d = Median(difference);
  std::printf(
      "%-22s stub %8.0f ns %6.1f allocations   client %8.0f ns %6.1f   the "
      "client adds %6.0f ns %5.1f (%.1f %%)\n",
      what, a.ns, a.allocations, b.ns, b.allocations, d.ns, d.allocations,
      100 * d.ns / a.ns);
}

}  // namespace

void MeasureCalls(int rounds) {
  Directory directory;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&directory);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) Die("no server");
  std::printf(
      "Calls to a server in this process that answers at once, medians "
      "of %d rounds of %d calls\n",
      rounds, kCallsARound);
  const struct {
    const char* name;
    std::shared_ptr<grpc::Channel> channel;
  } ways[] = {{"in process", server->InProcessChannel({})},
              {"TCP", grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                          grpc::InsecureChannelCredentials())}};
  for (const auto& way : ways) {
    const auto stub = v1::DirectoryService::NewStub(way.channel);
    v1::DirectoryClient client(
        v1::MakeDirectoryConnection(client::Channel::Open(
            client::Options().Set<client::GrpcChannelOption>(way.channel))));
    v1::GetAccountRequest get;
    get.set_name("accounts/acme");
    Compare((std::string("GetAccount, ") + way.name).c_str(), rounds,
            [&] {
              grpc::ClientContext context;
              context.set_deadline(
                  absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
              v1::Account response;
              return stub->GetAccount(&context, get, &response).ok();
            },
            [&] { return client.GetAccount(get).ok(); });
    v1::CreateAccountRequest create;
    create.set_account_id("acme");
    *create.mutable_account() = Answer();
    Compare((std::string("CreateAccount, ") + way.name).c_str(), rounds,
            [&] {
              grpc::ClientContext context;
              context.set_deadline(
                  absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
              v1::Account response;
              return stub->CreateAccount(&context, create, &response).ok();
            },
            [&] { return client.CreateAccount(create).ok(); });
  }
  server->Shutdown(absl::ToChronoTime(absl::Now()));
}

}  // namespace charter::bench
