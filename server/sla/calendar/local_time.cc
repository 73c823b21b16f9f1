#include "server/sla/calendar/local_time.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::sla {
namespace {

constexpr Date kEpoch(1970, 1, 1);
// No clock change moves the clocks by more than a day and a bit.
constexpr int64_t kMargin = 2 * kSecondsPerDay;
// Abseil lists the changes that a zone's rule makes for some 400 years after
// the last one in its file; where it lists none before this instant, there are
// none.
constexpr int64_t kListedUntil = 10413792000;  // 2300-01-01

// [A-Za-z_]+(/[A-Za-z0-9_+-]+)*
bool IsZoneName(absl::string_view name) {
  bool first_part = true;
  bool part_is_empty = true;
  for (char c : name) {
    if (c == '/') {
      if (part_is_empty) return false;
      first_part = false;
      part_is_empty = true;
      continue;
    }
    const bool letter = absl::ascii_isalpha(c) || c == '_';
    if (!letter &&
        (first_part || !(absl::ascii_isdigit(c) || c == '+' || c == '-')))
      return false;
    part_is_empty = false;
  }
  return !part_is_empty;
}

}  // namespace

DayNumber ToDayNumber(Date date) {
  return static_cast<DayNumber>(date - kEpoch);
}

Date FromDayNumber(DayNumber day) { return kEpoch + day; }

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name) {
  absl::TimeZone zone;
  // "localtime" is the host's; "posix/" and "right/" are copies, the latter
  // with leap seconds, which no instant of ours has.
  if (!IsZoneName(name) || name == "localtime" || name == "posixrules" ||
      absl::StartsWith(name, "posix/") || absl::StartsWith(name, "right/") ||
      !absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name.substr(0, 64),
                     "\" is not a known time zone: use an IANA name such as "
                     "\"Europe/Paris\""));
  }
  return zone;
}

int64_t ReadLocalTime(const absl::TimeZone& zone, DayNumber day, int second) {
  const absl::CivilSecond local =
      absl::CivilSecond(FromDayNumber(day)) + second;
  return absl::ToUnixSeconds(zone.At(local).pre);
}

void LocalTimeReader::FindSafeSpan(int64_t local) {
  const absl::Time at = zone_.At(absl::CivilSecond(kEpoch) + local).pre;
  offset_ = zone_.At(at).offset;
  // The current offset holds in [previous, next) of UTC.
  int64_t previous = std::numeric_limits<int64_t>::min() / 2;
  int64_t next = std::numeric_limits<int64_t>::max() / 2;
  absl::TimeZone::CivilTransition change;
  if (zone_.PrevTransition(at + absl::Seconds(1), &change)) {
    previous = absl::ToUnixSeconds(zone_.At(change.to).trans);
  }
  if (zone_.NextTransition(at, &change)) {
    next = absl::ToUnixSeconds(zone_.At(change.to).trans);
  } else if (absl::ToUnixSeconds(at) >= kListedUntil) {
    safe_from_ = safe_to_ = 0;
    unsafe_from_ = kListedUntil + kMargin;
    unsafe_to_ = std::numeric_limits<int64_t>::max();
    return;
  }
  safe_from_ = previous + offset_ + kMargin;
  safe_to_ = next + offset_ - kMargin;
  // Around a change there is nothing new to be found.
  if (local < safe_from_) {
    unsafe_from_ = previous + offset_ - kMargin;
    unsafe_to_ = safe_from_;
  } else {
    unsafe_from_ = safe_to_;
    unsafe_to_ = next + offset_ + kMargin;
  }
}

}  // namespace charter::sla
