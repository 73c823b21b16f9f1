#include "server/sla/calendar/rrule.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/sla/calendar/hours_definition.h"

namespace charter::sla {
namespace {

constexpr int kMaxInterval = 10000;

enum class Frequency { kDaily, kWeekly, kMonthly, kYearly };

struct WeekdayNum {
  int ordinal = 0;  // 0: every such weekday
  absl::Weekday weekday = absl::Weekday::monday;
};

struct Rule {
  Frequency frequency = Frequency::kDaily;
  int interval = 1;
  std::optional<int> count;
  std::optional<Date> until;
  std::vector<WeekdayNum> by_day;
  std::vector<int> by_month_day;
  std::vector<int> by_month;
  std::vector<int> by_set_pos;
  absl::Weekday week_start = absl::Weekday::monday;
};

std::optional<absl::Weekday> ParseWeekday(absl::string_view text) {
  static constexpr std::pair<const char*, absl::Weekday> kNames[] = {
      {"MO", absl::Weekday::monday},    {"TU", absl::Weekday::tuesday},
      {"WE", absl::Weekday::wednesday}, {"TH", absl::Weekday::thursday},
      {"FR", absl::Weekday::friday},    {"SA", absl::Weekday::saturday},
      {"SU", absl::Weekday::sunday}};
  for (const auto& [name, weekday] : kNames) {
    if (text == name) return weekday;
  }
  return std::nullopt;
}

// The error of a part with its value and the way out.
absl::Status BadPart(absl::string_view part, absl::string_view value,
                     absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      part, "=", value.substr(0, 40), " is not valid: expected ", expected));
}

// A decimal number with an optional sign and nothing else.
std::optional<int> ParseNumber(absl::string_view text, bool may_be_signed) {
  absl::string_view digits = text;
  if (may_be_signed && !digits.empty() &&
      (digits[0] == '+' || digits[0] == '-')) {
    digits.remove_prefix(1);
  }
  if (digits.empty() || digits.size() > 6 ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  int value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

absl::StatusOr<int> ParsePositive(absl::string_view part,
                                  absl::string_view value, int max) {
  const std::optional<int> number = ParseNumber(value, false);
  if (!number.has_value() || *number < 1 || *number > max) {
    return BadPart(part, value, absl::StrCat("a number from 1 to ", max));
  }
  return *number;
}

// Numbers from min to max, or their negatives where those count from the end.
absl::StatusOr<std::vector<int>> ParseList(absl::string_view part,
                                           absl::string_view value, int max,
                                           bool may_be_negative) {
  std::vector<int> numbers;
  for (absl::string_view item : absl::StrSplit(value, ',')) {
    const std::optional<int> number = ParseNumber(item, may_be_negative);
    if (!number.has_value() || *number == 0 || std::abs(*number) > max) {
      return BadPart(
          part, value,
          absl::StrCat(
              "numbers from 1 to ", max,
              may_be_negative ? ", or negative to count from the end" : ""));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

absl::StatusOr<std::vector<WeekdayNum>> ParseByDay(absl::string_view value) {
  std::vector<WeekdayNum> days;
  for (absl::string_view item : absl::StrSplit(value, ',')) {
    if (item.size() < 2)
      return BadPart("BYDAY", value, "weekdays such as MO or -1FR");
    const std::optional<absl::Weekday> weekday =
        ParseWeekday(item.substr(item.size() - 2));
    item.remove_suffix(2);
    const std::optional<int> ordinal =
        item.empty() ? 0 : ParseNumber(item, true);
    if (!weekday.has_value() || !ordinal.has_value() ||
        std::abs(*ordinal) > 53 || (!item.empty() && *ordinal == 0)) {
      return BadPart("BYDAY", value, "weekdays such as MO or -1FR");
    }
    days.push_back({*ordinal, *weekday});
  }
  return days;
}

// YYYYMMDD, or a date-time whose date is taken as it is written.
absl::StatusOr<Date> ParseUntil(absl::string_view value) {
  const auto bad = [&] {
    return BadPart("UNTIL", value, "a date such as 20301231");
  };
  absl::string_view date = value.substr(0, 8);
  absl::string_view time = value.substr(date.size());
  if (!time.empty()) {
    if (time.size() < 7 || time[0] != 'T') return bad();
    if (!ParseNumber(time.substr(1, 6), false).has_value()) return bad();
    if (time.size() > 7 && time.substr(7) != "Z") return bad();
  }
  if (date.size() != 8) return bad();
  const std::optional<int> year = ParseNumber(date.substr(0, 4), false);
  const std::optional<int> month = ParseNumber(date.substr(4, 2), false);
  const std::optional<int> day = ParseNumber(date.substr(6, 2), false);
  if (!year.has_value() || !month.has_value() || !day.has_value() || *year < 1)
    return bad();
  const Date parsed(*year, *month, *day);
  if (parsed.month() != *month || parsed.day() != *day) return bad();
  return parsed;
}

absl::StatusOr<Frequency> ParseFrequency(absl::string_view value) {
  if (value == "DAILY") return Frequency::kDaily;
  if (value == "WEEKLY") return Frequency::kWeekly;
  if (value == "MONTHLY") return Frequency::kMonthly;
  if (value == "YEARLY") return Frequency::kYearly;
  return BadPart(
      "FREQ", value,
      "DAILY, WEEKLY, MONTHLY or YEARLY, as holidays are whole dates");
}

absl::Status ParsePart(absl::string_view name, absl::string_view value,
                       Rule& rule) {
  const auto assign = [](auto parsed, auto& field) {
    if (parsed.ok()) field = *std::move(parsed);
    return parsed.status();
  };
  if (name == "FREQ") return assign(ParseFrequency(value), rule.frequency);
  if (name == "INTERVAL")
    return assign(ParsePositive(name, value, kMaxInterval), rule.interval);
  if (name == "COUNT")
    return assign(ParsePositive(name, value, kMaxOccurrences), rule.count);
  if (name == "UNTIL") return assign(ParseUntil(value), rule.until);
  if (name == "BYDAY") return assign(ParseByDay(value), rule.by_day);
  if (name == "BYMONTHDAY")
    return assign(ParseList(name, value, 31, true), rule.by_month_day);
  if (name == "BYMONTH")
    return assign(ParseList(name, value, 12, false), rule.by_month);
  if (name == "BYSETPOS")
    return assign(ParseList(name, value, 366, true), rule.by_set_pos);
  if (name == "WKST") {
    const std::optional<absl::Weekday> weekday = ParseWeekday(value);
    if (!weekday.has_value())
      return BadPart(name, value, "a weekday such as MO");
    rule.week_start = *weekday;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name.substr(0, 40),
                   " is not supported: write FREQ with INTERVAL, COUNT, UNTIL, "
                   "BYDAY, BYMONTHDAY, BYMONTH, "
                   "BYSETPOS or WKST, without a leading RRULE:"));
}

// What RFC 5545 forbids of parts together.
absl::Status CheckParts(const Rule& rule, const std::set<std::string>& seen) {
  if (seen.count("FREQ") == 0) {
    return absl::InvalidArgumentError(
        "FREQ is missing: write for instance FREQ=YEARLY");
  }
  if (rule.count.has_value() && rule.until.has_value()) {
    return absl::InvalidArgumentError(
        "COUNT and UNTIL exclude each other: keep one");
  }
  const bool by_ordinal =
      std::any_of(rule.by_day.begin(), rule.by_day.end(),
                  [](const WeekdayNum& day) { return day.ordinal != 0; });
  if (by_ordinal && rule.frequency != Frequency::kMonthly &&
      rule.frequency != Frequency::kYearly) {
    return absl::InvalidArgumentError(
        "BYDAY with an ordinal needs FREQ=MONTHLY or FREQ=YEARLY: leave the "
        "ordinal out");
  }
  if (!rule.by_month_day.empty() && rule.frequency == Frequency::kWeekly) {
    return absl::InvalidArgumentError(
        "BYMONTHDAY cannot be with FREQ=WEEKLY: use FREQ=MONTHLY, or BYDAY");
  }
  if (!rule.by_set_pos.empty() && rule.by_day.empty() &&
      rule.by_month_day.empty() && rule.by_month.empty()) {
    return absl::InvalidArgumentError(
        "BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH to choose from: add one "
        "of them");
  }
  return absl::OkStatus();
}

absl::StatusOr<Rule> ParseRule(absl::string_view text) {
  Rule rule;
  std::set<std::string> seen;
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(absl::AsciiStrToUpper(part), absl::MaxSplits('=', 1));
    if (!seen.insert(pair.first).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(pair.first.substr(0, 40), " is given twice"));
    }
    const absl::Status parsed = ParsePart(pair.first, pair.second, rule);
    if (!parsed.ok()) return parsed;
  }
  const absl::Status checked = CheckParts(rule, seen);
  if (!checked.ok()) return checked;
  return rule;
}

// What DTSTART says where the rule says nothing.
void FillFromStart(Date first, Rule& rule) {
  if (!rule.by_day.empty() || !rule.by_month_day.empty()) return;
  switch (rule.frequency) {
    case Frequency::kDaily:
      break;
    case Frequency::kWeekly:
      rule.by_day.push_back({0, absl::GetWeekday(first)});
      break;
    case Frequency::kYearly:
      if (rule.by_month.empty()) rule.by_month.push_back(first.month());
      [[fallthrough]];
    case Frequency::kMonthly:
      rule.by_month_day.push_back(first.day());
  }
}

// Is `date` the n-th (negative: from the end) of its weekday in [from, to)?
bool IsNth(Date date, int n, Date from, Date to) {
  return n > 0 ? (date - from) / 7 + 1 == n : (to - 1 - date) / 7 + 1 == -n;
}

// Does the rule name this date, whatever its period and position? With all
// periods being whole sets of days, RFC 5545's "expand" and "limit" are both
// this question.
bool Names(const Rule& rule, bool ordinals_in_year, Date date) {
  const auto has = [](const std::vector<int>& list, int n) {
    return std::find(list.begin(), list.end(), n) != list.end();
  };
  if (!rule.by_month.empty() && !has(rule.by_month, date.month())) return false;
  const Date month{absl::CivilMonth(date)};
  const Date next_month(absl::CivilMonth(date) + 1);
  if (!rule.by_month_day.empty() && !has(rule.by_month_day, date.day()) &&
      !has(rule.by_month_day, static_cast<int>(date - next_month))) {
    return false;
  }
  if (rule.by_day.empty()) return true;
  const absl::Weekday weekday = absl::GetWeekday(date);
  for (const WeekdayNum& day : rule.by_day) {
    if (day.weekday != weekday) continue;
    if (day.ordinal == 0) return true;
    if (ordinals_in_year ? IsNth(date, day.ordinal, Date(absl::CivilYear(date)),
                                 Date(absl::CivilYear(date) + 1))
                         : IsNth(date, day.ordinal, month, next_month)) {
      return true;
    }
  }
  return false;
}

// The k-th period of the rule's frequency, counted from the one of `first`.
std::pair<Date, Date> Period(const Rule& rule, Date first, int64_t k) {
  const int64_t n = k * rule.interval;
  switch (rule.frequency) {
    case Frequency::kDaily:
      return {first + n, first + n + 1};
    case Frequency::kWeekly: {
      const Date week = absl::PrevWeekday(first + 1, rule.week_start) + 7 * n;
      return {week, week + 7};
    }
    case Frequency::kMonthly:
      return {Date(absl::CivilMonth(first) + n),
              Date(absl::CivilMonth(first) + n + 1)};
    case Frequency::kYearly:
      break;
  }
  return {Date(absl::CivilYear(first) + n),
          Date(absl::CivilYear(first) + n + 1)};
}

std::vector<Date> PickPositions(const std::vector<int>& positions,
                                const std::vector<Date>& dates) {
  if (positions.empty()) return dates;
  const int size = static_cast<int>(dates.size());
  std::set<Date> picked;
  for (int position : positions) {
    const int index = position > 0 ? position - 1 : size + position;
    if (index >= 0 && index < size) picked.insert(dates[index]);
  }
  return {picked.begin(), picked.end()};
}

}  // namespace

absl::StatusOr<std::vector<Date>> ExpandRecurrence(absl::string_view text,
                                                   Date first, Date last) {
  absl::StatusOr<Rule> parsed = ParseRule(text);
  if (!parsed.ok()) return parsed.status();
  Rule rule = *std::move(parsed);
  const bool ordinals_in_year =
      rule.frequency == Frequency::kYearly && rule.by_month.empty();
  FillFromStart(first, rule);
  if (rule.until.has_value()) {
    if (*rule.until < first) {
      return absl::InvalidArgumentError(absl::StrCat(
          "UNTIL is before the first date, ", absl::FormatCivilTime(first),
          ": end later or begin earlier"));
    }
    last = std::min(last, *rule.until);
  }
  last = std::max(first, last);

  std::vector<Date> found;
  for (int64_t k = 0;; ++k) {
    const auto [from, to] = Period(rule, first, k);
    if (from > last) break;
    std::vector<Date> named;
    for (Date date = from; date < to; ++date) {
      if (Names(rule, ordinals_in_year, date)) named.push_back(date);
    }
    for (Date date : PickPositions(rule.by_set_pos, named)) {
      if (date < first || date > last) continue;
      found.push_back(date);
      if (rule.count.has_value() &&
          static_cast<int>(found.size()) == *rule.count)
        return found;
    }
    if (static_cast<int>(found.size()) > kMaxOccurrences) {
      return absl::InvalidArgumentError(
          absl::StrCat("gives more than ", kMaxOccurrences,
                       " dates: begin it later or end it sooner"));
    }
    if (found.empty() || found.front() != first) {
      return absl::InvalidArgumentError(
          absl::StrCat("the first date, ", absl::FormatCivilTime(first),
                       ", is not one of the rule's own: begin at a date that "
                       "the rule names"));
    }
  }
  return found;
}

}  // namespace charter::sla
