// The client of a server that is older than it.
#include <memory>

#include "absl/strings/str_cat.h"
#include "charter/client/channel.h"
#include "charter/client/event_stream.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/v1/event_client.h"
#include "charter/v1/event_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using ::testing::HasSubstr;

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

}  // namespace
}  // namespace charter::client
