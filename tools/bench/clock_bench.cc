// What evaluating a case costs: one of 12 events and 3 milestones, and longer
// ones with ever more replies to wait for, to show that it grows with the
// events.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "server/sla/clock/evaluate.h"
#include "server/sla/clock/settle.h"

namespace {

using namespace charter::sla;  // NOLINT: a program of its own

// Monday 2026-01-05 09:00 UTC.
constexpr Instant kStart = Instant::FromSeconds(1767603600);

Expression Parse(const char* text, Usage usage = Usage::kLevel) {
  static const Schema& schema = *new Schema(MakeItemSchema());
  auto expression = Expression::Parse(text, schema, usage);
  if (!expression.ok()) {
    std::cerr << expression.status() << "\n";
    std::abort();
  }
  return *std::move(expression);
}

std::shared_ptr<const BusinessHours> OfficeHours() {
  HoursVersion version;
  version.time_zone = "Europe/Berlin";
  for (int day = 0; day < 5; ++day) {
    version.weekly[day] = {{9 * 3600, 17 * 3600}};
  }
  HoursDefinition definition;
  definition.versions.push_back(std::move(version));
  return *BusinessHours::Compile(definition);
}

Placement MakePlacement(const char* key, int hours) {
  Placement p;
  p.key = p.milestone_type = key;
  p.target = Duration::Hours(hours);
  p.target_rules = {{Parse("priority == 1"), Duration::Hours(1)},
                    {Parse("priority == 2"), Duration::Hours(2)},
                    {Parse("priority == 3"), Duration::Hours(hours)}};
  Trigger warning{"warning", TriggerKind::kWarning, {}, 75, {}};
  Trigger violation{"violation", TriggerKind::kViolation, {}, std::nullopt, {}};
  p.triggers = {warning, violation};
  return p;
}

struct Desk {
  Processes processes;
  Calendars calendars;

  Desk() {
    auto process = std::make_shared<Process>();
    process->version = process->name = "gold";
    process->stop =
        Parse("status_category in [\"WAITING_CUSTOMER\", \"WAITING_OTHER\"]");
    process->placements = {MakePlacement("first-response", 4),
                           MakePlacement("update", 8),
                           MakePlacement("resolution", 40)};
    process->placements[0].completion =
        Parse("event.author == \"agent\" && event.direction == \"outbound\"",
              Usage::kEvent);
    process->placements[1].recurrence = Recurrence::kIndependent;
    process->placements[1].criteria = Parse("has(unanswered_since)");
    process->placements[1].completion = Parse("!has(unanswered_since)");
    process->placements[2].completion = Parse("is_closed");
    processes["gold"] = std::move(process);
    calendars.standard = OfficeHours();
  }
};

Event& Add(History& history, EventKind kind) {
  Event event;
  // As long as the ids of the service are.
  event.id = "01hzy0000000000000000" + std::to_string(history.events.size());
  event.kind = kind;
  event.occur_time = kStart + Duration::Minutes(37) *
                                  static_cast<int64_t>(history.events.size());
  history.events.push_back(std::move(event));
  return history.events.back();
}

void SetStatus(Event& event, const char* status, const char* category) {
  event.changes.push_back({ItemSlot::kStatus, std::string(status)});
  event.changes.push_back({ItemSlot::kStatusCategory, std::string(category)});
}

// Messages both ways, waiting for the customer, a change of priority; closed at
// the end.
History MakeCase(int events) {
  History history;
  history.item = "case";
  Event& created = Add(history, EventKind::kCreated);
  SetStatus(created, "statuses/new", "NEW");
  created.changes.push_back(
      {ItemSlot::kAccount, std::string("accounts/01hzy00000000000000000")});
  created.changes.push_back({ItemSlot::kPriority, 3.0});
  created.interaction = {Direction::kInbound, Author::kCustomer, "email",
                         false};
  created.attach = {"gold", AttachStart::kFromItemStart};
  while (static_cast<int>(history.events.size()) < events - 1) {
    switch (history.events.size() % 5) {
      case 1:
        Add(history, EventKind::kInteraction).interaction = {
            Direction::kOutbound, Author::kAgent, "email", false};
        break;
      case 2:
        SetStatus(Add(history, EventKind::kFieldsChanged), "statuses/waiting",
                  "WAITING_CUSTOMER");
        break;
      case 3:
        // A short case has one reply to wait for, the first.
        Add(history, EventKind::kInteraction).interaction = {
            Direction::kInbound,
            events > 12 ? Author::kCustomer : Author::kSystem, "email", false};
        break;
      case 4:
        SetStatus(Add(history, EventKind::kFieldsChanged), "statuses/open",
                  "OPEN");
        break;
      default:
        Add(history, EventKind::kFieldsChanged).changes = {
            {ItemSlot::kPriority, 1.0 + history.events.size() % 3}};
    }
  }
  SetStatus(Add(history, EventKind::kFieldsChanged), "statuses/done", "CLOSED");
  return history;
}

void BM_Evaluate(benchmark::State& state) {
  const Desk desk;
  const History history = MakeCase(static_cast<int>(state.range(0)));
  const Instant as_of = history.events.back().occur_time;
  for (auto _ : state) {
    auto evaluation = Evaluate(history, desk.processes, desk.calendars, as_of);
    if (!evaluation.ok()) std::abort();
    benchmark::DoNotOptimize(evaluation);
  }
  const auto whole = Evaluate(history, desk.processes, desk.calendars, as_of);
  state.counters["milestones"] = static_cast<double>(whole->milestones.size());
  state.counters["transitions"] =
      static_cast<double>(whole->transitions.size());
  state.SetItemsProcessed(state.iterations() * state.range(0));  // events
}

void BM_Settle(benchmark::State& state) {
  const Desk desk;
  const History history = MakeCase(static_cast<int>(state.range(0)));
  const Instant as_of = history.events.back().occur_time;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Settle(history, desk.processes, desk.calendars, as_of));
  }
}

BENCHMARK(BM_Evaluate)->Arg(12)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(BM_Settle)->Arg(12);

}  // namespace

BENCHMARK_MAIN();
