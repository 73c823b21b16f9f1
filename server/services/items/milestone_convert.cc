#include "server/services/items/milestone_convert.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/explain.h"

namespace charter::services {
namespace {

using v1::ClockStretch;

// Longer ones are hashed: a name has 128 characters for the item and the clock.
constexpr size_t kLongestId = 80;

v1::Milestone::State StateOf(sla::MilestoneState state) {
  switch (state) {
    case sla::MilestoneState::kScheduled:
      return v1::Milestone::SCHEDULED;
    case sla::MilestoneState::kRunning:
      return v1::Milestone::RUNNING;
    case sla::MilestoneState::kPaused:
      return v1::Milestone::PAUSED;
    case sla::MilestoneState::kCompleted:
      return v1::Milestone::COMPLETED;
    case sla::MilestoneState::kCancelled:
      return v1::Milestone::CANCELLED;
    case sla::MilestoneState::kFrozen:
      return v1::Milestone::FROZEN;
  }
  return v1::Milestone::STATE_UNSPECIFIED;
}

v1::Transition::Kind KindOf(const sla::Transition& transition,
                            sla::TriggerKind trigger) {
  using K = sla::TransitionKind;
  using W = v1::Transition;
  switch (transition.kind) {
    case K::kEntered:
      return W::ENTERED;
    case K::kExited:
      return W::EXITED;
    case K::kReopened:
      return W::REOPENED;
    case K::kItemStopped:
      return W::ITEM_STOPPED;
    case K::kItemResumed:
      return W::ITEM_RESUMED;
    case K::kScheduled:
      return W::SCHEDULED;
    case K::kStarted:
      return W::STARTED;
    case K::kPaused:
      return W::PAUSED;
    case K::kResumed:
      return W::RESUMED;
    case K::kTargetChanged:
      return W::TARGET_CHANGED;
    case K::kRestarted:
      return W::RESTARTED;
    case K::kViolated:
      return W::VIOLATED;
    case K::kTriggered:
      return trigger == sla::TriggerKind::kWarning     ? W::WARNING
             : trigger == sla::TriggerKind::kViolation ? W::VIOLATION_TRIGGER
                                                       : W::SUCCESS_TRIGGER;
    case K::kCompleted:
      return W::COMPLETED;
    case K::kCancelled:
      return W::CANCELLED;
    case K::kFrozen:
      return W::FROZEN;
    case K::kMilestoneReopened:
      return W::MILESTONE_REOPENED;
  }
  return W::KIND_UNSPECIFIED;
}

// The name by which a kind is stored, and back.
std::optional<sla::TransitionKind> KindNamed(absl::string_view name) {
  for (int i = 0;
       i <= static_cast<int>(sla::TransitionKind::kMilestoneReopened); ++i) {
    const auto kind = static_cast<sla::TransitionKind>(i);
    if (name == sla::TransitionKindName(kind)) return kind;
  }
  return std::nullopt;
}

ClockStretch::Kind KindOf(sla::StretchKind kind) {
  switch (kind) {
    case sla::StretchKind::kCounting:
      return ClockStretch::COUNTING;
    case sla::StretchKind::kOverdue:
      return ClockStretch::OVERDUE;
    case sla::StretchKind::kPaused:
      return ClockStretch::PAUSED;
    case sla::StretchKind::kOutOfHours:
      return ClockStretch::OUT_OF_HOURS;
    case sla::StretchKind::kPausedOutOfHours:
      return ClockStretch::PAUSED_OUT_OF_HOURS;
    case sla::StretchKind::kOutOfProcess:
      return ClockStretch::OUT_OF_PROCESS;
  }
  return ClockStretch::KIND_UNSPECIFIED;
}

}  // namespace

std::string MilestoneName(absl::string_view case_name,
                          absl::string_view instance) {
  std::string id = absl::StrReplaceAll(instance, {{"/", "."}, {"#", "_"}});
  if (id.size() > kLongestId) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(instance, absl::MaxSplits('~', 1));
    id = absl::StrCat(parts.first.substr(0, 40), "~h",
                      storage::TransitionKey(instance, "", "", 0));
  }
  return absl::StrCat(case_name, "/milestones/", id);
}

const sla::Milestone* FindMilestone(const sla::Evaluation& evaluation,
                                    absl::string_view case_name,
                                    absl::string_view milestone_name) {
  for (const sla::Milestone& milestone : evaluation.milestones) {
    if (MilestoneName(case_name, milestone.id) == milestone_name)
      return &milestone;
  }
  return nullptr;
}

v1::Milestone ToProto(const sla::Milestone& milestone,
                      const sla::Evaluation& evaluation, const v1::Case& item,
                      const Catalog& catalog) {
  v1::Milestone result;
  result.set_name(MilestoneName(item.name(), milestone.id));
  result.set_case_(item.name());
  result.set_kind(item.kind());
  result.set_account(item.account());
  result.set_milestone_type(milestone.milestone_type);
  result.set_placement(milestone.placement);
  result.set_occurrence(milestone.occurrence);
  result.set_process_version(milestone.process);
  result.set_business_hours(milestone.hours.empty() ? catalog.default_hours
                                                    : milestone.hours);
  result.set_state(StateOf(milestone.state));
  *result.mutable_start_time() = ToProto(milestone.start_time);
  if (milestone.target_time)
    *result.mutable_target_time() = ToProto(*milestone.target_time);
  if (milestone.target_time_if_resumed) {
    *result.mutable_target_time_if_resumed() =
        ToProto(*milestone.target_time_if_resumed);
  }
  if (milestone.end_time) {
    *(milestone.state == sla::MilestoneState::kCompleted
          ? result.mutable_completion_time()
          : result.mutable_end_time()) = ToProto(*milestone.end_time);
  }
  result.set_violated(milestone.violated);
  if (milestone.violation_time) {
    *result.mutable_violation_time() = ToProto(*milestone.violation_time);
    *result.mutable_violated_target() = ToProto(milestone.violation_duration);
  }
  result.set_met_last_target(milestone.met_last_target);
  *result.mutable_target_duration() = ToProto(milestone.target_duration);
  result.set_target_rule(milestone.target_rule + 1);
  *result.mutable_elapsed() = ToProto(milestone.elapsed);
  *result.mutable_paused() = ToProto(milestone.stopped);
  *result.mutable_actual() = ToProto(milestone.actual);
  *result.mutable_remaining() = ToProto(milestone.remaining);
  *result.mutable_evaluate_time() = ToProto(evaluation.as_of);
  result.set_priority(item.priority());
  result.set_owner(item.owner());
  result.set_external_id(item.external_id());
  return result;
}

std::vector<v1::Milestone> ToProto(const sla::Evaluation& evaluation,
                                   const v1::Case& item,
                                   const Catalog& catalog) {
  std::vector<v1::Milestone> all;
  all.reserve(evaluation.milestones.size());
  for (const sla::Milestone& milestone : evaluation.milestones) {
    all.push_back(ToProto(milestone, evaluation, item, catalog));
  }
  return all;
}

void Advance(const Catalog& catalog, absl::Time now, v1::Milestone* milestone) {
  const sla::Instant to = sla::Instant::From(now);
  sla::Instant from = ToInstant(milestone->evaluate_time());
  if (to <= from) return;
  const bool scheduled = milestone->state() == v1::Milestone::SCHEDULED;
  if (scheduled && ToInstant(milestone->start_time()) <= to) {
    milestone->set_state(v1::Milestone::RUNNING);
    from = ToInstant(milestone->start_time());
  }
  const bool running = milestone->state() == v1::Milestone::RUNNING;
  const bool paused = milestone->state() == v1::Milestone::PAUSED;
  const std::shared_ptr<const sla::BusinessHours> hours =
      catalog.FindHours(milestone->business_hours());
  *milestone->mutable_evaluate_time() = ToProto(to);
  if (!(running || paused) || hours == nullptr) return;
  const sla::Duration open = hours->Between(from, to);
  const auto add = [open](google::protobuf::Duration* value) {
    *value = ToProto(ToSlaDuration(*value) + open);
  };
  add(milestone->mutable_elapsed());
  if (paused) {
    add(milestone->mutable_paused());
    return;
  }
  add(milestone->mutable_actual());
  *milestone->mutable_remaining() =
      ToProto(ToSlaDuration(milestone->remaining()) - open);
  if (!milestone->violated() && milestone->has_target_time() &&
      ToInstant(milestone->target_time()) <= to) {
    milestone->set_violated(true);
    *milestone->mutable_violation_time() = milestone->target_time();
    *milestone->mutable_violated_target() = milestone->target_duration();
  }
}

v1::Transition ToProto(const sla::Transition& transition,
                       const sla::Evaluation& evaluation,
                       absl::string_view case_name) {
  v1::Transition result;
  sla::TriggerKind trigger = sla::TriggerKind::kWarning;
  if (transition.milestone >= 0 &&
      transition.milestone < static_cast<int>(evaluation.milestones.size())) {
    const sla::Milestone& milestone =
        evaluation.milestones[transition.milestone];
    result.set_milestone_type(milestone.milestone_type);
    for (const sla::TriggerStatus& status : milestone.triggers) {
      if (status.key == transition.trigger) trigger = status.kind;
    }
  }
  if (!transition.instance.empty()) {
    result.set_milestone(MilestoneName(case_name, transition.instance));
  }
  result.set_kind(KindOf(transition, trigger));
  *result.mutable_time() = ToProto(transition.instant);
  if (transition.moment) *result.mutable_moment() = ToProto(*transition.moment);
  result.set_trigger(transition.trigger);
  result.set_cause(transition.cause);
  result.set_late(transition.late);
  return result;
}

storage::TransitionRecord ToRecord(const sla::Revision& revision,
                                   const sla::Evaluation& evaluation,
                                   absl::string_view case_name,
                                   absl::Time now) {
  const sla::Transition& transition = revision.transition;
  storage::TransitionRecord record;
  record.instance = transition.instance;
  record.kind = sla::TransitionKindName(transition.kind);
  record.cause = transition.cause;
  record.revision = revision.revision;
  // The item's name as well: whoever follows the feed sees those of all items.
  const std::string subject = absl::StrCat(case_name, "/", record.instance);
  record.key = storage::TransitionKey(subject, record.kind, record.cause,
                                      record.revision);
  record.time = transition.instant.ToAbsl();
  if (transition.moment) record.moment = transition.moment->ToAbsl();
  record.late = transition.late;
  record.retracted = revision.retraction;
  record.transition = ToProto(transition, evaluation, case_name);
  record.transition.set_key(record.key);
  record.transition.set_revision(record.revision);
  record.transition.set_withdrawn(revision.retraction);
  if (revision.supersedes.has_value()) {
    record.transition.set_corrects(storage::TransitionKey(
        subject, record.kind, record.cause, *revision.supersedes));
  }
  if (revision.publish) {
    record.publish_time = now;
    *record.transition.mutable_publish_time() = ToProto(now);
    *record.transition.mutable_late_by() = ToProto(std::max(
        sla::Duration::Zero(), sla::Instant::From(now) - transition.instant));
  }
  return record;
}

sla::StoredTransition FromRecord(const storage::TransitionRecord& record) {
  sla::StoredTransition stored;
  stored.kind = KindNamed(record.kind).value_or(sla::TransitionKind::kEntered);
  stored.instance = record.instance;
  stored.cause = record.cause;
  stored.revision = record.revision;
  stored.instant = sla::Instant::From(record.time);
  if (record.moment) stored.moment = sla::Instant::From(*record.moment);
  stored.late = record.late;
  stored.retracted = record.retracted;
  stored.published = record.publish_time.has_value();
  return stored;
}

v1::ClockStretch ToProto(const sla::Stretch& stretch) {
  ClockStretch result;
  *result.mutable_start_time() = ToProto(stretch.interval.from);
  *result.mutable_end_time() = ToProto(stretch.interval.to);
  result.set_kind(KindOf(stretch.kind));
  result.set_cause(stretch.cause);
  *result.mutable_actual() = ToProto(stretch.actual);
  return result;
}

}  // namespace charter::services
