#include "tools/charterctl/import_incidents.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "charter/client/time.h"
#include "charter/v1/admin_client.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "tools/charterctl/figures.h"
#include "tools/charterctl/incident_file.h"
#include "tools/charterctl/policy.h"
#include "tools/charterctl/progress.h"

namespace charter::tools {
namespace {

using client::ToProto;

// How much history goes with the opening; the rest follows.
constexpr size_t kFirstStretch = 500;
constexpr size_t kPerCall = 500;
// Refused rows and failed incidents that are printed.
constexpr size_t kShown = 20;

std::string LocationId(const std::string& location) {
  std::string id = "location-";
  for (char c : location) {
    id += absl::ascii_isalnum(static_cast<unsigned char>(c))
              ? absl::ascii_tolower(c)
              : '-';
  }
  return location.empty() ? "location-unknown" : id;
}

// A row as an event: the state right after one update.
v1::CaseEvent ToEvent(const std::string& number, const IncidentRow& row,
                      absl::Time opened) {
  v1::CaseEvent event;
  event.set_key(absl::StrCat(number, ":", row.line));
  *event.mutable_occur_time() = ToProto(std::max(row.updated, opened));
  v1::FieldsChanged& changed = *event.mutable_fields_changed();
  changed.mutable_case_()->set_status(row.status);
  changed.mutable_case_()->set_priority(row.priority);
  changed.mutable_update_mask()->add_paths("status");
  changed.mutable_update_mask()->add_paths("priority");
  return event;
}

class Importer {
 public:
  Importer(const Connection& connection,
           const google::protobuf::Timestamp& live_from)
      : live_from_(live_from),
        directory_(connection),
        entitlements_(connection),
        cases_(connection) {}

  // Accounts, and one entitlement each to the process.
  absl::Status MakeAccounts(const std::set<std::string>& locations) {
    for (const std::string& location : locations) {
      const std::string id = LocationId(location);
      v1::CreateAccountRequest account;
      account.set_account_id(id);
      account.mutable_account()->set_display_name(
          location.empty() ? "Location unknown"
                           : absl::StrCat("Location ", location));
      absl::Status status =
          directory_.CreateAccount(account, options_).status();
      if (!Done(status)) return status;
      v1::CreateEntitlementRequest create;
      create.set_entitlement_id(id);
      v1::Entitlement& entitlement = *create.mutable_entitlement();
      entitlement.set_display_name("Incident support");
      entitlement.set_account(absl::StrCat("accounts/", id));
      entitlement.set_process(kImportProcess);
      entitlement.mutable_start_date()->set_year(2000);
      entitlement.mutable_start_date()->set_month(1);
      entitlement.mutable_start_date()->set_day(1);
      status = entitlements_.CreateEntitlement(create, options_).status();
      if (!Done(status)) return status;
    }
    return absl::OkStatus();
  }

  // One incident with its rows. "" or what went wrong.
  std::string Import(const std::string& number,
                     const std::vector<IncidentRow>& rows) {
    const IncidentRow& first = rows.front();
    const absl::Time opened = first.opened;
    const std::string id = absl::AsciiStrToLower(number);
    const std::string account = LocationId(first.location);
    v1::OpenCaseRequest request;
    request.set_case_id(id);
    *request.mutable_occur_time() = ToProto(opened);
    *request.mutable_live_from() = live_from_;
    v1::Case& item = *request.mutable_case_();
    item.set_account(absl::StrCat("accounts/", account));
    item.set_entitlement(absl::StrCat("entitlements/", account));
    item.set_external_id(number);
    item.set_subject(absl::StrCat("Incident ", number));
    item.set_status("new");
    item.set_priority(first.priority);
    std::vector<v1::CaseEvent> events;
    for (const IncidentRow& row : rows)
      events.push_back(ToEvent(number, row, opened));
    const size_t stretch = std::min(events.size(), kFirstStretch);
    for (size_t i = 0; i < stretch; ++i) *request.add_history() = events[i];
    const absl::Status status =
        cases_.OpenCase(std::move(request), options_).status();
    const bool there = absl::IsAlreadyExists(status);
    if (!status.ok() && !there) return client::Describe(status);
    // What was brought in before is known by its keys and recorded once.
    for (size_t i = there ? 0 : stretch; i < events.size(); i += kPerCall) {
      std::string failed = Record(absl::StrCat("cases/", id), events, i);
      if (!failed.empty()) return failed;
    }
    return "";
  }

 private:
  static bool Done(const absl::Status& status) {
    return status.ok() || absl::IsAlreadyExists(status);
  }

  std::string Record(const std::string& item,
                     const std::vector<v1::CaseEvent>& events, size_t from) {
    v1::RecordEventsRequest request;
    for (size_t i = from; i < std::min(events.size(), from + kPerCall); ++i) {
      v1::RecordedEvent& one = *request.add_events();
      one.set_case_(item);
      *one.mutable_event() = events[i];
    }
    const absl::StatusOr<v1::RecordEventsResponse> response =
        cases_.RecordEvents(std::move(request), options_);
    if (!response.ok()) return client::Describe(response.status());
    for (const v1::RecordEventResult& result : response->results()) {
      if (result.status().code() != 0) return result.status().message();
    }
    return "";
  }

  const google::protobuf::Timestamp live_from_;
  // All writes here have names and keys of their own: ids would only cost the
  // server a row each.
  const client::Options options_ = Patient().Set<client::RequestIdOption>("");
  v1::DirectoryClient directory_;
  v1::EntitlementClient entitlements_;
  v1::CaseClient cases_;
};

}  // namespace

absl::Status ImportIncidents(const Connection& connection,
                             const ImportOptions& options) {
  absl::StatusOr<Policy> policy = ReadPolicy(options.policy);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<IncidentFile> file =
      ReadIncidents(options.file, policy->zone, policy->statuses);
  if (!file.ok()) return file.status();
  for (size_t i = 0; i < std::min(file->refused.size(), kShown); ++i) {
    const RefusedRow& row = file->refused[i];
    std::fprintf(stderr, "line %d, %s: %s\n", row.line, row.number.c_str(),
                 row.why.c_str());
  }
  if (file->incidents.empty())
    return absl::InvalidArgumentError("the file has no row to import");
  absl::Status status = InstallPolicy(connection, *policy);
  if (!status.ok()) return status;
  // Nothing that happened before now acts or is published (K7).
  const absl::StatusOr<v1::ServerInfo> server =
      v1::AdminClient(connection, Patient())
          .GetServerInfo(v1::GetServerInfoRequest());
  if (!server.ok()) return server.status();
  Importer importer(connection, server->time());
  std::set<std::string> locations;
  for (const auto& [number, rows] : file->incidents)
    locations.insert(rows.front().location);
  status = importer.MakeAccounts(locations);
  if (!status.ok()) return status;

  using Incident = std::pair<const std::string, std::vector<IncidentRow>>;
  std::vector<const Incident*> incidents;
  for (const Incident& incident : file->incidents)
    incidents.push_back(&incident);
  Progress progress("incidents", static_cast<int64_t>(incidents.size()));
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::vector<std::string> failures;
  std::vector<std::thread> threads;
  for (int i = 0; i < options.connections; ++i) {
    threads.emplace_back([&] {
      for (size_t index = next++; index < incidents.size(); index = next++) {
        const auto& [number, rows] = *incidents[index];
        std::string failed = importer.Import(number, rows);
        progress.Add(1);
        if (failed.empty()) continue;
        std::lock_guard<std::mutex> lock(mutex);
        failures.push_back(absl::StrCat(number, ": ", failed));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < std::min(failures.size(), kShown); ++i) {
    std::fprintf(stderr, "%s\n", failures[i].c_str());
  }
  if (!failures.empty()) {
    return absl::UnavailableError(absl::StrCat(
        failures.size(), " incidents were not imported; run the same again"));
  }
  const ImportFacts facts{file->latest, file->accepted,
                          static_cast<int64_t>(file->refused.size())};
  status = StoreFacts(connection, facts);
  if (!status.ok()) return status;
  return ReportIncidents(connection, facts, facts.latest, options.figures,
                         options.instances);
}

}  // namespace charter::tools
