// The server says of each case what stands in the file, when the case is lived
// through: its events come when they are recorded, its timers fire between.
// With CHARTER_WRITE_CONFORMANCE=1 in the environment it writes the file anew.
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/calendar_client.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/process_client.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/vectors/conformance_file.h"

namespace charter::vectors {
namespace {

using Json = nlohmann::ordered_json;

template <typename Message>
Message Parse(const Json& json) {
  Message message;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(json.dump(), &message);
  EXPECT_TRUE(parsed.ok()) << parsed.ToString() << " in " << json;
  return message;
}

Json ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  EXPECT_TRUE(
      google::protobuf::util::MessageToJsonString(message, &text, options)
          .ok());
  return Json::parse(text);
}

template <typename T>
T Must(absl::StatusOr<T> answer) {
  EXPECT_TRUE(answer.ok()) << client::Describe(answer.status());
  return answer.ok() ? *std::move(answer) : T();
}

absl::Time TimeOf(const Json& text) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text.get<std::string>(),
                              &time, nullptr))
      << text;
  return time;
}

// One case, lived through.
class Life {
 public:
  explicit Life(const Json& entry)
      : entry_(entry), fake_({.start = TimeOf(entry.at("opened"))}) {}

  Json Answer() {
    SetUp();
    Open();
    for (const Json& event : entry_.at("events")) {
      fake_.AdvanceTo(TimeOf(event.contains("recorded")
                                 ? event["recorded"]
                                 : event.at("occur_time")));
      if (event.contains("hours")) {
        ChangeHours(event);
      } else {
        Record(event);
      }
    }
    fake_.AdvanceTo(TimeOf(entry_.at("as_of")));
    return Read();
  }

  // What SimulateProcess says of the same; null where that is not to be asked:
  // of what triggers, other hours and other entitlements do.
  Json Simulated() {
    const std::string text = entry_.dump();
    for (const char* beyond :
         {"\"actions\"", "\"definition\"", "\"entitlement_changed\""}) {
      if (absl::StrContains(text, beyond)) return nullptr;
    }
    const std::string process = entry_.at("processes").items().begin().key();
    Json item = entry_.at("case");
    item["account"] = "accounts/acme";
    Json ask = {{"process_version",
                 absl::StrCat("entitlementProcesses/", process, "/versions/1")},
                {"case", item},
                {"open_time", entry_.at("opened")},
                {"events", entry_.at("events")},
                {"as_of", entry_.at("as_of")}};
    for (Json& event : ask["events"]) event.erase("recorded");
    ask = Json::parse(
        absl::StrReplaceAll(ask.dump(), {{"cases/c/", "cases/simulation/"}}));
    v1::ProcessClient process_client(fake_.channel());
    Json answer = ToJson(Must(process_client.SimulateProcess(
        Parse<v1::SimulateProcessRequest>(ask))));
    answer = Json::parse(
        absl::StrReplaceAll(answer.dump(), {{"cases/simulation", "cases/c"}}));
    Json simulated = {
        {"milestones", answer.value("milestones", Json::array())},
        {"transitions", answer.value("transitions", Json::array())}};
    return simulated;
  }

 private:
  void SetUp() {
    v1::CalendarClient calendar(fake_.channel());
    for (const auto& [id, definition] : entry_.at("hours").items()) {
      Must(calendar.CreateBusinessHours(Parse<v1::CreateBusinessHoursRequest>(
          Json{{"business_hours_id", id},
               {"business_hours", Json{{"definition", definition}}}})));
    }
    v1::ProcessClient process(fake_.channel());
    for (const auto& [id, recurrence] : entry_.at("milestone_types").items()) {
      Must(process.CreateMilestoneType(Parse<v1::CreateMilestoneTypeRequest>(
          Json{{"milestone_type_id", id},
               {"milestone_type", Json{{"recurrence", recurrence}}}})));
    }
    v1::DirectoryClient directory(fake_.channel());
    v1::CreateAccountRequest account;
    account.set_account_id("acme");
    account.mutable_account()->set_display_name("Acme");
    Must(directory.CreateAccount(account));
    v1::EntitlementClient entitlements(fake_.channel());
    for (const auto& [id, definition] : entry_.at("processes").items()) {
      Must(process.CreateEntitlementProcess(
          Parse<v1::CreateEntitlementProcessRequest>(Json{
              {"entitlement_process_id", id},
              {"entitlement_process", Json{{"definition", definition}}}})));
      const std::string name = absl::StrCat("entitlementProcesses/", id);
      Must(process.PublishVersion(name));
      Must(entitlements.CreateEntitlement(Parse<v1::CreateEntitlementRequest>(
          Json{{"entitlement_id", id},
               {"entitlement",
                Json{{"account", "accounts/acme"},
                     {"display_name", id},
                     {"process", name},
                     {"start_date",
                      Json{{"year", 1990}, {"month", 1}, {"day", 1}}}}}})));
    }
  }

  void Open() {
    v1::OpenCaseRequest open;
    open.set_case_id("c");
    *open.mutable_case_() = Parse<v1::Case>(entry_.at("case"));
    open.mutable_case_()->set_account("accounts/acme");
    open.mutable_case_()->set_entitlement(absl::StrCat(
        "entitlements/", entry_.at("processes").items().begin().key()));
    Must(cases_.OpenCase(open));
  }

  void Record(Json event) {
    event.erase("recorded");
    event["key"] = absl::StrCat("e", ++recorded_);
    v1::RecordEventsRequest record;
    record.add_events()->set_case_("cases/c");
    *record.mutable_events(0)->mutable_event() = Parse<v1::CaseEvent>(event);
    const v1::RecordEventsResponse response = Must(cases_.RecordEvents(record));
    ASSERT_EQ(response.results_size(), 1);
    EXPECT_EQ(response.results(0).status().code(), 0)
        << response.results(0).status().message();
  }

  void ChangeHours(const Json& event) {
    v1::CalendarClient calendar(fake_.channel());
    v1::UpdateBusinessHoursRequest update;
    update.mutable_business_hours()->set_name(
        absl::StrCat("businessHours/", event.at("hours").get<std::string>()));
    *update.mutable_business_hours()->mutable_definition() =
        Parse<v1::HoursDefinition>(event.at("definition"));
    update.mutable_update_mask()->add_paths("definition");
    Must(calendar.UpdateBusinessHours(update));
    fake_.Advance(absl::ZeroDuration());  // clocks are computed anew
  }

  Json Read() {
    const v1::GetTimelineResponse timeline =
        Must(cases_.GetTimeline("cases/c"));
    Json answer = ToJson(timeline);
    answer.erase("case");
    answer.erase("events");
    for (const char* list : {"clocks", "transitions"}) {
      if (!answer.contains(list)) answer[list] = Json::array();
    }
    for (Json& clock : answer["clocks"]) {
      const v1::ExplainMilestoneResponse explained =
          Must(cases_.ExplainMilestone(
              clock.at("milestone").at("name").get<std::string>()));
      const Json told = ToJson(explained);
      const Json stretches = told.value("stretches", Json::array());
      EXPECT_EQ(told.at("milestone"), clock.at("milestone"));
      EXPECT_EQ(stretches, clock.value("stretches", Json::array()));
      clock["stretches"] = stretches;
      clock["explanation"] = told.at("explanation");
    }
    return answer;
  }

  const Json& entry_;
  testing::FakeCharter fake_;
  v1::CaseClient cases_{fake_.channel()};
  int recorded_ = 0;
};

TEST(ServerConformanceTest, SaysWhatStandsInTheFile) {
  Json file = ReadConformanceFile();
  const bool write = std::getenv("CHARTER_WRITE_CONFORMANCE") != nullptr;
  EXPECT_GT(file.at("cases").size(), 50u);
  for (Json& entry : file.at("cases")) {
    SCOPED_TRACE(entry.at("id").get<std::string>());
    Life life(entry);
    Json answer = life.Answer();
    if (const Json simulated = life.Simulated(); !simulated.is_null()) {
      EXPECT_EQ(simulated["transitions"], answer["transitions"]);
      ASSERT_EQ(simulated["milestones"].size(), answer["clocks"].size());
      for (size_t i = 0; i < answer["clocks"].size(); ++i)
        EXPECT_EQ(simulated["milestones"][i], answer["clocks"][i]["milestone"]);
    }
    if (write) {
      entry["expect"] = std::move(answer);
    } else {
      EXPECT_EQ(Canonical(answer), Canonical(entry.at("expect")));
    }
  }
  if (write) WriteConformanceFile(file);
}

}  // namespace
}  // namespace charter::vectors
