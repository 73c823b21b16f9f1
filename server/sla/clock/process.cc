#include "server/sla/clock/process.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace charter::sla {
namespace {

absl::Status Bad(absl::string_view path, absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", text));
}

absl::Status CheckLevel(const std::optional<Expression>& expression,
                        absl::string_view path) {
  if (expression && expression->uses_event()) {
    return Bad(path,
               "must not name old.*, event.* or changed(): it is a state that "
               "lasts (X1); use fields alone");
  }
  return absl::OkStatus();
}

absl::Status CheckKey(const std::string& key, absl::string_view path,
                      std::set<std::string>& seen) {
  if (key.empty() || key.find_first_of("#/~") != std::string::npos) {
    return Bad(path, "must be a key that is not empty and has no #, / or ~");
  }
  if (!seen.insert(key).second) {
    return Bad(path, absl::StrCat("\"", key, "\" is there twice"));
  }
  return absl::OkStatus();
}

absl::Status CheckTrigger(const Trigger& trigger, const std::string& path,
                          const Schema& schema) {
  if (trigger.offset < Duration::Zero()) {
    return Bad(absl::StrCat(path, ".offset"),
               "must not be negative (K5): choose WARNING for before the "
               "target, VIOLATION for after it");
  }
  if (trigger.percent && (*trigger.percent < 0 || *trigger.percent > 100000)) {
    return Bad(absl::StrCat(path, ".percent"), "must be 0 to 100000 (K5)");
  }
  std::set<std::string> actions;
  for (size_t i = 0; i < trigger.actions.size(); ++i) {
    const std::string at = absl::StrCat(path, ".actions[", i, "]");
    const Action& action = trigger.actions[i];
    if (absl::Status s = CheckKey(action.key, at + ".key", actions); !s.ok()) {
      return s;
    }
    for (const FieldChange& change : action.set_fields) {
      if (change.slot < 0 || change.slot >= schema.size()) {
        return Bad(at + ".set_fields", "names a field that is not known");
      }
      if (change.slot >= ItemSlot::kCreateTime &&
          change.slot < ItemSlot::kBuiltIn) {
        return Bad(at + ".set_fields",
                   absl::StrCat("\"", schema.field(change.slot).name,
                                "\" is derived from the history (E0) and can't "
                                "be set"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPlacement(const Placement& placement, const std::string& path,
                            const Schema& schema) {
  if (placement.target <= Duration::Zero()) {
    return Bad(path + ".target", "must be greater than zero (E5)");
  }
  for (size_t i = 0; i < placement.target_rules.size(); ++i) {
    const std::string at = absl::StrCat(path, ".target_rules[", i, "]");
    if (placement.target_rules[i].duration <= Duration::Zero()) {
      return Bad(at + ".duration", "must be greater than zero (E5)");
    }
    if (absl::Status s =
            CheckLevel(placement.target_rules[i].when, at + ".when");
        !s.ok()) {
      return s;
    }
  }
  if (placement.on_event && !placement.criteria) {
    return Bad(path + ".criteria", "must be given where on_event is set (X1)");
  }
  if (!placement.on_event) {
    if (absl::Status s = CheckLevel(placement.criteria, path + ".criteria");
        !s.ok()) {
      return s;
    }
  }
  if (absl::Status s = CheckLevel(placement.pause, path + ".pause"); !s.ok()) {
    return s;
  }
  if (placement.recurrence == Recurrence::kNone &&
      placement.on_reopen == OnReopen::kNewOccurrence) {
    return Bad(
        path + ".on_reopen",
        "NEW_OCCURRENCE needs recurrence INDEPENDENT or SEQUENTIAL (E8)");
  }
  std::set<std::string> keys;
  for (size_t i = 0; i < placement.triggers.size(); ++i) {
    const std::string at = absl::StrCat(path, ".triggers[", i, "]");
    const Trigger& trigger = placement.triggers[i];
    if (absl::Status s = CheckKey(trigger.key, at + ".key", keys); !s.ok()) {
      return s;
    }
    if (absl::Status s = CheckTrigger(trigger, at, schema); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckProcess(const Process& process, const Schema& schema) {
  if (absl::Status s = CheckLevel(process.entry, "entry"); !s.ok()) return s;
  if (absl::Status s = CheckLevel(process.exit, "exit"); !s.ok()) return s;
  if (absl::Status s = CheckLevel(process.stop, "stop"); !s.ok()) return s;
  if (process.stop) {
    const std::vector<int>& slots = process.stop->slots();
    if (std::find(slots.begin(), slots.end(), int{ItemSlot::kIsStopped}) !=
        slots.end()) {
      return Bad("stop", "must not name is_stopped, which it decides (E0)");
    }
  }
  if (process.start_field < 0 || process.start_field >= schema.size() ||
      schema.field(process.start_field).type != Type::kInstant) {
    return Bad("start_field", "must be a field that holds an instant (E4)");
  }
  std::set<std::string> keys;
  for (size_t i = 0; i < process.placements.size(); ++i) {
    const std::string at = absl::StrCat("placements[", i, "]");
    const Placement& placement = process.placements[i];
    if (absl::Status s = CheckKey(placement.key, at + ".key", keys); !s.ok()) {
      return s;
    }
    if (absl::Status s = CheckPlacement(placement, at, schema); !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

}  // namespace charter::sla
