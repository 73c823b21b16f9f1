#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/sla/clock/explain.h"

namespace charter::sla {
namespace {

std::string At(Instant instant, absl::TimeZone zone) {
  return absl::FormatTime("%a %Y-%m-%d %H:%M:%S %Ez", instant.ToAbsl(), zone);
}

std::string Length(Duration duration) {
  return absl::FormatDuration(duration.ToAbsl());
}

}  // namespace

std::vector<std::string> InWords(const Milestone& milestone,
                                 const std::vector<Stretch>& stretches,
                                 absl::string_view hours, absl::TimeZone zone) {
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat(
      milestone.milestone_type,
      milestone.state == MilestoneState::kScheduled ? " starts at "
                                                    : " started at ",
      At(milestone.start_time, zone), " with a target of ",
      Length(milestone.target_duration), " of open time by ", hours,
      milestone.target_rule >= 0
          ? absl::StrCat(", from target rule ", milestone.target_rule + 1)
          : std::string(),
      "."));
  Duration closed;
  Duration paused;
  for (const Stretch& stretch : stretches) {
    const Duration length = stretch.interval.to - stretch.interval.from;
    if (stretch.kind == StretchKind::kOutOfHours) closed += length;
    if (stretch.kind == StretchKind::kPaused) paused += length;
  }
  // Time out of the process counts as stopped (E8).
  const Duration away = milestone.stopped - paused;
  lines.push_back(absl::StrCat(
      "It has counted ", Length(milestone.actual), "; ", Length(closed),
      " outside hours", away > Duration::Zero() ? ", " : " and ",
      Length(paused), " paused in open hours",
      away > Duration::Zero() ? absl::StrCat(" and ", Length(away),
                                             " of open time out of its process")
                              : std::string(),
      " did not count."));
  if (milestone.target_time) {
    lines.push_back(
        absl::StrCat("Its target is ", At(*milestone.target_time, zone), "."));
  } else if (milestone.target_time_if_resumed) {
    lines.push_back(
        absl::StrCat("It is paused; resumed now, its target would be ",
                     At(*milestone.target_time_if_resumed, zone), "."));
  }
  if (milestone.violated) {
    lines.push_back(absl::StrCat(
        "It missed a target of ", Length(milestone.violation_duration), " at ",
        At(milestone.violation_time.value_or(Instant()), zone), "."));
  }
  if (milestone.state == MilestoneState::kCompleted && milestone.end_time) {
    lines.push_back(
        absl::StrCat("It was completed at ", At(*milestone.end_time, zone),
                     milestone.met_last_target ? ", within its last target."
                                               : ", after its last target."));
  }
  return lines;
}

}  // namespace charter::sla
