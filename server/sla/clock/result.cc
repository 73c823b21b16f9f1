#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/sla/clock/evaluator.h"

namespace charter::sla {

Evaluation Evaluator::Result() {
  out_.as_of = as_of_;
  out_.phase = phase_;
  out_.stop = stop_;
  if (process_ != nullptr) out_.process = process_->version;
  if (phase_ == ItemPhase::kInProcess || phase_ == ItemPhase::kOutOfProcess) {
    out_.process_start = process_start_;
  }
  if (!out_.spans.empty()) {
    out_.spans.back().interval.to = as_of_;
    out_.fields = fields_.record();
  }
  out_.milestones.reserve(instances_.size());
  for (Instance& instance : instances_) {
    out_.milestones.push_back(ResultOf(instance));
    const std::optional<Instant>& t = instance.next_timer;
    if (t && (!out_.next_change || *t < *out_.next_change)) {
      out_.next_change = t;
    }
  }
  out_.hours = hour_ids_;
  ListStaleActions();
  return std::move(out_);
}

// Takes the instance's id.
Milestone Evaluator::ResultOf(Instance& instance) const {
  const Clock& clock = instance.clock;
  Milestone m;
  m.id = std::move(instance.id);
  m.placement = instance.def->key;
  m.milestone_type = instance.def->milestone_type;
  m.process = instance.process->version;
  m.hours = hour_ids_[clock.hours().index];
  m.order = instance.def->order;
  m.occurrence = instance.occurrence;
  m.state = instance.state;
  m.started_by = event(instance.made_by).id;
  m.start_time = clock.start();
  m.counted_from = clock.counted_from();
  m.target_duration = clock.duration();
  m.target_rule = instance.rule;
  const bool ended = !IsOpen(instance.state);
  if (ended) {
    m.end_time = instance.end;
    m.ended_by = event(instance.ended_by).id;
  }
  if (!clock.paused() && !(ended && clock.never_started())) {
    m.target_time = clock.target();
  }
  if (clock.paused()) {
    const absl::StatusOr<Instant> target = clock.TargetIfResumed(as_of_);
    if (target.ok()) m.target_time_if_resumed = *target;
  }
  m.violated = clock.violated();
  m.violation_time = clock.violation_time();
  m.violation_duration = instance.violation_duration;
  m.violation_rule = instance.violation_rule;
  m.met_last_target = instance.met;
  const Clock::Usage used = clock.Used(as_of_);
  m.actual = used.actual;
  m.stopped = used.stopped;
  m.elapsed = used.actual + used.stopped;
  m.remaining = m.target_duration - m.actual;
  m.spans.reserve(clock.span_count());
  clock.VisitSpans(as_of_, [this, &m](const Clock::RawSpan& span) {
    m.spans.push_back({span.interval, span.cause, event(span.event).id,
                       hour_ids_[span.hours.index], span.open});
  });
  m.triggers.reserve(instance.triggers.size());
  for (const TriggerRun& run : instance.triggers) {
    m.triggers.push_back(
        {run.trigger->key, run.trigger->kind, run.State(), run.moment});
  }
  return m;
}

void Evaluator::ListStaleActions() {
  absl::flat_hash_map<std::string, Instant> firings;
  for (int index : order_) {
    const Event& e = event(index);
    if (e.kind != EventKind::kActionApplied) continue;
    if (e.occur_time > as_of_) break;
    if (firings.empty()) {
      for (const Transition& t : out_.transitions) {
        if (t.kind != TransitionKind::kTriggered) continue;
        firings[absl::StrCat(t.instance, "/", t.cause)] = t.instant;
      }
    }
    const auto firing = firings.find(e.id.substr(0, e.id.rfind('/')));
    if (firing == firings.end() || firing->second != e.occur_time) {
      out_.stale_actions.push_back(e.id);
    }
  }
}

const char* TransitionKindName(TransitionKind kind) {
  switch (kind) {
    case TransitionKind::kEntered:
      return "entered";
    case TransitionKind::kExited:
      return "exited";
    case TransitionKind::kReopened:
      return "reopened";
    case TransitionKind::kItemStopped:
      return "item_stopped";
    case TransitionKind::kItemResumed:
      return "item_resumed";
    case TransitionKind::kScheduled:
      return "scheduled";
    case TransitionKind::kStarted:
      return "started";
    case TransitionKind::kPaused:
      return "paused";
    case TransitionKind::kResumed:
      return "resumed";
    case TransitionKind::kTargetChanged:
      return "target_changed";
    case TransitionKind::kRestarted:
      return "restarted";
    case TransitionKind::kViolated:
      return "violated";
    case TransitionKind::kTriggered:
      return "triggered";
    case TransitionKind::kCompleted:
      return "completed";
    case TransitionKind::kCancelled:
      return "cancelled";
    case TransitionKind::kFrozen:
      return "frozen";
    case TransitionKind::kMilestoneReopened:
      return "milestone_reopened";
  }
  return "";
}

}  // namespace charter::sla
