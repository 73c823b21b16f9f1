// What opening a case costs with a unit of an allotment reserved, beside
// opening one without: in turns, in one run, on one server.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/v1/case_service.grpc.pb.h"
#include "charter/v1/entitlement_client.h"
#include "tools/bench/load/load.h"
#include "tools/bench/load/support.h"
#include "tools/bench/verbs.h"

namespace charter::bench {
namespace {

constexpr int kAccounts = 1000;

struct Options {
  int rounds = 3;
  int64_t calls = 4000;
  int callers = 64;
};

// How the cases of a round are opened.
struct Way {
  const char* title;
  bool units = false;  // each reserves one
  bool one = false;    // all under one entitlement, whose row they lock in turn
};
constexpr Way kWays[] = {
    {"without an allotment", false, false},
    {"reserving, over 1,000 entitlements", true, false},
    {"reserving, all of one entitlement", true, true},
};

std::string EntitlementOf(const Way& way, int account) {
  return way.units ? absl::StrCat("entitlements/u", account)
                   : absl::StrCat("entitlements/e", account);
}

void MakeAllotments(const std::shared_ptr<client::Channel>& channel) {
  v1::EntitlementClient entitlements(channel);
  for (int i = 0; i < kAccounts; ++i) {
    Must(entitlements.CreateEntitlement(
        Proto<v1::CreateEntitlementRequest>(absl::StrCat(
            "entitlement_id: 'u", i, "' entitlement { account: 'accounts/a", i,
            "' display_name: 'Units' process: 'entitlementProcesses/support' "
            "start_date { year: 2020 month: 1 day: 1 } allotment { unit: "
            "CASES commit: CLOSING } }"))));
    Must(entitlements.GrantUnits(Proto<v1::GrantUnitsRequest>(
        absl::StrCat("name: 'entitlements/u", i, "' units: 1000000"))));
  }
}

int Measure(const BenchOptions& bench, const Options& options) {
  BenchDatabase database(bench);
  BenchServer server(database);
  MakeSupport(server.Client(), kAccounts);
  MakeAllotments(server.Client());
  // Bare stubs, and a connection for each: what the client costs would be in
  // the figure.
  const auto channels = server.Channels(options.callers);
  std::vector<std::unique_ptr<v1::CaseService::Stub>> stubs;
  for (const auto& channel : channels)
    stubs.push_back(v1::CaseService::NewStub(channel));
  std::printf("OpenCase with a reservation beside without: %s; %d callers\n",
              Describe(bench).c_str(), options.callers);
  std::vector<double> ratios[std::size(kWays)];
  for (int round = 0; round <= options.rounds; ++round) {
    double plain = 0;
    for (size_t i = 0; i < std::size(kWays); ++i) {
      const Way& way = kWays[i];
      LoadResult result;
      RunWorkers(
          options.callers, options.calls,
          [&](int worker, int64_t index) {
            const int account =
                way.one ? 0 : static_cast<int>(index % kAccounts);
            v1::OpenCaseRequest request;
            v1::Case& item = *request.mutable_case_();
            item.set_account(absl::StrCat("accounts/a", account));
            item.set_entitlement(EntitlementOf(way, account));
            item.set_subject("The printer is on fire");
            grpc::ClientContext context;
            v1::OpenCaseResponse response;
            return stubs[static_cast<size_t>(worker)]
                ->OpenCase(&context, request, &response)
                .ok();
          },
          &result);
      if (result.failed > 0) Die(absl::StrCat(result.failed, " calls failed"));
      if (i == 0) plain = result.PerSecond();
      const double ratio = result.PerSecond() / plain;
      std::printf("%-8s %-36s %7.0f/s  ratio %.2f  %s\n",
                  round == 0 ? "warm-up" : absl::StrCat(round).c_str(),
                  way.title, result.PerSecond(), ratio,
                  result.latency.Summary().c_str());
      std::fflush(stdout);
      if (round > 0) ratios[i].push_back(ratio);
    }
  }
  for (size_t i = 1; i < std::size(kWays); ++i) {
    std::sort(ratios[i].begin(), ratios[i].end());
    std::printf("%s, median of %d rounds: %.2f of opening without\n",
                kWays[i].title, options.rounds,
                ratios[i][ratios[i].size() / 2]);
  }
  return 0;
}

}  // namespace

void AddReserve(CLI::App& app, const BenchOptions& bench,
                std::function<int()>& run) {
  CLI::App* verb = app.add_subcommand(
      "reserve", "OpenCase that reserves a unit beside one that doesn't");
  auto options = std::make_shared<Options>();
  verb->add_option("--rounds", options->rounds, "after one to warm up")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  verb->add_option("--calls", options->calls, "of each kind in each round")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--callers", options->callers, "at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->callback([&bench, &run, options] {
    run = [&bench, options] { return Measure(bench, *options); };
  });
}

}  // namespace charter::bench
