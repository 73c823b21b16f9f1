#include "server/services/items/settlement.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/evaluate.h"
#include "server/sla/clock/settle.h"
#include "server/sla/expression/utf8.h"

namespace charter::services {
namespace {

// How much of an error stands in `evaluation_error`, in octets.
constexpr size_t kLongestError = 512;
// How long a task's `display_name` may be, in octets.
constexpr size_t kLongestTask = 255;

}  // namespace

Settlement::Settlement(Item item, const Catalog& catalog, absl::Time now)
    : catalog_(catalog), now_(now) {
  change_.row = item.row;
  history_ = ToHistory(item.row, item.events, catalog);
  for (const storage::TransitionRecord& record : item.transitions) {
    if (!record.superseded) stored_.push_back(FromRecord(record));
    next_number_ = std::max(next_number_, record.number + 1);
  }
  change_.before = std::move(item);
  change_.generation = catalog.generation;
}

void Settlement::Append(std::vector<v1::CaseEvent> events) {
  for (v1::CaseEvent& event : events) {
    const int number =
        static_cast<int>(change_.before.events.size() + change_.added.size()) +
        1;
    history_.events.push_back(ToEvent(event, number, catalog_));
    change_.added.push_back(std::move(event));
  }
}

absl::Status Settlement::Settle(sla::Instant as_of) {
  absl::StatusOr<sla::Settled> settled =
      sla::Settle(history_, catalog_.processes, catalog_.calendars, as_of);
  if (!settled.ok()) return settled.status();
  for (sla::Event& applied : settled->applied) {
    change_.added.push_back(FromApplied(applied, catalog_));
    history_.events.push_back(std::move(applied));
  }
  evaluation_ = std::move(settled->evaluation);
  FillRow(evaluation_, catalog_, &change_.row);
  for (const sla::Revision& revision : sla::Reconcile(stored_, evaluation_))
    Publish(revision);
  return absl::OkStatus();
}

absl::Status Settlement::Restore(sla::Instant told) {
  std::vector<sla::Event> all = std::move(history_.events);
  history_.events.clear();
  size_t next = 0;
  while (next < all.size() && all[next].record_time <= told) {
    // What one write recorded: its events, and the actions that they set off.
    // Actions that timers set off just before it are a write of their own.
    const sla::Instant recorded = all[next].record_time;
    sla::Instant as_of = recorded;
    bool acted = all[next].kind == sla::EventKind::kActionApplied;
    if (!acted && next > 0) {
      absl::Status status = Replay(recorded, std::nullopt);
      if (!status.ok()) return status;
    }
    for (; next < all.size() && all[next].record_time == recorded; ++next) {
      const bool acts = all[next].kind == sla::EventKind::kActionApplied;
      if (acted && !acts) break;
      acted = acts;
      as_of = std::max(as_of, all[next].occur_time);
      history_.events.push_back(std::move(all[next]));
    }
    absl::Status status = Replay(as_of, recorded.ToAbsl());
    if (!status.ok()) return status;
  }
  absl::Status status =
      next > 0 ? Replay(told, std::nullopt) : absl::OkStatus();
  for (; next < all.size(); ++next)
    history_.events.push_back(std::move(all[next]));
  return status;
}

absl::Status Settlement::Replay(sla::Instant as_of,
                                std::optional<absl::Time> told) {
  absl::StatusOr<sla::Evaluation> evaluation =
      sla::Evaluate(history_, catalog_.processes, catalog_.calendars, as_of);
  if (!evaluation.ok()) return evaluation.status();
  evaluation_ = *std::move(evaluation);
  for (const sla::Revision& revision : sla::Reconcile(stored_, evaluation_)) {
    change_.restored.push_back(
        Record(revision, told.value_or(revision.transition.instant.ToAbsl())));
  }
  return absl::OkStatus();
}

ItemChange Settlement::Finish() {
  v1::Case& row = change_.row;
  row.clear_evaluation_error();
  row.set_event_count(
      static_cast<int>(change_.before.events.size() + change_.added.size()));
  change_.milestones = ToProto(evaluation_, row, catalog_);
  change_.hours = evaluation_.hours;
  for (std::string& hours : change_.hours) {
    if (hours.empty()) hours = catalog_.default_hours;
  }
  std::sort(change_.hours.begin(), change_.hours.end());
  change_.hours.erase(std::unique(change_.hours.begin(), change_.hours.end()),
                      change_.hours.end());
  if (evaluation_.next_change)
    change_.next_due = evaluation_.next_change->ToAbsl();
  change_.stale_effects = evaluation_.stale_actions;
  return std::move(change_);
}

ItemChange Settlement::Park(const absl::Status& why,
                            std::vector<v1::CaseEvent> added) {
  ItemChange change;
  change.row = change_.before.row;
  change.row.set_evaluation_error(
      std::string(why.message().substr(0, kLongestError)));
  change.milestones = change_.before.milestones;
  change.added = std::move(added);
  change.row.set_event_count(
      static_cast<int>(change_.before.events.size() + change.added.size()));
  change.before = std::move(change_.before);
  change.generation = catalog_.generation;
  change.evaluated = false;
  return change;
}

storage::TransitionRecord Settlement::Record(const sla::Revision& revision,
                                             absl::Time now) {
  storage::TransitionRecord record =
      ToRecord(revision, evaluation_, change_.row.name(), now);
  record.number = next_number_++;
  if (revision.supersedes.has_value()) {
    const std::string& corrected = record.transition.corrects();
    for (auto* records : {&change_.before.transitions, &change_.restored,
                          &change_.transitions}) {
      for (storage::TransitionRecord& old : *records) {
        if (old.key != corrected) continue;
        old.superseded = true;
        // The clock may be gone, so that only what was said tells of it.
        if (revision.retraction) {
          record.transition.set_kind(old.transition.kind());
          record.transition.set_milestone_type(old.transition.milestone_type());
          record.transition.set_trigger(old.transition.trigger());
        }
      }
    }
    change_.superseded.push_back(corrected);
  }
  std::erase_if(stored_, [&](const sla::StoredTransition& old) {
    return old.kind == revision.transition.kind &&
           old.instance == revision.transition.instance &&
           old.cause == revision.transition.cause;
  });
  stored_.push_back(sla::ToStored(revision));
  return record;
}

void Settlement::Publish(const sla::Revision& revision) {
  storage::TransitionRecord record = Record(revision, now_);
  // A firing acts once, with its first revision; what corrects it does not act
  // again (K7).
  if (revision.publish && !revision.retraction && revision.revision == 1 &&
      revision.transition.kind == sla::TransitionKind::kTriggered) {
    Act(revision.transition, record.transition);
  }
  change_.transitions.push_back(std::move(record));
}

void Settlement::Act(const sla::Transition& firing,
                     const v1::Transition& transition) {
  const auto version = catalog_.versions.find(firing.process);
  if (version == catalog_.versions.end()) return;
  for (const v1::MilestonePlacement& placement :
       version->second->definition().milestones()) {
    if (placement.key() != firing.placement) continue;
    for (const v1::MilestoneTrigger& trigger : placement.triggers()) {
      if (trigger.key() != firing.trigger) continue;
      for (const v1::MilestoneAction& action : trigger.actions()) {
        if (action.has_set_fields()) continue;  // the engine has applied it
        Do(action,
           absl::StrCat(change_.row.name(), "/",
                        sla::EffectKey(firing, action.key())),
           transition);
      }
    }
  }
}

void Settlement::Do(const v1::MilestoneAction& action,
                    const std::string& effect_key,
                    const v1::Transition& transition) {
  const v1::Case& row = change_.row;
  if (action.has_create_task()) {
    v1::Task& task = change_.tasks.emplace_back();
    // Its stand-ins can make a subject longer than a task's may be.
    const std::string subject =
        Text(action.create_task().subject(), transition);
    task.set_display_name(subject.substr(
        0, sla::ValidUtf8Prefix(
               absl::string_view(subject).substr(0, kLongestTask))));
    task.set_case_(row.name());
    task.set_account(row.account());
    task.set_owner(action.create_task().owner().empty()
                       ? row.owner()
                       : action.create_task().owner());
    task.set_state(v1::Task::OPEN);
    task.set_effect_key(effect_key);
    return;
  }
  v1::Action& result = change_.actions.emplace_back();
  result.set_effect_key(effect_key);
  result.set_case_(row.name());
  result.set_account(row.account());
  *result.mutable_transition() = transition;
  if (action.has_notify()) {
    result.set_topic("notify");
    for (const std::string& recipient : action.notify().recipients()) {
      result.add_recipients(recipient == "owner"     ? row.owner()
                            : recipient == "contact" ? row.contact()
                                                     : recipient);
    }
    result.set_text(Text(action.notify().template_(), transition));
  } else {
    result.set_topic(action.publish().topic());
    *result.mutable_data() = action.publish().data();
  }
}

std::string Settlement::Text(const std::string& text,
                             const v1::Transition& transition) const {
  std::string target;
  for (const sla::Milestone& milestone : evaluation_.milestones) {
    if (MilestoneName(change_.row.name(), milestone.id) ==
            transition.milestone() &&
        milestone.target_time.has_value()) {
      target =
          absl::FormatTime(absl::RFC3339_full, milestone.target_time->ToAbsl(),
                           absl::UTCTimeZone());
    }
  }
  return absl::StrReplaceAll(text,
                             {{"{milestone}", transition.milestone_type()},
                              {"{target_time}", target},
                              {"{case}", change_.row.name()}});
}

}  // namespace charter::services
