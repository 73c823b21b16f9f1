#include "charter/client/status.h"

#include "client-sdk/src/status_payloads.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

TEST(StatusTest, DetailsComeOverTheWire) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("FIELD_INVALID");
  info.set_domain("charter.dev");
  (*info.mutable_metadata())["field"] = "a";
  details.add_details()->PackFrom(info);
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field("case.priority");
  violation->set_reason("REQUIRED");
  violation->set_description("must be given");
  details.add_details()->PackFrom(bad);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(250'000'000);
  details.add_details()->PackFrom(retry);
  absl::Status status = internal::FromGrpc(
      grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "a field is wrong",
                   details.SerializeAsString()));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "FIELD_INVALID");
  EXPECT_EQ(ErrorInfoOf(status)->metadata.at("field"), "a");
  ASSERT_EQ(FieldViolationsOf(status).size(), 1u);
  EXPECT_EQ(FieldViolationsOf(status)[0].reason, "REQUIRED");
  EXPECT_EQ(RetryDelayOf(status), absl::Milliseconds(250));
  internal::NoteAttempts({3, absl::Milliseconds(1250), "a.B/C"}, &status);
  EXPECT_EQ(Explain(status),
            "INVALID_ARGUMENT: a field is wrong [FIELD_INVALID]; "
            "case.priority: must be given");
  EXPECT_EQ(
      Describe(status),
      "INVALID_ARGUMENT: a field is wrong [FIELD_INVALID]; case.priority: "
      "must be given (a.B/C, 3 attempts in 1.25s)");
}

TEST(StatusTest, EachFieldThatIsWrongIsToldOnce) {
  google::rpc::BadRequest bad;
  for (const char* field : {"first", "second"}) {
    auto& violation = *bad.add_field_violations();
    violation.set_field(field);
    violation.set_description("it must be given");
  }
  google::rpc::Status details;
  details.add_details()->PackFrom(bad);
  EXPECT_EQ(Explain(internal::FromGrpc(
                grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                             "first: it must be given (and 1 more)",
                             details.SerializeAsString()))),
            "INVALID_ARGUMENT: first: it must be given (and 1 more); second: "
            "it must be given");
}

TEST(StatusTest, AStatusWithoutDetailsGivesNone) {
  const absl::Status status = absl::UnavailableError("gone");
  EXPECT_EQ(ReasonOf(status), "");
  EXPECT_TRUE(FieldViolationsOf(status).empty());
  EXPECT_FALSE(RetryDelayOf(status).has_value());
  EXPECT_EQ(Describe(status), "UNAVAILABLE: gone");
  EXPECT_EQ(Describe(absl::OkStatus()), "OK");
}

}  // namespace
}  // namespace charter::client
