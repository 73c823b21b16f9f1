#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "charter/client/time.h"
#include "charter/v1/case_client.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {
namespace {

using client::ToTime;

std::string At(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

std::string Length(const google::protobuf::Duration& duration) {
  return absl::FormatDuration(absl::Seconds(duration.seconds()));
}

// The part of a clock's name that tells it from the item's others; "" of none.
std::string ShortName(const std::string& milestone) {
  return milestone.substr(milestone.rfind('/') + 1);
}

// What stands for each kind of time in a bar.
char Mark(v1::ClockStretch::Kind kind) {
  switch (kind) {
    case v1::ClockStretch::COUNTING:
      return '=';
    case v1::ClockStretch::OVERDUE:
      return '!';
    case v1::ClockStretch::PAUSED:
      return '-';
    case v1::ClockStretch::OUT_OF_HOURS:
    case v1::ClockStretch::PAUSED_OUT_OF_HOURS:
      return '.';
    default:
      return ' ';
  }
}

// The span that all bars show.
struct Scale {
  absl::Time from;
  absl::Time to;
  int width;

  int Column(absl::Time time) const {
    const double part = absl::FDivDuration(time - from, to - from);
    return std::clamp(static_cast<int>(part * width), 0, width - 1);
  }
};

std::string Bar(const v1::ClockTimeline& clock,
                const v1::GetTimelineResponse& timeline, const Scale& scale) {
  std::string bar(static_cast<size_t>(scale.width), ' ');
  // Short stretches would vanish: those that count are drawn last.
  for (const bool counting : {false, true}) {
    for (const v1::ClockStretch& stretch : clock.stretches()) {
      const char mark = Mark(stretch.kind());
      if (counting != (mark == '=' || mark == '!')) continue;
      const int from = scale.Column(ToTime(stretch.start_time()));
      const int to = std::max(from, scale.Column(ToTime(stretch.end_time()) -
                                                 absl::Microseconds(1)));
      for (int i = from; i <= to; ++i) bar[static_cast<size_t>(i)] = mark;
    }
  }
  const v1::Milestone& milestone = clock.milestone();
  for (const v1::Transition& transition : timeline.transitions()) {
    if (transition.milestone() != milestone.name()) continue;
    const size_t column =
        static_cast<size_t>(scale.Column(ToTime(transition.time())));
    if (transition.kind() == v1::Transition::WARNING) bar[column] = 'w';
    if (transition.kind() == v1::Transition::VIOLATED) bar[column] = 'X';
    if (transition.kind() == v1::Transition::COMPLETED) bar[column] = 'C';
  }
  if (milestone.has_target_time() &&
      ToTime(milestone.target_time()) < scale.to && !milestone.violated()) {
    bar[static_cast<size_t>(scale.Column(ToTime(milestone.target_time())))] =
        '|';
  }
  return bar;
}

void Print(const v1::GetTimelineResponse& timeline, int width) {
  const v1::Case& item = timeline.case_();
  Scale scale{ToTime(item.create_time()), ToTime(item.evaluate_time()), width};
  for (const v1::ClockTimeline& clock : timeline.clocks()) {
    if (clock.milestone().has_target_time()) {
      scale.to = std::max(scale.to, ToTime(clock.milestone().target_time()));
    }
  }
  if (scale.to <= scale.from) scale.to = scale.from + absl::Seconds(1);
  std::printf("%s  %s, priority %d, of %s\n", item.name().c_str(),
              item.status().c_str(), item.priority(), item.account().c_str());
  std::printf("%s to %s UTC\n\n", At(scale.from).c_str(), At(scale.to).c_str());
  for (const v1::ClockTimeline& clock : timeline.clocks()) {
    const v1::Milestone& milestone = clock.milestone();
    std::printf("%s (%s #%d): %s%s, %s of %s used\n",
                ShortName(milestone.name()).c_str(),
                milestone.milestone_type().c_str(), milestone.occurrence(),
                v1::Milestone::State_Name(milestone.state()).c_str(),
                milestone.violated() ? ", violated" : "",
                Length(milestone.actual()).c_str(),
                Length(milestone.target_duration()).c_str());
    std::printf("  [%s]\n", Bar(clock, timeline, scale).c_str());
  }
  std::printf(
      "\n  = counts  ! overdue  - paused  . closed  | target  w warned  X "
      "violated  C completed\n\n");
  for (const v1::Transition& transition : timeline.transitions()) {
    std::printf("%s  %-18s %s%s%s\n", At(ToTime(transition.time())).c_str(),
                v1::Transition::Kind_Name(transition.kind()).c_str(),
                ShortName(transition.milestone()).c_str(),
                transition.trigger().empty() ? "" : " ",
                transition.trigger().c_str());
  }
}

}  // namespace

absl::Status Timeline(const Connection& connection, std::string name,
                      const std::string& as_of, int width) {
  if (!absl::StartsWith(name, "cases/")) name = absl::StrCat("cases/", name);
  v1::GetTimelineRequest request;
  request.set_name(name);
  if (!as_of.empty()) {
    const absl::StatusOr<absl::Time> time = ParseInstant("--as-of", as_of);
    if (!time.ok()) return time.status();
    *request.mutable_as_of() = client::ToProto(*time);
  }
  v1::CaseClient cases(connection, Brief());
  const absl::StatusOr<v1::GetTimelineResponse> timeline =
      cases.GetTimeline(std::move(request));
  if (!timeline.ok()) return timeline.status();
  Print(*timeline, width);
  return absl::OkStatus();
}

}  // namespace charter::tools
