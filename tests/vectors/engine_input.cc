#include "tests/vectors/engine_input.h"

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/sla/calendar/business_hours.h"

namespace charter::vectors {
namespace {

using sla::ItemSlot;

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error(what);
}

std::string Text(const Json& object, const char* key) {
  return object.value(key, std::string());
}

// The value of a name among these; of an absent one the first.
template <typename T>
T OneOf(const Json& object, const char* key,
        const std::vector<std::pair<std::string, T>>& names) {
  const std::string name = Text(object, key);
  if (name.empty()) return names.front().second;
  for (const auto& [known, value] : names) {
    if (name == known) return value;
  }
  Fail(absl::StrCat(key, " cannot be ", name));
}

int SecondOfDay(const std::string& wall) {
  const std::vector<std::string> parts = absl::StrSplit(wall, ':');
  int second = 0;
  int unit = 3600;
  for (const std::string& part : parts) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number)) Fail("no wall time: " + wall);
    second += number * unit;
    unit /= 60;
  }
  return second;
}

sla::WallInterval WallIntervalOf(const Json& object) {
  return {SecondOfDay(Text(object, "start")), SecondOfDay(Text(object, "end"))};
}

sla::Date DateOf(const Json& date) {
  return sla::Date(date.at("year").get<int>(), date.at("month").get<int>(),
                   date.at("day").get<int>());
}

sla::HoursVersion HoursVersionOf(const Json& definition,
                                 sla::Instant effective_time) {
  static const std::vector<std::pair<std::string, int>> kDays = {
      {"MONDAY", 0}, {"TUESDAY", 1},  {"WEDNESDAY", 2}, {"THURSDAY", 3},
      {"FRIDAY", 4}, {"SATURDAY", 5}, {"SUNDAY", 6}};
  sla::HoursVersion version;
  version.effective_time = effective_time;
  version.time_zone = Text(definition, "time_zone");
  for (const Json& interval : definition.value("weekly", Json::array())) {
    version.weekly[OneOf(interval, "day", kDays)].push_back(
        WallIntervalOf(interval));
  }
  for (const Json& closed : definition.value("holidays", Json::array())) {
    sla::Holiday holiday;
    holiday.name = Text(closed, "display_name");
    holiday.date = DateOf(closed.at("date"));
    if (closed.contains("start")) holiday.part = WallIntervalOf(closed);
    holiday.recurrence = Text(closed, "recurrence");
    version.holidays.push_back(std::move(holiday));
  }
  for (const Json& replaced : definition.value("overrides", Json::array())) {
    sla::Override day;
    day.name = Text(replaced, "display_name");
    day.date = DateOf(replaced.at("date"));
    for (const Json& interval : replaced.value("intervals", Json::array()))
      day.intervals.push_back(WallIntervalOf(interval));
    version.overrides.push_back(std::move(day));
  }
  return version;
}

// Reads processes; criteria mean what they mean to the schema.
class ProcessReader {
 public:
  ProcessReader(const Json& milestone_types, const sla::Schema& schema)
      : types_(milestone_types), schema_(schema) {}

  std::shared_ptr<const sla::Process> Read(const std::string& id,
                                           const Json& definition) const {
    auto process = std::make_shared<sla::Process>();
    process->name = absl::StrCat("entitlementProcesses/", id);
    process->version = VersionOf(id);
    process->entry = Criteria(definition, "entry_criteria");
    process->exit = Criteria(definition, "exit_criteria");
    process->stop = Criteria(definition, "stop_criteria");
    process->hours = Text(definition, "business_hours");
    for (const Json& placement : definition.at("milestones"))
      process->placements.push_back(PlacementOf(placement));
    const absl::Status status = sla::CheckProcess(*process, schema_);
    if (!status.ok()) Fail(status.ToString());
    return process;
  }

 private:
  std::optional<sla::Expression> Criteria(
      const Json& object, const char* key,
      sla::Usage usage = sla::Usage::kLevel) const {
    const std::string text = Text(object, key);
    if (text.empty()) return std::nullopt;
    absl::StatusOr<sla::Expression> parsed =
        sla::Expression::Parse(text, schema_, usage);
    if (!parsed.ok()) Fail(parsed.status().ToString());
    return *std::move(parsed);
  }

  sla::Placement PlacementOf(const Json& json) const {
    sla::Placement result;
    result.key = Text(json, "key");
    result.milestone_type = Text(json, "milestone_type");
    result.order = json.value("order", 0);
    const std::vector<std::string> type =
        absl::StrSplit(result.milestone_type, '/');
    result.recurrence =
        OneOf<sla::Recurrence>(types_, type.back().c_str(),
                               {{"NONE", sla::Recurrence::kNone},
                                {"INDEPENDENT", sla::Recurrence::kIndependent},
                                {"SEQUENTIAL", sla::Recurrence::kSequential}});
    result.rearm = OneOf<std::optional<sla::Rearm>>(
        json, "rearm",
        {{"REARM_UNSPECIFIED", std::nullopt},
         {"IMMEDIATELY", sla::Rearm::kImmediately},
         {"AFTER_FALSE", sla::Rearm::kAfterFalse}});
    result.on_event = json.value("on_event", false);
    result.criteria =
        Criteria(json, "criteria",
                 result.on_event ? sla::Usage::kEvent : sla::Usage::kLevel);
    result.start =
        OneOf<sla::StartsAt>(json, "start",
                             {{"PROCESS_START", sla::StartsAt::kProcessStart},
                              {"CRITERIA_MET", sla::StartsAt::kCriteriaMet}});
    result.target = LengthOf(json.at("target"));
    for (const Json& rule : json.value("target_rules", Json::array())) {
      result.target_rules.push_back(
          {*Criteria(rule, "when"), LengthOf(rule.at("target"))});
    }
    result.hours = Text(json, "business_hours");
    result.completion =
        Criteria(json, "completion_criteria", sla::Usage::kEvent);
    result.pause = Criteria(json, "pause_criteria");
    for (const Json& trigger : json.value("triggers", Json::array()))
      result.triggers.push_back(TriggerOf(trigger));
    result.on_exit = OneOf<sla::OnExit>(json, "on_exit",
                                        {{"FREEZE", sla::OnExit::kFreeze},
                                         {"COMPLETE", sla::OnExit::kComplete},
                                         {"CANCEL", sla::OnExit::kCancel}});
    result.on_reopen = OneOf<sla::OnReopen>(
        json, "on_reopen",
        {{"RESUME_OPEN", sla::OnReopen::kResumeOpen},
         {"RESUME_ALL", sla::OnReopen::kResumeAll},
         {"NEW_OCCURRENCE", sla::OnReopen::kNewOccurrence}});
    result.on_target_change = OneOf<sla::OnTargetChange>(
        json, "on_target_change",
        {{"CONTINUE", sla::OnTargetChange::kContinue},
         {"RESTART", sla::OnTargetChange::kRestart}});
    result.missed_triggers =
        OneOf<sla::MissedTriggers>(json, "missed_triggers",
                                   {{"FIRE", sla::MissedTriggers::kFire},
                                    {"SKIP", sla::MissedTriggers::kSkip}});
    return result;
  }

  static sla::Trigger TriggerOf(const Json& json) {
    sla::Trigger result;
    result.key = Text(json, "key");
    result.kind =
        OneOf<sla::TriggerKind>(json, "kind",
                                {{"WARNING", sla::TriggerKind::kWarning},
                                 {"VIOLATION", sla::TriggerKind::kViolation},
                                 {"SUCCESS", sla::TriggerKind::kSuccess}});
    for (const char* offset : {"before_target", "after_target"}) {
      if (json.contains(offset)) result.offset = LengthOf(json[offset]);
    }
    for (const char* percent : {"used_percent", "over_percent"}) {
      if (json.contains(percent)) result.percent = json[percent].get<int>();
    }
    for (const Json& action : json.value("actions", Json::array())) {
      sla::Action set{Text(action, "key"), {}};
      for (const auto& [field, value] :
           action.at("set_fields").at("fields").items()) {
        double priority = 0;
        if (field != "priority" ||
            !absl::SimpleAtod(value.get<std::string>(), &priority))
          Fail("actions of these cases set the priority alone");
        set.set_fields.push_back({ItemSlot::kPriority, priority});
      }
      result.actions.push_back(std::move(set));
    }
    return result;
  }

  const Json& types_;
  const sla::Schema& schema_;
};

// What a case's fields, or changes of them, are to the engine. A status comes
// with its category.
std::vector<sla::FieldChange> ChangesOf(const Json& item) {
  static const std::map<std::string, std::string> kCategories = {
      {"new", "NEW"},
      {"open", "OPEN"},
      {"waiting-customer", "WAITING_CUSTOMER"},
      {"waiting-other", "WAITING_OTHER"},
      {"resolved", "RESOLVED"},
      {"closed", "CLOSED"}};
  std::vector<sla::FieldChange> changes;
  for (const auto& [field, value] : item.items()) {
    if (field == "priority") {
      changes.push_back({ItemSlot::kPriority, value.get<double>()});
    } else if (field == "status") {
      changes.push_back({ItemSlot::kStatus, value.get<std::string>()});
      changes.push_back({ItemSlot::kStatusCategory, kCategories.at(value)});
    } else if (field == "owner") {
      changes.push_back({ItemSlot::kOwner, value.get<std::string>()});
    } else if (field == "business_hours") {
      changes.push_back({ItemSlot::kBusinessHours, value.get<std::string>()});
    } else {
      Fail("cases of this file have no " + field);
    }
  }
  return changes;
}

}  // namespace

sla::Instant InstantOf(const Json& text) {
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text.get<std::string>(), &time,
                       nullptr))
    Fail("no instant: " + text.dump());
  return sla::Instant::From(time);
}

sla::Duration LengthOf(const Json& text) {
  absl::Duration length;
  if (!absl::ParseDuration(text.get<std::string>(), &length))
    Fail("no duration: " + text.dump());
  return sla::Duration::From(length);
}

sla::Calendars CalendarsOf(const Json& entry) {
  sla::Calendars calendars;
  for (const auto& [id, definition] : entry.at("hours").items()) {
    sla::HoursDefinition hours;
    hours.versions.push_back(
        HoursVersionOf(definition, InstantOf(entry.at("opened"))));
    for (const Json& event : entry.at("events")) {
      if (Text(event, "hours") == id) {
        hours.versions.push_back(HoursVersionOf(
            event.at("definition"), InstantOf(event.at("occur_time"))));
      }
    }
    const auto compiled = sla::BusinessHours::Compile(hours);
    if (!compiled.ok()) Fail(compiled.status().ToString());
    calendars.by_id[absl::StrCat("businessHours/", id)] = *compiled;
  }
  return calendars;
}

absl::TimeZone ZoneOf(const Json& entry, const std::string& hours) {
  absl::TimeZone zone = absl::UTCTimeZone();
  for (const auto& [id, definition] : entry.at("hours").items()) {
    if (hours == absl::StrCat("businessHours/", id))
      absl::LoadTimeZone(Text(definition, "time_zone"), &zone);
  }
  return zone;
}

std::string VersionOf(const std::string& process) {
  return absl::StrCat("entitlementProcesses/", process, "/versions/1");
}

sla::Processes ProcessesOf(const Json& entry, const sla::Schema& schema) {
  const ProcessReader reader(entry.at("milestone_types"), schema);
  sla::Processes processes;
  for (const auto& [id, definition] : entry.at("processes").items())
    processes[VersionOf(id)] = reader.Read(id, definition);
  return processes;
}

sla::Event OpeningOf(const Json& entry) {
  sla::Event event;
  event.id = "1";
  event.kind = sla::EventKind::kCreated;
  event.occur_time = event.record_time = InstantOf(entry.at("opened"));
  Json item = {{"status", "new"}, {"priority", 3}};
  item.update(entry.at("case"));
  event.changes = ChangesOf(item);
  event.attach =
      sla::Attachment{VersionOf(entry.at("processes").items().begin().key()),
                      sla::AttachStart::kFromItemStart};
  return event;
}

sla::Event EventOf(const Json& json) {
  sla::Event event;
  event.occur_time = InstantOf(json.at("occur_time"));
  event.record_time = InstantOf(json.contains("recorded") ? json["recorded"]
                                                          : json["occur_time"]);
  if (json.contains("fields_changed")) {
    event.changes = ChangesOf(json["fields_changed"].at("case"));
  } else if (json.contains("interaction")) {
    const Json& said = json["interaction"];
    event.kind = sla::EventKind::kInteraction;
    event.interaction = sla::Interaction{
        OneOf<sla::Direction>(said, "direction",
                              {{"INBOUND", sla::Direction::kInbound},
                               {"OUTBOUND", sla::Direction::kOutbound}}),
        OneOf<sla::Author>(said, "author",
                           {{"CUSTOMER", sla::Author::kCustomer},
                            {"AGENT", sla::Author::kAgent},
                            {"SYSTEM", sla::Author::kSystem}}),
        Text(said, "channel"), said.value("automatic", false)};
  } else if (json.contains("milestone_completed")) {
    const std::vector<std::string> name =
        absl::StrSplit(Text(json["milestone_completed"], "milestone"), '/');
    event.kind = sla::EventKind::kMilestoneCompleted;
    event.milestone = name.back();
  } else if (json.contains("clock_stopped")) {
    event.kind = sla::EventKind::kStopped;
  } else if (json.contains("clock_resumed")) {
    event.kind = sla::EventKind::kResumed;
  } else if (json.contains("entitlement_changed")) {
    const Json& changed = json["entitlement_changed"];
    const std::string entitlement = Text(changed, "entitlement");
    event.kind = sla::EventKind::kEntitlementChanged;
    event.changes.push_back(
        {ItemSlot::kEntitlement,
         entitlement.empty() ? sla::Value() : sla::Value(entitlement)});
    // An entitlement has the id of its process.
    const std::vector<std::string> name = absl::StrSplit(entitlement, '/');
    event.attach = sla::Attachment{
        entitlement.empty() ? "" : VersionOf(name.back()),
        OneOf<sla::AttachStart>(
            changed, "start",
            {{"FROM_ITEM_START", sla::AttachStart::kFromItemStart},
             {"FROM_EVENT", sla::AttachStart::kFromEvent}})};
  } else {
    Fail("no event of these cases: " + json.dump());
  }
  return event;
}

}  // namespace charter::vectors
