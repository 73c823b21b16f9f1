// The engine by itself, charter::sla, says of each case what the server said.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/sla/clock/explain.h"
#include "server/sla/clock/settle.h"
#include "tests/vectors/conformance_file.h"
#include "tests/vectors/engine_answer.h"
#include "tests/vectors/engine_input.h"

namespace charter::vectors {
namespace {

// A program's own ledger of an item: each event goes in when it is recorded,
// after what the triggers until then have done.
sla::Evaluation Live(const Json& entry, const sla::Calendars& calendars) {
  const sla::Schema schema = sla::MakeItemSchema();
  const sla::Processes processes = ProcessesOf(entry, schema);
  sla::History history;
  history.item = "cases/c";
  history.events.push_back(OpeningOf(entry));
  const auto settle = [&](sla::Instant now) {
    absl::StatusOr<sla::Settled> settled =
        sla::Settle(history, processes, calendars, now);
    EXPECT_TRUE(settled.ok()) << settled.status();
    if (!settled.ok()) return sla::Evaluation();
    for (sla::Event& applied : settled->applied)
      history.events.push_back(std::move(applied));
    return std::move(settled->evaluation);
  };
  for (const Json& event : entry.at("events")) {
    if (event.contains("hours")) continue;  // of the calendar
    sla::Event next = EventOf(event);
    settle(next.record_time);
    // The server's ids are the places in the history.
    next.id = absl::StrCat(history.events.size() + 1);
    history.events.push_back(std::move(next));
  }
  return settle(InstantOf(entry.at("as_of")));
}

Json AnswerOfEngine(const Json& entry) {
  const sla::Calendars calendars = CalendarsOf(entry);
  const sla::Evaluation evaluation = Live(entry, calendars);
  Json answer = {{"clocks", Json::array()}, {"transitions", Json::array()}};
  for (const sla::Milestone& milestone : evaluation.milestones) {
    const auto stretches =
        sla::StretchesOf(milestone, calendars, evaluation.as_of);
    EXPECT_TRUE(stretches.ok()) << stretches.status();
    if (!stretches.ok()) continue;
    const std::string hours =
        milestone.hours.empty() ? "businessHours/always" : milestone.hours;
    Json clock = {{"milestone", ToJson(milestone, evaluation, hours)},
                  {"stretches", Json::array()}};
    for (const sla::Stretch& stretch : *stretches)
      clock["stretches"].push_back(ToJson(stretch));
    clock["explanation"] =
        sla::InWords(milestone, *stretches, hours, ZoneOf(entry, hours));
    answer["clocks"].push_back(std::move(clock));
  }
  for (const sla::Transition& transition : evaluation.transitions)
    answer["transitions"].push_back(ToJson(transition, evaluation));
  return answer;
}

TEST(EngineConformanceTest, SaysWhatTheServerSaysToTheByte) {
  const Json file = ReadConformanceFile();
  EXPECT_GT(file.at("cases").size(), 50u);
  for (const Json& entry : file.at("cases")) {
    EXPECT_EQ(Canonical(AnswerOfEngine(entry)), Canonical(entry.at("expect")))
        << entry.at("id") << ": " << entry.at("says");
  }
}

}  // namespace
}  // namespace charter::vectors
