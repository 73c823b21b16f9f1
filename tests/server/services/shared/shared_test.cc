// Names, times, permissions, bells, errors, method policies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "charter/v1/admin_service.pb.h"
#include "charter/v1/calendar_service.pb.h"
#include "charter/v1/case_service.pb.h"
#include "charter/v1/contract_service.pb.h"
#include "charter/v1/directory_service.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "charter/v1/event_service.pb.h"
#include "charter/v1/process_service.pb.h"
#include "charter/v1/report_service.pb.h"
#include "google/longrunning/operations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "server/services/shared/bell.h"
#include "server/services/shared/cause.h"
#include "server/services/shared/clock.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/method.h"
#include "server/services/shared/names.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/principal.h"
#include "server/services/shared/time_convert.h"
#include "storage/sql/errors.h"

namespace charter::services {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

TEST(NamesTest, ClientIds) {
  for (const char* id : {"a", "a1", "vienna-2", "a23456789"}) {
    EXPECT_TRUE(IsClientId(id)) << id;
  }
  for (const char* id : {"", "1a", "A", "a-", "-a", "a_b", "a/b", "ä"}) {
    EXPECT_FALSE(IsClientId(id)) << id;
  }
  EXPECT_TRUE(IsClientId(std::string(63, 'a')));
  EXPECT_FALSE(IsClientId(std::string(64, 'a')));
}

TEST(NamesTest, IdsOfTakesNamesOfTheCollectionAlone) {
  EXPECT_THAT(IdsOf("cases/4711", "cases"), Optional(ElementsAre("4711")));
  EXPECT_THAT(IdsOf("cases/a/milestones/b~1", "cases/*/milestones"),
              Optional(ElementsAre("a", "b~1")));
  for (const char* name :
       {"", "cases", "cases/", "cases/a/", "/cases/a", "accounts/a",
        "cases/a/milestones/b", "cases/a b", "cases//a"}) {
    EXPECT_EQ(IdsOf(name, "cases"), std::nullopt) << name;
  }
  EXPECT_EQ(IdsOf("cases/a/tasks/b", "cases/*/milestones"), std::nullopt);
  EXPECT_THAT(IdOf("cases/4711", "cases"), Optional(std::string("4711")));
  EXPECT_EQ(IdOf("cases/4711/x/y", "cases"), std::nullopt);
  EXPECT_EQ(LastId("cases/a/milestones/b"), "b");
  EXPECT_TRUE(IsResourceName("cases/a/milestones/b"));
  EXPECT_FALSE(IsResourceName("cases/a/milestones"));
  EXPECT_FALSE(IsResourceName(""));
}

google::protobuf::Timestamp At(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp t;
  t.set_seconds(seconds);
  t.set_nanos(nanos);
  return t;
}

TEST(TimeConvertTest, T1_InstantsAreOfTheYears1To9999) {
  EXPECT_TRUE(InRange(At(-62135596800, 0)));
  EXPECT_FALSE(InRange(At(-62135596801, 999999999)));
  EXPECT_TRUE(InRange(At(253402300799, 999999999)));
  EXPECT_FALSE(InRange(At(253402300800, 0)));
  EXPECT_FALSE(InRange(At(0, -1)));
  EXPECT_FALSE(InRange(At(0, 1000000000)));
  EXPECT_EQ(ToInstant(At(-62135596800, 0)), sla::Instant::Min());
  EXPECT_EQ(ToInstant(At(253402300799, 999999999)), sla::Instant::Max());
}

TEST(TimeConvertTest, T1_NanosecondsAreTruncatedToTheMicrosecond) {
  EXPECT_EQ(ToInstant(At(1, 1999)).micros(), 1000001);
  EXPECT_EQ(ToInstant(At(-1, 999999999)).micros(), -1);
  const google::protobuf::Timestamp back =
      ToProto(sla::Instant::FromMicros(-1));
  EXPECT_EQ(back.seconds(), -1);
  EXPECT_EQ(back.nanos(), 999999000);
}

TEST(TimeConvertTest, DurationsKeepTheirSign) {
  google::protobuf::Duration d = ToProto(sla::Duration::Micros(-1500000));
  EXPECT_EQ(d.seconds(), -1);
  EXPECT_EQ(d.nanos(), -500000000);
  EXPECT_TRUE(InRange(d));
  EXPECT_EQ(ToSlaDuration(d).micros(), -1500000);
  d.set_nanos(1);
  EXPECT_FALSE(InRange(d));
}

TEST(TimeConvertTest, DatesAreOfTheCalendar) {
  google::type::Date date;
  date.set_year(2024);
  date.set_month(2);
  date.set_day(29);
  EXPECT_THAT(ToDate(date), Optional(sla::Date(2024, 2, 29)));
  date.set_year(2023);
  EXPECT_EQ(ToDate(date), std::nullopt);
  date.set_day(0);
  EXPECT_EQ(ToDate(date), std::nullopt);
  EXPECT_EQ(ToProto(sla::Date(2024, 2, 29)).day(), 29);
}

TEST(PermissionSetTest, Wildcards) {
  const PermissionSet set({"cases.get", "tasks.*", "*.list"});
  EXPECT_TRUE(set.Has("cases.get"));
  EXPECT_TRUE(set.Has("tasks.delete"));
  EXPECT_TRUE(set.Has("accounts.list"));
  EXPECT_FALSE(set.Has("cases.update"));
  EXPECT_FALSE(set.Has("accounts.get"));
  EXPECT_TRUE(PermissionSet({"*"}).Has("anything.at-all"));
  EXPECT_FALSE(PermissionSet().Has("cases.get"));
}

TEST(BellTest, RingsWhoeverListensAndCounts) {
  Bell bell;
  absl::Time heard = absl::InfiniteFuture();
  const int64_t id = bell.Listen([&](absl::Time when) { heard = when; });
  const int64_t before = bell.rings();
  bell.Ring(absl::FromUnixSeconds(7));
  EXPECT_EQ(heard, absl::FromUnixSeconds(7));
  EXPECT_EQ(bell.rings(), before + 1);
  bell.Forget(id);
  bell.Ring();
  EXPECT_EQ(heard, absl::FromUnixSeconds(7));
}

TEST(SystemClockTest, T3_NeverGoesBackAndHasWholeMicroseconds) {
  SystemClock clock;
  absl::Time last = clock.Now();
  for (int i = 0; i < 1000; ++i) {
    const absl::Time now = clock.Now();
    EXPECT_GE(now, last);
    EXPECT_EQ(now, absl::FromUnixMicros(absl::ToUnixMicros(now)));
    last = now;
  }
}

TEST(PagesTest, SizesAreBounded) {
  EXPECT_EQ(PageSize(0), 50);
  EXPECT_EQ(PageSize(7), 7);
  EXPECT_EQ(PageSize(5000), 1000);
}

TEST(ErrorsTest, EveryViolationIsTold) {
  FieldViolations violations;
  EXPECT_TRUE(violations.ToStatus().ok());
  violations.Add("case.priority", ErrorReason::OUT_OF_RANGE, "it is 9");
  violations.Add("case.account", ErrorReason::REQUIRED, "it must be given");
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(errors::ReasonOf(status), "FIELD_INVALID");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(bad.ParseFromString(std::string(
      *status.GetPayload("type.googleapis.com/google.rpc.BadRequest"))));
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(1).field(), "case.account");
  EXPECT_EQ(bad.field_violations(1).reason(), "REQUIRED");
}

TEST(ErrorsTest, WhatAPartIsRefusedForNamesThePart) {
  const auto field = [](const absl::Status& status) {
    google::rpc::ErrorInfo info;
    EXPECT_TRUE(info.ParseFromString(std::string(
        *status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo"))));
    return info.metadata().at("field");
  };
  absl::Status status = errors::OfPart(
      "requests[3]",
      errors::FieldInvalid("asset.price", ErrorReason::INVALID, "is bad"));
  EXPECT_EQ(status.message(), "requests[3].asset.price: is bad");
  EXPECT_EQ(field(status), "requests[3].asset.price");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(bad.ParseFromString(std::string(
      *status.GetPayload("type.googleapis.com/google.rpc.BadRequest"))));
  EXPECT_EQ(bad.field_violations(0).field(), "requests[3].asset.price");
  EXPECT_EQ(bad.field_violations(0).reason(), "INVALID");

  status = errors::OfPart("requests[3]", errors::AlreadyExists("assets/a"));
  EXPECT_EQ(status.message(), "requests[3]: assets/a exists already");
  EXPECT_EQ(field(status), "requests[3]");
  EXPECT_EQ(errors::ReasonOf(status), "RESOURCE_ALREADY_EXISTS");
  google::rpc::ResourceInfo resource;
  ASSERT_TRUE(resource.ParseFromString(std::string(
      *status.GetPayload("type.googleapis.com/google.rpc.ResourceInfo"))));
  EXPECT_EQ(resource.resource_name(), "assets/a");
  EXPECT_EQ(resource.description(), status.message());

  // It is run again, or is not the caller's doing.
  const absl::Status conflict =
      storage::StorageError(storage::ErrorKind::kConflict, "again");
  EXPECT_EQ(errors::OfPart("requests[3]", conflict), conflict);
}

TEST(ErrorsTest, StorageErrorsBecomeCatalogueErrors) {
  using storage::ErrorKind;
  const auto reason = [](ErrorKind kind) {
    return errors::ReasonOf(errors::FromStorage(
        storage::StorageError(kind, "secret detail"), "call-1"));
  };
  EXPECT_EQ(reason(ErrorKind::kConflict), "TRANSACTION_CONFLICT");
  EXPECT_EQ(reason(ErrorKind::kUnavailable), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(reason(ErrorKind::kOutcomeUnknown), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(reason(ErrorKind::kDeadline), "DEADLINE_EXCEEDED");
  EXPECT_EQ(reason(ErrorKind::kCancelled), "CANCELLED");
  EXPECT_EQ(reason(ErrorKind::kFull), "DATABASE_FULL");
  EXPECT_EQ(reason(ErrorKind::kReadOnly), "DATABASE_READ_ONLY");
  EXPECT_EQ(reason(ErrorKind::kDuplicateKey), "INTERNAL");
  absl::Status internal = errors::FromStorage(
      storage::StorageError(ErrorKind::kInternal, "secret detail"), "call-1");
  EXPECT_THAT(TakeCause(&internal), HasSubstr("secret detail"));
  EXPECT_THAT(internal.ToString(), Not(HasSubstr("secret")));
  EXPECT_THAT(internal.ToString(), HasSubstr("call-1"));
  const absl::Status own = absl::NotFoundError("cases/1");
  EXPECT_EQ(errors::FromStorage(own, "call-1"), own);
}

TEST(ErrorsTest, WhatIsMissingIsOfTheLastCollectionOfItsName) {
  for (const auto& [name, type] :
       {std::pair("cases/a", "cases"),
        std::pair("cases/a/milestones/b", "milestones")}) {
    google::rpc::ResourceInfo info;
    ASSERT_TRUE(
        info.ParseFromString(std::string(*errors::NotFound(name).GetPayload(
            "type.googleapis.com/google.rpc.ResourceInfo"))));
    EXPECT_EQ(info.resource_type(), type);
    EXPECT_EQ(info.resource_name(), name);
  }
}

TEST(MethodTest, EveryMethodOfTheProtosHasAPolicy) {
  int methods = 0;
  // A message of each file, so that the file is linked in.
  for (const google::protobuf::Message* message :
       std::initializer_list<const google::protobuf::Message*>{
           &v1::GetServerInfoRequest::default_instance(),
           &v1::AddBusinessTimeRequest::default_instance(),
           &v1::OpenCaseRequest::default_instance(),
           &v1::GetAccountRequest::default_instance(),
           &v1::GetPriceBookEntryRequest::default_instance(),
           &v1::GetEntitlementRequest::default_instance(),
           &v1::WatchEventsRequest::default_instance(),
           &v1::PublishVersionRequest::default_instance(),
           &v1::GetComplianceReportRequest::default_instance(),
           &google::longrunning::Operation::default_instance(),
           &grpc::health::v1::HealthCheckRequest::default_instance(),
           &grpc::reflection::v1::ServerReflectionRequest::default_instance(),
           &grpc::reflection::v1alpha::ServerReflectionRequest::
               default_instance()}) {
    const google::protobuf::FileDescriptor* descriptor =
        message->GetDescriptor()->file();
    ASSERT_EQ(descriptor->service_count(), 1) << descriptor->name();
    for (int s = 0; s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        ++methods;
        const auto method = MethodOf(*descriptor->service(s)->method(m));
        EXPECT_TRUE(method.ok()) << method.status();
      }
    }
  }
  EXPECT_GT(methods, 80);
}

}  // namespace
}  // namespace charter::services
