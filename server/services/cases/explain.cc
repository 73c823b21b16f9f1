#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/services/cases/cases.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/history.h"

namespace charter::services {
namespace {

// The newest events that a timeline shows.
constexpr size_t kMaxTimelineEvents = 1000;

// An item evaluated for a read.
struct Read {
  std::shared_ptr<const Catalog> catalog;
  Item item;
  sla::Evaluation evaluation;
};

absl::StatusOr<Read> ReadAt(Call& call, storage::Transaction& tx,
                            absl::string_view name, absl::Time as_of) {
  Read read;
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  read.catalog = *std::move(catalog);
  absl::StatusOr<Item> item = LoadForRead(tx, name);
  if (!item.ok()) return item.status();
  read.item = *std::move(item);
  if (as_of < ToTime(read.item.row.create_time())) {
    return errors::FieldInvalid("as_of", "OUT_OF_RANGE",
                                "is before the item was opened");
  }
  absl::StatusOr<sla::Evaluation> evaluation =
      EvaluateItem(read.item, *read.catalog, as_of);
  if (!evaluation.ok()) {
    return errors::Precondition("EVALUATION_FAILED", name,
                                evaluation.status().message());
  }
  read.evaluation = *std::move(evaluation);
  FillRow(read.evaluation, *read.catalog, &read.item.row);
  return read;
}

std::string At(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  return absl::FormatTime("%a %Y-%m-%d %H:%M:%S %Ez", ToTime(time), zone);
}

std::string Length(const google::protobuf::Duration& duration) {
  return absl::FormatDuration(ToSlaDuration(duration).ToAbsl());
}

// The explanation in sentences: where the target comes from and what moved it.
std::vector<std::string> InWords(const v1::Milestone& milestone,
                                 const std::vector<v1::ClockStretch>& stretches,
                                 absl::TimeZone zone) {
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat(
      milestone.milestone_type(),
      milestone.state() == v1::Milestone::SCHEDULED ? " starts at "
                                                    : " started at ",
      At(milestone.start_time(), zone), " with a target of ",
      Length(milestone.target_duration()), " of open time by ",
      milestone.business_hours(),
      milestone.target_rule() > 0
          ? absl::StrCat(", from target rule ", milestone.target_rule())
          : std::string(),
      "."));
  sla::Duration closed;
  sla::Duration paused;
  for (const v1::ClockStretch& stretch : stretches) {
    const sla::Duration length =
        ToInstant(stretch.end_time()) - ToInstant(stretch.start_time());
    if (stretch.kind() == v1::ClockStretch::OUT_OF_HOURS) closed += length;
    if (stretch.kind() == v1::ClockStretch::PAUSED) paused += length;
  }
  // Time out of the process counts as stopped (E8).
  const sla::Duration away = ToSlaDuration(milestone.paused()) - paused;
  lines.push_back(absl::StrCat(
      "It has counted ", Length(milestone.actual()), "; ",
      absl::FormatDuration(closed.ToAbsl()), " outside hours",
      away > sla::Duration::Zero() ? ", " : " and ",
      absl::FormatDuration(paused.ToAbsl()), " paused in open hours",
      away > sla::Duration::Zero()
          ? absl::StrCat(" and ", absl::FormatDuration(away.ToAbsl()),
                         " of open time out of its process")
          : std::string(),
      " did not count."));
  if (milestone.has_target_time()) {
    lines.push_back(
        absl::StrCat("Its target is ", At(milestone.target_time(), zone), "."));
  } else if (milestone.has_target_time_if_resumed()) {
    lines.push_back(
        absl::StrCat("It is paused; resumed now, its target would be ",
                     At(milestone.target_time_if_resumed(), zone), "."));
  }
  if (milestone.violated()) {
    lines.push_back(absl::StrCat("It missed a target of ",
                                 Length(milestone.violated_target()), " at ",
                                 At(milestone.violation_time(), zone), "."));
  }
  if (milestone.has_completion_time()) {
    lines.push_back(absl::StrCat(
        "It was completed at ", At(milestone.completion_time(), zone),
        milestone.met_last_target() ? ", within its last target."
                                    : ", after its last target."));
  }
  return lines;
}

std::vector<v1::Transition> TransitionsOf(const Read& read,
                                          absl::string_view instance) {
  std::vector<v1::Transition> transitions;
  for (const sla::Transition& transition : read.evaluation.transitions) {
    if (!instance.empty() && transition.instance != instance) continue;
    transitions.push_back(
        ToProto(transition, read.evaluation, read.item.row.name()));
  }
  return transitions;
}

}  // namespace

absl::StatusOr<v1::ExplainMilestoneResponse> ExplainMilestone(
    Call& call, const v1::ExplainMilestoneRequest& request) {
  const std::string item =
      request.name().substr(0, request.name().rfind("/milestones/"));
  const absl::Time as_of =
      request.has_as_of() ? ToTime(request.as_of()) : call.now();
  v1::ExplainMilestoneResponse response;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        response.Clear();
        absl::StatusOr<Read> read = ReadAt(call, tx, item, as_of);
        if (absl::IsNotFound(read.status()))
          return errors::NotFound(request.name());
        if (!read.ok()) return read.status();
        const sla::Milestone* milestone =
            FindMilestone(read->evaluation, item, request.name());
        if (milestone == nullptr) return errors::NotFound(request.name());
        *response.mutable_milestone() = ToProto(*milestone, read->evaluation,
                                                read->item.row, *read->catalog);
        absl::StatusOr<std::vector<v1::ClockStretch>> stretches =
            Stretches(*milestone, read->evaluation, *read->catalog);
        if (!stretches.ok()) return stretches.status();
        for (const std::string& line :
             InWords(response.milestone(), *stretches,
                     read->catalog->ZoneOf(
                         response.milestone().business_hours()))) {
          response.add_explanation(line);
        }
        for (v1::ClockStretch& stretch : *stretches)
          *response.add_stretches() = std::move(stretch);
        for (v1::Transition& transition : TransitionsOf(*read, milestone->id)) {
          *response.add_transitions() = std::move(transition);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
    Call& call, const v1::GetTimelineRequest& request) {
  const absl::Time as_of =
      request.has_as_of() ? ToTime(request.as_of()) : call.now();
  v1::GetTimelineResponse response;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        response.Clear();
        absl::StatusOr<Read> read = ReadAt(call, tx, request.name(), as_of);
        if (!read.ok()) return read.status();
        *response.mutable_case_() = read->item.row;
        const sla::History history =
            ToHistory(read->item.row, read->item.events, *read->catalog);
        std::vector<int> order = sla::OrderOfEvents(history.events);
        std::erase_if(order, [&](int index) {
          return ToTime(read->item.events[index].occur_time()) > as_of;
        });
        const size_t first = order.size() > kMaxTimelineEvents
                                 ? order.size() - kMaxTimelineEvents
                                 : 0;
        for (size_t i = first; i < order.size(); ++i) {
          *response.add_events() = read->item.events[order[i]];
        }
        for (const sla::Milestone& milestone : read->evaluation.milestones) {
          v1::ClockTimeline& clock = *response.add_clocks();
          *clock.mutable_milestone() = ToProto(milestone, read->evaluation,
                                               read->item.row, *read->catalog);
          absl::StatusOr<std::vector<v1::ClockStretch>> stretches =
              Stretches(milestone, read->evaluation, *read->catalog);
          if (!stretches.ok()) return stretches.status();
          for (v1::ClockStretch& stretch : *stretches)
            *clock.add_stretches() = std::move(stretch);
        }
        for (v1::Transition& transition : TransitionsOf(*read, "")) {
          *response.add_transitions() = std::move(transition);
        }
        for (const std::string& effect : read->evaluation.stale_actions) {
          response.add_stale_effect_keys(effect);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services
