// What the path refuses before a handler runs, and how it says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/v1/admin_service.grpc.pb.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/v1/report_service.grpc.pb.h"
#include "google/longrunning/operations.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "server/call/identity.h"
#include "server/call/services.h"
#include "server/services/admin/admin.h"
#include "server/services/shared/errors.h"
#include "storage/records/audit_log.h"
#include "tests/support/test_server.h"

namespace charter::test {
namespace {

using google::longrunning::ListOperationsRequest;
using google::longrunning::ListOperationsResponse;
using google::longrunning::Operations;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using v1::AdminService;
using v1::DirectoryService;

std::string Token(const std::string& token, const std::string& principal,
                  const std::string& role) {
  return absl::StrCat("[[token]]\nsha256 = \"", call::HashToken(token),
                      "\"\nprincipal = \"", principal, "\"\nroles = [\"", role,
                      "\"]\n");
}

grpc::Status GetInfo(TestServer& server, const std::string& token = "") {
  v1::ServerInfo info;
  return server.Stub<AdminService>()->GetServerInfo(
      NewContext(token).get(), v1::GetServerInfoRequest(), &info);
}

TEST(IdentityRefusalTest, TokensAreAskedForAndChecked) {
  TestServer server({.tokens = Token("good", "desk", "viewer")});
  EXPECT_TRUE(GetInfo(server, "good").ok());
  grpc::Status status = GetInfo(server);
  EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "TOKEN_MISSING");
  status = GetInfo(server, "wrong");
  EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "TOKEN_INVALID");
  EXPECT_THAT(status.error_message(), Not(HasSubstr("wrong")));
  EXPECT_EQ(ErrorInfoOf(status).domain(), "charter.dev");
}

TEST(IdentityRefusalTest, ATokenThatWasTakenOutIsRefusedAtOnce) {
  TestServer server({.tokens = Token("one", "desk", "viewer")});
  EXPECT_TRUE(GetInfo(server, "one").ok());
  server.SetTokens(Token("two", "desk", "viewer"));
  EXPECT_EQ(ReasonOf(GetInfo(server, "one")), "TOKEN_INVALID");
  EXPECT_TRUE(GetInfo(server, "two").ok());
}

TEST(IdentityRefusalTest, PermissionsAreCheckedBeforeAnythingElse) {
  TestServer server({.tokens = Token("t", "desk", "viewer")});
  v1::Account account;
  // The request is wrong as well, which a caller without permission isn't told.
  const grpc::Status status = server.Stub<DirectoryService>()->CreateAccount(
      NewContext("t").get(), v1::CreateAccountRequest(), &account);
  EXPECT_EQ(status.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(status), "PERMISSION_MISSING");
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("permission"), "accounts.create");
  // It is in the audit, once the workers did what was queued.
  server.server().Stop(absl::Seconds(60));
  const auto session = server.store().OpenSession();
  std::vector<storage::AuditRecord> rows;
  ASSERT_TRUE(session
                  ->Read({},
                         [&](storage::Transaction& tx) {
                           auto read = storage::ReadAudit(tx, "", 10);
                           if (read.ok()) rows = *std::move(read);
                           return read.status();
                         })
                  .ok());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].principal, "desk");
  EXPECT_EQ(rows[0].method, "charter.v1.DirectoryService/CreateAccount");
  EXPECT_EQ(rows[0].outcome, StatusCode::PERMISSION_DENIED);
}

TEST(IdentityRefusalTest, HealthNeedsNoToken) {
  TestServer server({.tokens = Token("t", "desk", "viewer")});
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_TRUE(server.Stub<grpc::health::v1::Health>()
                  ->Check(NewContext().get(),
                          grpc::health::v1::HealthCheckRequest(), &response)
                  .ok());
}

class RequestRefusalTest : public testing::TestWithParam<Database> {
 protected:
  // A call with these bytes as its request.
  grpc::Status CallWith(const std::string& method, const std::string& bytes) {
    grpc::GenericStub stub(server_.channel());
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1), response;
    auto context = NewContext();
    std::promise<grpc::Status> done;
    stub.UnaryCall(context.get(), method, grpc::StubOptions(), &request,
                   &response,
                   [&](grpc::Status status) { done.set_value(status); });
    return done.get_future().get();
  }

  static void TearDownTestSuite() { servers_.Clear(); }
  // A refused call changes nothing.
  void TearDown() override { EXPECT_EQ(server_.HashOfAllTables(), before_); }

  static inline SharedServers servers_;
  TestServer& server_ = servers_.Get(GetParam(), {});
  const std::string before_ = server_.HashOfAllTables();
};
INSTANTIATE_TEST_SUITE_P(All, RequestRefusalTest, testing::ValuesIn(kDatabases),
                         testing::PrintToStringParamName());

TEST_P(RequestRefusalTest, PageSizeBelowZero) {
  v1::ListAccountsRequest request;
  request.set_page_size(-1);
  v1::ListAccountsResponse response;
  const grpc::Status status = server_.Stub<DirectoryService>()->ListAccounts(
      NewContext().get(), request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "FIELD_INVALID");
  EXPECT_EQ(ViolationsOf(status), "page_size OUT_OF_RANGE");
}

TEST_P(RequestRefusalTest, TextThatIsNotUtf8NamesItsField) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_display_name("Caf#");
  std::string bytes = request.SerializeAsString();
  bytes[bytes.find('#')] = '\xe9';
  const grpc::Status status =
      CallWith("/charter.v1.DirectoryService/CreateAccount", bytes);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ViolationsOf(status), "account.display_name BAD_UTF8");
}

TEST_P(RequestRefusalTest, BytesThatAreNoMessage) {
  const grpc::Status status = CallWith(
      "/charter.v1.DirectoryService/CreateAccount", "\xff\xff\xff\xff");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(),
              HasSubstr("charter.v1.CreateAccountRequest"));
}

TEST_P(RequestRefusalTest, MessagesOfFiveMegabytes) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_display_name(std::string(5 << 20, 'x'));
  v1::Account account;
  const grpc::Status status = server_.Stub<DirectoryService>()->CreateAccount(
      NewContext().get(), request, &account);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("limit"), "4194304");
}

TEST_P(RequestRefusalTest, MessagesThatTheTransportRefuses) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_display_name(std::string(9 << 20, 'x'));
  v1::Account account;
  const grpc::Status status = server_.Stub<DirectoryService>()->CreateAccount(
      NewContext().get(), request, &account);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("larger than max"));
}

TEST_P(RequestRefusalTest, TokensOfPagesAreSealed) {
  ListOperationsRequest request;
  ListOperationsResponse response;
  request.set_page_token("forged");
  grpc::Status status = server_.Stub<Operations>()->ListOperations(
      NewContext().get(), request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "PAGE_TOKEN_INVALID");
}

TEST_P(RequestRefusalTest, UnknownMethods) {
  const grpc::Status status =
      CallWith("/charter.v1.DirectoryService/NoSuchMethod", "");
  EXPECT_EQ(status.error_code(), StatusCode::UNIMPLEMENTED);
}

TEST_P(RequestRefusalTest, OperationsWithoutSense) {
  auto stub = server_.Stub<Operations>();
  google::longrunning::GetOperationRequest get;
  get.set_name("cases/1");
  google::longrunning::Operation operation;
  grpc::Status status = stub->GetOperation(NewContext().get(), get, &operation);
  EXPECT_EQ(ViolationsOf(status), "name BAD_NAME");
  get.set_name("operations/none");
  status = stub->GetOperation(NewContext().get(), get, &operation);
  EXPECT_EQ(ReasonOf(status), "RESOURCE_NOT_FOUND");
  ListOperationsRequest list;
  list.set_page_size(-1);
  list.set_filter("done");
  ListOperationsResponse response;
  status = stub->ListOperations(NewContext().get(), list, &response);
  EXPECT_EQ(ViolationsOf(status), "page_size OUT_OF_RANGE, filter UNSUPPORTED");
}

// --- functions that do as the test says ---

// What the functions below share. One at a time: tests run one by one.
class Script {
 public:
  static Script& Get() {
    static Script script;
    return script;
  }
  void Reset() {
    std::lock_guard<std::mutex> lock(mutex_);
    inside_ = 0;
    open_ = false;
  }
  // A handler waits here until Open.
  void Hold() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void WaitFor(int inside) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= inside; });
  }
  void Open() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

absl::StatusOr<v1::ServerInfo> HoldInfo(services::Call&,
                                        const v1::GetServerInfoRequest&) {
  Script::Get().Hold();
  return v1::ServerInfo();
}

absl::StatusOr<google::longrunning::Operation> FailRecalculation(
    services::Call& call, const v1::RecalculateRequest& request) {
  if (request.case_() == "cases/throw") throw std::runtime_error("secret");
  if (request.case_() == "cases/internal") {
    return absl::InternalError("secret");
  }
  if (request.case_() == "cases/wait") {
    absl::Status alive = call.Alive();
    while (alive.ok()) alive = call.Alive();
    return alive;
  }
  if (request.case_() == "cases/deadline") {
    google::longrunning::Operation operation;
    operation.set_name(
        absl::StrCat("operations/", absl::ToInt64Seconds(call.remaining())));
    return operation;
  }
  return absl::NotFoundError("nothing");
}

absl::StatusOr<v1::GetComplianceReportResponse> HoldReport(
    services::Call&, const v1::GetComplianceReportRequest&) {
  Script::Get().Hold();
  return v1::GetComplianceReportResponse();
}

void RegisterScript(call::Endpoints& endpoints) {
  call::ServiceBuilder(endpoints, "charter.v1.AdminService")
      .Unary<&HoldInfo>("GetServerInfo")
      .Unary<&services::ListAuditEntries>("ListAuditEntries")
      .Unary<&services::CheckIntegrity>("CheckIntegrity")
      .Unary<&FailRecalculation>("Recalculate");
  call::ServiceBuilder(endpoints, "charter.v1.ReportService")
      .Unary<&HoldReport>("GetComplianceReport");
}

class ScriptedTest : public testing::Test {
 protected:
  void SetUp() override { Script::Get().Reset(); }

  static TestServerOptions Options(int threads, int queue) {
    TestServerOptions options;
    options.server.services = &RegisterScript;
    options.server.executor = {.threads = threads, .queue_limit = queue};
    return options;
  }

  static std::future<grpc::Status> StartInfo(TestServer& server) {
    return std::async(std::launch::async,
                      [&server] { return GetInfo(server); });
  }

  static grpc::Status Recalculate(TestServer& server, const std::string& name,
                                  grpc::ClientContext* context,
                                  google::longrunning::Operation* operation) {
    v1::RecalculateRequest request;
    request.set_case_(name);
    return server.Stub<AdminService>()->Recalculate(context, request,
                                                    operation);
  }
};

TEST_F(ScriptedTest, AFullServerSaysSoAtOnceAndWhenToTryAgain) {
  TestServer server(Options(1, 1));
  auto running = StartInfo(server);
  Script::Get().WaitFor(1);
  // One waits, so a second one finds the queue full, whichever comes first.
  auto first = StartInfo(server);
  auto second = StartInfo(server);
  std::future<grpc::Status>* refused = nullptr;
  while (refused == nullptr) {
    for (auto* one : {&first, &second}) {
      if (one->wait_for(std::chrono::milliseconds(1)) ==
          std::future_status::ready) {
        refused = one;
      }
    }
  }
  const grpc::Status status = refused->get();
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "OVERLOADED");
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(status).retry_delay().nanos(), 0);
  // Health answers all the same.
  grpc::health::v1::HealthCheckResponse health;
  EXPECT_TRUE(server.Stub<grpc::health::v1::Health>()
                  ->Check(NewContext().get(),
                          grpc::health::v1::HealthCheckRequest(), &health)
                  .ok());
  Script::Get().Open();
  EXPECT_TRUE(running.get().ok());
  EXPECT_TRUE((refused == &first ? second : first).get().ok());
}

TEST_F(ScriptedTest, ReportsLeaveHalfTheThreadsToOthers) {
  TestServer server(Options(2, 10));
  v1::GetComplianceReportRequest request;
  std::vector<std::future<grpc::Status>> reports;
  for (int i = 0; i < 2; ++i) {
    reports.push_back(std::async(std::launch::async, [&server, &request] {
      v1::GetComplianceReportResponse response;
      return server.Stub<v1::ReportService>()->GetComplianceReport(
          NewContext().get(), request, &response);
    }));
  }
  Script::Get().WaitFor(1);
  // A call that isn't heavy gets the other thread: it comes in as the second.
  auto info = StartInfo(server);
  Script::Get().WaitFor(2);
  Script::Get().Open();
  EXPECT_TRUE(info.get().ok());
  for (auto& report : reports) EXPECT_TRUE(report.get().ok());
}

TEST_F(ScriptedTest, HandlersThatFailTellNothingOfTheirInside) {
  TestServer server(Options(1, 1));
  google::longrunning::Operation operation;
  for (const char* name : {"cases/throw", "cases/internal"}) {
    const grpc::Status status =
        Recalculate(server, name, NewContext().get(), &operation);
    EXPECT_EQ(status.error_code(), StatusCode::INTERNAL) << name;
    EXPECT_EQ(ReasonOf(status), "INTERNAL") << name;
    EXPECT_THAT(status.error_message() + status.error_details(),
                Not(HasSubstr("secret")));
    EXPECT_EQ(DetailOf<google::rpc::RequestInfo>(status).request_id().size(),
              26u);
  }
  EXPECT_EQ(
      ReasonOf(Recalculate(server, "cases/x", NewContext().get(), &operation)),
      "RESOURCE_NOT_FOUND");
}

TEST_F(ScriptedTest, TheCallersDeadlineReachesTheHandler) {
  TestServer server(Options(1, 1));
  google::longrunning::Operation operation;
  grpc::ClientContext context;
  context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                    gpr_time_from_seconds(33, GPR_TIMESPAN)));
  ASSERT_TRUE(Recalculate(server, "cases/deadline", &context, &operation).ok());
  const auto seconds = [&] {
    return std::atoi(
        operation.name().substr(sizeof("operations/") - 1).c_str());
  };
  EXPECT_GT(seconds(), 10);
  EXPECT_LE(seconds(), 33);
  // Without one the method's own counts: 10 s.
  grpc::ClientContext none;
  ASSERT_TRUE(Recalculate(server, "cases/deadline", &none, &operation).ok());
  EXPECT_GT(seconds(), 0);
  EXPECT_LE(seconds(), 10);
}

TEST_F(ScriptedTest, ADeadlineEndsWhatRuns) {
  TestServer server(Options(1, 1));
  google::longrunning::Operation operation;
  grpc::ClientContext context;
  context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                    gpr_time_from_millis(50, GPR_TIMESPAN)));
  EXPECT_EQ(
      Recalculate(server, "cases/wait", &context, &operation).error_code(),
      StatusCode::DEADLINE_EXCEEDED);
  // The only thread is free again.
  EXPECT_EQ(
      ReasonOf(Recalculate(server, "cases/x", NewContext().get(), &operation)),
      "RESOURCE_NOT_FOUND");
}

TEST_F(ScriptedTest, ACallerThatGoesEndsWhatRuns) {
  TestServer server(Options(1, 1));
  grpc::ClientContext context;
  auto running = std::async(std::launch::async, [&] {
    google::longrunning::Operation operation;
    return Recalculate(server, "cases/wait", &context, &operation);
  });
  context.TryCancel();
  EXPECT_EQ(running.get().error_code(), StatusCode::CANCELLED);
  google::longrunning::Operation operation;
  EXPECT_EQ(
      ReasonOf(Recalculate(server, "cases/x", NewContext().get(), &operation)),
      "RESOURCE_NOT_FOUND");
}

// --- the table of methods ---

TEST(EndpointsTest, AMethodThatNobodyServesStopsTheStart) {
  call::Endpoints endpoints;
  call::ServiceBuilder(endpoints, "charter.v1.AdminService")
      .Unary<&HoldInfo>("GetServerInfo")
      .Unary<&services::ListAuditEntries>("ListAuditEntries")
      .Unary<&services::CheckIntegrity>("CheckIntegrity");
  EXPECT_THAT(std::string(endpoints.Check().message()),
              HasSubstr("charter.v1.AdminService/Recalculate"));
}

TEST(EndpointsTest, AFunctionOfOtherTypesStopsTheStart) {
  call::Endpoints endpoints;
  call::ServiceBuilder(endpoints, "charter.v1.AdminService")
      .Unary<&HoldInfo>("GetServerInfo")
      .Unary<&HoldInfo>("Recalculate");
  EXPECT_THAT(std::string(endpoints.Check().message()),
              HasSubstr("Recalculate: its function takes"));
}

TEST(EndpointsTest, EveryMethodOfTheServiceIsServed) {
  call::Endpoints endpoints;
  call::RegisterServices(endpoints);
  const absl::Status status = endpoints.Check();
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace charter::test
