#include "server/services/catalog/process_convert.h"

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "server/sla/expression/expression.h"

namespace charter::services {
namespace {

using google::protobuf::Duration;

// Converts one definition, collecting what is wrong.
class Converter {
 public:
  Converter(const ProcessContext& context, FieldViolations* violations)
      : context_(context), violations_(violations) {}

  std::optional<sla::Expression> Criteria(absl::string_view text,
                                          sla::Usage usage,
                                          const std::string& path) {
    if (text.empty()) return std::nullopt;
    absl::StatusOr<sla::Expression> parsed =
        sla::Expression::Parse(text, *context_.schema, usage);
    if (parsed.ok()) return *std::move(parsed);
    violations_->Add(path, ErrorReason::CRITERIA_SYNTAX,
                     parsed.status().message());
    return std::nullopt;
  }

  sla::Duration Length(const Duration& duration) {
    return sla::Duration::Micros(duration.seconds() * 1000000 +
                                 duration.nanos() / 1000);
  }

  sla::Trigger Trigger(const v1::MilestoneTrigger& trigger,
                       const std::string& path) {
    sla::Trigger result;
    result.key = trigger.key();
    const bool warning = trigger.kind() == v1::MilestoneTrigger::WARNING;
    const bool violation = trigger.kind() == v1::MilestoneTrigger::VIOLATION;
    result.kind = warning     ? sla::TriggerKind::kWarning
                  : violation ? sla::TriggerKind::kViolation
                              : sla::TriggerKind::kSuccess;
    Only(warning, trigger.has_before_target(), path, "before_target",
         "WARNING");
    Only(warning, trigger.has_used_percent(), path, "used_percent", "WARNING");
    Only(violation, trigger.has_after_target(), path, "after_target",
         "VIOLATION");
    Only(violation, trigger.has_over_percent(), path, "over_percent",
         "VIOLATION");
    if (warning) {
      if (trigger.has_before_target() == trigger.has_used_percent()) {
        violations_->Add(path + ".before_target", ErrorReason::INVALID,
                         "a WARNING has one of before_target and used_percent");
      }
      result.offset = Length(trigger.before_target());
      if (trigger.has_used_percent()) result.percent = trigger.used_percent();
    } else if (violation) {
      if (trigger.has_after_target() && trigger.has_over_percent()) {
        violations_->Add(
            path + ".over_percent", ErrorReason::INVALID,
            "a VIOLATION has at most one of after_target and over_percent");
      }
      result.offset = Length(trigger.after_target());
      if (trigger.has_over_percent()) result.percent = trigger.over_percent();
    }
    for (int i = 0; i < trigger.actions_size(); ++i) {
      result.actions.push_back(
          Action(trigger.actions(i), absl::StrCat(path, ".actions[", i, "]")));
    }
    return result;
  }

  sla::Action Action(const v1::MilestoneAction& action,
                     const std::string& path) {
    sla::Action result;
    result.key = action.key();
    if (action.action_case() == v1::MilestoneAction::ACTION_NOT_SET) {
      violations_->Add(
          path, ErrorReason::REQUIRED,
          "has none of set_fields, create_task, notify and publish");
    }
    // A map has no order of its own: that of the field names is always the
    // same.
    std::map<std::string, std::string> fields(
        action.set_fields().fields().begin(),
        action.set_fields().fields().end());
    for (const auto& [field, text] : fields) {
      const std::string at =
          absl::StrCat(path, ".set_fields.fields[", field, "]");
      const std::optional<int> slot = SettableSlot(*context_.schema, field);
      if (!slot.has_value()) {
        violations_->Add(at, ErrorReason::UNKNOWN_FIELD,
                         "is not a field that a trigger may set: status, "
                         "priority, type, origin, "
                         "reason, owner or attributes.NAME");
        continue;
      }
      absl::StatusOr<sla::Value> value =
          ParseFieldValue(*context_.schema, *slot, text);
      if (!value.ok()) {
        violations_->Add(at, ErrorReason::INVALID, value.status().message());
        continue;
      }
      result.set_fields.push_back({*slot, *std::move(value)});
      if (*slot != sla::ItemSlot::kStatus) continue;
      const auto category = context_.status_categories->find(text);
      if (category == context_.status_categories->end()) {
        violations_->Add(at, ErrorReason::NOT_FOUND, "is not a known status");
        continue;
      }
      result.set_fields.push_back(
          {sla::ItemSlot::kStatusCategory, category->second});
    }
    return result;
  }

  sla::Placement Placement(const v1::MilestonePlacement& placement,
                           const std::string& path) {
    sla::Placement result;
    result.key = placement.key();
    result.milestone_type = placement.milestone_type();
    result.order = placement.order();
    const auto type = context_.milestone_types.find(placement.milestone_type());
    if (type == context_.milestone_types.end()) {
      violations_->Add(path + ".milestone_type", ErrorReason::NOT_FOUND,
                       "names no milestone type that exists");
    } else {
      result.recurrence =
          type->second.recurrence() == v1::MilestoneType::INDEPENDENT
              ? sla::Recurrence::kIndependent
          : type->second.recurrence() == v1::MilestoneType::SEQUENTIAL
              ? sla::Recurrence::kSequential
              : sla::Recurrence::kNone;
    }
    if (placement.rearm() == v1::MilestonePlacement::IMMEDIATELY) {
      result.rearm = sla::Rearm::kImmediately;
    } else if (placement.rearm() == v1::MilestonePlacement::AFTER_FALSE) {
      result.rearm = sla::Rearm::kAfterFalse;
    }
    result.on_event = placement.on_event();
    result.criteria =
        Criteria(placement.criteria(),
                 placement.on_event() ? sla::Usage::kEvent : sla::Usage::kLevel,
                 path + ".criteria");
    result.start = placement.start() == v1::MilestonePlacement::CRITERIA_MET
                       ? sla::StartsAt::kCriteriaMet
                       : sla::StartsAt::kProcessStart;
    result.target = Length(placement.target());
    for (int i = 0; i < placement.target_rules_size(); ++i) {
      const std::string at = absl::StrCat(path, ".target_rules[", i, "]");
      std::optional<sla::Expression> when = Criteria(
          placement.target_rules(i).when(), sla::Usage::kLevel, at + ".when");
      if (when.has_value()) {
        result.target_rules.push_back(
            {*std::move(when), Length(placement.target_rules(i).target())});
      }
    }
    result.hours = placement.business_hours();
    result.completion =
        Criteria(placement.completion_criteria(), sla::Usage::kEvent,
                 path + ".completion_criteria");
    result.pause = Criteria(placement.pause_criteria(), sla::Usage::kLevel,
                            path + ".pause_criteria");
    for (int i = 0; i < placement.triggers_size(); ++i) {
      result.triggers.push_back(Trigger(
          placement.triggers(i), absl::StrCat(path, ".triggers[", i, "]")));
    }
    result.on_exit = placement.on_exit() == v1::MilestonePlacement::COMPLETE
                         ? sla::OnExit::kComplete
                     : placement.on_exit() == v1::MilestonePlacement::CANCEL
                         ? sla::OnExit::kCancel
                         : sla::OnExit::kFreeze;
    result.on_reopen =
        placement.on_reopen() == v1::MilestonePlacement::RESUME_ALL
            ? sla::OnReopen::kResumeAll
        : placement.on_reopen() == v1::MilestonePlacement::NEW_OCCURRENCE
            ? sla::OnReopen::kNewOccurrence
            : sla::OnReopen::kResumeOpen;
    result.on_target_change =
        placement.on_target_change() == v1::MilestonePlacement::RESTART
            ? sla::OnTargetChange::kRestart
            : sla::OnTargetChange::kContinue;
    result.missed_triggers =
        placement.missed_triggers() == v1::MilestonePlacement::SKIP
            ? sla::MissedTriggers::kSkip
            : sla::MissedTriggers::kFire;
    return result;
  }

 private:
  void Only(bool fits, bool given, const std::string& path,
            absl::string_view field, absl::string_view kind) {
    if (given && !fits) {
      violations_->Add(absl::StrCat(path, ".", field), ErrorReason::INVALID,
                       absl::StrCat("is for kind ", kind, " alone"));
    }
  }

  const ProcessContext& context_;
  FieldViolations* violations_;
};

}  // namespace

std::optional<int> SettableSlot(const sla::Schema& schema,
                                absl::string_view field) {
  const std::optional<int> slot = schema.Find(field);
  if (!slot.has_value()) return std::nullopt;
  switch (*slot) {
    case sla::ItemSlot::kStatus:
    case sla::ItemSlot::kPriority:
    case sla::ItemSlot::kType:
    case sla::ItemSlot::kOrigin:
    case sla::ItemSlot::kReason:
    case sla::ItemSlot::kOwner:
      return slot;
    default:
      return absl::StartsWith(field, "attributes.") ? slot : std::nullopt;
  }
}

absl::StatusOr<sla::Value> ParseFieldValue(const sla::Schema& schema, int slot,
                                           absl::string_view text) {
  const sla::Field& field = schema.field(slot);
  switch (field.type) {
    case sla::Type::kString:
      return sla::Value(std::string(text));
    case sla::Type::kNumber: {
      double number = 0;
      if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) {
        return absl::InvalidArgumentError("takes a number");
      }
      if (slot == sla::ItemSlot::kPriority &&
          (number < 1 || number > 5 || number != std::floor(number))) {
        return absl::InvalidArgumentError("takes a whole number from 1 to 5");
      }
      return sla::Value(number);
    }
    case sla::Type::kBool:
      if (text == "true") return sla::Value(true);
      if (text == "false") return sla::Value(false);
      return absl::InvalidArgumentError("takes true or false");
    case sla::Type::kDate: {
      absl::CivilDay day;
      if (text.size() != 10 || !absl::ParseCivilTime(text, &day) ||
          day.year() < 1) {
        return absl::InvalidArgumentError("takes a date, YYYY-MM-DD");
      }
      return sla::Value(day);
    }
    case sla::Type::kInstant: {
      absl::Time time;
      if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr) ||
          time < sla::Instant::Min().ToAbsl() ||
          time > sla::Instant::Max().ToAbsl()) {
        return absl::InvalidArgumentError(
            "takes an instant, as 2026-11-21T09:30:00Z");
      }
      return sla::Value(sla::Instant::From(time));
    }
    case sla::Type::kDuration:
      break;
  }
  return absl::InvalidArgumentError("cannot be set");
}

absl::string_view ItemKindName(v1::ItemKind kind) {
  switch (kind) {
    case v1::CASE:
      return "case";
    case v1::WORK_ORDER:
      return "work_order";
    default:
      return "";
  }
}

std::shared_ptr<const sla::Process> ToProcess(
    const v1::ProcessDefinition& definition, absl::string_view version,
    absl::string_view name, const ProcessContext& context,
    absl::string_view path, FieldViolations* violations) {
  Converter converter(context, violations);
  const size_t before = violations->size();
  auto process = std::make_shared<sla::Process>();
  process->version = std::string(version);
  process->name = std::string(name);
  process->item_kind = std::string(ItemKindName(definition.kind()));
  const auto at = [&](absl::string_view field) {
    return absl::StrCat(path, ".", field);
  };
  process->entry = converter.Criteria(definition.entry_criteria(),
                                      sla::Usage::kLevel, at("entry_criteria"));
  process->exit = converter.Criteria(definition.exit_criteria(),
                                     sla::Usage::kLevel, at("exit_criteria"));
  process->stop = converter.Criteria(definition.stop_criteria(),
                                     sla::Usage::kLevel, at("stop_criteria"));
  if (!definition.start_field().empty()) {
    const std::optional<int> slot =
        context.schema->Find(definition.start_field());
    if (!slot.has_value() ||
        context.schema->field(*slot).type != sla::Type::kInstant) {
      violations->Add(at("start_field"), ErrorReason::NOT_FOUND,
                      "names no instant field of the item");
    } else {
      process->start_field = *slot;
    }
  }
  process->hours = definition.business_hours();
  for (int i = 0; i < definition.milestones_size(); ++i) {
    process->placements.push_back(converter.Placement(
        definition.milestones(i), absl::StrCat(path, ".milestones[", i, "]")));
  }
  if (violations->size() != before) return process;
  // What the engine refuses is said in the client's own words for the parts.
  const absl::Status checked = sla::CheckProcess(*process, *context.schema);
  if (!checked.ok()) {
    const absl::string_view message = checked.message();
    const size_t colon = message.find(": ");
    if (colon == absl::string_view::npos) {
      violations->Add(path, ErrorReason::INVALID, message);
    } else {
      violations->Add(
          at(absl::StrReplaceAll(message.substr(0, colon),
                                 {{"placements", "milestones"},
                                  {"completion", "completion_criteria"},
                                  {"pause", "pause_criteria"}})),
          ErrorReason::INVALID, message.substr(colon + 2));
    }
  }
  return process;
}

}  // namespace charter::services
