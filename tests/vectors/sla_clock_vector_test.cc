// Runs sla_clock.jsonl: tickets with the state that their clocks must have.
// What the words of a row become is said in tests/vectors/data/README.md.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/sla/clock/evaluate.h"
#include "tests/vectors/vector_file.h"

namespace charter::vectors {
namespace {

using nlohmann::json;
using sla::Duration;
using sla::Event;
using sla::EventKind;
using sla::Expression;
using sla::Instant;
using sla::ItemSlot;
using sla::Milestone;
using sla::MilestoneState;
using sla::Placement;
using sla::Usage;

const char* const kMetrics[] = {"first_response", "update", "resolution"};

// The row's own words, as far as they hold for the whole row.
class Row {
 public:
  explicit Row(const json& row)
      : row_(row), policy_(row.at("policy")), schema_(sla::MakeItemSchema()) {
    for (const json& event : row.at("events")) Note(event);
    Note(json{{"priority", nullptr}});
    const json by_priority =
        policy_.value("targets_by_priority", json::object());
    for (const auto& [name, targets] : by_priority.items()) Priority(name);
    for (const json& expect : row.at("expect")) {
      for (const json& warning : expect.value("warnings", json::array())) {
        offsets_[expect.at("metric")].insert(
            ParseSeconds(warning.at("offset_s")));
      }
    }
  }

  std::string Check() {
    std::string problems;
    for (const json& expect : row_.at("expect")) {
      const std::string problem = CheckOne(expect);
      if (!problem.empty()) {
        absl::StrAppend(&problems, problems.empty() ? "" : "; ",
                        expect.at("metric").get<std::string>(), " at ",
                        expect.at("at").get<std::string>(), ": ", problem);
      }
    }
    return problems;
  }

 private:
  void Note(const json& event) {
    if (event.contains("priority")) Priority(event["priority"]);
    if (event.value("type", "") == "priority") Priority(event.at("value"));
  }

  // Priorities have names or numbers in the rows, numbers in a case.
  double Priority(const json& name) {
    return priorities_.try_emplace(name.dump(), priorities_.size() + 1)
        .first->second;
  }

  Expression Parse(const std::string& text, Usage usage = Usage::kLevel) {
    absl::StatusOr<Expression> e = Expression::Parse(text, schema_, usage);
    if (!e.ok()) throw std::runtime_error(e.status().ToString());
    return *std::move(e);
  }

  std::optional<Expression> StatusIn(const json& statuses) {
    if (statuses.empty()) return std::nullopt;
    return Parse("status in " + statuses.dump());
  }

  std::string CategoryOf(const json& status) {
    const auto is_in = [&](const char* list) {
      const json names = policy_.value(list, json::array());
      return std::find(names.begin(), names.end(), status) != names.end();
    };
    if (is_in("closed_statuses")) return "CLOSED";
    return is_in("pause_statuses") ? "WAITING_CUSTOMER" : "OPEN";
  }

  // One metric of a policy as a placement, if it has any target for it.
  std::optional<Placement> MakePlacement(const std::string& metric,
                                         const json& targets,
                                         const json& by_priority) {
    const std::string key = metric + "_s";
    Placement placement;
    placement.key = placement.milestone_type = metric;
    std::vector<std::string> conditions;
    std::string listed;
    for (const auto& [name, its_targets] : by_priority.items()) {
      const std::string number = absl::StrCat(Priority(name));
      absl::StrAppend(&listed, listed.empty() ? "" : ", ", number);
      if (!its_targets.contains(key)) {
        conditions.push_back("priority != " + number);
        continue;
      }
      placement.target = ParseSeconds(its_targets[key]);
      placement.target_rules.push_back(
          {Parse("priority == " + number), placement.target});
    }
    if (targets.contains(key)) {
      placement.target = ParseSeconds(targets[key]);
    } else if (placement.target_rules.empty()) {
      return std::nullopt;
    } else {
      conditions.push_back("priority in [" + listed + "]");
    }
    if (metric == "first_response") {
      conditions.push_back("!has(last_outbound_time)");
      placement.completion = Parse("has(last_outbound_time)");
    } else if (metric == "update") {
      conditions.push_back("has(unanswered_since)");
      placement.completion = Parse("!has(unanswered_since)");
      placement.recurrence = sla::Recurrence::kIndependent;
      placement.start = sla::StartsAt::kCriteriaMet;
    } else {
      placement.completion = Parse("is_closed");
      placement.on_reopen = sla::OnReopen::kResumeAll;
    }
    if (!conditions.empty()) {
      std::string text;
      for (const std::string& condition : conditions) {
        absl::StrAppend(&text, text.empty() ? "" : " && ", condition);
      }
      placement.criteria = Parse(text);
    }
    const json applies = policy_.value("pause_applies_to", json());
    if (std::find(applies.begin(), applies.end(), metric) != applies.end()) {
      placement.pause =
          StatusIn(policy_.value("pause_statuses", json::array()));
    }
    for (const Duration offset : offsets_[metric]) {
      sla::Trigger trigger;
      trigger.key = TriggerKey(offset);
      const bool before = offset < Duration::Zero();
      trigger.kind =
          before ? sla::TriggerKind::kWarning : sla::TriggerKind::kViolation;
      trigger.offset = before ? -offset : offset;
      placement.triggers.push_back(trigger);
    }
    return placement;
  }

  static std::string TriggerKey(Duration offset) {
    return absl::StrCat("offset", offset.micros());
  }

  // `number` keeps the processes apart: each policy is another agreement.
  std::shared_ptr<const sla::Process> MakeProcess(size_t number,
                                                  const json& targets,
                                                  const json& by_priority) {
    auto process = std::make_shared<sla::Process>();
    process->version = process->name = absl::StrCat("policy", number);
    if (!policy_.contains("pause_applies_to")) {
      process->stop = StatusIn(policy_.value("pause_statuses", json::array()));
    }
    for (const char* metric : kMetrics) {
      std::optional<Placement> placement =
          MakePlacement(metric, targets, by_priority);
      if (placement) process->placements.push_back(*std::move(placement));
    }
    const absl::Status status = sla::CheckProcess(*process, schema_);
    if (!status.ok()) throw std::runtime_error(status.ToString());
    return process;
  }

  std::string Attach(Event& event, const json& targets, const json& by_priority,
                     bool restart) {
    auto process = MakeProcess(processes_.size(), targets, by_priority);
    processes_[process->version] = process;
    event.attach = {process->version, restart
                                          ? sla::AttachStart::kFromEvent
                                          : sla::AttachStart::kFromItemStart};
    return process->version;
  }

  void SetStatus(Event& event, const json& status) {
    event.changes.push_back({ItemSlot::kStatus, status.get<std::string>()});
    event.changes.push_back({ItemSlot::kStatusCategory, CategoryOf(status)});
  }

  void AddEvent(const json& entry) {
    const std::string type = entry.at("type");
    Event event;
    event.id = absl::StrCat("e", history_.events.size());
    event.occur_time = ParseInstant(entry.at("at"));
    if (type == "created") {
      event.kind = EventKind::kCreated;
      SetStatus(event, entry.value("status", json("open")));
      event.changes.push_back(
          {ItemSlot::kPriority, Priority(entry.value("priority", json()))});
      if (entry.value("customer_message", true)) {
        event.interaction = {sla::Direction::kInbound, sla::Author::kCustomer,
                             "", false};
      }
      Attach(event, policy_.value("targets", json::object()),
             policy_.value("targets_by_priority", json::object()), false);
    } else if (type == "agent_reply") {
      event.kind = EventKind::kInteraction;
      event.interaction = {sla::Direction::kOutbound, sla::Author::kAgent, "",
                           false};
    } else if (type == "customer_reply") {
      event.kind = EventKind::kInteraction;
      event.interaction = {sla::Direction::kInbound, sla::Author::kCustomer, "",
                           false};
    } else if (type == "status") {
      SetStatus(event, entry.at("value"));
    } else if (type == "priority") {
      event.changes.push_back(
          {ItemSlot::kPriority, Priority(entry.at("value"))});
    } else if (type == "policy") {
      event.kind = EventKind::kEntitlementChanged;
      const json value =
          entry.at("value").is_null() ? json::object() : entry.at("value");
      const json by_priority =
          value.value("targets_by_priority", json::object());
      Attach(event, value.value("targets", value), by_priority,
             entry.value("restart", false));
    } else if (type == "schedule") {
      AddHours(entry.at("value"), event.occur_time);
      return;
    } else {
      throw std::runtime_error("unknown event type " + type);
    }
    history_.events.push_back(std::move(event));
  }

  void AddHours(const json& schedule, Instant effective_time) {
    sla::HoursVersion version;
    if (schedule.is_null()) {
      version.time_zone = "UTC";
      for (auto& day : version.weekly) day = {{0, 86400}};
    } else {
      version = ParseSchedule(schedule).versions.at(0);
    }
    version.effective_time = effective_time;
    hours_.versions.push_back(std::move(version));
  }

  // What is known at `at`: the events and the hours until then.
  absl::StatusOr<sla::Evaluation> EvaluateAt(Instant at) {
    history_ = sla::History();
    processes_.clear();
    hours_ = sla::HoursDefinition();
    AddHours(row_.at("schedule"), Instant::Min());
    for (const json& entry : row_.at("events")) {
      if (ParseInstant(entry.at("at")) <= at) AddEvent(entry);
    }
    auto hours = sla::BusinessHours::Compile(hours_, sla::NeverOpens::kAllow);
    if (!hours.ok()) return hours.status();
    sla::Calendars calendars;
    calendars.standard = *hours;
    return sla::Evaluate(history_, processes_, calendars, at);
  }

  std::string CheckOne(const json& expect) {
    const std::string metric = expect.at("metric");
    const absl::StatusOr<sla::Evaluation> evaluation =
        EvaluateAt(ParseInstant(expect.at("at")));
    if (!evaluation.ok()) return evaluation.status().ToString();
    const Milestone* found = nullptr;
    for (const Milestone& m : evaluation->milestones) {
      if (m.placement == metric) found = &m;
    }
    std::string problems;
    for (const auto& [field, expected] : expect.items()) {
      if (field == "at" || field == "metric") continue;
      if (field == "warnings") {
        for (const json& warning : expected) {
          Compare("warning", WarningOf(found, warning.at("offset_s")),
                  Normal(warning.at("at")), problems);
        }
        continue;
      }
      Compare(field, Answer(field, found), Normal(expected), problems);
    }
    return problems;
  }

  static void Compare(const std::string& field, const std::string& answer,
                      const std::string& expected, std::string& problems) {
    if (answer == expected) return;
    absl::StrAppend(&problems, problems.empty() ? "" : ", ", field, " is ",
                    answer, ", expected ", expected);
  }

  // An expected value as text: instants, durations and flags.
  static std::string Normal(const json& expected) {
    if (expected.is_null()) return "null";
    if (expected.is_boolean()) return expected.get<bool>() ? "true" : "false";
    if (expected.is_number()) return Normal(ParseSeconds(expected));
    return Text(ParseInstant(expected));
  }
  static std::string Normal(Duration d) {
    return absl::StrCat(d.micros(), " us");
  }
  static std::string Normal(bool b) { return b ? "true" : "false"; }

  static std::string WarningOf(const Milestone* m, const json& offset) {
    if (m == nullptr) return "null";
    for (const sla::TriggerStatus& trigger : m->triggers) {
      if (trigger.key == TriggerKey(ParseSeconds(offset)) && trigger.moment) {
        return Text(*trigger.moment);
      }
    }
    return "null";
  }

  static std::string Answer(const std::string& field, const Milestone* m) {
    if (field == "violated") return Normal(m != nullptr && m->violated);
    if (field == "active") {
      return Normal(m != nullptr && m->state == MilestoneState::kRunning);
    }
    if (field == "paused") {
      return Normal(m != nullptr && m->state == MilestoneState::kPaused);
    }
    if (m == nullptr) return "null";
    if (field == "escalation_at") {
      const std::optional<Instant> t =
          m->target_time ? m->target_time : m->target_time_if_resumed;
      return t ? Text(*t) : "null";
    }
    if (field == "elapsed_s") return Normal(m->actual);
    if (field == "late_by_s") return Normal(m->late_by());
    if (field == "target") return Normal(m->target_duration);
    if (field == "paused_s") return Normal(FinishedPauses(*m));
    throw std::runtime_error("unknown field " + field);
  }

  static Duration FinishedPauses(const Milestone& m) {
    Duration sum;
    for (size_t i = 0; i < m.spans.size(); ++i) {
      const sla::Span& span = m.spans[i];
      const bool under_way =
          i + 1 == m.spans.size() && m.state == MilestoneState::kPaused;
      if (span.cause != sla::PauseCause::kNone &&
          span.cause != sla::PauseCause::kOutOfProcess && !under_way) {
        sum += span.open;
      }
    }
    return sum;
  }

  const json& row_;
  const json& policy_;
  const sla::Schema schema_;
  std::map<std::string, double> priorities_;
  std::map<std::string, std::set<Duration>> offsets_;
  // Of the evaluation under way.
  sla::History history_;
  sla::Processes processes_;
  sla::HoursDefinition hours_;
};

}  // namespace
}  // namespace charter::vectors

int main() {
  return charter::vectors::RunFile("sla_clock.jsonl",
                                   [](const nlohmann::json& row) {
                                     return charter::vectors::Row(row).Check();
                                   });
}
