#include "server/sla/calendar/business_hours.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/sla/calendar/open_timeline.h"
#include "server/sla/calendar/schedule.h"

namespace charter::sla {
namespace {

using Place = OpenTimeline::Place;

std::string Text(Instant t) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", t.ToAbsl(),
                          absl::UTCTimeZone());
}

absl::Status NoOpenTime(Instant t, absl::string_view direction) {
  return absl::OutOfRangeError(
      absl::StrCat("NO_OPEN_TIME: the business hours have too little open time "
                   "in the ten years ",
                   direction, " ", Text(t), ": ask for less, or open them"));
}

absl::Status NegativeDuration(absl::string_view instead) {
  return absl::InvalidArgumentError(absl::StrCat(
      "duration: must not be negative: use ", instead, " to go the other way"));
}

// The furthest instants that a search from `t` reaches (B5).
Instant SearchEnd(Instant t) {
  return std::min(t + BusinessHours::kSearchLimit, Instant::Max());
}
Instant SearchBegin(Instant t) {
  return std::max(t - BusinessHours::kSearchLimit, Instant::Min());
}

HoursVersion AlwaysVersion() {
  HoursVersion version;
  version.time_zone = "UTC";
  for (auto& day : version.weekly) day = {{0, kSecondsPerDay}};
  return version;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const BusinessHours>> BusinessHours::Compile(
    const HoursDefinition& definition, NeverOpens never_opens) {
  if (definition.always) return Always();
  if (definition.versions.empty()) {
    return absl::InvalidArgumentError(
        "versions: is empty: business hours need a version");
  }
  std::vector<OpenTimeline::Version> counting;
  for (size_t i = 0; i < definition.versions.size(); ++i) {
    const HoursVersion& version = definition.versions[i];
    const std::string path = absl::StrCat("versions[", i, "]");
    absl::StatusOr<Schedule> schedule = Schedule::Compile(version, path);
    if (!schedule.ok()) return schedule.status();
    if (never_opens == NeverOpens::kRefuse &&
        !schedule->EverOpens(version.effective_time, i == 0)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path,
          ": these hours never open within ten years of their effective time: "
          "add weekly intervals or overrides, or drop holidays"));
    }
    const Instant from = i == 0 ? Instant::Min() : version.effective_time;
    // From its effective time on a version replaces all older ones (B6).
    while (!counting.empty() && counting.back().from >= from)
      counting.pop_back();
    counting.push_back({from, *std::move(schedule)});
  }
  return std::shared_ptr<const BusinessHours>(
      new BusinessHours(std::make_unique<OpenTimeline>(std::move(counting))));
}

std::shared_ptr<const BusinessHours> BusinessHours::Always() {
  static const auto& always = *new std::shared_ptr<const BusinessHours>(
      *Compile(HoursDefinition{.versions = {AlwaysVersion()}}));
  return always;
}

BusinessHours::BusinessHours(std::unique_ptr<const OpenTimeline> timeline)
    : timeline_(std::move(timeline)) {}
BusinessHours::~BusinessHours() = default;

bool BusinessHours::IsOpen(Instant t) const {
  const Place at = OpenTimeline::Locate(t);
  return timeline_->Table(at.table).IsOpen(at.offset);
}

absl::StatusOr<Instant> BusinessHours::Add(Instant t, Duration d) const {
  if (d <= Duration::Zero()) {
    if (d < Duration::Zero()) return NegativeDuration("subtract");
    return t;
  }
  if (d > kSearchLimit) return NoOpenTime(t, "after");
  const Instant end = SearchEnd(t);
  Place at = OpenTimeline::Locate(t);
  const OpenTable* table = &timeline_->Table(at.table);
  int64_t open = table->OpenBefore(at.offset) + d.micros();
  while (open > table->total()) {
    open -= table->total();
    if (++at.table == OpenTimeline::kCount ||
        OpenTimeline::Start(at.table) > end) {
      return NoOpenTime(t, "after");
    }
    table = &timeline_->Table(at.table);
  }
  const Instant result =
      OpenTimeline::Start(at.table) + Duration::Micros(table->Earliest(open));
  if (result > end) return NoOpenTime(t, "after");
  return result;
}

absl::StatusOr<Instant> BusinessHours::Subtract(Instant t, Duration d) const {
  if (d <= Duration::Zero()) {
    if (d < Duration::Zero()) return NegativeDuration("add");
    return t;
  }
  if (d > kSearchLimit) return NoOpenTime(t, "before");
  const Instant begin = SearchBegin(t);
  Place at = OpenTimeline::Locate(t);
  const OpenTable* table = &timeline_->Table(at.table);
  int64_t open = table->OpenBefore(at.offset) - d.micros();
  while (open < 0) {
    if (at.table == 0 || OpenTimeline::Start(at.table) < begin)
      return NoOpenTime(t, "before");
    table = &timeline_->Table(--at.table);
    open += table->total();
  }
  const Instant result =
      OpenTimeline::Start(at.table) + Duration::Micros(table->Latest(open));
  if (result < begin) return NoOpenTime(t, "before");
  return result;
}

Duration BusinessHours::Between(Instant a, Instant b) const {
  if (b < a) return -Between(b, a);
  const Place from = OpenTimeline::Locate(a);
  const Place to = OpenTimeline::Locate(b);
  int64_t open = timeline_->Table(to.table).OpenBefore(to.offset) -
                 timeline_->Table(from.table).OpenBefore(from.offset);
  for (int table = from.table; table < to.table; ++table)
    open += timeline_->Table(table).total();
  return Duration::Micros(open);
}

std::optional<Interval> BusinessHours::EndingAfter(Instant t) const {
  const Instant end = SearchEnd(t);
  Place at = OpenTimeline::Locate(t);
  const OpenTable* table = &timeline_->Table(at.table);
  size_t i = table->EndingAfter(at.offset);
  const auto next_table = [&] {
    if (++at.table == OpenTimeline::kCount ||
        OpenTimeline::Start(at.table) > end)
      return false;
    table = &timeline_->Table(at.table);
    i = 0;
    return true;
  };
  while (i == table->size()) {
    if (!next_table()) return std::nullopt;
  }
  const auto instant = [&](int64_t offset) {
    return OpenTimeline::Start(at.table) + Duration::Micros(offset);
  };
  Interval found{instant((*table)[i].start), instant((*table)[i].end)};
  // It may go on in the next table.
  while (i + 1 == table->size() && (*table)[i].end == OpenTimeline::kSpan &&
         next_table() && table->size() > 0 && (*table)[0].start == 0) {
    found.to = instant((*table)[0].end);
  }
  return found;
}

std::optional<Interval> BusinessHours::StartingBefore(Instant t) const {
  const Instant begin = SearchBegin(t);
  Place at = OpenTimeline::Locate(t);
  const OpenTable* table = &timeline_->Table(at.table);
  // The pieces before the i-th start before t.
  size_t i = table->EndingAfter(at.offset);
  if (i < table->size() && (*table)[i].start < at.offset) ++i;
  const auto previous_table = [&] {
    if (at.table == 0 || OpenTimeline::Start(at.table) < begin) return false;
    table = &timeline_->Table(--at.table);
    i = table->size();
    return true;
  };
  while (i == 0) {
    if (!previous_table()) return std::nullopt;
  }
  const auto instant = [&](int64_t offset) {
    return OpenTimeline::Start(at.table) + Duration::Micros(offset);
  };
  Interval found{instant((*table)[i - 1].start), instant((*table)[i - 1].end)};
  // It may have begun in the table before.
  while (i == 1 && (*table)[0].start == 0 && previous_table() && i > 0 &&
         (*table)[i - 1].end == OpenTimeline::kSpan) {
    found.from = instant((*table)[i - 1].start);
  }
  return found;
}

std::optional<Instant> BusinessHours::NextOpen(Instant t) const {
  const std::optional<Interval> next = EndingAfter(t);
  if (!next.has_value() || next->from > SearchEnd(t)) return std::nullopt;
  return std::max(t, next->from);
}

std::optional<Instant> BusinessHours::NextOpening(Instant t) const {
  std::optional<Interval> next = EndingAfter(t);
  if (next.has_value() && next->from <= t) {
    if (next->to > SearchEnd(t)) return std::nullopt;
    next = EndingAfter(next->to);
  }
  if (!next.has_value() || next->from > SearchEnd(t)) return std::nullopt;
  return next->from;
}

std::optional<Instant> BusinessHours::NextClose(Instant t) const {
  const std::optional<Interval> next = EndingAfter(t);
  if (!next.has_value() || next->to > SearchEnd(t)) return std::nullopt;
  return next->to;
}

std::optional<Instant> BusinessHours::PreviousOpen(Instant t) const {
  const std::optional<Interval> previous = StartingBefore(t);
  if (!previous.has_value() || previous->from < SearchBegin(t))
    return std::nullopt;
  return previous->from;
}

std::optional<Instant> BusinessHours::PreviousClose(Instant t) const {
  const std::optional<Interval> previous = StartingBefore(t);
  if (!previous.has_value() || previous->to < SearchBegin(t))
    return std::nullopt;
  return std::min(t, previous->to);
}

std::optional<Instant> BusinessHours::PreviousClosing(Instant t) const {
  std::optional<Interval> previous = StartingBefore(t);
  if (previous.has_value() && previous->to >= t) {
    if (previous->from < SearchBegin(t)) return std::nullopt;
    previous = StartingBefore(previous->from);
  }
  if (!previous.has_value() || previous->to < SearchBegin(t))
    return std::nullopt;
  return previous->to;
}

std::vector<Interval> BusinessHours::Intervals(Instant a, Instant b) const {
  std::vector<Interval> intervals;
  for (Place at = OpenTimeline::Locate(a);
       at.table < OpenTimeline::kCount && OpenTimeline::Start(at.table) < b;
       at = {at.table + 1, 0}) {
    const OpenTable& table = timeline_->Table(at.table);
    const Instant start = OpenTimeline::Start(at.table);
    for (size_t i = table.EndingAfter(at.offset); i < table.size(); ++i) {
      const Instant from =
          std::max(a, start + Duration::Micros(table[i].start));
      const Instant to = std::min(b, start + Duration::Micros(table[i].end));
      if (from >= to) break;
      if (!intervals.empty() && intervals.back().to == from) {
        intervals.back().to = to;
      } else {
        intervals.push_back({from, to});
      }
    }
  }
  return intervals;
}

bool BusinessHours::IsBusinessDay(Instant t) const {
  const absl::TimeZone& zone = timeline_->ScheduleAt(t).zone();
  return OpensOn(zone,
                 ToDayNumber(Date(absl::ToCivilSecond(t.ToAbsl(), zone))));
}

bool BusinessHours::OpensOn(const absl::TimeZone& zone, int day) const {
  const Instant from = Instant::FromSeconds(ReadLocalTime(zone, day, 0));
  const Instant to = Instant::FromSeconds(ReadLocalTime(zone, day + 1, 0));
  return Between(from, to) > Duration::Zero();
}

absl::StatusOr<Instant> BusinessHours::AddBusinessDays(Instant t,
                                                       int days) const {
  const absl::TimeZone& zone = timeline_->ScheduleAt(t).zone();
  const absl::CivilSecond local = absl::ToCivilSecond(t.ToAbsl(), zone);
  DayNumber day = ToDayNumber(Date(local));
  const int step = days < 0 ? -1 : 1;
  const absl::string_view direction = days < 0 ? "before" : "after";
  const int64_t day_limit = kSearchLimit.seconds() / kSecondsPerDay;
  for (int64_t searched = 0; days != 0; ++searched) {
    if (searched == day_limit) return NoOpenTime(t, direction);
    day += step;
    if (OpensOn(zone, day)) days -= step;
  }
  const int second =
      static_cast<int>(local - absl::CivilSecond(absl::CivilDay(local)));
  // Offsets are whole seconds, so the fraction is that of UTC.
  const Duration fraction =
      t - Instant::FromSeconds(absl::ToUnixSeconds(t.ToAbsl()));
  const Instant result =
      Instant::FromSeconds(ReadLocalTime(zone, day, second)) + fraction;
  if (result < Instant::Min() || result > Instant::Max())
    return NoOpenTime(t, direction);
  return result;
}

std::vector<ExplainedInterval> BusinessHours::Explain(Instant a,
                                                      Instant b) const {
  std::vector<ExplainedInterval> explained;
  const std::vector<ExplainedInterval> closures =
      timeline_->NamedClosures({a, b});
  const auto append = [&](Instant from, Instant to, OpenCause cause,
                          const std::string& name) {
    if (from >= to) return;
    if (!explained.empty() && explained.back().cause == cause &&
        explained.back().name == name) {
      explained.back().interval.to = to;
    } else {
      explained.push_back({{from, to}, cause, name});
    }
  };
  auto closure = closures.begin();
  const auto append_closed = [&](Instant from, Instant to) {
    while (closure != closures.end() && closure->interval.to <= from) ++closure;
    Instant position = from;
    for (auto i = closure; i != closures.end() && i->interval.from < to; ++i) {
      append(position, i->interval.from, OpenCause::kOutsideHours, "");
      append(std::max(position, i->interval.from), std::min(to, i->interval.to),
             i->cause, i->name);
      position = std::min(to, i->interval.to);
    }
    append(position, to, OpenCause::kOutsideHours, "");
  };
  Instant position = a;
  for (const Interval& open : Intervals(a, b)) {
    append_closed(position, open.from);
    append(open.from, open.to, OpenCause::kOpen, "");
    position = open.to;
  }
  append_closed(position, b);
  return explained;
}

}  // namespace charter::sla
