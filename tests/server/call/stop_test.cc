// How a server ends, and what health says when the database is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "charter/v1/admin_client.h"
#include "charter/v1/admin_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/services/admin/admin.h"
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
std::promise<void>* held_entered = nullptr;

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
      .Unary<&services::ListAuditEntries>("ListAuditEntries")
      .Unary<&services::CheckIntegrity>("CheckIntegrity")
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
  // A new call is refused.
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

absl::StatusOr<services::Poll<v1::ServerInfo>> WaitingInfo(
    services::Call& call, const v1::GetServerInfoRequest&) {
  const int64_t rings = call.services().actions.rings();
  if (call.last_try()) {
    v1::ServerInfo info;
    info.set_version("at last");
    return services::Poll<v1::ServerInfo>::Answer(info);
  }
  if (std::exchange(hold, nullptr) != nullptr) held_entered->set_value();
  return services::Poll<v1::ServerInfo>::Wait(call.services().actions, rings,
                                              absl::Seconds(30));
}

void RegisterWaiting(call::Endpoints& endpoints) {
  call::ServiceBuilder(endpoints, "charter.v1.AdminService")
      .LongPoll<&WaitingInfo>("GetServerInfo")
      .Unary<&services::ListAuditEntries>("ListAuditEntries")
      .Unary<&services::CheckIntegrity>("CheckIntegrity")
      .Unary<&NoRecalculation>("Recalculate");
}

TEST(StopTest, ALongPollAnswersWhenTheServerStops) {
  Hold held;
  hold = &held;
  held_entered = &held.entered;
  TestServerOptions options;
  options.server.services = &RegisterWaiting;
  TestServer server(std::move(options));
  auto waiting = std::async(std::launch::async, [&] {
    v1::ServerInfo info;
    grpc::Status status = server.Stub<v1::AdminService>()->GetServerInfo(
        NewContext().get(), v1::GetServerInfoRequest(), &info);
    EXPECT_EQ(info.version(), "at last");
    return status;
  });
  held.entered.get_future().wait();
  server.server().Stop(absl::Seconds(60));
  const grpc::Status status = waiting.get();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST(StopTest, AServerCanBeStartedAgainOnItsDatabase) {
  TestServer server;
  server.Restart();
  EXPECT_TRUE(v1::AdminClient(server.Client())
                  .GetServerInfo(v1::GetServerInfoRequest())
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
