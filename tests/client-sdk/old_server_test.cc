// The client of a server that is older than it.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/doctor.h"
#include "charter/client/event_stream.h"
#include "charter/client/status.h"
#include "charter/client/timing.h"
#include "charter/v1/admin_service.grpc.pb.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/v1/event_client.h"
#include "charter/v1/event_service.grpc.pb.h"
#include "charter/version.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using ::testing::HasSubstr;

class OldAdmin : public v1::AdminService::Service {
 public:
  explicit OldAdmin(std::string version) : version_(std::move(version)) {}

 private:
  grpc::Status GetServerInfo(grpc::ServerContext*,
                             const v1::GetServerInfoRequest*,
                             v1::ServerInfo* info) override {
    info->set_version(version_);
    info->mutable_time()->set_seconds(
        absl::ToUnixSeconds(SystemTiming()->Now()));
    return grpc::Status::OK;
  }

  const std::string version_;
};
// A server of a version that had accounts to read, and a feed that did not say
// how far it had looked.
class OldDirectory : public v1::DirectoryService::Service {
  grpc::Status GetAccount(grpc::ServerContext*, const v1::GetAccountRequest*,
                          v1::Account*) override {
    return grpc::Status::OK;
  }
};
class OldEvents : public v1::EventService::Service {
  grpc::Status WatchEvents(
      grpc::ServerContext*, const v1::WatchEventsRequest*,
      grpc::ServerWriter<v1::WatchEventsResponse>* writer) override {
    v1::WatchEventsResponse response;
    response.set_bookmark(true);
    response.set_resume_token("here");
    response.set_head_sequence(7);
    writer->Write(response);
    return grpc::Status::OK;
  }
};

TEST(OldServerTest, WhatItLacksIsToldOrDoneWithout) {
  OldDirectory old_directory;
  OldEvents old_events;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&old_directory);
  builder.RegisterService(&old_events);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto channel = Channel::Open(
      Options().Set<EndpointOption>(absl::StrCat("127.0.0.1:", port)));
  v1::DirectoryClient directory(channel);
  ASSERT_TRUE(directory.GetAccount("accounts/acme").ok());
  const absl::Status status = directory.ListAccountsPage({}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(AttemptsOf(status)->count, 1);
  EXPECT_THAT(Describe(status),
              HasSubstr("this server has no method charter.v1.DirectoryService"
                        "/ListAccounts: it is older than this client"));
  EventStream stream(v1::MakeEventConnection(channel), {});
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 0);
}

// What Doctor finds bad in a server of that version, which had no feed.
std::vector<Finding> BadOf(const std::string& version) {
  OldAdmin old_admin(version);
  grpc::ServerBuilder builder;
  builder.RegisterService(&old_admin);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::vector<Finding> bad;
  for (const Finding& finding : Doctor(Channel::Open(
           Options()
               .Set<GrpcChannelOption>(server->InProcessChannel({}))
               .Set<CredentialsOption>(nullptr)))) {
    if (!finding.good) bad.push_back(finding);
  }
  return bad;
}

TEST(OldServerTest, DoctorNamesItsVersionAndTheFeedThatItLacks) {
  const std::vector<Finding> bad = BadOf("0.0.9");
  ASSERT_EQ(bad.size(), 2u) << Print(bad);
  EXPECT_EQ(Print({bad[0]}),
            absl::StrCat("!!  version: server 0.0.9, SDK ", kVersion,
                         "; take the SDK of the server's version\n"));
  EXPECT_EQ(bad[1].what, "feed");
  EXPECT_THAT(bad[1].detail, HasSubstr("ListEvents"));
  EXPECT_THAT(bad[1].way_out, HasSubstr("a server older than this SDK"));
  // What was only corrected since goes together.
  const std::string ours = kVersion;
  const std::vector<Finding> corrected =
      BadOf(absl::StrCat(ours.substr(0, ours.rfind('.')), ".99"));
  ASSERT_EQ(corrected.size(), 1u) << Print(corrected);
  EXPECT_EQ(corrected[0].what, "feed");
}

}  // namespace
}  // namespace charter::client
