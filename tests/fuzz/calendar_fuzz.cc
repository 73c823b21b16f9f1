// Any definition of business hours is refused with a message that names a
// field, or compiles into hours that keep the invariants of B4 and B8.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "server/sla/calendar/business_hours.h"

namespace {

using charter::sla::BusinessHours;
using charter::sla::Date;
using charter::sla::Duration;
using charter::sla::ExplainedInterval;
using charter::sla::Holiday;
using charter::sla::HoursDefinition;
using charter::sla::HoursVersion;
using charter::sla::Instant;
using charter::sla::Interval;
using charter::sla::NeverOpens;
using charter::sla::OpenCause;
using charter::sla::Override;
using charter::sla::WallInterval;

// Values out of the fuzzer's bytes; zeros when they have run out.
class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), end_(data + size) {}
  uint8_t Byte() { return data_ == end_ ? 0 : *data_++; }
  uint64_t Word(int bytes) {
    uint64_t word = 0;
    for (int i = 0; i < bytes; ++i) word = word << 8 | Byte();
    return word;
  }
  // Less than `bound`, which is at most 256.
  int Below(int bound) { return Byte() % bound; }
  std::string Text() {
    std::string text;
    for (int left = Below(64); left > 0; --left)
      text.push_back(static_cast<char>(Byte()));
    return text;
  }

 private:
  const uint8_t* data_;
  const uint8_t* end_;
};

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Mostly quarters of an hour, sometimes anything.
int WallTime(Bytes& bytes) {
  const int byte = bytes.Below(100);
  return byte <= 96 ? byte * 900
                    : static_cast<int>(static_cast<int16_t>(bytes.Word(2)) * 4);
}

WallInterval AnyInterval(Bytes& bytes) {
  const int start = WallTime(bytes);
  return {start, WallTime(bytes)};
}

std::vector<WallInterval> Intervals(Bytes& bytes) {
  std::vector<WallInterval> intervals;
  for (int left = bytes.Below(4); left > 0; --left)
    intervals.push_back(AnyInterval(bytes));
  return intervals;
}

// Around 2026, or far away.
Date AnyDate(Bytes& bytes) {
  const int byte = bytes.Byte();
  return Date(2026, 1, 1) + (byte < 250
                                 ? byte * 8 - 1000
                                 : static_cast<int32_t>(bytes.Word(4)) / 512);
}

Instant AnyInstant(Bytes& bytes) {
  const int byte = bytes.Byte();
  if (byte < 200) {
    return Instant::FromSeconds(1767225600 + (byte - 100) * 86400) +
           Duration::Micros(static_cast<int64_t>(bytes.Word(5) % 86400000000));
  }
  const uint64_t all =
      static_cast<uint64_t>((Instant::Max() - Instant::Min()).micros()) + 1;
  return Instant::Min() +
         Duration::Micros(static_cast<int64_t>(bytes.Word(8) % all));
}

Instant Near(Instant t, Bytes& bytes) {
  const int64_t reach = Duration::Hours(24 * 10).micros();
  t = t +
      Duration::Micros(static_cast<int64_t>(bytes.Word(6) %
                                            static_cast<uint64_t>(2 * reach)) -
                       reach);
  return std::clamp(t, Instant::Min(), Instant::Max());
}

std::string Zone(Bytes& bytes) {
  static constexpr const char* kZones[] = {"UTC",
                                           "America/New_York",
                                           "Europe/Berlin",
                                           "America/Sao_Paulo",
                                           "Pacific/Apia",
                                           "Australia/Lord_Howe",
                                           "Africa/Casablanca",
                                           "America/St_Johns",
                                           "Etc/GMT+5",
                                           "Asia/Tehran",
                                           "Antarctica/Troll",
                                           "Pacific/Kwajalein",
                                           "Asia/Manila",
                                           "America/Juneau",
                                           "America/Scoresbysund"};
  const size_t i = static_cast<size_t>(bytes.Below(16));
  return i < std::size(kZones) ? kZones[i] : bytes.Text();
}

std::string Recurrence(Bytes& bytes) {
  static constexpr const char* kRules[] = {
      "",
      "FREQ=YEARLY",
      "FREQ=DAILY;COUNT=9",
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
      "FREQ=MONTHLY;BYMONTHDAY=-1",
      "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"};
  const size_t i = static_cast<size_t>(bytes.Below(8));
  return i < std::size(kRules) ? kRules[i] : bytes.Text();
}

HoursVersion Version(Bytes& bytes) {
  HoursVersion version;
  version.time_zone = Zone(bytes);
  version.effective_time = AnyInstant(bytes);
  for (auto& day : version.weekly) day = Intervals(bytes);
  for (int left = bytes.Below(4); left > 0; --left) {
    Holiday holiday{"holiday", AnyDate(bytes), {}, Recurrence(bytes), {}};
    if (bytes.Below(2) == 1) holiday.part = AnyInterval(bytes);
    if (bytes.Below(4) == 1) holiday.exceptions.push_back(AnyDate(bytes));
    version.holidays.push_back(holiday);
  }
  for (int left = bytes.Below(4); left > 0; --left) {
    version.overrides.push_back({"override", AnyDate(bytes), Intervals(bytes)});
  }
  return version;
}

void CheckAround(const BusinessHours& hours, Instant t, Instant u, Duration d) {
  const auto sum = hours.Add(t, d);
  Require(sum.ok() || absl::StartsWith(sum.status().message(), "NO_OPEN_TIME"),
          "add's error");
  if (sum.ok()) {
    Require(hours.Between(t, *sum) == d, "between(t, add(t, d)) = d");
    Require(d == Duration::Zero() ||
                hours.Between(t, *sum - Duration::Micros(1)) < d,
            "add is the earliest");
  }
  const auto difference = hours.Subtract(t, d);
  if (difference.ok()) {
    Require(hours.Between(*difference, t) == d,
            "between(subtract(t, d), t) = d");
    Require(d == Duration::Zero() ||
                hours.Between(*difference + Duration::Micros(1), t) < d,
            "subtract is the latest");
  }
  const Instant middle = t + Duration::Micros((u - t).micros() / 3);
  Require(hours.Between(t, u) ==
              hours.Between(t, middle) + hours.Between(middle, u),
          "between is additive");
  Require(hours.NextOpen(t) != t || hours.IsOpen(t),
          "next_open(t) is t only when open");
  if (const auto closing = hours.NextClose(t); closing.has_value()) {
    Require(*closing > t && !hours.IsOpen(*closing) &&
                hours.IsOpen(*closing - Duration::Micros(1)),
            "next_close closes");
  }
  if (const auto opening = hours.PreviousOpen(t); opening.has_value()) {
    Require(*opening < t && hours.IsOpen(*opening), "previous_open opens");
  }
  (void)hours.AddBusinessDays(t, static_cast<int>(d.micros() % 40) - 20);

  // Lists only of stretches of some days.
  const Instant end = std::min(t + Duration::Hours(24 * 9), Instant::Max());
  Duration open;
  for (const Interval& interval : hours.Intervals(t, end))
    open += interval.to - interval.from;
  Require(open == hours.Between(t, end), "intervals add up to between");
  Instant position = t;
  for (const ExplainedInterval& piece : hours.Explain(t, end)) {
    Require(piece.interval.from == position && piece.interval.to > position,
            "explain has no gap");
    if (piece.cause == OpenCause::kOpen)
      open -= piece.interval.to - piece.interval.from;
    position = piece.interval.to;
  }
  Require(open == Duration::Zero() && position == std::max(t, end),
          "explain adds up to between");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes bytes(data, size);
  HoursDefinition definition;
  for (int left = 1 + bytes.Below(3); left > 0; --left) {
    definition.versions.push_back(Version(bytes));
  }
  const auto strict = BusinessHours::Compile(definition);
  const auto hours = BusinessHours::Compile(definition, NeverOpens::kAllow);
  Require(hours.ok() || !strict.ok(),
          "what is allowed to open never may also open");
  if (!hours.ok()) {
    Require(absl::IsInvalidArgument(hours.status()) &&
                absl::StartsWith(hours.status().message(), "versions["),
            "a refusal names a field");
    return 0;
  }
  if (!strict.ok()) {
    const Instant t = AnyInstant(bytes);
    Require((*hours)->IsOpen(t) == ((*hours)->NextOpen(t) == t),
            "open now is the next open");
    return 0;
  }
  Instant t = AnyInstant(bytes);
  for (int i = 0; i < 4; ++i) {
    // All but the last two near each other.
    const Instant u = i < 3 ? Near(t, bytes) : AnyInstant(bytes);
    CheckAround(**hours, t, u,
                Duration::Micros(static_cast<int64_t>(bytes.Word(5))));
    t = u;
  }
  return 0;
}
