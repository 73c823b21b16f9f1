// Dates of successors (C9).
#include "server/contracts/renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace charter::contracts {
namespace {

using ::testing::Eq;
using ::testing::Optional;
using ::testing::StartsWith;

std::string Said(const absl::Status& status) {
  return std::string(status.message());
}

const Term kYear = {Date(2024, 1, 1), Date(2024, 12, 31), 12};
const Term kNextYear = {Date(2025, 1, 1), Date(2025, 12, 31), 12};

TEST(RenewalTest, C9_TheSuccessorFollowsWithoutAGapForAsLong) {
  EXPECT_EQ(*RenewedTerm(kYear), kNextYear);
  // In days where it wasn't whole months: 15 May to 20 June is 37.
  EXPECT_EQ(*RenewedTerm({Date(2024, 5, 15), Date(2024, 6, 20), std::nullopt}),
            (Term{Date(2024, 6, 21), Date(2024, 7, 27), std::nullopt}));
  EXPECT_EQ(*RenewedTerm({Date(2024, 5, 1), Date(2024, 5, 1), std::nullopt}),
            (Term{Date(2024, 5, 2), Date(2024, 5, 2), std::nullopt}));
}

TEST(RenewalTest, C9_MonthsCountFromTheSuccessorsFirstDay) {
  EXPECT_EQ(*RenewedTerm({Date(2023, 1, 31), Date(2023, 2, 27), 1}),
            (Term{Date(2023, 2, 28), Date(2023, 3, 27), 1}));
  EXPECT_EQ(*RenewedTerm({Date(2024, 2, 29), Date(2025, 2, 27), 12}),
            (Term{Date(2025, 2, 28), Date(2026, 2, 27), 12}));
}

TEST(RenewalTest, C9_AnotherLengthCanBeAskedFor) {
  EXPECT_EQ(*RenewedTerm(kYear, 24),
            (Term{Date(2025, 1, 1), Date(2026, 12, 31), 24}));
  EXPECT_EQ(*RenewedTerm(kYear, std::nullopt, Date(2025, 6, 30)),
            (Term{Date(2025, 1, 1), Date(2025, 6, 30), 6}));
  EXPECT_EQ(*RenewedTerm({.end = Date(2024, 12, 31)}, 12), kNextYear);
  EXPECT_THAT(Said(RenewedTerm(kYear, 12, Date(2025, 6, 30)).status()),
              StartsWith("end_date: contradicts"));
  EXPECT_THAT(
      Said(RenewedTerm(kYear, std::nullopt, Date(2024, 12, 31)).status()),
      StartsWith("end_date: is before start_date"));
}

TEST(RenewalTest, C9_WhatHasNoEndIsNotRenewed) {
  const absl::Status open =
      RenewedTerm({.start = Date(2024, 1, 1)}, 12).status();
  EXPECT_EQ(open.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Said(open), StartsWith("end_date: "));
  const absl::Status no_length =
      RenewedTerm({.end = Date(2024, 12, 31)}).status();
  EXPECT_EQ(no_length.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Said(no_length), StartsWith("term_months: is needed"));
  EXPECT_THAT(
      Said(RenewedTerm({Date(9999, 1, 1), Date(9999, 12, 31), 12}).status()),
      StartsWith("start_date: must be in the years"));
}

TEST(RenewalTest, C9_PartsThatLastedToTheEndGoOn) {
  const auto renewed = [](std::optional<Date> start, std::optional<Date> end) {
    return RenewedPart(kYear, kNextYear, {start, end, std::nullopt});
  };
  EXPECT_THAT(renewed(Date(2024, 1, 1), Date(2024, 12, 31)),
              Optional(kNextYear));
  // Added in July: covered for the whole of the next year.
  EXPECT_THAT(renewed(Date(2024, 7, 1), Date(2024, 12, 31)),
              Optional(kNextYear));
  // Without dates of its own it takes the successor's, as before.
  EXPECT_THAT(renewed(std::nullopt, std::nullopt), Optional(Term()));
  EXPECT_THAT(renewed(Date(2024, 7, 1), std::nullopt),
              Optional(Term{.start = Date(2025, 1, 1)}));
  EXPECT_THAT(renewed(std::nullopt, Date(2024, 12, 31)),
              Optional(Term{.end = Date(2025, 12, 31)}));
}

TEST(RenewalTest, C9_PartsThatEndedBeforeAreNotCloned) {
  EXPECT_THAT(
      RenewedPart(kYear, kNextYear, {Date(2024, 1, 1), Date(2024, 3, 31), 3}),
      Eq(std::nullopt));
  EXPECT_THAT(RenewedPart(kYear, kNextYear, {.end = Date(2024, 12, 30)}),
              Eq(std::nullopt));
}

// An entitlement may last longer than its contract.
TEST(RenewalTest, C9_PartsThatLastLongerGoOnAfterTheirOwnEnd) {
  EXPECT_THAT(
      RenewedPart(kYear, kNextYear, {Date(2024, 1, 1), Date(2025, 3, 31), 15}),
      Optional(Term{Date(2025, 4, 1), Date(2025, 12, 31), 9}));
  EXPECT_THAT(
      RenewedPart(kYear, kNextYear, {Date(2024, 1, 1), Date(2025, 12, 31), 24}),
      Eq(std::nullopt));
}

}  // namespace
}  // namespace charter::contracts
