// What a stranger finds out about a server: health, reflection, its facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "charter/client/status.h"
#include "charter/v1/admin_client.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/support/test_server.h"

namespace charter::test {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using testing::Contains;
using testing::HasSubstr;

class DiscoveryTest : public testing::Test {
 protected:
  grpc::Status Check(const std::string& service,
                     HealthCheckResponse* response) {
    HealthCheckRequest request;
    request.set_service(service);
    return server_.Stub<Health>()->Check(NewContext().get(), request, response);
  }

  TestServer server_;
};

TEST_F(DiscoveryTest, HealthTellsOfTheProcessAndOfEachService) {
  HealthCheckResponse response;
  for (const char* service :
       {"", "charter.v1.CaseService", "charter.v1.AdminService"}) {
    ASSERT_TRUE(Check(service, &response).ok()) << service;
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING) << service;
  }
  const grpc::Status unknown = Check("no.such.Service", &response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(DiscoveryTest, HealthIsWatched) {
  auto context = NewContext();
  HealthCheckRequest request;
  request.set_service("charter.v1.CaseService");
  auto reader = server_.Stub<Health>()->Watch(context.get(), request);
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  context->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(DiscoveryTest, WatchingAnUnknownServiceSaysSo) {
  auto context = NewContext();
  HealthCheckRequest request;
  request.set_service("no.such.Service");
  auto reader = server_.Stub<Health>()->Watch(context.get(), request);
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context->TryCancel();
  reader->Finish();
}

// One question and its answer.
template <typename Service, typename Request, typename Response>
Response Ask(TestServer& server, const Request& request) {
  auto context = NewContext();
  auto stream = server.Stub<Service>()->ServerReflectionInfo(context.get());
  Response response;
  EXPECT_TRUE(stream->Write(request));
  EXPECT_TRUE(stream->Read(&response));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  return response;
}

template <typename Service, typename Request, typename Response>
void CheckReflection(TestServer& server) {
  Request request;
  request.set_list_services("");
  const Response list = Ask<Service, Request, Response>(server, request);
  std::vector<std::string> services;
  for (const auto& service : list.list_services_response().service()) {
    services.push_back(service.name());
  }
  EXPECT_THAT(services, Contains("charter.v1.CaseService"));
  EXPECT_THAT(services, Contains("grpc.health.v1.Health"));
  EXPECT_THAT(services, Contains("grpc.reflection.v1.ServerReflection"));
  EXPECT_THAT(services, Contains("grpc.reflection.v1alpha.ServerReflection"));
  // Everything that is listed can be built from what is answered, without any
  // file of one's own.
  for (const std::string& service : services) {
    request.set_file_containing_symbol(service);
    const Response files = Ask<Service, Request, Response>(server, request);
    google::protobuf::DescriptorPool pool;
    std::vector<google::protobuf::FileDescriptorProto> protos;
    for (const std::string& bytes :
         files.file_descriptor_response().file_descriptor_proto()) {
      ASSERT_TRUE(protos.emplace_back().ParseFromString(bytes));
    }
    for (size_t built = 0; built < protos.size(); ++built) {
      for (const auto& proto : protos) {
        bool ready = pool.FindFileByName(proto.name()) == nullptr;
        for (const std::string& dependency : proto.dependency()) {
          ready = ready && pool.FindFileByName(dependency) != nullptr;
        }
        if (ready) pool.BuildFile(proto);
      }
    }
    EXPECT_NE(pool.FindServiceByName(service), nullptr) << service;
  }
  request.set_file_containing_symbol("no.such.Symbol");
  const Response missing = Ask<Service, Request, Response>(server, request);
  EXPECT_EQ(missing.error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  const Response numbers = Ask<Service, Request, Response>(server, request);
  EXPECT_THAT(numbers.all_extension_numbers_response().extension_number(),
              Contains(50401));
  request.mutable_file_containing_extension()->set_containing_type(
      "google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50401);
  const Response extension = Ask<Service, Request, Response>(server, request);
  EXPECT_GT(extension.file_descriptor_response().file_descriptor_proto_size(),
            0);
}

TEST_F(DiscoveryTest, ReflectionV1) {
  CheckReflection<grpc::reflection::v1::ServerReflection,
                  grpc::reflection::v1::ServerReflectionRequest,
                  grpc::reflection::v1::ServerReflectionResponse>(server_);
}

TEST_F(DiscoveryTest, ReflectionV1Alpha) {
  CheckReflection<grpc::reflection::v1alpha::ServerReflection,
                  grpc::reflection::v1alpha::ServerReflectionRequest,
                  grpc::reflection::v1alpha::ServerReflectionResponse>(server_);
}

TEST_F(DiscoveryTest, ReflectionAnswersManyQuestionsOnOneStream) {
  auto context = NewContext();
  auto stream = server_.Stub<grpc::reflection::v1::ServerReflection>()
                    ->ServerReflectionInfo(context.get());
  grpc::reflection::v1::ServerReflectionRequest request;
  grpc::reflection::v1::ServerReflectionResponse response;
  for (int i = 0; i < 20; ++i) {
    request.set_file_by_filename("charter/v1/case.proto");
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.original_request().file_by_filename(),
              "charter/v1/case.proto");
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(DiscoveryTest, EveryServiceOfTheProtosIsServed) {
  grpc::reflection::v1::ServerReflectionRequest request;
  request.set_list_services("");
  const auto list =
      Ask<grpc::reflection::v1::ServerReflection,
          grpc::reflection::v1::ServerReflectionRequest,
          grpc::reflection::v1::ServerReflectionResponse>(server_, request);
  std::set<std::string> served;
  for (const auto& service : list.list_services_response().service()) {
    served.insert(service.name());
  }
  for (const char* file :
       {"charter/v1/admin_service.proto", "charter/v1/calendar_service.proto",
        "charter/v1/case_service.proto", "charter/v1/contract_service.proto",
        "charter/v1/directory_service.proto",
        "charter/v1/entitlement_service.proto",
        "charter/v1/event_service.proto", "charter/v1/process_service.proto",
        "charter/v1/report_service.proto",
        "google/longrunning/operations.proto"}) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
            file);
    ASSERT_NE(descriptor, nullptr) << file;
    for (int i = 0; i < descriptor->service_count(); ++i) {
      EXPECT_EQ(served.count(descriptor->service(i)->full_name()), 1u)
          << descriptor->service(i)->full_name();
    }
  }
}

class ServerInfoTest : public testing::TestWithParam<Database> {};
INSTANTIATE_TEST_SUITE_P(All, ServerInfoTest, testing::ValuesIn(kDatabases),
                         testing::PrintToStringParamName());

TEST_P(ServerInfoTest, TellsWhatItIs) {
  TestServer server({.database = GetParam()});
  server.clock().Advance(absl::Seconds(90));
  const auto info = v1::AdminClient(server.Client())
                        .GetServerInfo(v1::GetServerInfoRequest());
  ASSERT_TRUE(info.ok()) << client::Describe(info.status());
  EXPECT_EQ(info->version(), "0.1.0");
  EXPECT_EQ(info->backend(),
            GetParam() == Database::kSqlite ? "sqlite" : "mysql");
  EXPECT_GE(info->schema_version(), 2);
  EXPECT_EQ(info->time().seconds() - info->start_time().seconds(), 90);
  EXPECT_EQ(info->pending_wakeup_count(), 0);
  EXPECT_FALSE(info->has_next_wakeup_time());
  EXPECT_EQ(info->engine_version(), "1");
}

}  // namespace
}  // namespace charter::test
