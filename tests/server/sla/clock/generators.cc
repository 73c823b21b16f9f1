#include "tests/server/sla/clock/generators.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>
#include <vector>

namespace charter::sla {
namespace {

constexpr Duration kQuarter = Duration::Minutes(15);
constexpr int kQuarters = 14 * 24 * 4;
// Friday 2026-03-06 00:00 UTC: New York changes its clocks two days later.
constexpr Instant kBegin = Instant::FromSeconds(1772755200);

Schema MakeRandomSchema() {
  Schema schema = MakeItemSchema();
  schema.Add({"attributes.flag", Type::kBool, {}});
  schema.Add({"attributes.tier", Type::kString, {}});
  return schema;
}

const char* const kLevels[] = {
    "priority == 1",
    "priority <= 2",
    "priority != 2",
    "attributes.flag",
    "!attributes.flag",
    "attributes.tier == \"gold\"",
    "status_category == \"NEW\"",
    "status_category in [\"WAITING_CUSTOMER\", \"WAITING_OTHER\"]",
    "status_category != \"OPEN\"",
    "has(unanswered_since)",
    "!has(unanswered_since)",
    "is_stopped",
    "is_closed",
    "reopen_count > 0",
    "has(last_outbound_time)",
    "priority == 1 && !attributes.flag",
};
const char* const kEvents[] = {
    "event.kind == \"interaction\" && event.author == \"agent\"",
    "event.direction == \"inbound\" && !event.automatic",
    "changed(priority)",
    "changed(status_category) && status_category == \"RESOLVED\"",
    "old.status_category == \"NEW\" && status_category != \"NEW\"",
    "changed(attributes.flag) && attributes.flag",
};

class Maker {
 public:
  Maker(uint64_t seed, const RandomOptions& options)
      : random_(seed), options_(options) {}

  RandomItem Make() {
    MakeHours("");
    MakeHours("h1");
    MakeHours("h2");
    MakeProcess("p1", "p");
    MakeProcess("p2", "p");
    MakeProcess("q1", "q");
    MakeHistory();
    return std::move(item_);
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % n); }
  bool OneIn(int n) { return Below(n) == 0; }
  template <typename T, size_t N>
  const T& Pick(const T (&values)[N]) {
    return values[Below(N)];
  }

  Expression Parse(const char* text, Usage usage) {
    absl::StatusOr<Expression> e =
        Expression::Parse(text, RandomSchema(), usage);
    if (!e.ok()) {
      std::cerr << text << ": " << e.status() << "\n";
      std::abort();
    }
    return *std::move(e);
  }
  Expression Level() { return Parse(Pick(kLevels), Usage::kLevel); }
  Expression AboutEvent() { return Parse(Pick(kEvents), Usage::kEvent); }
  std::optional<Expression> MaybeLevel(int one_in) {
    if (!OneIn(one_in)) return std::nullopt;
    return Level();
  }

  // Mostly whole quarters of an hour, up to `quarters` of them, never zero.
  Duration Length(int quarters) {
    if (OneIn(5)) return Duration::Seconds(1 + Below(quarters * 900));
    return kQuarter * (1 + Below(quarters));
  }
  Instant Moment() {
    if (OneIn(5))
      return item_.begin + Duration::Seconds(Below(kQuarters * 900));
    return item_.begin + kQuarter * Below(kQuarters);
  }

  void MakeHours(const std::string& id) {
    HoursDefinition definition;
    if (OneIn(3)) {
      definition.always = true;
    } else {
      const int versions = OneIn(3) ? 2 : 1;
      for (int i = 0; i < versions; ++i) {
        HoursVersion version = MakeVersion();
        version.effective_time =
            kBegin + kQuarter * (i == 0 ? 0 : Below(kQuarters));
        definition.versions.push_back(std::move(version));
      }
    }
    auto compiled = BusinessHours::Compile(definition);
    if (!compiled.ok()) {
      std::cerr << compiled.status() << "\n";
      std::abort();
    }
    if (id.empty()) {
      item_.calendars.standard = *compiled;
    } else {
      item_.calendars.by_id[id] = *compiled;
    }
    item_.hours[id] = std::move(definition);
  }

  HoursVersion MakeVersion() {
    static const char* const kZones[] = {"UTC", "America/New_York",
                                         "Asia/Kolkata"};
    HoursVersion version;
    version.time_zone = Pick(kZones);
    for (int day = 0; day < 7; ++day) {
      if (day > 0 && OneIn(4)) continue;  // Mondays are always open
      const int from = Below(18);
      version.weekly[day].push_back(
          {from * 3600, std::min(24, from + 1 + Below(9)) * 3600});
      if (OneIn(4)) version.weekly[day].push_back({22 * 3600, 3 * 3600});
    }
    const Date monday(2026, 3, 9);
    if (OneIn(3)) {
      version.holidays.push_back(
          {"holiday", monday + Below(10), std::nullopt, "", {}});
    }
    if (OneIn(3)) {
      version.overrides.push_back(
          {"override", monday + Below(10), {{6 * 3600, 9 * 3600}}});
    }
    return version;
  }

  std::string HoursId() {
    static const char* const kIds[] = {"", "", "h1", "h2"};
    return Pick(kIds);
  }

  std::vector<FieldChange> Changes() {
    std::vector<FieldChange> changes;
    switch (Below(6)) {
      case 0:
        changes.push_back({ItemSlot::kPriority, 1.0 + Below(3)});
        break;
      case 1:
        changes.push_back({FlagSlot(), OneIn(2)});
        break;
      case 2:
        changes.push_back(
            {TierSlot(), std::string(OneIn(2) ? "gold" : "silver")});
        break;
      case 3:
        changes.push_back({ItemSlot::kBusinessHours, HoursValue()});
        break;
      default:
        changes.push_back(Category());
    }
    return changes;
  }
  FieldChange Category() {
    return {ItemSlot::kStatusCategory, StatusCategories()[Below(6)]};
  }
  Value HoursValue() {
    const std::string id = HoursId();
    return id.empty() ? Value() : Value(id);
  }

  Trigger MakeTrigger(int number) {
    Trigger trigger;
    trigger.key = "t" + std::to_string(number);
    trigger.kind = static_cast<TriggerKind>(Below(3));
    if (OneIn(3)) {
      trigger.percent = 25 * Below(6);
    } else {
      trigger.offset = OneIn(3) ? Duration::Zero() : Length(16);
    }
    if (options_.actions && OneIn(4)) {
      Action action;
      action.key = "a";
      action.set_fields = Changes();
      trigger.actions.push_back(std::move(action));
    }
    if (OneIn(8)) trigger.actions.push_back({"notify", {}});
    return trigger;
  }

  Placement MakePlacement(int number) {
    static const char* const kTypes[] = {"response", "update", "resolution"};
    Placement p;
    // The versions of a process share some keys and types.
    p.key = OneIn(5) ? "x" + std::to_string(random_() % 1000)
                     : "m" + std::to_string(number);
    p.milestone_type = Pick(kTypes);
    p.order = Below(3);
    p.recurrence = static_cast<Recurrence>(Below(3));
    if (OneIn(3)) {
      p.rearm = OneIn(2) ? Rearm::kAfterFalse : Rearm::kImmediately;
    }
    if (OneIn(5)) {
      p.criteria = AboutEvent();
      p.on_event = true;
    } else {
      p.criteria = MaybeLevel(2);
    }
    p.start = OneIn(2) ? StartsAt::kProcessStart : StartsAt::kCriteriaMet;
    p.target = Length(24 * 4);
    for (int i = Below(3); i > 0; --i) {
      p.target_rules.push_back({Level(), Length(24 * 4)});
    }
    if (OneIn(3)) p.hours = HoursId();
    if (!OneIn(5)) p.completion = OneIn(2) ? Level() : AboutEvent();
    p.pause = MaybeLevel(4);
    for (int i = Below(4); i > 0; --i) p.triggers.push_back(MakeTrigger(i));
    p.on_exit = static_cast<OnExit>(Below(3));
    p.on_reopen =
        static_cast<OnReopen>(Below(p.recurrence == Recurrence::kNone ? 2 : 3));
    p.on_target_change = static_cast<OnTargetChange>(Below(2));
    p.missed_triggers = static_cast<MissedTriggers>(Below(2));
    return p;
  }

  void MakeProcess(const std::string& version, const std::string& name) {
    static const char* const kStops[] = {
        "status_category in [\"WAITING_CUSTOMER\", \"WAITING_OTHER\"]",
        "attributes.flag", "attributes.tier == \"gold\""};
    static const char* const kExits[] = {"status_category == \"CLOSED\"",
                                         "attributes.tier == \"silver\""};
    auto process = std::make_shared<Process>();
    process->version = version;
    process->name = name;
    process->item_kind = "case";
    if (OneIn(4)) process->entry = Level();
    if (OneIn(4)) process->exit = Parse(Pick(kExits), Usage::kLevel);
    if (OneIn(2)) process->stop = Parse(Pick(kStops), Usage::kLevel);
    if (OneIn(3)) process->hours = HoursId();
    const int placements = 1 + Below(3);
    for (int i = 0; i < placements; ++i) {
      Placement p = MakePlacement(i);
      const auto same = [&p](const Placement& o) { return o.key == p.key; };
      if (std::any_of(process->placements.begin(), process->placements.end(),
                      same)) {
        continue;
      }
      process->placements.push_back(std::move(p));
    }
    const absl::Status status = CheckProcess(*process, RandomSchema());
    if (!status.ok()) {
      std::cerr << status << "\n";
      std::abort();
    }
    item_.process_list[version] = std::move(process);
  }

  Interaction Message() {
    Interaction message;
    message.direction = OneIn(2) ? Direction::kInbound : Direction::kOutbound;
    message.author = static_cast<Author>(Below(3));
    message.channel = "email";
    message.automatic = OneIn(5);
    return message;
  }

  void MakeHistory() {
    static const char* const kVersions[] = {"p1", "p1", "p2", "q1", ""};
    History& history = item_.history;
    history.item = "case";
    item_.begin = kBegin + kQuarter * Below(96);
    item_.end = item_.begin + kQuarter * kQuarters;
    Event created;
    created.id = "e0";
    created.kind = EventKind::kCreated;
    created.occur_time = created.record_time = item_.begin;
    created.changes = {{ItemSlot::kStatusCategory, std::string("NEW")},
                       {ItemSlot::kPriority, 1.0 + Below(3)},
                       {FlagSlot(), OneIn(3)}};
    if (OneIn(2))
      created.changes.push_back({ItemSlot::kBusinessHours, HoursValue()});
    if (OneIn(2)) created.interaction = Message();
    if (!OneIn(8)) {
      created.attach = {OneIn(8) ? "p2" : "p1", AttachStart::kFromItemStart};
    }
    history.events.push_back(created);
    std::vector<Instant> times;
    for (int n = Below(options_.max_events + 1); n > 0; --n) {
      times.push_back(!times.empty() && OneIn(6) ? times.back() : Moment());
    }
    std::sort(times.begin(), times.end());
    Instant recorded = item_.begin;
    if (options_.late) {
      for (size_t i = 1; i < times.size(); ++i) {
        if (OneIn(5)) std::swap(times[i - 1], times[i]);
      }
    }
    for (const Instant t : times) {
      Event e;
      e.id = "e" + std::to_string(history.events.size());
      e.occur_time = t;
      recorded = std::max(recorded, t);
      e.record_time = recorded;
      switch (Below(16)) {
        case 0:
        case 1:
        case 2:
          e.kind = EventKind::kInteraction;
          e.interaction = Message();
          if (OneIn(3)) e.changes = Changes();
          break;
        case 3:
          e.kind = EventKind::kMilestoneCompleted;
          e.milestone = "m" + std::to_string(Below(3));
          break;
        case 4:
          e.kind = EventKind::kStopped;
          break;
        case 5:
        case 6:
          e.kind = EventKind::kResumed;
          break;
        case 7:
          if (options_.moves && OneIn(2)) {
            e.kind =
                OneIn(3) ? EventKind::kMoved : EventKind::kEntitlementChanged;
            e.attach = {Pick(kVersions), OneIn(3)
                                             ? AttachStart::kFromEvent
                                             : AttachStart::kFromItemStart};
            if (e.kind == EventKind::kMoved) e.attach->process = "p2";
          }
          break;
        case 8:
          if (options_.deletion && OneIn(6)) e.kind = EventKind::kDeleted;
          break;
        case 9:
        case 10:
          e.changes = {Category()};
          break;
        default:
          e.changes = Changes();
          if (OneIn(4)) e.changes.push_back(Category());
      }
      history.events.push_back(std::move(e));
    }
    if (OneIn(6)) history.live_from = Moment();
  }

  std::mt19937_64 random_;
  const RandomOptions& options_;
  RandomItem item_;
};

}  // namespace

const Schema& RandomSchema() {
  static const Schema& schema = *new Schema(MakeRandomSchema());
  return schema;
}

int FlagSlot() { return ItemSlot::kBuiltIn; }
int TierSlot() { return ItemSlot::kBuiltIn + 1; }

Processes RandomItem::processes() const {
  Processes processes;
  for (const auto& [version, process] : process_list) {
    processes[version] = process;
  }
  return processes;
}

RandomItem MakeRandomItem(uint64_t seed, const RandomOptions& options) {
  return Maker(seed, options).Make();
}

}  // namespace charter::sla
