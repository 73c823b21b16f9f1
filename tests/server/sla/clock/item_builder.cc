#include "tests/server/sla/clock/item_builder.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

namespace charter::sla {
namespace {

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::cerr << value.status() << "\n";
    std::abort();
  }
  return *std::move(value);
}

Schema MakeTestSchema() {
  Schema schema = MakeItemSchema();
  schema.Add({"attributes.flag", Type::kBool, {}});
  return schema;
}

std::shared_ptr<const BusinessHours> OfficeHours() {
  HoursVersion version;
  version.time_zone = "UTC";
  for (int day = 0; day < 5; ++day) {
    version.weekly[day] = {{9 * 3600, 17 * 3600}};
  }
  HoursDefinition definition;
  definition.versions.push_back(std::move(version));
  return OrDie(BusinessHours::Compile(definition));
}

}  // namespace

Instant T(absl::string_view text) {
  int days = 0;
  const size_t space = text.find(' ');
  if (space != absl::string_view::npos) {
    days = std::atoi(std::string(text.substr(0, space)).c_str());
    text = text.substr(space + 1);
  }
  int seconds = 0;
  int unit = 3600;
  for (absl::string_view part : absl::StrSplit(text, ':')) {
    seconds += std::atoi(std::string(part).c_str()) * unit;
    unit /= 60;
  }
  const absl::Time monday =
      absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone());
  return Instant::From(monday) + Duration::Hours(24 * days) +
         Duration::Seconds(seconds);
}

const Schema& TestSchema() {
  static const Schema& schema = *new Schema(MakeTestSchema());
  return schema;
}

int FlagField() { return ItemSlot::kBuiltIn; }

Expression Level(absl::string_view text) {
  return OrDie(Expression::Parse(text, TestSchema(), Usage::kLevel));
}

Expression AboutEvent(absl::string_view text) {
  return OrDie(Expression::Parse(text, TestSchema(), Usage::kEvent));
}

Trigger Warning(std::string key, Duration before) {
  return {std::move(key), TriggerKind::kWarning, before, std::nullopt, {}};
}

Trigger Violation(std::string key, Duration after) {
  return {std::move(key), TriggerKind::kViolation, after, std::nullopt, {}};
}

Trigger Success(std::string key) {
  return {std::move(key), TriggerKind::kSuccess, {}, std::nullopt, {}};
}

Trigger Setting(Trigger trigger, int slot, Value value) {
  trigger.actions.push_back({absl::StrCat("set", trigger.actions.size()),
                             {{slot, std::move(value)}}});
  return trigger;
}

TestItem::TestItem() : process_(std::make_shared<Process>()) {
  process_->version = "v1";
  process_->name = "gold";
  processes["v1"] = process_;
  calendars.by_id["office"] = OfficeHours();
  history.item = "case";
}

Placement& TestItem::Add(std::string key, Duration target) {
  Placement placement;
  placement.key = placement.milestone_type = std::move(key);
  placement.target = target;
  placement.order = static_cast<int>(process_->placements.size());
  process_->placements.push_back(std::move(placement));
  return process_->placements.back();
}

Process& TestItem::CopyProcess(const std::string& version,
                               const std::string& name) {
  auto copy = std::make_shared<Process>(*process_);
  copy->version = version;
  if (!name.empty()) copy->name = name;
  processes[version] = copy;
  return *copy;
}

Event& TestItem::Happens(absl::string_view when, EventKind kind) {
  Event event;
  event.id = absl::StrCat("e", history.events.size());
  event.kind = kind;
  event.occur_time = event.record_time = T(when);
  history.events.push_back(std::move(event));
  return history.events.back();
}

Event& TestItem::Create(absl::string_view when, const std::string& process) {
  Event& event = Happens(when, EventKind::kCreated);
  event.changes = {{ItemSlot::kStatusCategory, std::string("NEW")}};
  if (!process.empty()) event.attach = {process, AttachStart::kFromItemStart};
  return event;
}

Event& TestItem::Set(absl::string_view when, int slot, Value value) {
  Event& event = Happens(when, EventKind::kFieldsChanged);
  event.changes = {{slot, std::move(value)}};
  return event;
}

Event& TestItem::Status(absl::string_view when, const std::string& category) {
  return Set(when, ItemSlot::kStatusCategory, category);
}

Event& TestItem::CustomerWrites(absl::string_view when) {
  Event& event = Happens(when, EventKind::kInteraction);
  event.interaction = {Direction::kInbound, Author::kCustomer, "email", false};
  return event;
}

Event& TestItem::AgentWrites(absl::string_view when) {
  Event& event = Happens(when, EventKind::kInteraction);
  event.interaction = {Direction::kOutbound, Author::kAgent, "email", false};
  return event;
}

Event& TestItem::CompleteByHand(absl::string_view when,
                                const std::string& milestone) {
  Event& event = Happens(when, EventKind::kMilestoneCompleted);
  event.milestone = milestone;
  return event;
}

Event& TestItem::Stop(absl::string_view when) {
  return Happens(when, EventKind::kStopped);
}

Event& TestItem::Resume(absl::string_view when) {
  return Happens(when, EventKind::kResumed);
}

Event& TestItem::Attach(absl::string_view when, const std::string& process,
                        AttachStart start) {
  Event& event = Happens(when, EventKind::kEntitlementChanged);
  event.attach = {process, start};
  return event;
}

absl::StatusOr<Evaluation> TestItem::TryEvaluate(absl::string_view when) const {
  for (const auto& [version, process] : processes) {
    const absl::Status status = CheckProcess(*process, TestSchema());
    if (!status.ok()) return status;
  }
  return Evaluate(history, processes, calendars, T(when));
}

Evaluation TestItem::At(absl::string_view when) const {
  return OrDie(TryEvaluate(when));
}

Milestone TestItem::M(absl::string_view when,
                      const std::string& placement) const {
  const Evaluation evaluation = At(when);
  const Milestone* found = nullptr;
  for (const Milestone& m : evaluation.milestones) {
    if (m.placement == placement) found = &m;
  }
  if (found == nullptr) {
    std::cerr << "no milestone of " << placement << " at " << when << "\n";
    std::abort();
  }
  return *found;
}

std::vector<std::string> Told(const std::vector<Transition>& transitions) {
  std::vector<std::string> told;
  for (const Transition& t : transitions) {
    const int64_t seconds = (t.instant - T("00:00")).seconds();
    told.push_back(
        absl::StrCat(TransitionKindName(t.kind), t.instance.empty() ? "" : " ",
                     t.instance, " ", t.cause, " ",
                     absl::FormatTime("%H:%M", absl::FromUnixSeconds(seconds),
                                      absl::UTCTimeZone()),
                     t.late ? " late" : ""));
  }
  return told;
}

}  // namespace charter::sla
