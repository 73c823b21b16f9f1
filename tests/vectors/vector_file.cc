#include "tests/vectors/vector_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace charter::vectors {
namespace {

using nlohmann::json;

constexpr int kDay = 86400;
constexpr const char* kWeekdays[] = {"mon", "tue", "wed", "thu",
                                     "fri", "sat", "sun"};

// A span of a wall week or day in seconds.
using Span = std::pair<int, int>;

[[noreturn]] void Fail(const std::string& message) {
  throw std::runtime_error(message);
}

// "HH:MM" or "HH:MM:SS".
int ParseWallTime(const json& text) {
  const std::vector<std::string> parts =
      absl::StrSplit(text.get<std::string>(), ':');
  int seconds = 0;
  int unit = 3600;
  for (const std::string& part : parts) {
    int number = 0;
    if (unit == 0 || !absl::SimpleAtoi(part, &number))
      Fail("bad wall time " + text.dump());
    seconds += number * unit;
    unit /= 60;
  }
  return seconds;
}

sla::WallInterval ParseInterval(const json& start, const json& end) {
  return {ParseWallTime(start), ParseWallTime(end)};
}

sla::Date ParseDate(const json& text) {
  sla::Date date;
  if (!absl::ParseCivilTime(text.get<std::string>(), &date))
    Fail("bad date " + text.dump());
  return date;
}

int WeekdayIndex(const std::string& name) {
  const auto found =
      std::find(std::begin(kWeekdays), std::end(kWeekdays), name);
  if (found == std::end(kWeekdays)) Fail("bad weekday " + name);
  return static_cast<int>(found - std::begin(kWeekdays));
}

// A closed stretch between two instants, as one partial holiday a local date.
void AddClosedSpan(const absl::TimeZone& zone, sla::Instant from,
                   sla::Instant to, sla::HoursVersion& version) {
  const absl::CivilSecond start = absl::ToCivilSecond(from.ToAbsl(), zone);
  const absl::CivilSecond end = absl::ToCivilSecond(to.ToAbsl(), zone);
  for (sla::Date date(start); absl::CivilSecond(date) < end; ++date) {
    const absl::CivilSecond midnight(date);
    const int begins =
        static_cast<int>(std::max<absl::civil_diff_t>(start - midnight, 0));
    const int ends =
        static_cast<int>(std::min<absl::civil_diff_t>(end - midnight, kDay));
    version.holidays.push_back(
        {"holiday", date, sla::WallInterval{begins, ends}, "", {}});
  }
}

// Breaks of a weekday or of every day split the weekly intervals, on the dates
// that they fall on.
void SplitWeek(const std::array<std::vector<Span>, 7>& breaks,
               sla::HoursVersion& version) {
  std::vector<sla::WallInterval> split[7];
  for (int weekday = 0; weekday < 7; ++weekday) {
    for (const sla::WallInterval& interval : version.weekly[weekday]) {
      const int end = interval.end_second +
                      (interval.end_second <= interval.start_second ? kDay : 0);
      std::vector<Span> cuts;  // since the midnight of `weekday`
      for (int later = 0; later < 2; ++later) {
        for (const Span& cut : breaks[(weekday + later) % 7]) {
          cuts.emplace_back(cut.first + later * kDay,
                            cut.second + later * kDay);
        }
      }
      std::sort(cuts.begin(), cuts.end());
      int position = interval.start_second;
      const auto add = [&](int from, int to) {
        if (from >= to) return;
        const int day = from / kDay;
        split[(weekday + day) % 7].push_back(
            {from - day * kDay,
             to - day * kDay > kDay ? to - (day + 1) * kDay : to - day * kDay});
      };
      for (const Span& cut : cuts) {
        add(position, std::min(cut.first, end));
        position = std::max(position, std::min(cut.second, end));
      }
      add(position, end);
    }
  }
  std::move(std::begin(split), std::end(split), std::begin(version.weekly));
}

void ParseBreaks(const json& entries, sla::HoursVersion& version) {
  std::array<std::vector<Span>, 7> weekly;
  for (const json& entry : entries) {
    const sla::WallInterval part =
        ParseInterval(entry.at("start"), entry.at("end"));
    const bool crosses = part.end_second <= part.start_second;
    std::vector<Span> parts = {
        {part.start_second, crosses ? kDay : part.end_second}};
    if (crosses && part.end_second > 0) parts.emplace_back(0, part.end_second);
    for (size_t later = 0; later < parts.size(); ++later) {
      const auto& [from, to] = parts[later];
      if (entry.contains("date")) {
        version.holidays.push_back(
            {"break",
             ParseDate(entry["date"]) + static_cast<int>(later),
             sla::WallInterval{from, to},
             "",
             {}});
        continue;
      }
      for (size_t weekday = 0; weekday < 7; ++weekday) {
        if (entry.contains("day") &&
            WeekdayIndex(entry["day"]) !=
                static_cast<int>((weekday + 7 - later) % 7)) {
          continue;
        }
        weekly[weekday].emplace_back(from, to);
      }
    }
  }
  SplitWeek(weekly, version);
}

}  // namespace

sla::Instant ParseInstant(const json& text, Rounding rounding) {
  const std::string value = text.get<std::string>();
  absl::Time time;
  std::string error;
  if (!absl::EndsWith(value, "Z") ||
      !absl::ParseTime(absl::RFC3339_full, value, &time, &error)) {
    Fail("bad instant " + value);
  }
  const sla::Instant truncated = sla::Instant::From(time);
  const bool is_finer = truncated.ToAbsl() < time;
  return rounding == Rounding::kUp && is_finer
             ? truncated + sla::Duration::Micros(1)
             : truncated;
}

sla::Duration ParseSeconds(const json& seconds) {
  if (seconds.is_number_integer())
    return sla::Duration::Seconds(seconds.get<int64_t>());
  // To whole nanoseconds first, as 0.3 has no exact binary form.
  return sla::Duration::Micros(std::llround(seconds.get<double>() * 1e9) /
                               1000);
}

std::string Text(sla::Instant t) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", t.ToAbsl(),
                          absl::UTCTimeZone());
}

sla::HoursDefinition ParseSchedule(const json& schedule) {
  sla::HoursVersion version;
  version.time_zone = schedule.at("time_zone").get<std::string>();
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(version.time_zone, &zone))
    Fail("bad zone " + version.time_zone);
  for (const auto& [name, intervals] : schedule.at("weekly").items()) {
    for (const json& interval : intervals) {
      version.weekly[WeekdayIndex(name)].push_back(
          ParseInterval(interval.at(0), interval.at(1)));
    }
  }
  for (const json& holiday : schedule.value("holidays", json::array())) {
    if (holiday.contains("date")) {
      version.holidays.push_back(
          {"holiday", ParseDate(holiday["date"]), {}, "", {}});
    } else {
      AddClosedSpan(zone, ParseInstant(holiday.at("start")),
                    ParseInstant(holiday.at("end")), version);
    }
  }
  ParseBreaks(schedule.value("breaks", json::array()), version);
  for (const json& shift : schedule.value("shifts", json::array())) {
    sla::Override entry{"shift", ParseDate(shift.at("date")), {}};
    for (const json& interval : shift.at("intervals")) {
      entry.intervals.push_back(ParseInterval(interval.at(0), interval.at(1)));
    }
    version.overrides.push_back(std::move(entry));
  }
  return {.versions = {std::move(version)}};
}

int RunFile(const std::string& name,
            const std::function<std::string(const json&)>& check) {
  const char* folder = std::getenv("CHARTER_VECTORS");
  const std::string path = absl::StrCat(
      folder != nullptr && *folder != '\0' ? folder : CHARTER_VECTORS_DEFAULT,
      "/", name);
  std::ifstream file(path);
  if (!file) std::printf("cannot read %s\n", path.c_str());
  int ran = 0;
  int failed = 0;
  int skipped = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    std::string id = "(no id)";
    std::string problem;
    try {
      const json row = json::parse(line);
      id = row.at("id").get<std::string>();
      if (row.value("peculiar", false)) {
        ++skipped;
        continue;
      }
      problem = check(row);
    } catch (const std::exception& error) {
      problem = error.what();
    }
    ++ran;
    if (problem.empty()) continue;
    ++failed;
    std::printf("FAILED %s: %s\n", id.c_str(), problem.c_str());
  }
  std::printf("%s: %d ran, %d passed, %d failed, %d skipped\n", name.c_str(),
              ran, ran - failed, failed, skipped);
  return ran > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace charter::vectors
