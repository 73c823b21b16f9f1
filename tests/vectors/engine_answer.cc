#include "tests/vectors/engine_answer.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"

namespace charter::vectors {
namespace {

using nlohmann::ordered_json;

// As protobuf writes them: no digits, three or six after the seconds.
std::string Fraction(int64_t micros) {
  if (micros == 0) return "";
  return micros % 1000 == 0 ? absl::StrFormat(".%03d", micros / 1000)
                            : absl::StrFormat(".%06d", micros);
}

std::string Text(sla::Instant instant) {
  const absl::Time time = instant.ToAbsl();
  const absl::Time second =
      absl::FromUnixSeconds(absl::ToUnixSeconds(time));  // toward the past
  return absl::StrCat(
      absl::FormatTime("%Y-%m-%dT%H:%M:%S", second, absl::UTCTimeZone()),
      Fraction(absl::ToInt64Microseconds(time - second)), "Z");
}

std::string Text(sla::Duration duration) {
  const int64_t micros = std::abs(duration.micros());
  return absl::StrCat(duration.micros() < 0 ? "-" : "", micros / 1000000,
                      Fraction(micros % 1000000), "s");
}

// What is as it always is, protobuf leaves out.
void Put(ordered_json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
void Put(ordered_json& json, const char* key, int number) {
  if (number != 0) json[key] = number;
}
void Put(ordered_json& json, const char* key, bool flag) {
  if (flag) json[key] = true;
}
void Put(ordered_json& json, const char* key,
         const std::optional<sla::Instant>& instant) {
  if (instant.has_value()) json[key] = Text(*instant);
}

std::string NameOf(const std::string& instance) {
  return absl::StrCat("cases/c/milestones/",
                      absl::StrReplaceAll(instance, {{"/", "."}, {"#", "_"}}));
}

const char* NameOf(sla::MilestoneState state) {
  switch (state) {
    case sla::MilestoneState::kScheduled:
      return "SCHEDULED";
    case sla::MilestoneState::kRunning:
      return "RUNNING";
    case sla::MilestoneState::kPaused:
      return "PAUSED";
    case sla::MilestoneState::kCompleted:
      return "COMPLETED";
    case sla::MilestoneState::kCancelled:
      return "CANCELLED";
    case sla::MilestoneState::kFrozen:
      return "FROZEN";
  }
  return "";
}

const char* NameOf(sla::StretchKind kind) {
  switch (kind) {
    case sla::StretchKind::kCounting:
      return "COUNTING";
    case sla::StretchKind::kOverdue:
      return "OVERDUE";
    case sla::StretchKind::kPaused:
      return "PAUSED";
    case sla::StretchKind::kOutOfHours:
      return "OUT_OF_HOURS";
    case sla::StretchKind::kPausedOutOfHours:
      return "PAUSED_OUT_OF_HOURS";
    case sla::StretchKind::kOutOfProcess:
      return "OUT_OF_PROCESS";
  }
  return "";
}

std::string KindOf(const sla::Transition& transition,
                   const sla::Milestone* milestone) {
  if (transition.kind != sla::TransitionKind::kTriggered)
    return absl::AsciiStrToUpper(sla::TransitionKindName(transition.kind));
  for (const sla::TriggerStatus& trigger : milestone->triggers) {
    if (trigger.key != transition.trigger) continue;
    return trigger.kind == sla::TriggerKind::kViolation ? "VIOLATION_TRIGGER"
           : trigger.kind == sla::TriggerKind::kSuccess ? "SUCCESS_TRIGGER"
                                                        : "WARNING";
  }
  return "";
}

int PriorityOf(const sla::Evaluation& evaluation) {
  const auto* priority =
      std::get_if<double>(&evaluation.fields[sla::ItemSlot::kPriority]);
  return priority == nullptr ? 0 : static_cast<int>(*priority);
}

std::string OwnerOf(const sla::Evaluation& evaluation) {
  const auto* owner =
      std::get_if<std::string>(&evaluation.fields[sla::ItemSlot::kOwner]);
  return owner == nullptr ? "" : *owner;
}

}  // namespace

ordered_json ToJson(const sla::Milestone& milestone,
                    const sla::Evaluation& evaluation,
                    const std::string& hours) {
  const bool completed = milestone.state == sla::MilestoneState::kCompleted;
  ordered_json json;
  Put(json, "name", NameOf(milestone.id));
  json["case"] = "cases/c";
  json["kind"] = "CASE";
  json["account"] = "accounts/acme";
  Put(json, "milestone_type", milestone.milestone_type);
  Put(json, "placement", milestone.placement);
  Put(json, "occurrence", milestone.occurrence);
  Put(json, "process_version", milestone.process);
  Put(json, "business_hours", hours);
  json["state"] = NameOf(milestone.state);
  json["start_time"] = Text(milestone.start_time);
  Put(json, "target_time", milestone.target_time);
  Put(json, "target_time_if_resumed", milestone.target_time_if_resumed);
  Put(json, completed ? "completion_time" : "end_time", milestone.end_time);
  Put(json, "violated", milestone.violated);
  Put(json, "violation_time", milestone.violation_time);
  if (milestone.violation_time)
    json["violated_target"] = Text(milestone.violation_duration);
  Put(json, "met_last_target", milestone.met_last_target);
  json["target_duration"] = Text(milestone.target_duration);
  Put(json, "target_rule", milestone.target_rule + 1);
  json["elapsed"] = Text(milestone.elapsed);
  json["paused"] = Text(milestone.stopped);
  json["actual"] = Text(milestone.actual);
  json["remaining"] = Text(milestone.remaining);
  json["evaluate_time"] = Text(evaluation.as_of);
  Put(json, "priority", PriorityOf(evaluation));
  Put(json, "owner", OwnerOf(evaluation));
  return json;
}

ordered_json ToJson(const sla::Stretch& stretch) {
  ordered_json json = {{"start_time", Text(stretch.interval.from)},
                       {"end_time", Text(stretch.interval.to)},
                       {"kind", NameOf(stretch.kind)}};
  Put(json, "cause", stretch.cause);
  json["actual"] = Text(stretch.actual);
  return json;
}

ordered_json ToJson(const sla::Transition& transition,
                    const sla::Evaluation& evaluation) {
  const sla::Milestone* milestone =
      transition.milestone < 0 ? nullptr
                               : &evaluation.milestones[transition.milestone];
  ordered_json json;
  if (milestone != nullptr) {
    json["milestone"] = NameOf(milestone->id);
    json["milestone_type"] = milestone->milestone_type;
  }
  json["kind"] = KindOf(transition, milestone);
  json["time"] = Text(transition.instant);
  Put(json, "moment", transition.moment);
  Put(json, "trigger", transition.trigger);
  Put(json, "cause", transition.cause);
  Put(json, "late", transition.late);
  return json;
}

}  // namespace charter::vectors
