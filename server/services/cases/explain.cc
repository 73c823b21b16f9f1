#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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
    return errors::FieldInvalid("as_of", ErrorReason::OUT_OF_RANGE,
                                "is before the item was opened");
  }
  absl::StatusOr<sla::Evaluation> evaluation =
      EvaluateItem(read.item, *read.catalog, as_of);
  if (!evaluation.ok()) {
    return errors::Precondition(ErrorReason::EVALUATION_FAILED, name,
                                evaluation.status().message());
  }
  read.evaluation = *std::move(evaluation);
  FillRow(read.evaluation, *read.catalog, &read.item.row);
  return read;
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
        absl::StatusOr<std::vector<sla::Stretch>> stretches = sla::StretchesOf(
            *milestone, read->catalog->calendars, read->evaluation.as_of);
        if (!stretches.ok()) return stretches.status();
        const std::string& hours = response.milestone().business_hours();
        for (const std::string& line : sla::InWords(
                 *milestone, *stretches, hours, read->catalog->ZoneOf(hours))) {
          response.add_explanation(line);
        }
        for (const sla::Stretch& stretch : *stretches)
          *response.add_stretches() = ToProto(stretch);
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
          absl::StatusOr<std::vector<sla::Stretch>> stretches =
              sla::StretchesOf(milestone, read->catalog->calendars,
                               read->evaluation.as_of);
          if (!stretches.ok()) return stretches.status();
          for (const sla::Stretch& stretch : *stretches)
            *clock.add_stretches() = ToProto(stretch);
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
