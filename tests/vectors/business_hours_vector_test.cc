// Runs business_hours.jsonl: single operations with known answers (B1 to B5).
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/sla/calendar/business_hours.h"
#include "tests/vectors/vector_file.h"

namespace charter::vectors {
namespace {

using nlohmann::json;
using sla::BusinessHours;
using sla::Duration;
using sla::Instant;
using sla::Interval;

// Answers and expectations as text, so that a failure can show both.
const char kNone[] = "null";

std::string Text(const std::optional<Instant>& t) {
  return t.has_value() ? vectors::Text(*t) : kNone;
}

std::string Text(const absl::StatusOr<Instant>& t) {
  if (t.ok()) return vectors::Text(*t);
  return absl::IsOutOfRange(t.status()) ? kNone : t.status().ToString();
}

std::string Text(bool value) { return value ? "true" : "false"; }

std::string Text(Duration d) { return std::to_string(d.micros()) + " us"; }

std::string Text(const std::vector<Interval>& intervals) {
  std::string text;
  for (const Interval& interval : intervals) {
    text += "[" + vectors::Text(interval.from) + ", " +
            vectors::Text(interval.to) + ") ";
  }
  return text;
}

// Openings and closings are whole microseconds. An instant that is finer keeps
// its place among them when it is rounded down, if what counts is whether it is
// before one, and when it is rounded up, if what counts is whether it is after
// one. The latter is so of looking backward, and of `add`, whose result may be
// at a closing but not after it.
Rounding RoundingOf(const std::string& op) {
  return op == "add" || op == "prev_end" || op == "prev_opening" ||
                 op == "prev_closing"
             ? Rounding::kUp
             : Rounding::kDown;
}

std::string Answer(const BusinessHours& hours, const std::string& op,
                   const json& row) {
  const Instant start = ParseInstant(row.at("start"), RoundingOf(op));
  if (op == "add")
    return Text(hours.Add(start, ParseSeconds(row.at("duration_seconds"))));
  if (op == "subtract") {
    return Text(
        hours.Subtract(start, ParseSeconds(row.at("duration_seconds"))));
  }
  if (op == "between")
    return Text(hours.Between(start, ParseInstant(row.at("end"))));
  if (op == "is_within") return Text(hours.IsOpen(start));
  if (op == "next_start") return Text(hours.NextOpen(start));
  if (op == "prev_end") return Text(hours.PreviousClose(start));
  if (op == "next_end") return Text(hours.NextClose(start));
  if (op == "next_opening") return Text(hours.NextOpening(start));
  if (op == "prev_opening") return Text(hours.PreviousOpen(start));
  if (op == "prev_closing") return Text(hours.PreviousClosing(start));
  if (op == "intervals")
    return Text(hours.Intervals(start, ParseInstant(row.at("end"))));
  if (op == "is_working_day") return Text(hours.IsBusinessDay(start));
  if (op == "add_days")
    return Text(hours.AddBusinessDays(start, row.at("days").get<int>()));
  throw std::runtime_error("unknown op " + op);
}

std::string Expected(const std::string& op, const json& expect) {
  if (expect.is_null()) return kNone;
  if (expect.is_boolean()) return Text(expect.get<bool>());
  if (expect.is_number()) return Text(ParseSeconds(expect));
  if (expect.is_string())
    return vectors::Text(ParseInstant(expect, RoundingOf(op)));
  std::vector<Interval> intervals;
  for (const json& pair : expect) {
    intervals.push_back({ParseInstant(pair.at(0)), ParseInstant(pair.at(1))});
  }
  return Text(intervals);
}

std::string Check(const json& row) {
  // Rows ask what is true of a schedule without open time, too.
  const absl::StatusOr<std::shared_ptr<const BusinessHours>> hours =
      BusinessHours::Compile(ParseSchedule(row.at("schedule")),
                             sla::NeverOpens::kAllow);
  if (!hours.ok()) return hours.status().ToString();
  const std::string op = row.at("op").get<std::string>();
  const std::string answer = Answer(**hours, op, row);
  const std::string expected = Expected(op, row.at("expect"));
  if (answer == expected) return "";
  return op + " gave " + answer + ", expected " + expected;
}

}  // namespace
}  // namespace charter::vectors

int main() {
  return charter::vectors::RunFile("business_hours.jsonl",
                                   charter::vectors::Check);
}
