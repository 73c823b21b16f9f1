// Random items made smaller and written down, for the reader of a failure.
#include <sstream>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tests/server/sla/clock/generators.h"

namespace charter::sla {
namespace {

// Tries each element of the list that `get` finds in an item without it.
template <typename Get>
bool DropElements(RandomItem& item, const Get& get,
                  const std::function<bool(const RandomItem&)>& fails) {
  bool dropped = false;
  for (size_t i = get(item).size(); i-- > 0;) {
    if (i >= get(item).size()) continue;
    auto kept = get(item)[i];
    get(item).erase(get(item).begin() + i);
    if (fails(item)) {
      dropped = true;
    } else {
      get(item).insert(get(item).begin() + i, std::move(kept));
    }
  }
  return dropped;
}

// Tries the item with `value` reset.
template <typename T>
bool Reset(RandomItem& item, T& value, const T& plain,
           const std::function<bool(const RandomItem&)>& fails) {
  T kept = value;
  value = plain;
  if (fails(item)) return true;
  value = std::move(kept);
  return false;
}

bool Simplify(RandomItem& item,
              const std::function<bool(const RandomItem&)>& fails) {
  const auto events = [](RandomItem& i) -> std::vector<Event>& {
    return i.history.events;
  };
  bool simpler = DropElements(item, events, fails);
  for (Event& event : item.history.events) {
    if (!event.changes.empty())
      simpler |= Reset(item, event.changes, {}, fails);
    if (event.interaction) simpler |= Reset(item, event.interaction, {}, fails);
  }
  for (const auto& [version, process] : item.process_list) {
    const std::string id = version;
    const auto placements = [&id](RandomItem& i) -> std::vector<Placement>& {
      return i.process_list[id]->placements;
    };
    simpler |= DropElements(item, placements, fails);
    if (process->entry) simpler |= Reset(item, process->entry, {}, fails);
    if (process->exit) simpler |= Reset(item, process->exit, {}, fails);
    if (process->stop) simpler |= Reset(item, process->stop, {}, fails);
    for (size_t n = 0; n < process->placements.size(); ++n) {
      Placement& p = process->placements[n];
      const auto triggers = [&id, n](RandomItem& i) -> std::vector<Trigger>& {
        return i.process_list[id]->placements[n].triggers;
      };
      const auto rules = [&id, n](RandomItem& i) -> std::vector<TargetRule>& {
        return i.process_list[id]->placements[n].target_rules;
      };
      simpler |= DropElements(item, triggers, fails);
      simpler |= DropElements(item, rules, fails);
      if (p.pause) simpler |= Reset(item, p.pause, {}, fails);
      if (p.completion) simpler |= Reset(item, p.completion, {}, fails);
      if (p.criteria && !p.on_event) {
        simpler |= Reset(item, p.criteria, {}, fails);
      }
    }
  }
  return simpler;
}

std::string Text(Instant t) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", t.ToAbsl(), absl::UTCTimeZone());
}

std::string Text(const Value& value) {
  std::ostringstream out;
  if (const auto* s = std::get_if<std::string>(&value)) out << '"' << *s << '"';
  if (const auto* d = std::get_if<double>(&value)) out << *d;
  if (const auto* b = std::get_if<bool>(&value)) out << (*b ? "true" : "false");
  if (const auto* t = std::get_if<Instant>(&value)) out << Text(*t);
  return IsSet(value) ? out.str() : "unset";
}

std::string Text(const std::vector<FieldChange>& changes) {
  std::string text;
  for (const FieldChange& change : changes) {
    text +=
        " " + RandomSchema().field(change.slot).name + "=" + Text(change.value);
  }
  return text;
}

std::string Text(const std::optional<Expression>& e) {
  return e ? e->text() : "-";
}

void Describe(const Placement& p, std::ostream& out) {
  out << "    " << p.key << " (" << p.milestone_type << ") order " << p.order
      << " recurrence " << static_cast<int>(p.recurrence) << " rearm "
      << (p.rearm ? std::to_string(static_cast<int>(*p.rearm)) : "-")
      << " start " << (p.start == StartsAt::kProcessStart ? "PROCESS" : "MET")
      << " target " << absl::FormatDuration(p.target.ToAbsl()) << " hours '"
      << p.hours << "' exit " << static_cast<int>(p.on_exit) << " reopen "
      << static_cast<int>(p.on_reopen) << " target_change "
      << static_cast<int>(p.on_target_change) << " missed "
      << static_cast<int>(p.missed_triggers) << "\n      criteria "
      << (p.on_event ? "(on_event) " : "") << Text(p.criteria)
      << " | completion " << Text(p.completion) << " | pause " << Text(p.pause)
      << "\n";
  for (const TargetRule& rule : p.target_rules) {
    out << "      when " << rule.when.text() << " then "
        << absl::FormatDuration(rule.duration.ToAbsl()) << "\n";
  }
  for (const Trigger& t : p.triggers) {
    out << "      trigger " << t.key << " kind " << static_cast<int>(t.kind)
        << " offset " << absl::FormatDuration(t.offset.ToAbsl()) << " percent "
        << (t.percent ? std::to_string(*t.percent) : "-");
    for (const Action& a : t.actions) {
      out << " action " << a.key << Text(a.set_fields);
    }
    out << "\n";
  }
}

void Describe(const Event& e, std::ostream& out) {
  out << "  " << e.id << " " << Text(e.occur_time) << " "
      << EventKindName(e.kind) << Text(e.changes);
  if (e.interaction) {
    out << " message direction " << static_cast<int>(e.interaction->direction)
        << " author " << static_cast<int>(e.interaction->author)
        << (e.interaction->automatic ? " automatic" : "");
  }
  if (e.attach) {
    out << " attach '" << e.attach->process << "'"
        << (e.attach->start == AttachStart::kFromEvent ? " FROM_EVENT" : "");
  }
  if (!e.milestone.empty()) out << " milestone " << e.milestone;
  out << "\n";
}

}  // namespace

RandomItem Minimize(RandomItem item,
                    const std::function<bool(const RandomItem&)>& fails) {
  for (auto& [version, process] : item.process_list) {
    process = std::make_shared<Process>(*process);
  }
  const auto still_fails = [&fails](const RandomItem& candidate) {
    const std::vector<Event>& events = candidate.history.events;
    return !events.empty() && events[0].kind == EventKind::kCreated &&
           fails(candidate);
  };
  while (Simplify(item, still_fails)) {
  }
  return item;
}

std::string Describe(const RandomItem& item) {
  std::ostringstream out;
  for (const auto& [version, process] : item.process_list) {
    out << "  process " << version << " hours '" << process->hours << "' entry "
        << Text(process->entry) << " | exit " << Text(process->exit)
        << " | stop " << Text(process->stop) << "\n";
    for (const Placement& p : process->placements) Describe(p, out);
  }
  for (const auto& [id, hours] : item.hours) {
    out << "  hours '" << id << "' "
        << (hours.always ? "always"
                         : std::to_string(hours.versions.size()) + " versions")
        << "\n";
    if (hours.always) continue;
    for (const HoursVersion& v : hours.versions) {
      out << "    from " << Text(v.effective_time) << " " << v.time_zone;
      for (int day = 0; day < 7; ++day) {
        for (const WallInterval& i : v.weekly[day]) {
          out << " d" << day << " " << i.start_second / 3600 << "-"
              << i.end_second / 3600;
        }
      }
      out << "\n";
    }
  }
  if (item.history.live_from) {
    out << "  live from " << Text(*item.history.live_from) << "\n";
  }
  for (const Event& e : item.history.events) Describe(e, out);
  out << "  until " << Text(item.end) << "\n";
  return out.str();
}

}  // namespace charter::sla
