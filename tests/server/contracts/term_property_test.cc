// What must hold of any dates (C2, C3, C8, C9, C10).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "server/contracts/lines.h"
#include "server/contracts/renewal.h"
#include "server/contracts/status.h"
#include "server/contracts/term.h"

namespace charter::contracts {
namespace {

using sla::Duration;
using sla::Instant;

// A date of 1900 to 2100, ends of months often.
Date SomeDate() {
  const Date day(1900 + *rc::gen::inRange(0, 200), *rc::gen::inRange(1, 13),
                 *rc::gen::inRange(1, 29));
  if (*rc::gen::arbitrary<bool>()) return day;
  return Date(absl::CivilMonth(day) + 1) - *rc::gen::inRange(1, 5);
}

int SomeMonths() {
  return *rc::gen::oneOf(rc::gen::inRange(1, 13), rc::gen::inRange(1, 200));
}

Term SomeTerm() {
  const Date start = SomeDate();
  if (*rc::gen::arbitrary<bool>()) {
    return *Complete({start, std::nullopt, SomeMonths()});
  }
  return *Complete({start, start + *rc::gen::inRange(0, 800), std::nullopt});
}

RC_GTEST_PROP(TermProperty, C8_TheSameDayOfTheMonthOrItsLast, ()) {
  const Date start = SomeDate();
  const int months = SomeMonths();
  const Date next = *Complete({start, std::nullopt, months})->end + 1;
  RC_ASSERT(absl::CivilMonth(next) - absl::CivilMonth(start) == months);
  if (next.day() != start.day()) {
    RC_ASSERT(next.day() < start.day());
    RC_ASSERT(absl::CivilMonth(next + 1) != absl::CivilMonth(next));
  }
}

RC_GTEST_PROP(TermProperty, C8_AnyTwoOfThreeGiveTheThird, ()) {
  const Date start = SomeDate();
  const int months = SomeMonths();
  const Term term = *Complete({start, std::nullopt, months});
  RC_ASSERT(*Complete({start, term.end, std::nullopt}) == term);
  RC_ASSERT(*Complete(term) == term);
  // Several starts may have that end; it is the earliest.
  const Term from_end = *Complete({std::nullopt, term.end, months});
  RC_ASSERT(from_end.end == term.end);
  RC_ASSERT(*from_end.start <= start);
  RC_ASSERT(*Complete({*from_end.start - 1, std::nullopt, months})->end <
            *term.end);
}

RC_GTEST_PROP(TermProperty, C8_AnyOtherEndContradicts, ()) {
  Term term = *Complete({SomeDate(), std::nullopt, SomeMonths()});
  const int days = *rc::gen::distinctFrom(rc::gen::inRange(-400, 401), 0);
  *term.end += days;
  RC_ASSERT(absl::IsInvalidArgument(Complete(term).status()));
  term.months.reset();
  if (*term.end < *term.start) return;
  const std::optional<int> whole = Complete(term)->months;
  if (whole) {
    RC_ASSERT(AddMonths(*term.start, *whole) == *term.end + 1);
  } else {
    for (int n = 1; n < 220; ++n) {
      RC_ASSERT(AddMonths(*term.start, n) != *term.end + 1);
    }
  }
}

RC_GTEST_PROP(TermProperty, C8_WhatIsWrittenStands, ()) {
  const Term before = SomeTerm();
  Term changed = before;
  const Written written = {*rc::gen::arbitrary<bool>(),
                           *rc::gen::arbitrary<bool>(),
                           *rc::gen::arbitrary<bool>()};
  if (written.start) changed.start = SomeDate();
  if (written.end) changed.end = SomeDate();
  if (written.months) changed.months = SomeMonths();
  const auto after = Revise(changed, written);
  if (!after.ok()) {
    RC_ASSERT(absl::IsInvalidArgument(after.status()));
    // Only an end can be wrong: written, or kept without a term.
    RC_ASSERT(written.end || !changed.months);
    return;
  }
  if (written.start) RC_ASSERT(after->start == changed.start);
  if (written.end) RC_ASSERT(after->end == changed.end);
  if (written.months) RC_ASSERT(after->months == changed.months);
  if (!written.start) RC_ASSERT(after->start == before.start);
  RC_ASSERT(*Complete(*after) == *after);
}

RC_GTEST_PROP(RenewalProperty, C9_SuccessorsFollowWithoutAGapOrAnOverlap, ()) {
  Term term = SomeTerm();
  for (int i = 0; i < 10; ++i) {
    const Term next = *RenewedTerm(term);
    RC_ASSERT(*next.start == *term.end + 1);
    RC_ASSERT(!Overlap(term, next));
    if (term.months) {
      RC_ASSERT(next.months == term.months);
    } else {
      RC_ASSERT(*next.end - *next.start == *term.end - *term.start);
    }
    RC_ASSERT(RenewedPart(term, next, term) == next);
    term = next;
  }
}

// Every day of the successor that a line may have is the line's, and none of
// what it had before.
RC_GTEST_PROP(RenewalProperty, C9_LinesThatLastedAreCoveredOnEveryDay, ()) {
  const Term contract = SomeTerm();
  const Term successor = *RenewedTerm(contract);
  const int days = static_cast<int>(*contract.end - *contract.start);
  Term line = {*contract.start + *rc::gen::inRange(0, days + 1), contract.end,
               std::nullopt};
  const std::optional<Term> renewed = RenewedPart(contract, successor, line);
  RC_ASSERT(renewed.has_value());
  RC_ASSERT(TermOfLine(successor, *renewed).ok());
  RC_ASSERT(renewed->start == *line.end + 1);
  RC_ASSERT(renewed->end == successor.end);
  line.end = *line.start + *rc::gen::inRange(0, days + 1);
  if (*line.end < *contract.end) {
    RC_ASSERT(!RenewedPart(contract, successor, line).has_value());
  }
}

RC_GTEST_PROP(LinesProperty, C8_LinesNeverReachOutOfTheirContract, ()) {
  const Term contract = SomeTerm();
  Term line;
  if (*rc::gen::arbitrary<bool>()) {
    line.start = *contract.start + *rc::gen::inRange(-40, 800);
  }
  if (*rc::gen::arbitrary<bool>()) {
    line.end = *contract.end - *rc::gen::inRange(-40, 800);
  }
  const auto term = TermOfLine(contract, line);
  const Date start = line.start.value_or(*contract.start);
  const Date end = line.end.value_or(*contract.end);
  RC_ASSERT(term.ok() ==
            (*contract.start <= start && start <= end && end <= *contract.end));
  if (term.ok()) {
    RC_ASSERT(term->start == start);
    RC_ASSERT(term->end == end);
  }
}

// Against looking at every pair.
RC_GTEST_PROP(LinesProperty, C8_AssetsAreCheckedAsPairsWouldBe, ()) {
  std::vector<CoveredAsset> lines;
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    CoveredAsset line;
    line.asset = *rc::gen::element<std::string>("a", "b");
    const Date start = Date(2024, 1, 1) + *rc::gen::inRange(0, 60);
    if (*rc::gen::inRange(0, 8) > 0) line.term.start = start;
    if (*rc::gen::inRange(0, 8) > 0) {
      line.term.end = start + *rc::gen::inRange(0, 12);
    }
    lines.push_back(line);
  }
  bool twice = false;
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < i; ++j) {
      if (lines[i].asset != lines[j].asset) continue;
      const Term& a = lines[i].term;
      const Term& b = lines[j].term;
      for (Date day(2023, 12, 1); day < Date(2024, 6, 1); ++day) {
        twice = twice ||
                (a.start.value_or(day) <= day && day <= a.end.value_or(day) &&
                 b.start.value_or(day) <= day && day <= b.end.value_or(day));
      }
    }
  }
  RC_ASSERT(CheckAssetsOnce(lines).ok() == !twice);
}

RC_GTEST_PROP(StatusProperty, C3_C10_TheNextChangeIsWhenTheStatusChanges, ()) {
  absl::TimeZone zone;
  RC_ASSERT(absl::LoadTimeZone(*rc::gen::element<std::string>(
                                   "UTC", "Europe/Vienna", "America/Sao_Paulo",
                                   "America/St_Johns", "Pacific/Apia"),
                               &zone));
  Term term = SomeTerm();
  if (*rc::gen::inRange(0, 5) == 0) term.start.reset();
  if (*rc::gen::inRange(0, 5) == 0) term.end.reset();
  const Window window = WindowOf(term, zone);
  const State state = *rc::gen::element(State::kDraft, State::kActive,
                                        State::kSuspended, State::kCancelled);
  Instant at = Instant::FromSeconds(-3000000000);
  for (int changes = 0;; ++changes) {
    RC_ASSERT(changes <= 2);
    const Status status = StatusAt(state, window, at);
    const std::optional<Instant> next = NextChange(state, window, at);
    if (!next) {
      RC_ASSERT(StatusAt(state, window, Instant::Max()) == status);
      break;
    }
    RC_ASSERT(*next > at);
    RC_ASSERT(StatusAt(state, window, *next - Duration::Micros(1)) == status);
    RC_ASSERT(StatusAt(state, window, *next) != status);
    at = *next;
  }
}

RC_GTEST_PROP(StatusProperty, C2_TheWholeOfEachDayIsInForce, ()) {
  absl::TimeZone zone;
  RC_ASSERT(absl::LoadTimeZone(
      *rc::gen::element<std::string>("UTC", "Europe/Vienna",
                                     "America/Sao_Paulo", "Asia/Tokyo"),
      &zone));
  const Term term = SomeTerm();
  const Window window = WindowOf(term, zone);
  const Instant edge = *rc::gen::arbitrary<bool>() ? *window.from : *window.to;
  const Instant at = edge + Duration::Seconds(*rc::gen::inRange(-90000, 90000));
  const Date day(absl::ToCivilDay(at.ToAbsl(), zone));
  RC_ASSERT((StatusAt(State::kActive, window, at) == Status::kActive) ==
            (*term.start <= day && day <= *term.end));
}

}  // namespace
}  // namespace charter::contracts
