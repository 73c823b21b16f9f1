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
  EXPECT_EQ(ErrorReasonOf(status), v1::FIELD_INVALID);
  EXPECT_EQ(ErrorInfoOf(status)->metadata.at("field"), "a");
  ASSERT_EQ(FieldViolationsOf(status).size(), 1u);
  EXPECT_EQ(FieldViolationsOf(status)[0].reason, "REQUIRED");
  EXPECT_EQ(ToErrorReason(FieldViolationsOf(status)[0].reason), v1::REQUIRED);
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

// Nobody writes lines of their own into a log, or colours a terminal.
TEST(StatusTest, ADescriptionIsOneLine) {
  absl::Status status = absl::InvalidArgumentError("no\n12:00 OK\r\x1b[2J ü");
  internal::NoteAttempts({1, absl::ZeroDuration(), "a.B/C"}, &status);
  EXPECT_EQ(Describe(status),
            "INVALID_ARGUMENT: no\\n12:00 OK\\x0d\\x1b[2J ü (a.B/C in 0)");
}

// Of a newer server, of a proxy, of none: no value, and the text is there.
TEST(StatusTest, AReasonThatIsNotKnownIsNoValue) {
  const auto of = [](const std::string& reason, const std::string& domain) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain(domain);
    google::rpc::Status details;
    details.add_details()->PackFrom(info);
    return internal::FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "no",
                                           details.SerializeAsString()));
  };
  EXPECT_EQ(ErrorReasonOf(of("ETAG_MISMATCH", "charter.dev")),
            v1::ETAG_MISMATCH);
  EXPECT_EQ(ErrorReasonOf(of("OF_TOMORROW", "charter.dev")),
            v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(of("OF_TOMORROW", "charter.dev")), "OF_TOMORROW");
  EXPECT_EQ(ErrorReasonOf(of("ETAG_MISMATCH", "proxy.example")),
            v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ErrorReasonOf(absl::AbortedError("no")),
            v1::ERROR_REASON_UNSPECIFIED);
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
