#include "server/sla/calendar/open_timeline.h"

#include <algorithm>
#include <optional>

namespace charter::sla {
namespace {

// Zones name single clock changes up to 2087 at the latest; after that their
// rule alone makes them. A test compares tables of every zone.
constexpr Instant kRulesAlone = Instant::FromSeconds(4102444800);  // 2100-01-01
constexpr int kTablesInCycle = 27;
// How far from its UTC day a local date may matter.
constexpr Duration kReach = Duration::Hours(4 * 24);
constexpr Instant kEnd = Instant::Max() + Duration::Micros(1);

Instant FirstClockChange(const absl::TimeZone& zone) {
  absl::TimeZone::CivilTransition change;
  if (!zone.NextTransition(absl::InfinitePast(), &change)) return kEnd;
  return Instant::From(zone.At(change.to).trans);
}

}  // namespace

OpenTimeline::OpenTimeline(std::vector<Version> versions)
    : versions_(std::move(versions)) {
  versions_.front().from = Instant::Min();
  FindSources();
}

Interval OpenTimeline::Counting(size_t i, Interval range) const {
  const Instant end = i + 1 < versions_.size() ? versions_[i + 1].from : kEnd;
  return {std::max(range.from, versions_[i].from), std::min(range.to, end)};
}

void OpenTimeline::FindSources() {
  // Tables that a version's beginning or a named date falls into are like no
  // other.
  std::array<bool, kCount> special{};
  for (const Version& version : versions_) {
    if (version.from != Instant::Min())
      special[Locate(version.from).table] = true;
    for (DayNumber day : version.schedule.NamedDates()) {
      const Instant noon = Instant::FromSeconds(int64_t{day} * kSecondsPerDay +
                                                kSecondsPerDay / 2);
      special[Locate(noon - kReach).table] = true;
      special[Locate(noon + kReach).table] = true;
    }
  }

  size_t version = versions_.size();
  Instant first_change;
  std::optional<int> without_changes;
  std::array<std::optional<int>, kTablesInCycle> by_rule;
  for (int table = 0; table < kCount; ++table) {
    const Instant from = Start(table);
    const Instant to = from + Duration::Micros(kSpan);
    size_t counts = 0;
    while (counts + 1 < versions_.size() && versions_[counts + 1].from <= from)
      ++counts;
    if (counts != version) {
      version = counts;
      first_change = FirstClockChange(versions_[version].schedule.zone());
      without_changes.reset();
      by_rule.fill(std::nullopt);
    }
    std::optional<int>* like = nullptr;
    if (to + kReach < first_change) {
      like = &without_changes;
    } else if (from - kReach > kRulesAlone) {
      like = &by_rule[static_cast<size_t>(table % kTablesInCycle)];
    }
    if (special[static_cast<size_t>(table)] || like == nullptr) {
      sources_[static_cast<size_t>(table)] = static_cast<int16_t>(table);
    } else {
      if (!like->has_value()) *like = table;
      sources_[static_cast<size_t>(table)] = static_cast<int16_t>(**like);
    }
  }
}

const Schedule& OpenTimeline::ScheduleAt(Instant t) const {
  const auto after =
      std::upper_bound(versions_.begin() + 1, versions_.end(), t,
                       [](Instant wanted, const Version& version) {
                         return wanted < version.from;
                       });
  return std::prev(after)->schedule;
}

std::vector<Interval> OpenTimeline::OpenIn(Interval range) const {
  std::vector<Interval> open;
  for (size_t i = 0; i < versions_.size(); ++i) {
    versions_[i].schedule.AppendOpen(Counting(i, range), &open);
  }
  return open;
}

std::vector<ExplainedInterval> OpenTimeline::NamedClosures(
    Interval range) const {
  std::vector<ExplainedInterval> closures;
  for (size_t i = 0; i < versions_.size(); ++i) {
    for (ExplainedInterval& closure :
         versions_[i].schedule.NamedClosures(Counting(i, range))) {
      closures.push_back(std::move(closure));
    }
  }
  return closures;
}

const OpenTable& OpenTimeline::Make(int table) const {
  const size_t source =
      static_cast<size_t>(sources_[static_cast<size_t>(table)]);
  const std::lock_guard<std::mutex> lock(mutex_);
  const OpenTable* found = tables_[source].load(std::memory_order_acquire);
  if (found == nullptr) {
    const Instant from = Start(static_cast<int>(source));
    made_.push_back(std::make_unique<const OpenTable>(
        OpenIn({from, from + Duration::Micros(kSpan)}), from, kSpan));
    found = made_.back().get();
    tables_[source].store(found, std::memory_order_release);
  }
  tables_[static_cast<size_t>(table)].store(found, std::memory_order_release);
  return *found;
}

}  // namespace charter::sla
