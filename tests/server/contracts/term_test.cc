// Dates and terms in months (C2, C8), by example.
#include "server/contracts/term.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace charter::contracts {
namespace {

using ::testing::Eq;
using ::testing::StartsWith;

Term Of(std::optional<Date> start, std::optional<Date> end,
        std::optional<int> months = std::nullopt) {
  return {start, end, months};
}

std::string Refusal(const absl::StatusOr<Term>& term) {
  EXPECT_EQ(term.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(term.status().message());
}

TEST(TermTest, C8_StartAndTermGiveTheEnd) {
  const auto end = [](Date start, int months) {
    return *Complete(Of(start, std::nullopt, months))->end;
  };
  EXPECT_EQ(end(Date(2024, 1, 1), 12), Date(2024, 12, 31));
  EXPECT_EQ(end(Date(2024, 3, 15), 1), Date(2024, 4, 14));
  EXPECT_EQ(end(Date(2024, 12, 1), 1), Date(2024, 12, 31));
  EXPECT_EQ(end(Date(2024, 7, 1), 36), Date(2027, 6, 30));
  // The month has no such day: its last one counts.
  EXPECT_EQ(end(Date(2024, 1, 31), 1), Date(2024, 2, 28));
  EXPECT_EQ(end(Date(2023, 1, 31), 1), Date(2023, 2, 27));
  EXPECT_EQ(end(Date(2024, 1, 30), 1), Date(2024, 2, 28));
  EXPECT_EQ(end(Date(2024, 3, 31), 1), Date(2024, 4, 29));
  EXPECT_EQ(end(Date(2024, 2, 29), 12), Date(2025, 2, 27));
  EXPECT_EQ(end(Date(2024, 2, 29), 48), Date(2028, 2, 28));
  EXPECT_EQ(end(Date(9999, 12, 1), 1), Date(9999, 12, 31));
}

TEST(TermTest, C8_StartAndEndGiveTheTermInWholeMonths) {
  const auto months = [](Date start, Date end) {
    return Complete(Of(start, end))->months;
  };
  EXPECT_EQ(months(Date(2024, 1, 1), Date(2024, 12, 31)), 12);
  EXPECT_EQ(months(Date(2024, 1, 31), Date(2024, 2, 28)), 1);
  EXPECT_EQ(months(Date(2024, 1, 15), Date(2024, 2, 14)), 1);
  EXPECT_THAT(months(Date(2024, 1, 1), Date(2024, 12, 30)), Eq(std::nullopt));
  EXPECT_THAT(months(Date(2024, 1, 1), Date(2025, 1, 1)), Eq(std::nullopt));
  EXPECT_THAT(months(Date(2024, 1, 31), Date(2024, 2, 29)), Eq(std::nullopt));
  EXPECT_THAT(months(Date(2024, 1, 1), Date(2024, 1, 1)), Eq(std::nullopt));
}

TEST(TermTest, C8_EndAndTermGiveTheStart) {
  const auto start = [](Date end, int months) {
    return *Complete(Of(std::nullopt, end, months))->start;
  };
  EXPECT_EQ(start(Date(2024, 12, 31), 12), Date(2024, 1, 1));
  EXPECT_EQ(start(Date(2024, 4, 14), 1), Date(2024, 3, 15));
  // The 29th, 30th and 31st of January all have it; the earliest is taken.
  EXPECT_EQ(start(Date(2024, 2, 28), 1), Date(2024, 1, 29));
  // No month before the 31st of March has a 31st to start on.
  EXPECT_THAT(Refusal(Complete(Of(std::nullopt, Date(2024, 3, 30), 1))),
              StartsWith("end_date: is the last day of no term"));
}

TEST(TermTest, C8_ContradictingDatesAndTermAreRefused) {
  EXPECT_EQ(*Complete(Of(Date(2024, 1, 1), Date(2024, 12, 31), 12)),
            Of(Date(2024, 1, 1), Date(2024, 12, 31), 12));
  EXPECT_THAT(Refusal(Complete(Of(Date(2024, 1, 1), Date(2025, 1, 1), 12))),
              StartsWith("end_date: contradicts start_date and term_months"));
  EXPECT_THAT(Refusal(Complete(Of(Date(2024, 1, 1), Date(2024, 12, 31), 11))),
              StartsWith("end_date: contradicts start_date and term_months"));
}

TEST(TermTest, C8_ATermIsAtLeastAMonth) {
  for (const int months : {0, -1, 119989}) {
    EXPECT_THAT(Refusal(Complete(Of(Date(2024, 1, 1), std::nullopt, months))),
                StartsWith("term_months: must be 1 to 119988"));
  }
  EXPECT_THAT(Refusal(Complete(Of(Date(9999, 12, 2), std::nullopt, 1))),
              StartsWith("term_months: ends after the year 9999"));
  EXPECT_THAT(Refusal(Complete(Of(std::nullopt, Date(1, 1, 30), 1))),
              StartsWith("term_months: starts before the year 1"));
}

TEST(TermTest, C2_BothDaysAreInForce) {
  EXPECT_TRUE(Complete(Of(Date(2024, 5, 1), Date(2024, 5, 1))).ok());
  EXPECT_EQ(Refusal(Complete(Of(Date(2024, 5, 2), Date(2024, 5, 1)))),
            "end_date: is before start_date; both days are in force (C2)");
}

TEST(TermTest, C2_DatesAreOfTheYears1To9999) {
  EXPECT_THAT(Refusal(Complete(Of(Date(0, 12, 31), std::nullopt))),
              StartsWith("start_date: "));
  EXPECT_THAT(Refusal(Complete(Of(Date(2024, 1, 1), Date(10000, 1, 1)))),
              StartsWith("end_date: "));
}

TEST(TermTest, C2_WithoutTwoOfThreeNothingIsDerived) {
  for (const Term& term :
       {Of(std::nullopt, std::nullopt), Of(Date(2024, 1, 1), std::nullopt),
        Of(std::nullopt, Date(2024, 1, 1)),
        Of(std::nullopt, std::nullopt, 12)}) {
    EXPECT_EQ(*Complete(term), term);
  }
}

TEST(ReviseTest, C8_WhatFollowedFollowsAnew) {
  const Date start(2024, 1, 1), end(2024, 12, 31);
  // Another start moves the end, and keeps the term.
  EXPECT_EQ(*Revise(Of(Date(2024, 2, 1), end, 12), {.start = true}),
            Of(Date(2024, 2, 1), Date(2025, 1, 31), 12));
  // Another term moves the end.
  EXPECT_EQ(*Revise(Of(start, end, 24), {.months = true}),
            Of(start, Date(2025, 12, 31), 24));
  // Another end gives another term, or none.
  EXPECT_EQ(*Revise(Of(start, Date(2024, 6, 30), 12), {.end = true}),
            Of(start, Date(2024, 6, 30), 6));
  EXPECT_EQ(*Revise(Of(start, Date(2024, 6, 15), 12), {.end = true}),
            Of(start, Date(2024, 6, 15)));
  // Both dates: the term is what they say.
  EXPECT_EQ(*Revise(Of(Date(2025, 1, 1), Date(2025, 3, 31), 12),
                    {.start = true, .end = true}),
            Of(Date(2025, 1, 1), Date(2025, 3, 31), 3));
  // Dates that weren't whole months may become so.
  EXPECT_EQ(*Revise(Of(start, Date(2024, 6, 30)), {.start = true}),
            Of(start, Date(2024, 6, 30), 6));
}

TEST(ReviseTest, C8_WhatIsClearedStaysAbsent) {
  const Date start(2024, 1, 1), end(2024, 12, 31);
  EXPECT_EQ(*Revise(Of(start, std::nullopt, 12), {.end = true}),
            Of(start, std::nullopt));
  EXPECT_EQ(*Revise(Of(std::nullopt, end, 12), {.start = true}),
            Of(std::nullopt, std::nullopt, 12));
  EXPECT_EQ(*Revise(Of(std::nullopt, Date(2024, 6, 15)), {.start = true}),
            Of(std::nullopt, Date(2024, 6, 15)));
  // The dates still are twelve months.
  EXPECT_EQ(*Revise(Of(start, end), {.months = true}), Of(start, end, 12));
}

TEST(ReviseTest, C8_WhatIsWrittenTogetherMustAgree) {
  EXPECT_THAT(Refusal(Revise(Of(Date(2024, 1, 1), Date(2024, 6, 30), 12),
                             {.end = true, .months = true})),
              StartsWith("end_date: contradicts"));
  EXPECT_THAT(Refusal(Revise(Of(Date(2024, 1, 1), Date(2023, 6, 30), 12),
                             {.end = true})),
              StartsWith("end_date: is before start_date"));
}

}  // namespace
}  // namespace charter::contracts
