// Versions of a set (B6) and the explanation of a stretch of time (B8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/sla/calendar/business_hours.h"
#include "tests/server/sla/calendar/hours_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;

Hours Office(absl::string_view from) {
  return Hours("UTC").Days(0, 4, Hm(9), Hm(17)).From(from);
}
Hours Late(absl::string_view from) {
  return Hours("UTC").Days(0, 4, Hm(12), Hm(20)).From(from);
}

TEST(VersionsTest, B6_BeforeAVersionsEffectiveTimeTheOlderOneCounts) {
  const auto hours =
      Hours::CompileAll({Office("2026-01-01T00:00:00Z").version(),
                         Late("2026-01-06T13:00:00Z").version()});
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T00:00:00Z"), At("2026-01-08T00:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T09:00:00Z"), At("2026-01-05T17:00:00Z")},
          Interval{At("2026-01-06T09:00:00Z"), At("2026-01-06T20:00:00Z")},
          Interval{At("2026-01-07T12:00:00Z"), At("2026-01-07T20:00:00Z")}));
  // What was used stays used, what remains is planned on the new hours.
  EXPECT_EQ(*hours->Add(At("2026-01-06T16:00:00Z"), Duration::Hours(6)),
            At("2026-01-07T14:00:00Z"));
  EXPECT_EQ(
      hours->Between(At("2026-01-06T09:00:00Z"), At("2026-01-07T13:00:00Z")),
      Duration::Hours(12));
}

TEST(VersionsTest, B6_TheFirstVersionHasNoBeginning) {
  const auto hours = Office("2026-01-01T00:00:00Z").Compile();
  EXPECT_TRUE(hours->IsOpen(At("1995-03-01T10:00:00Z")));
  const auto two = Hours::CompileAll({Office("2026-01-01T00:00:00Z").version(),
                                      Late("2025-01-01T00:00:00Z").version()});
  EXPECT_TRUE(two->IsOpen(At("2024-12-31T10:00:00Z")));
  EXPECT_FALSE(two->IsOpen(At("2025-01-02T10:00:00Z")));
}

TEST(VersionsTest, B6_AnEffectiveTimeCutsExactlyThere) {
  const auto hours =
      Hours::CompileAll({Office("2026-01-01T00:00:00Z").version(),
                         Late("2026-01-05T10:00:00.000001Z").version()});
  EXPECT_EQ(*hours->NextClose(At("2026-01-05T09:00:00Z")),
            At("2026-01-05T10:00:00.000001Z"));
  EXPECT_EQ(
      hours->Between(At("2026-01-05T00:00:00Z"), At("2026-01-05T12:00:00Z")),
      Duration::Hours(1) + Duration::Micros(1));
}

TEST(VersionsTest, B6_ALaterVersionReplacesAllThatAreEffectiveAfterIt) {
  // The third corrects the second, from before it on.
  const auto hours =
      Hours::CompileAll({Office("2026-01-01T00:00:00Z").version(),
                         Late("2026-01-07T00:00:00Z").version(),
                         Hours("UTC")
                             .Days(0, 6, 0, Hm(1))
                             .From("2026-01-06T00:00:00Z")
                             .version()});
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T00:00:00Z"), At("2026-01-08T00:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T09:00:00Z"), At("2026-01-05T17:00:00Z")},
          Interval{At("2026-01-06T00:00:00Z"), At("2026-01-06T01:00:00Z")},
          Interval{At("2026-01-07T00:00:00Z"), At("2026-01-07T01:00:00Z")}));
}

TEST(VersionsTest, B6_EachVersionHasItsOwnZoneAndHolidays) {
  const auto hours = Hours::CompileAll(
      {Office("2026-01-01T00:00:00Z").Holiday(Date(2026, 1, 7)).version(),
       NewYork().From("2026-01-07T00:00:00Z").version()});
  EXPECT_EQ(*hours->NextOpening(At("2026-01-06T18:00:00Z")),
            At("2026-01-07T14:00:00Z"));
  // A business day is counted in the zone that counts at its start.
  EXPECT_EQ(*hours->AddBusinessDays(At("2026-01-06T10:00:00Z"), 1),
            At("2026-01-07T10:00:00Z"));
}

TEST(VersionsTest, B6_VersionsMayBeDecadesApart) {
  const auto hours =
      Hours::CompileAll({Office("1990-01-01T00:00:00Z").version(),
                         Late("2040-01-02T00:00:00Z").version(),
                         Office("2300-01-01T00:00:00Z").version()});
  EXPECT_TRUE(hours->IsOpen(At("1500-01-01T10:00:00Z")));   // a Monday
  EXPECT_FALSE(hours->IsOpen(At("2040-01-02T10:00:00Z")));  // a Monday
  EXPECT_FALSE(hours->IsOpen(At("2200-01-01T10:00:00Z")));  // a Wednesday
  EXPECT_TRUE(hours->IsOpen(At("2200-01-01T18:00:00Z")));
  EXPECT_TRUE(hours->IsOpen(At("9000-01-01T10:00:00Z")));  // a Wednesday
}

ExplainedInterval Piece(absl::string_view from, absl::string_view to,
                        OpenCause cause, std::string name = "") {
  return {{At(from), At(to)}, cause, std::move(name)};
}

TEST(ExplainTest, B8_EachClosedStretchHasItsCause) {
  const auto hours =
      Office("2026-01-01T00:00:00Z")
          .Holiday(Date(2026, 1, 6), "Epiphany")
          .Override(Date(2026, 1, 7), {{Hm(10), Hm(11)}}, "stocktaking")
          .PartHoliday(Date(2026, 1, 8), Hm(12), Hm(24), "half day")
          .Compile();
  EXPECT_THAT(
      hours->Explain(At("2026-01-05T16:00:00Z"), At("2026-01-09T10:00:00Z")),
      ElementsAre(Piece("2026-01-05T16:00:00Z", "2026-01-05T17:00:00Z",
                        OpenCause::kOpen),
                  Piece("2026-01-05T17:00:00Z", "2026-01-06T00:00:00Z",
                        OpenCause::kOutsideHours),
                  Piece("2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z",
                        OpenCause::kHoliday, "Epiphany"),
                  Piece("2026-01-07T00:00:00Z", "2026-01-07T10:00:00Z",
                        OpenCause::kOverride, "stocktaking"),
                  Piece("2026-01-07T10:00:00Z", "2026-01-07T11:00:00Z",
                        OpenCause::kOpen),
                  Piece("2026-01-07T11:00:00Z", "2026-01-08T00:00:00Z",
                        OpenCause::kOverride, "stocktaking"),
                  Piece("2026-01-08T00:00:00Z", "2026-01-08T09:00:00Z",
                        OpenCause::kOutsideHours),
                  Piece("2026-01-08T09:00:00Z", "2026-01-08T12:00:00Z",
                        OpenCause::kOpen),
                  Piece("2026-01-08T12:00:00Z", "2026-01-09T00:00:00Z",
                        OpenCause::kHoliday, "half day"),
                  Piece("2026-01-09T00:00:00Z", "2026-01-09T09:00:00Z",
                        OpenCause::kOutsideHours),
                  Piece("2026-01-09T09:00:00Z", "2026-01-09T10:00:00Z",
                        OpenCause::kOpen)));
}

TEST(ExplainTest, B8_AHolidayBeatsAnOverrideAndOfTwoHolidaysTheFirstIsNamed) {
  const auto hours =
      Office("2026-01-01T00:00:00Z")
          .Override(Date(2026, 1, 6), {{Hm(8), Hm(20)}}, "long day")
          .PartHoliday(Date(2026, 1, 6), Hm(10), Hm(14), "strike")
          .PartHoliday(Date(2026, 1, 6), Hm(12), Hm(16), "outage")
          .Compile();
  EXPECT_THAT(
      hours->Explain(At("2026-01-06T07:00:00Z"), At("2026-01-06T21:00:00Z")),
      ElementsAre(Piece("2026-01-06T07:00:00Z", "2026-01-06T08:00:00Z",
                        OpenCause::kOverride, "long day"),
                  Piece("2026-01-06T08:00:00Z", "2026-01-06T10:00:00Z",
                        OpenCause::kOpen),
                  Piece("2026-01-06T10:00:00Z", "2026-01-06T14:00:00Z",
                        OpenCause::kHoliday, "strike"),
                  Piece("2026-01-06T14:00:00Z", "2026-01-06T16:00:00Z",
                        OpenCause::kHoliday, "outage"),
                  Piece("2026-01-06T16:00:00Z", "2026-01-06T20:00:00Z",
                        OpenCause::kOpen),
                  Piece("2026-01-06T20:00:00Z", "2026-01-06T21:00:00Z",
                        OpenCause::kOverride, "long day")));
}

TEST(ExplainTest, B8_TheCauseIsThatOfTheVersionInForce) {
  const auto hours = Hours::CompileAll({Office("2026-01-01T00:00:00Z")
                                            .Holiday(Date(2026, 1, 6), "old")
                                            .version(),
                                        Office("2026-01-06T06:00:00Z")
                                            .Holiday(Date(2026, 1, 6), "new")
                                            .version()});
  EXPECT_THAT(
      hours->Explain(At("2026-01-06T00:00:00Z"), At("2026-01-07T00:00:00Z")),
      ElementsAre(Piece("2026-01-06T00:00:00Z", "2026-01-06T06:00:00Z",
                        OpenCause::kHoliday, "old"),
                  Piece("2026-01-06T06:00:00Z", "2026-01-07T00:00:00Z",
                        OpenCause::kHoliday, "new")));
}

TEST(ExplainTest, B8_NothingToExplainIsAnEmptyList) {
  const auto hours = Office("2026-01-01T00:00:00Z").Compile();
  const Instant t = At("2026-01-06T07:00:00Z");
  EXPECT_TRUE(hours->Explain(t, t).empty());
  EXPECT_TRUE(hours->Explain(t, t - Duration::Hours(1)).empty());
}

}  // namespace
}  // namespace charter::sla
