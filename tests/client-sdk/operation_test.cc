#include "charter/client/operation.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "charter/client/status.h"
#include "charter/v1/admin_service.pb.h"
#include "google/longrunning/mock_operations_connection.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/detached.h"

namespace charter::client {
namespace {

using google::longrunning::Operation;
using google::longrunning::OperationsClient;
using google::longrunning::WaitOperationRequest;
using ::testing::_;
using ::testing::Return;
using v1::RecalculateResult;

enum class Way { kBlocking, kCallback, kCoroutine };

class OperationTest : public ::testing::TestWithParam<Way> {
 protected:
  using Answer = absl::StatusOr<RecalculateResult>;

  // The mock answers on the thread that asks, so all three are done at once.
  Answer Wait(absl::StatusOr<Operation> operation,
              absl::Duration most = absl::InfiniteDuration()) {
    const OperationsClient operations(mock_);
    if (GetParam() == Way::kBlocking)
      return WaitForResult<RecalculateResult>(operations, operation, most);
    std::vector<Answer> answers;
    if (GetParam() == Way::kCallback) {
      AsyncWaitForResult<RecalculateResult>(
          operations, operation,
          [&](Answer answer) { answers.push_back(std::move(answer)); }, most);
    } else {
      [](OperationsClient asked, absl::StatusOr<Operation> of,
         absl::Duration time, std::vector<Answer>* told) -> Detached {
        told->push_back(co_await CoWaitForResult<RecalculateResult>(
            std::move(asked), std::move(of), time));
      }(operations, operation, most, &answers);
    }
    if (answers.size() != 1) {
      ADD_FAILURE() << answers.size() << " answers";
      return absl::UnknownError("not one answer");
    }
    return answers.front();
  }
  static Operation Running() {
    Operation operation;
    operation.set_name("operations/1");
    return operation;
  }
  static Operation Done() {
    Operation operation = Running();
    operation.set_done(true);
    return operation;
  }

  const std::shared_ptr<google::longrunning::MockOperationsConnection> mock_ =
      std::make_shared<google::longrunning::MockOperationsConnection>();
};

TEST_P(OperationTest, IsAskedForUntilItIsDone) {
  Operation done = Done();
  RecalculateResult result;
  result.set_done_count(7);
  done.mutable_response()->PackFrom(result);
  EXPECT_CALL(*mock_, WaitOperation(_, _))
      .WillOnce([](const WaitOperationRequest& request, const Options&) {
        EXPECT_EQ(request.name(), "operations/1");
        EXPECT_GT(request.timeout().seconds(), 0);
        return Running();
      })
      .WillOnce(Return(done));
  const auto got = Wait(Running());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->done_count(), 7);
  // What is done already isn't asked for.
  EXPECT_EQ(Wait(done)->done_count(), 7);
}

TEST_P(OperationTest, ItsFailureHasItsDetails) {
  Operation failed = Done();
  failed.mutable_error()->set_code(5);
  failed.mutable_error()->set_message("the case is gone");
  google::rpc::ErrorInfo info;
  info.set_reason("RESOURCE_NOT_FOUND");
  failed.mutable_error()->add_details()->PackFrom(info);
  const absl::Status status = Wait(failed).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "the case is gone");
  EXPECT_EQ(ReasonOf(status), "RESOURCE_NOT_FOUND");
}

TEST_P(OperationTest, FailuresOfCallsAreReturned) {
  const absl::Status refused = absl::PermissionDeniedError("no");
  EXPECT_EQ(Wait(refused).status(), refused);
  EXPECT_CALL(*mock_, WaitOperation(_, _)).WillOnce(Return(refused));
  EXPECT_EQ(Wait(Running()).status(), refused);
}

TEST_P(OperationTest, NobodyWaitsLongerThanWanted) {
  EXPECT_EQ(Wait(Running(), absl::ZeroDuration()).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST_P(OperationTest, AnotherResultIsNoResult) {
  Operation other = Done();
  other.mutable_response()->PackFrom(Running());
  EXPECT_EQ(Wait(other).status().code(), absl::StatusCode::kInternal);
}

INSTANTIATE_TEST_SUITE_P(Ways, OperationTest,
                         ::testing::Values(Way::kBlocking, Way::kCallback,
                                           Way::kCoroutine),
                         [](const auto& way) -> std::string {
                           switch (way.param) {
                             case Way::kBlocking:
                               return "Blocking";
                             case Way::kCallback:
                               return "Callback";
                             case Way::kCoroutine:
                               break;
                           }
                           return "Coroutine";
                         });

}  // namespace
}  // namespace charter::client
