// What starts or expires does so by its date, on the feed (C10, T4).
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;

class DatesTest : public EntitlementsTest {
 protected:
  void SetNow(int year, int month, int day, int hour = 0) {
    world_.clock().Set(absl::FromCivil(
        absl::CivilSecond(year, month, day, hour), absl::UTCTimeZone()));
  }
  void Work() {
    if (!worker_) worker_.emplace(world_.services());
    ASSERT_EQ(worker_->RunUntilIdle(), absl::OkStatus());
  }
  // What the feed says of entitlements since the last call: what, and when.
  std::vector<std::string> News() {
    if (!publisher_) publisher_.emplace(world_.services());
    EXPECT_EQ(publisher_->RunUntilIdle(), absl::OkStatus());
    std::vector<std::string> news;
    const std::vector<v1::Event> feed = world_.Feed();
    for (; read_ < feed.size(); ++read_) {
      if (feed[read_].resource_type() != "entitlements") continue;
      news.push_back(absl::StrCat(
          feed[read_].type(), " ",
          absl::FormatTime("%Y-%m-%d %H:%M", ToTime(feed[read_].occur_time()),
                           absl::UTCTimeZone())));
    }
    return news;
  }

  std::optional<workers::WakeupWorker> worker_;
  std::optional<workers::FeedPublisher> publisher_;
  size_t read_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, DatesTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

constexpr char kMay[] =
    "start_date { year: 2035 month: 5 day: 1 } "
    "end_date { year: 2035 month: 5 day: 31 }";

TEST_P(DatesTest, ANameThatIsTakenIsToldWhateverWaitsForIt) {
  SetNow(2035, 4, 1);
  const auto request = Proto<v1::CreateEntitlementRequest>(
      absl::StrCat("entitlement_id: 'e' entitlement { display_name: 'E' "
                   "account: 'accounts/acme' ",
                   kMay, "}"));
  world_.Do(&CreateEntitlement, request);
  EXPECT_EQ(world_.Try(&CreateEntitlement, request).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_P(DatesTest, C10_ItStartsAndExpiresWithNobodyCalling) {
  SetNow(2035, 4, 1);
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                "entitlement_id: 'e' entitlement { display_name: 'E' account: "
                "'accounts/acme' ",
                kMay, "}")));
  EXPECT_THAT(News(), ElementsAre("entitlement.created 2035-04-01 00:00"));
  SetNow(2035, 4, 30, 23);
  Work();
  EXPECT_THAT(News(), IsEmpty());
  SetNow(2035, 5, 1);
  Work();
  EXPECT_THAT(News(), ElementsAre("entitlement.started 2035-05-01 00:00"));
  Work();
  EXPECT_THAT(News(), IsEmpty());
  SetNow(2035, 6, 1);
  Work();
  EXPECT_THAT(News(), ElementsAre("entitlement.expired 2035-06-01 00:00"));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"), 0);
}

TEST_P(DatesTest, T4_AfterDowntimeEachChangeHasItsInstant) {
  SetNow(2035, 4, 1);
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                "entitlement_id: 'e' entitlement { display_name: 'E' account: "
                "'accounts/acme' ",
                kMay, "}")));
  News();
  SetNow(2036, 1, 1);
  Work();
  EXPECT_THAT(News(), ElementsAre("entitlement.started 2035-05-01 00:00",
                                  "entitlement.expired 2035-06-01 00:00"));
}

TEST_P(DatesTest, C10_AWriteTellsFirstWhatWasDue) {
  SetNow(2035, 4, 1);
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                "entitlement_id: 'e' entitlement { display_name: 'E' account: "
                "'accounts/acme' ",
                kMay, "}")));
  News();
  SetNow(2035, 5, 10);
  world_.Do(&SuspendEntitlement,
            Proto<v1::SuspendEntitlementRequest>("name: 'entitlements/e'"));
  EXPECT_THAT(News(), ElementsAre("entitlement.started 2035-05-01 00:00",
                                  "entitlement.suspended 2035-05-10 00:00"));
  // What is suspended neither starts nor expires.
  SetNow(2035, 7, 1);
  Work();
  EXPECT_THAT(News(), IsEmpty());
  // Resumed after its last day it has expired.
  world_.Do(&ResumeEntitlement,
            Proto<v1::ResumeEntitlementRequest>("name: 'entitlements/e'"));
  EXPECT_THAT(News(), ElementsAre("entitlement.resumed 2035-07-01 00:00",
                                  "entitlement.expired 2035-07-01 00:00"));
}

TEST_P(DatesTest, C10_WhatIsDeletedDoesNothingByItsDate) {
  SetNow(2035, 4, 1);
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                "entitlement_id: 'e' entitlement { display_name: 'E' account: "
                "'accounts/acme' ",
                kMay, "}")));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"), 1);
  world_.Do(&DeleteEntitlement,
            Proto<v1::DeleteEntitlementRequest>("name: 'entitlements/e'"));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"), 0);
}

}  // namespace
}  // namespace charter::services
