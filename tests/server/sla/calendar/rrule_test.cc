// Recurrence rules (B2), most of them the examples of RFC 5545 3.8.5.3.
#include "server/sla/calendar/rrule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "server/sla/calendar/hours_definition.h"

namespace charter::sla {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> Dates(absl::string_view rule, Date first,
                               Date last = Date(2099, 12, 31)) {
  const auto dates = ExpandRecurrence(rule, first, last);
  if (!dates.ok()) return {std::string(dates.status().message())};
  std::vector<std::string> text;
  for (Date date : *dates) text.push_back(absl::FormatCivilTime(date));
  return text;
}

std::string Refusal(absl::string_view rule, Date first = Date(2026, 1, 5)) {
  const auto dates = ExpandRecurrence(rule, first, Date(2036, 1, 1));
  EXPECT_TRUE(absl::IsInvalidArgument(dates.status())) << rule;
  return std::string(dates.status().message());
}

TEST(RruleTest, B2_Daily) {
  EXPECT_THAT(Dates("FREQ=DAILY;COUNT=3", Date(1997, 9, 2)),
              ElementsAre("1997-09-02", "1997-09-03", "1997-09-04"));
  EXPECT_THAT(Dates("FREQ=DAILY;INTERVAL=10;COUNT=5", Date(1997, 9, 2)),
              ElementsAre("1997-09-02", "1997-09-12", "1997-09-22",
                          "1997-10-02", "1997-10-12"));
  EXPECT_THAT(Dates("FREQ=DAILY;UNTIL=19971224", Date(1997, 9, 2)),
              SizeIs(114));
  EXPECT_THAT(
      Dates("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", Date(1998, 1, 1)),
      SizeIs(93));
  EXPECT_THAT(Dates("FREQ=DAILY;BYDAY=MO,WE;COUNT=3", Date(2026, 1, 5)),
              ElementsAre("2026-01-05", "2026-01-07", "2026-01-12"));
  EXPECT_THAT(Dates("FREQ=DAILY;BYMONTHDAY=-1;COUNT=3", Date(2026, 1, 31)),
              ElementsAre("2026-01-31", "2026-02-28", "2026-03-31"));
}

TEST(RruleTest, B2_Weekly) {
  EXPECT_THAT(Dates("FREQ=WEEKLY;COUNT=3", Date(1997, 9, 2)),
              ElementsAre("1997-09-02", "1997-09-09", "1997-09-16"));
  EXPECT_THAT(
      Dates("FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=4", Date(1997, 9, 2)),
      ElementsAre("1997-09-02", "1997-09-16", "1997-09-30", "1997-10-14"));
  EXPECT_THAT(
      Dates("FREQ=WEEKLY;UNTIL=19971007;WKST=SU;BYDAY=TU,TH", Date(1997, 9, 2)),
      ElementsAre("1997-09-02", "1997-09-04", "1997-09-09", "1997-09-11",
                  "1997-09-16", "1997-09-18", "1997-09-23", "1997-09-25",
                  "1997-09-30", "1997-10-02", "1997-10-07"));
  // When the week starts decides which weeks are the second ones.
  EXPECT_THAT(
      Dates("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            Date(1997, 8, 5)),
      ElementsAre("1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"));
  EXPECT_THAT(
      Dates("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            Date(1997, 8, 5)),
      ElementsAre("1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"));
  EXPECT_THAT(Dates("FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;COUNT=5", Date(2026, 2, 2)),
              ElementsAre("2026-02-02", "2026-02-09", "2026-02-16",
                          "2026-02-23", "2027-02-01"));
}

TEST(RruleTest, B2_Monthly) {
  EXPECT_THAT(Dates("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", Date(1997, 9, 5)),
              ElementsAre("1997-09-05", "1997-10-03", "1997-11-07"));
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", Date(1997, 9, 7)),
      ElementsAre("1997-09-07", "1997-09-28", "1997-11-02", "1997-11-30"));
  EXPECT_THAT(Dates("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", Date(1997, 9, 22)),
              ElementsAre("1997-09-22", "1997-10-20", "1997-11-17"));
  EXPECT_THAT(Dates("FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=6", Date(1997, 9, 28)),
              ElementsAre("1997-09-28", "1997-10-29", "1997-11-28",
                          "1997-12-29", "1998-01-29", "1998-02-26"));
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", Date(1997, 9, 30)),
      ElementsAre("1997-09-30", "1997-10-01", "1997-10-31", "1997-11-01"));
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;INTERVAL=18;COUNT=4;BYMONTHDAY=10,11",
            Date(1997, 9, 10)),
      ElementsAre("1997-09-10", "1997-09-11", "1999-03-10", "1999-03-11"));
  // Every Friday the 13th; every first Saturday after the first Sunday.
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4", Date(1998, 2, 13)),
      ElementsAre("1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13"));
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=3",
            Date(1997, 9, 13)),
      ElementsAre("1997-09-13", "1997-10-11", "1997-11-08"));
  // Months without that day are left out.
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;COUNT=4", Date(2026, 1, 31)),
      ElementsAre("2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"));
  EXPECT_THAT(Dates("FREQ=MONTHLY;BYDAY=5MO;COUNT=2", Date(2026, 3, 30)),
              ElementsAre("2026-03-30", "2026-06-29"));
}

TEST(RruleTest, B2_MonthlyPositions) {
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", Date(1997, 9, 4)),
      ElementsAre("1997-09-04", "1997-10-07", "1997-11-06"));
  EXPECT_THAT(Dates("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3",
                    Date(1997, 9, 29)),
              ElementsAre("1997-09-29", "1997-10-30", "1997-11-27"));
  // Positions count in the whole period, also before the first date.
  EXPECT_THAT(
      Dates("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,-1;COUNT=3", Date(2026, 1, 26)),
      ElementsAre("2026-01-26", "2026-02-02", "2026-02-23"));
}

TEST(RruleTest, B2_Yearly) {
  EXPECT_THAT(Dates("FREQ=YEARLY;COUNT=3", Date(2026, 12, 25)),
              ElementsAre("2026-12-25", "2027-12-25", "2028-12-25"));
  EXPECT_THAT(Dates("FREQ=YEARLY;COUNT=2", Date(2024, 2, 29)),
              ElementsAre("2024-02-29", "2028-02-29"));
  EXPECT_THAT(
      Dates("FREQ=YEARLY;COUNT=4;BYMONTH=6,7", Date(1997, 6, 10)),
      ElementsAre("1997-06-10", "1997-07-10", "1998-06-10", "1998-07-10"));
  EXPECT_THAT(Dates("FREQ=YEARLY;BYDAY=20MO;COUNT=3", Date(1997, 5, 19)),
              ElementsAre("1997-05-19", "1998-05-18", "1999-05-17"));
  EXPECT_THAT(
      Dates("FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=4", Date(1997, 3, 13)),
      ElementsAre("1997-03-13", "1997-03-20", "1997-03-27", "1998-03-05"));
  // Thanksgiving; the last Monday of May; the Tuesday after the first Monday of
  // each fourth November.
  EXPECT_THAT(
      Dates("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3", Date(2026, 11, 26)),
      ElementsAre("2026-11-26", "2027-11-25", "2028-11-23"));
  EXPECT_THAT(
      Dates("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=3", Date(2026, 5, 25)),
      ElementsAre("2026-05-25", "2027-05-31", "2028-05-29"));
  EXPECT_THAT(Dates("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,"
                    "4,5,6,7,8;COUNT=3",
                    Date(1996, 11, 5)),
              ElementsAre("1996-11-05", "2000-11-07", "2004-11-02"));
  // Day 1 of every month; the last working day of the year.
  EXPECT_THAT(Dates("FREQ=YEARLY;BYMONTHDAY=1;COUNT=3", Date(2026, 1, 1)),
              ElementsAre("2026-01-01", "2026-02-01", "2026-03-01"));
  EXPECT_THAT(Dates("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
                    Date(2027, 12, 31)),
              ElementsAre("2027-12-31", "2028-12-29"));
}

TEST(RruleTest, B2_ARecurrenceEndsAtTheHorizonOrItsOwnEnd) {
  EXPECT_THAT(Dates("FREQ=YEARLY", Date(2026, 12, 25), Date(2028, 12, 25)),
              SizeIs(3));
  EXPECT_THAT(Dates("FREQ=YEARLY", Date(2026, 12, 25), Date(2028, 12, 24)),
              SizeIs(2));
  EXPECT_THAT(Dates("FREQ=YEARLY;UNTIL=20271225", Date(2026, 12, 25)),
              SizeIs(2));
  EXPECT_THAT(Dates("FREQ=YEARLY;UNTIL=20271224T235959", Date(2026, 12, 25)),
              SizeIs(1));
  // The first date is written down, so it counts even past the horizon.
  EXPECT_THAT(Dates("FREQ=YEARLY", Date(2026, 12, 25), Date(2020, 1, 1)),
              ElementsAre("2026-12-25"));
}

TEST(RruleTest, B2_LettersMayBeSmall) {
  EXPECT_THAT(Dates("freq=weekly;byday=mo;count=1", Date(2026, 1, 5)),
              ElementsAre("2026-01-05"));
}

TEST(RruleTest, B2_WhatIsNotUnderstoodIsRefused) {
  EXPECT_THAT(Refusal(""), HasSubstr("is not supported"));
  EXPECT_THAT(Refusal("COUNT=3"), StartsWith("FREQ is missing"));
  for (const char* frequency :
       {"SECONDLY", "MINUTELY", "HOURLY", "FORTNIGHTLY", ""}) {
    EXPECT_THAT(Refusal(std::string("FREQ=") + frequency),
                AllOf(HasSubstr("is not valid"), HasSubstr("whole dates")));
  }
  EXPECT_THAT(Refusal("RRULE:FREQ=DAILY"),
              HasSubstr("without a leading RRULE:"));
  for (const char* part : {"BYHOUR=1", "BYMINUTE=1", "BYSECOND=1", "BYWEEKNO=1",
                           "BYYEARDAY=1", "X-OWN=1", "", "COUNT"}) {
    Refusal(std::string("FREQ=DAILY;") + part);
  }
  EXPECT_THAT(Refusal("FREQ=DAILY;FREQ=DAILY"), HasSubstr("twice"));
  EXPECT_THAT(Refusal("FREQ=DAILY;COUNT=2;UNTIL=20300101"),
              HasSubstr("exclude each other"));
  EXPECT_THAT(Refusal("FREQ=WEEKLY;BYDAY=1MO"), HasSubstr("ordinal"));
  EXPECT_THAT(Refusal("FREQ=DAILY;BYDAY=-1MO"), HasSubstr("ordinal"));
  EXPECT_THAT(Refusal("FREQ=WEEKLY;BYMONTHDAY=5"), HasSubstr("FREQ=WEEKLY"));
  EXPECT_THAT(Refusal("FREQ=MONTHLY;BYSETPOS=1"), HasSubstr("BYSETPOS needs"));
}

TEST(RruleTest, B2_ValuesOutOfRangeAreRefused) {
  for (const char* part : {"INTERVAL=0",
                           "INTERVAL=-1",
                           "INTERVAL=99999",
                           "INTERVAL=+1",
                           "INTERVAL=1.5",
                           "COUNT=0",
                           "COUNT=5001",
                           "COUNT=x",
                           "UNTIL=2030",
                           "UNTIL=20300230",
                           "UNTIL=20300101T10",
                           "UNTIL=20300101T100000X",
                           "UNTIL=20300101T100000ZZ",
                           "UNTIL=2030-01-01",
                           "BYDAY=",
                           "BYDAY=M",
                           "BYDAY=XX",
                           "BYDAY=0MO",
                           "BYDAY=54MO",
                           "BYDAY=MO,",
                           "BYMONTHDAY=0",
                           "BYMONTHDAY=32",
                           "BYMONTHDAY=-32",
                           "BYMONTH=0",
                           "BYMONTH=13",
                           "BYMONTH=-1",
                           "WKST=X",
                           "WKST=1MO"}) {
    EXPECT_THAT(Refusal(std::string("FREQ=MONTHLY;") + part),
                HasSubstr("is not valid: expected"))
        << part;
  }
  EXPECT_THAT(Refusal("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367"),
              HasSubstr("is not valid: expected"));
  EXPECT_THAT(Refusal("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0"),
              HasSubstr("is not valid: expected"));
}

TEST(RruleTest, B2_TheFirstDateMustBeOneOfTheRulesOwn) {
  EXPECT_THAT(
      Refusal("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", Date(2026, 1, 1)),
      AllOf(HasSubstr("2026-01-01"), HasSubstr("not one of the rule's own")));
  EXPECT_THAT(Refusal("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"),
              HasSubstr("rule's own"));
  EXPECT_THAT(Refusal("FREQ=DAILY;UNTIL=20260104"),
              HasSubstr("UNTIL is before the first date"));
}

TEST(RruleTest, B2_TheNumberOfDatesIsBounded) {
  EXPECT_EQ(
      ExpandRecurrence("FREQ=DAILY", Date(2026, 1, 1), Date(2026, 1, 1) + 4999)
          ->size(),
      static_cast<size_t>(kMaxOccurrences));
  EXPECT_THAT(std::string(ExpandRecurrence("FREQ=DAILY", Date(2026, 1, 1),
                                           Date(2026, 1, 1) + 5000)
                              .status()
                              .message()),
              HasSubstr("more than 5000 dates"));
}

}  // namespace
}  // namespace charter::sla
