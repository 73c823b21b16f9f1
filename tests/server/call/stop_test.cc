// How a server ends, and what health says when the database is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "charter/v1/admin_service.grpc.pb.h"
#include "google/longrunning/operations.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/services/shared/services.h"
#include "tests/support/test_server.h"

namespace charter::test {
namespace {

using grpc::StatusCode;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// Holds a call until the test lets it go.
struct Hold {
  std::promise<void> entered;
  std::promise<void> leave;
};
Hold* hold = nullptr;

absl::StatusOr<v1::ServerInfo> HeldInfo(services::Call&,
                                        const v1::GetServerInfoRequest&) {
  hold->entered.set_value();
  hold->leave.get_future().wait();
  return v1::ServerInfo();
}

absl::StatusOr<google::longrunning::Operation> NoRecalculation(
    services::Call&, const v1::RecalculateRequest&) {
  return google::longrunning::Operation();
}

void RegisterHeld(call::Endpoints& endpoints) {
  call::ServiceBuilder(endpoints, "charter.v1.AdminService")
      .Unary<&HeldInfo>("GetServerInfo")
      .Unary<&NoRecalculation>("Recalculate");
}

TEST(StopTest, HealthSaysSoNewCallsAreRefusedAndRunningOnesFinish) {
  Hold held;
  hold = &held;
  TestServerOptions options;
  options.server.services = &RegisterHeld;
  TestServer server(std::move(options));
  auto watch_context = NewContext();
  HealthCheckRequest watch_request;
  watch_request.set_service("charter.v1.AdminService");
  auto watch = server.Stub<Health>()->Watch(watch_context.get(), watch_request);
  HealthCheckResponse health;
  ASSERT_TRUE(watch->Read(&health));
  EXPECT_EQ(health.status(), HealthCheckResponse::SERVING);

  auto running = std::async(std::launch::async, [&] {
    v1::ServerInfo info;
    return server.Stub<v1::AdminService>()->GetServerInfo(
        NewContext().get(), v1::GetServerInfoRequest(), &info);
  });
  held.entered.get_future().wait();
  std::thread stopper([&] { server.server().Stop(absl::Seconds(60)); });
  // The watcher learns it first, then its stream ends as draining.
  ASSERT_TRUE(watch->Read(&health));
  EXPECT_EQ(health.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&health));
  const grpc::Status ended = watch->Finish();
  EXPECT_EQ(ended.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(ended), "DRAINING");
  // A new call is refused, by the server or because it listens no more.
  v1::ServerInfo info;
  EXPECT_EQ(
      server.Stub<v1::AdminService>()
          ->GetServerInfo(NewContext().get(), v1::GetServerInfoRequest(), &info)
          .error_code(),
      StatusCode::UNAVAILABLE);
  held.leave.set_value();
  EXPECT_TRUE(running.get().ok());
  stopper.join();
}

TEST(StopTest, ALongPollAnswersWhenTheServerStops) {
  TestServer server;
  google::longrunning::Operation operation, waited;
  ASSERT_TRUE(server.Stub<v1::AdminService>()
                  ->Recalculate(NewContext().get(), v1::RecalculateRequest(),
                                &operation)
                  .ok());
  google::longrunning::WaitOperationRequest wait;
  wait.set_name(operation.name());
  auto waiting = std::async(std::launch::async, [&] {
    return server.Stub<google::longrunning::Operations>()->WaitOperation(
        NewContext().get(), wait, &waited);
  });
  server.server().Stop(absl::Seconds(60));
  const grpc::Status status = waiting.get();
  // Answered, or refused when the stop came first.
  if (status.ok()) {
    EXPECT_EQ(waited.name(), operation.name());
  } else {
    EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  }
}

TEST(StopTest, AServerCanBeStartedAgainOnItsDatabase) {
  TestServer server;
  server.Restart();
  v1::ServerInfo info;
  EXPECT_TRUE(
      server.Stub<v1::AdminService>()
          ->GetServerInfo(NewContext().get(), v1::GetServerInfoRequest(), &info)
          .ok());
}

TEST(StopTest, ThePortIsNotShared) {
  TestServer server;
  ServerOptions options;
  options.listen = server.target();
  options.background = false;
  const auto second = Server::Start(server.store(), server.clock(),
                                    call::Identity::Insecure(), options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()),
              testing::HasSubstr(server.target()));
}

TEST(ReadinessTest, IsLostAfterSeveralFailuresAndWonByOneSuccess) {
  std::atomic<bool> down{false};
  TestServerOptions options;
  // SQLITE_IOERR
  options.inject_error = [&](absl::string_view) { return down ? 10 : 0; };
  TestServer server(std::move(options));
  const auto status = [&](const char* service) {
    HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    server.Stub<Health>()->Check(NewContext().get(), request, &response);
    return response.status();
  };
  down = true;
  server.server().probe().RunOnce();
  server.server().probe().RunOnce();
  EXPECT_EQ(status("charter.v1.CaseService"), HealthCheckResponse::SERVING);
  server.server().probe().RunOnce();
  EXPECT_EQ(status("charter.v1.CaseService"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(status(""), HealthCheckResponse::SERVING);
  down = false;
  server.server().probe().RunOnce();
  EXPECT_EQ(status("charter.v1.CaseService"), HealthCheckResponse::SERVING);
}

}  // namespace
}  // namespace charter::test
