#include "server/call/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/call/presentable.h"
#include "server/services/shared/errors.h"

namespace charter::call {
namespace {

namespace errors = services::errors;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status proto;
  EXPECT_TRUE(proto.ParseFromString(status.error_details()));
  return proto;
}

TEST(StatusTest, CarriesCodeMessageAndDetails) {
  const grpc::Status status = ToGrpc(errors::NotFound("cases/1"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("cases/1"));
  const google::rpc::Status details = Details(status);
  EXPECT_EQ(details.code(), 5);
  EXPECT_EQ(details.message(), status.error_message());
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
}

TEST(StatusTest, StaysWithinTheBudgetAndKeepsTheReason) {
  services::FieldViolations violations;
  for (int i = 0; i < 100; ++i) {
    violations.Add(absl::StrCat("events[", i, "].event.text"),
                   services::ErrorReason::TOO_LONG, std::string(500, 'x'));
  }
  const grpc::Status status = ToGrpc(violations.ToStatus());
  EXPECT_LT(status.error_details().size() + status.error_message().size(),
            6000u);
  const google::rpc::Status details = Details(status);
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  for (const auto& any : details.details()) {
    any.UnpackTo(&info);
    any.UnpackTo(&bad);
  }
  EXPECT_EQ(info.reason(), "FIELD_INVALID");
  EXPECT_GT(bad.field_violations_size(), 3);
  EXPECT_EQ(bad.field_violations(0).field(), "events[0].event.text");
}

TEST(StatusTest, LongMessagesAreCutBetweenCharacters) {
  std::string text;
  while (text.size() < 3000) text += "\u00e9";
  const grpc::Status status =
      ToGrpc(Presentable(absl::NotFoundError(text), "c"));
  EXPECT_LT(status.error_message().size(), 1024u);
  EXPECT_THAT(status.error_message(), EndsWith("\u00e9\u2026"));
  const grpc::Status ascii =
      ToGrpc(Presentable(absl::NotFoundError(std::string(3000, 'x')), "c"));
  EXPECT_LE(ascii.error_message().size(), 1024u + 3);
}

TEST(StatusTest, LargeMetadataIsCut) {
  const grpc::Status status = ToGrpc(errors::Precondition(
      services::ErrorReason::HISTORY_FULL, "cases/1", std::string(9000, 'y'),
      {{"key", std::string(9000, 'x')}}));
  EXPECT_LT(status.error_details().size() + status.error_message().size(),
            6000u);
  EXPECT_THAT(status.error_details(), HasSubstr("charter.dev"));
}

TEST(PresentableTest, EveryErrorGetsAReason) {
  EXPECT_EQ(errors::ReasonOf(Presentable(absl::NotFoundError("x"), "c")),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(errors::ReasonOf(Presentable(absl::UnimplementedError("x"), "c")),
            "METHOD_UNKNOWN");
  EXPECT_EQ(errors::ReasonOf(Presentable(errors::EtagMismatch("a/b"), "c")),
            "ETAG_MISMATCH");
  // And one that is in the protos, whatever the code.
  for (int code = 1; code <= 16; ++code) {
    const std::string reason = errors::ReasonOf(Presentable(
        absl::Status(static_cast<absl::StatusCode>(code), "x"), "c"));
    v1::ErrorReason value;
    EXPECT_TRUE(v1::ErrorReason_Parse(reason, &value)) << code << reason;
  }
}

TEST(PresentableTest, TheServersOwnFailuresTellNothing) {
  for (const absl::Status& failure :
       {absl::InternalError("secret"), absl::UnknownError("secret"),
        absl::DataLossError("secret")}) {
    const absl::Status shown = Presentable(failure, "call-7");
    EXPECT_EQ(shown.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(errors::ReasonOf(shown), "INTERNAL");
    EXPECT_THAT(shown.ToString(), Not(HasSubstr("secret")));
    EXPECT_THAT(std::string(shown.message()), HasSubstr("call-7"));
  }
}

}  // namespace
}  // namespace charter::call
