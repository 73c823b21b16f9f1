#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/reconcile.h"
#include "server/sla/clock/settle.h"

namespace charter::services {
namespace {

// Gathers what two settlements of one write publish.
class Settlement {
 public:
  Settlement(Item item, const Catalog& catalog, absl::Time now)
      : catalog_(catalog), now_(now) {
    change_.row = item.row;
    history_ = ToHistory(item.row, item.events, catalog);
    for (const storage::TransitionRecord& record : item.transitions) {
      if (!record.superseded) stored_.push_back(FromRecord(record));
    }
    change_.before = std::move(item);
    change_.generation = catalog.generation;
  }

  void Append(std::vector<v1::CaseEvent> events) {
    for (v1::CaseEvent& event : events) {
      const int number = static_cast<int>(change_.before.events.size() +
                                          change_.added.size()) +
                         1;
      history_.events.push_back(ToEvent(event, number, catalog_));
      change_.added.push_back(std::move(event));
    }
  }

  absl::Status Settle(sla::Instant as_of) {
    absl::StatusOr<sla::Settled> settled =
        sla::Settle(history_, catalog_.processes, catalog_.calendars, as_of);
    if (!settled.ok()) return settled.status();
    for (sla::Event& applied : settled->applied) {
      change_.added.push_back(FromApplied(applied, catalog_));
      history_.events.push_back(std::move(applied));
    }
    evaluation_ = std::move(settled->evaluation);
    FillRow(evaluation_, catalog_, &change_.row);
    for (sla::Revision& revision : sla::Reconcile(stored_, evaluation_))
      Publish(revision);
    return absl::OkStatus();
  }

  ItemChange Finish() {
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

  // Keeps the last good state: the events are recorded, and nothing is
  // computed.
  ItemChange Park(const absl::Status& why, std::vector<v1::CaseEvent> added) {
    ItemChange change;
    change.row = change_.before.row;
    change.row.set_evaluation_error(std::string(why.message().substr(0, 512)));
    change.milestones = change_.before.milestones;
    change.added = std::move(added);
    change.row.set_event_count(
        static_cast<int>(change_.before.events.size() + change.added.size()));
    change.before = std::move(change_.before);
    change.generation = catalog_.generation;
    change.evaluated = false;
    return change;
  }

 private:
  void Publish(const sla::Revision& revision) {
    const std::string& name = change_.row.name();
    storage::TransitionRecord record =
        ToRecord(revision, evaluation_, name, now_);
    if (revision.supersedes.has_value())
      Supersede(record.transition.corrects());
    std::erase_if(stored_, [&](const sla::StoredTransition& old) {
      return old.kind == revision.transition.kind &&
             old.instance == revision.transition.instance &&
             old.cause == revision.transition.cause;
    });
    stored_.push_back(sla::ToStored(revision));
    // A firing acts once, with its first revision; what corrects it does not
    // act again (K7).
    if (revision.publish && !revision.retraction && revision.revision == 1 &&
        revision.transition.kind == sla::TransitionKind::kTriggered) {
      Act(revision.transition, record.transition);
    }
    change_.transitions.push_back(std::move(record));
  }

  void Supersede(const std::string& key) {
    for (storage::TransitionRecord& record : change_.transitions) {
      if (record.key == key) record.superseded = true;
    }
    change_.superseded.push_back(key);
  }

  void Act(const sla::Transition& firing, const v1::Transition& transition) {
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

  void Do(const v1::MilestoneAction& action, const std::string& effect_key,
          const v1::Transition& transition) {
    const v1::Case& row = change_.row;
    if (action.has_create_task()) {
      v1::Task& task = change_.tasks.emplace_back();
      task.set_display_name(Text(action.create_task().subject(), transition));
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

  std::string Text(const std::string& text,
                   const v1::Transition& transition) const {
    std::string target;
    for (const sla::Milestone& milestone : evaluation_.milestones) {
      if (MilestoneName(change_.row.name(), milestone.id) ==
              transition.milestone() &&
          milestone.target_time.has_value()) {
        target = absl::FormatTime(absl::RFC3339_full,
                                  milestone.target_time->ToAbsl(),
                                  absl::UTCTimeZone());
      }
    }
    return absl::StrReplaceAll(text,
                               {{"{milestone}", transition.milestone_type()},
                                {"{target_time}", target},
                                {"{case}", change_.row.name()}});
  }

  const Catalog& catalog_;
  const absl::Time now_;
  ItemChange change_;
  sla::History history_;
  sla::Evaluation evaluation_;
  std::vector<sla::StoredTransition> stored_;
};

sla::Instant AsOf(const Item& item, absl::Time now) {
  const sla::Instant at = sla::Instant::From(now);
  return item.row.has_evaluate_time()
             ? std::max(at, ToInstant(item.row.evaluate_time()))
             : at;
}

}  // namespace

void FillRow(const sla::Evaluation& evaluation, const Catalog& catalog,
             v1::Case* row) {
  FillCase(evaluation.fields, catalog, row);
  row->set_process_version(evaluation.process);
  row->clear_next_target_time();
  row->set_violated(false);
  std::optional<sla::Instant> target;
  for (const sla::Milestone& milestone : evaluation.milestones) {
    if (milestone.violated) row->set_violated(true);
    if (milestone.state == sla::MilestoneState::kRunning &&
        milestone.target_time && !milestone.violated &&
        (!target || *milestone.target_time < *target)) {
      target = milestone.target_time;
    }
  }
  if (target) *row->mutable_next_target_time() = ToProto(*target);
  *row->mutable_evaluate_time() = ToProto(evaluation.as_of);
}

absl::StatusOr<ItemChange> SettleItem(Item item,
                                      std::vector<v1::CaseEvent> added,
                                      const Catalog& catalog, absl::Time now) {
  sla::Instant as_of = AsOf(item, now);
  const bool created = !item.stored;
  const bool timers_due =
      item.next_due.has_value() && *item.next_due <= as_of.ToAbsl();
  std::vector<v1::CaseEvent> kept = added;
  Settlement settlement(std::move(item), catalog, now);
  // E2: what was due before this write is told on the history known until now.
  absl::Status status;
  if (!created && !added.empty() && timers_due)
    status = settlement.Settle(as_of);
  if (status.ok()) {
    for (const v1::CaseEvent& event : added) {
      as_of = std::max(as_of, ToInstant(event.occur_time()));
    }
    settlement.Append(std::move(added));
    status = settlement.Settle(as_of);
  }
  if (status.ok()) return settlement.Finish();
  if (created) {
    return absl::IsOutOfRange(status)
               ? errors::NoOpenTime("its hours")
               : errors::Precondition("EVALUATION_FAILED", "case",
                                      status.message());
  }
  return settlement.Park(status, std::move(kept));
}

absl::StatusOr<sla::Evaluation> EvaluateItem(const Item& item,
                                             const Catalog& catalog,
                                             absl::Time as_of) {
  absl::StatusOr<sla::Settled> settled =
      sla::Settle(ToHistory(item.row, item.events, catalog), catalog.processes,
                  catalog.calendars, sla::Instant::From(as_of));
  if (!settled.ok()) return settled.status();
  return std::move(settled->evaluation);
}

}  // namespace charter::services
