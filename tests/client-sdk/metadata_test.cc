// What travels beside a call: metadata of the caller's, its trace, who calls.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/client/channel.h"
#include "charter/client/observer.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/version.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Notes what comes with each attempt, and fails the first.
class NotingDirectory : public v1::DirectoryService::Service {
 public:
  // The key's values, an attempt after the other.
  std::vector<std::string> Came(const std::string& key) const {
    std::vector<std::string> values;
    for (const auto& attempt : attempts_) {
      for (const auto& [name, value] : attempt) {
        if (name == key) values.push_back(value);
      }
    }
    return values;
  }

 private:
  grpc::Status GetAccount(grpc::ServerContext* context,
                          const v1::GetAccountRequest*, v1::Account*) override {
    auto& attempt = attempts_.emplace_back();
    for (const auto& [name, value] : context->client_metadata()) {
      attempt.emplace_back(std::string(name.data(), name.size()),
                           std::string(value.data(), value.size()));
    }
    return attempts_.size() == 1
               ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy")
               : grpc::Status::OK;
  }

  // One call at a time.
  std::vector<std::vector<std::pair<std::string, std::string>>> attempts_;
};

TEST(MetadataTest, EachAttemptBringsItsTraceAndWhatTheCallerAdds) {
  NotingDirectory noting;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&noting);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  int spans = 0;
  const v1::DirectoryClient directory(Channel::Open(
      Options()
          .Set<EndpointOption>(absl::StrCat("127.0.0.1:", port))
          .Set<UserAgentOption>("desk/3")
          .Set<MetadataOption>({{"x-tenant", "acme"}})
          .Set<TraceContextOption>([&]() -> TraceContext {
            return {absl::StrCat("00-0af7651916cd43dd8448eb211c80319c-"
                                 "b7ad6b716920333",
                                 ++spans, "-01"),
                    "vendor=1"};
          })));
  const auto read = directory.GetAccount("accounts/acme");
  ASSERT_TRUE(read.ok()) << Describe(read.status());
  EXPECT_THAT(
      noting.Came("traceparent"),
      ElementsAre("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01"));
  EXPECT_THAT(noting.Came("tracestate"), ElementsAre("vendor=1", "vendor=1"));
  EXPECT_THAT(noting.Came("x-tenant"), ElementsAre("acme", "acme"));
  for (const std::string& agent : noting.Came("user-agent")) {
    EXPECT_THAT(agent, HasSubstr("desk/3"));
    EXPECT_THAT(agent, HasSubstr(absl::StrCat("charter-cpp/", kVersion)));
  }

  // A trace that is none is not sent, and a call's metadata are the call's.
  const auto again = directory.GetAccount(
      "accounts/acme",
      Options()
          .Set<MetadataOption>({{"x-tenant", "other"}})
          .Set<TraceContextOption>([] { return TraceContext(); }));
  ASSERT_TRUE(again.ok()) << Describe(again.status());
  EXPECT_THAT(noting.Came("traceparent"), ::testing::SizeIs(2));
  EXPECT_THAT(noting.Came("x-tenant"), ElementsAre("acme", "acme", "other"));
  EXPECT_THAT(noting.Came("authorization"), IsEmpty());
}

}  // namespace
}  // namespace charter::client
