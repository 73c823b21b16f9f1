// States, and what things are at an instant (C2, C3, C10).
#include "server/contracts/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace charter::contracts {
namespace {

using sla::Duration;
using sla::Instant;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

Instant At(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error))
      << error;
  return Instant::From(time);
}

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
  return zone;
}

Window YearIn(const std::string& zone) {
  return WindowOf({Date(2024, 1, 1), Date(2024, 12, 31), 12}, Zone(zone));
}

const Duration kMicro = Duration::Micros(1);

TEST(StatusTest, C2_DatesAreWholeDaysInTheZone) {
  const Window vienna = YearIn("Europe/Vienna");
  EXPECT_THAT(vienna.from, Optional(At("2023-12-31T23:00:00Z")));
  EXPECT_THAT(vienna.to, Optional(At("2024-12-31T23:00:00Z")));
  const Window auckland = YearIn("Pacific/Auckland");
  EXPECT_THAT(auckland.from, Optional(At("2023-12-31T11:00:00Z")));
  const Window open = WindowOf({.start = Date(2024, 1, 1)}, Zone("UTC"));
  EXPECT_THAT(open.to, Eq(std::nullopt));
  EXPECT_THAT(WindowOf({}, Zone("UTC")).from, Eq(std::nullopt));
}

// On 2018-11-04 the clocks of São Paulo went from 24:00 to 01:00; those of St.
// John's went back from 00:01 to 23:01 of the day before on 2010-11-07.
TEST(StatusTest, C2_DaysBeginOnceWhateverTheClocksDo) {
  const Window sao_paulo =
      WindowOf({Date(2018, 11, 4), Date(2018, 11, 4), std::nullopt},
               Zone("America/Sao_Paulo"));
  EXPECT_THAT(sao_paulo.from, Optional(At("2018-11-04T03:00:00Z")));
  EXPECT_THAT(sao_paulo.to, Optional(At("2018-11-05T02:00:00Z")));
  const Window st_johns =
      WindowOf({.start = Date(2010, 11, 7)}, Zone("America/St_Johns"));
  EXPECT_THAT(st_johns.from, Optional(At("2010-11-07T02:30:00Z")));
  for (const char* at : {"2010-11-07T02:30:00Z", "2010-11-07T02:45:00Z",
                         "2010-11-07T03:45:00Z"}) {
    EXPECT_EQ(StatusAt(State::kActive, st_johns, At(at)), Status::kActive);
  }
}

TEST(StatusTest, C3_StatusFollowsTheDates) {
  const Window year = YearIn("Europe/Vienna");
  const auto status = [&](Instant at) {
    return StatusAt(State::kActive, year, at);
  };
  EXPECT_EQ(status(*year.from - kMicro), Status::kInactive);
  EXPECT_EQ(status(*year.from), Status::kActive);
  EXPECT_EQ(status(*year.to - kMicro), Status::kActive);
  EXPECT_EQ(status(*year.to), Status::kExpired);
}

TEST(StatusTest, C3_WithoutAStartItIsNotInForceYet) {
  const Window no_start = WindowOf({.end = Date(2024, 12, 31)}, Zone("UTC"));
  EXPECT_EQ(StatusAt(State::kActive, no_start, At("2020-01-01T00:00:00Z")),
            Status::kInactive);
  EXPECT_EQ(StatusAt(State::kActive, no_start, At("2030-01-01T00:00:00Z")),
            Status::kInactive);
  const Window no_end = WindowOf({.start = Date(2024, 1, 1)}, Zone("UTC"));
  EXPECT_EQ(StatusAt(State::kActive, no_end, Instant::Max()), Status::kActive);
}

TEST(StatusTest, C3_StatesBeatTheDates) {
  const Window year = YearIn("UTC");
  for (const char* at : {"2023-06-01T00:00:00Z", "2024-06-01T00:00:00Z",
                         "2025-06-01T00:00:00Z"}) {
    EXPECT_EQ(StatusAt(State::kDraft, year, At(at)), Status::kDraft);
    EXPECT_EQ(StatusAt(State::kSuspended, year, At(at)), Status::kSuspended);
    EXPECT_EQ(StatusAt(State::kCancelled, year, At(at)), Status::kCancelled);
  }
}

TEST(StatusTest, C3_EffectiveStatusSaysWhichPartFails) {
  const Window year = YearIn("UTC");
  const Window half =
      WindowOf({Date(2024, 1, 1), Date(2024, 6, 30), 6}, Zone("UTC"));
  const Instant may = At("2024-05-01T00:00:00Z");
  const Instant august = At("2024-08-01T00:00:00Z");
  std::vector<Part> parts = {{"entitlement", State::kActive, year},
                             {"line", State::kActive, half},
                             {"contract", State::kActive, year}};
  EXPECT_EQ(EffectiveStatusAt(parts, may).status, Status::kActive);
  EXPECT_THAT(EffectiveStatusAt(parts, may).failing, IsEmpty());
  EXPECT_EQ(EffectiveStatusAt(parts, august).status, Status::kExpired);
  EXPECT_THAT(EffectiveStatusAt(parts, august).failing,
              ElementsAre(EffectiveStatus::Failing{"line", Status::kExpired}));
  parts[2].state = State::kSuspended;
  EXPECT_EQ(EffectiveStatusAt(parts, may).status, Status::kSuspended);
  EXPECT_EQ(EffectiveStatusAt(parts, august).status, Status::kExpired);
  EXPECT_THAT(
      EffectiveStatusAt(parts, august).failing,
      ElementsAre(EffectiveStatus::Failing{"line", Status::kExpired},
                  EffectiveStatus::Failing{"contract", Status::kSuspended}));
}

TEST(StateTest, C10_AllowedTransitions) {
  const auto apply = [](State from, Verb verb) { return *Apply(from, verb); };
  EXPECT_EQ(apply(State::kDraft, Verb::kActivate), State::kActive);
  EXPECT_EQ(apply(State::kActive, Verb::kSuspend), State::kSuspended);
  EXPECT_EQ(apply(State::kSuspended, Verb::kResume), State::kActive);
  for (const State from : {State::kDraft, State::kActive, State::kSuspended}) {
    EXPECT_EQ(apply(from, Verb::kCancel), State::kCancelled);
  }
}

TEST(StateTest, C10_AWrongTransitionIsRefused) {
  for (const auto& [from, verb] :
       {std::pair(State::kActive, Verb::kActivate),
        std::pair(State::kSuspended, Verb::kActivate),
        std::pair(State::kCancelled, Verb::kActivate),
        std::pair(State::kDraft, Verb::kSuspend),
        std::pair(State::kSuspended, Verb::kSuspend),
        std::pair(State::kCancelled, Verb::kSuspend),
        std::pair(State::kDraft, Verb::kResume),
        std::pair(State::kActive, Verb::kResume),
        std::pair(State::kCancelled, Verb::kResume),
        std::pair(State::kCancelled, Verb::kCancel)}) {
    const absl::Status refused = Apply(from, verb).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition)
        << NameOf(from);
  }
  EXPECT_EQ(Apply(State::kCancelled, Verb::kCancel).status().message(),
            "state: what is CANCELLED cannot be cancelled (C10)");
}

TEST(StatusTest, C10_StartsAndExpiresByItsDate) {
  const Window year = YearIn("Europe/Vienna");
  const auto next = [&](State state, Instant at) {
    return NextChange(state, year, at);
  };
  EXPECT_EQ(next(State::kActive, Instant::Min()), year.from);
  EXPECT_EQ(next(State::kActive, *year.from - kMicro), year.from);
  EXPECT_EQ(next(State::kActive, *year.from), year.to);
  EXPECT_THAT(next(State::kActive, *year.to), Eq(std::nullopt));
  for (const State still :
       {State::kDraft, State::kSuspended, State::kCancelled}) {
    EXPECT_THAT(next(still, Instant::Min()), Eq(std::nullopt));
  }
  const absl::TimeZone utc = Zone("UTC");
  EXPECT_THAT(
      NextChange(State::kActive, WindowOf({.end = Date(2024, 1, 1)}, utc),
                 Instant::Min()),
      Eq(std::nullopt));
  // Its end lies after the last instant.
  EXPECT_THAT(
      NextChange(
          State::kActive,
          WindowOf({Date(2024, 1, 1), Date(9999, 12, 31), std::nullopt}, utc),
          At("2024-06-01T00:00:00Z")),
      Eq(std::nullopt));
}

TEST(StatusTest, C10_EveryChangeByDateIsFoundOnce) {
  const Window year = YearIn("Europe/Vienna");
  const DateChange starts{*year.from, Status::kActive};
  const DateChange expires{*year.to, Status::kExpired};
  const auto changes = [&](Instant after, Instant until) {
    return ChangesBetween(State::kActive, year, after, until);
  };
  EXPECT_THAT(changes(Instant::Min(), Instant::Max()),
              ElementsAre(starts, expires));
  EXPECT_THAT(changes(Instant::Min(), *year.from - kMicro), IsEmpty());
  EXPECT_THAT(changes(*year.from - kMicro, *year.from), ElementsAre(starts));
  EXPECT_THAT(changes(*year.from, *year.to), ElementsAre(expires));
  EXPECT_THAT(changes(*year.to, Instant::Max()), IsEmpty());
  EXPECT_THAT(
      ChangesBetween(State::kSuspended, year, Instant::Min(), Instant::Max()),
      IsEmpty());
}

}  // namespace
}  // namespace charter::contracts
