// Lines within their contract (C8).
#include "server/contracts/lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace charter::contracts {
namespace {

const Term kYear = {Date(2024, 1, 1), Date(2024, 12, 31), 12};

std::string Refusal(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

std::string Outside(const Term& contract, std::optional<Date> start,
                    std::optional<Date> end) {
  return Refusal(TermOfLine(contract, {start, end, std::nullopt}).status());
}

TEST(LinesTest, C8_ALineWithoutDatesHasItsContracts) {
  EXPECT_EQ(*TermOfLine(kYear, {}), kYear);
  EXPECT_EQ(*TermOfLine({}, {}), Term());
  EXPECT_EQ(*TermOfLine(kYear, {.start = Date(2024, 7, 1)}),
            (Term{Date(2024, 7, 1), Date(2024, 12, 31), 6}));
  EXPECT_EQ(*TermOfLine(kYear, {.end = Date(2024, 3, 31)}),
            (Term{Date(2024, 1, 1), Date(2024, 3, 31), 3}));
  EXPECT_EQ(*TermOfLine({.start = Date(2024, 1, 1)}, {}),
            (Term{.start = Date(2024, 1, 1)}));
}

TEST(LinesTest, C8_LinesLieInsideTheContract) {
  EXPECT_EQ(*TermOfLine(kYear, kYear), kYear);
  EXPECT_EQ(Outside(kYear, Date(2023, 12, 31), std::nullopt),
            "start_date: is before the contract starts (C8)");
  EXPECT_EQ(Outside(kYear, std::nullopt, Date(2025, 1, 1)),
            "end_date: is after the contract ends (C8)");
  EXPECT_EQ(Outside(kYear, Date(2025, 1, 1), std::nullopt),
            "start_date: is after the contract ends (C8)");
  EXPECT_EQ(Outside(kYear, std::nullopt, Date(2023, 12, 31)),
            "end_date: is before the contract starts (C8)");
  EXPECT_EQ(Outside(kYear, Date(2024, 6, 2), Date(2024, 6, 1)),
            "end_date: is before start_date; both days are in force (C2)");
  // An open end is outside nothing.
  EXPECT_TRUE(
      TermOfLine({.start = Date(2024, 1, 1)}, {.end = Date(2099, 1, 1)}).ok());
}

TEST(LinesTest, C8_AnAssetIsOnAContractOnceForAPeriod) {
  const auto printer = [](std::optional<Date> start, std::optional<Date> end) {
    return CoveredAsset{"assets/printer", {start, end, std::nullopt}};
  };
  const Date first(2024, 1, 1), june(2024, 6, 30), july(2024, 7, 1),
      last(2024, 12, 31);
  EXPECT_TRUE(CheckAssetsOnce({}).ok());
  EXPECT_TRUE(
      CheckAssetsOnce({printer(july, last), printer(first, june)}).ok());
  EXPECT_TRUE(
      CheckAssetsOnce({printer(first, last), {"assets/scanner", kYear}}).ok());
  EXPECT_EQ(Refusal(CheckAssetsOnce({printer(july, last),
                                     {"assets/scanner", kYear},
                                     printer(first, july)})),
            "lines[2].asset: is on lines[0] on the same days: an asset is on "
            "a contract once for a period (C8)");
  // Open ends, and no start yet.
  EXPECT_FALSE(
      CheckAssetsOnce({printer(first, std::nullopt), printer(july, last)})
          .ok());
  EXPECT_FALSE(CheckAssetsOnce({printer(std::nullopt, std::nullopt),
                                printer(std::nullopt, std::nullopt)})
                   .ok());
  EXPECT_TRUE(
      CheckAssetsOnce({printer(std::nullopt, june), printer(july, last)}).ok());
  // Neighbours by their starts, with a short one between.
  EXPECT_FALSE(CheckAssetsOnce({printer(first, last), printer(june, june),
                                printer(july, last)})
                   .ok());
}

}  // namespace
}  // namespace charter::contracts
