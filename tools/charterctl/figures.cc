#include "tools/charterctl/figures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "charter/client/time.h"
#include "charter/v1/case_client.h"
#include "charter/v1/process_client.h"
#include "charter/v1/report_client.h"
#include "tools/charterctl/policy.h"

namespace charter::tools {
namespace {

constexpr char kLatest[] = "import.latest";
constexpr char kAccepted[] = "import.accepted";
constexpr char kRefused[] = "import.refused";

constexpr int kPageSize = 1000;

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

std::string Instant(bool has, const google::protobuf::Timestamp& time) {
  if (!has) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", client::ToTime(time),
                          absl::UTCTimeZone());
}

// "Awaiting Vendor" of `awaiting-vendor`: what the file calls each status.
absl::StatusOr<std::map<std::string, std::string>> StatusNames(
    const Connection& connection) {
  v1::ProcessClient process(connection, Patient());
  std::map<std::string, std::string> names;
  v1::ListItemStatusesRequest request;
  request.set_page_size(kPageSize);
  for (const absl::StatusOr<v1::ItemStatus>& one :
       process.ListItemStatuses(std::move(request))) {
    if (!one.ok()) return one.status();
    names[LastPart(one->name())] = one->display_name();
  }
  return names;
}

std::string FiguresJson(const v1::GetComplianceReportResponse& report,
                        const std::map<std::string, std::string>& statuses,
                        const ImportFacts& facts) {
  std::vector<std::string> rows;
  for (const v1::ComplianceRow& row : report.rows()) {
    rows.push_back(absl::StrFormat(
        "    {\"milestone\": \"%s\", \"priority\": %d, \"instances\": %d, "
        "\"met\": %d, "
        "\"late\": %d, \"overdue\": %d, \"on_track\": %d, \"actual_seconds\": "
        "%d}",
        LastPart(row.milestone_type()), row.priority(), row.instance_count(),
        row.met_count(), row.late_count(), row.overdue_count(),
        row.on_track_count(), row.actual().seconds()));
  }
  std::map<std::string, int64_t> states;
  for (const v1::StatusTime& time : report.status_times()) {
    const auto name = statuses.find(time.status());
    states[name == statuses.end() ? time.status() : name->second] =
        time.duration().seconds();
  }
  std::vector<std::string> times;
  for (const auto& [state, seconds] : states) {
    times.push_back(absl::StrFormat("    \"%s\": %d", state, seconds));
  }
  return absl::StrCat("{\n  \"milestones\": [\n", absl::StrJoin(rows, ",\n"),
                      "\n  ],\n  \"state_seconds\": {\n",
                      absl::StrJoin(times, ",\n"),
                      "\n  },\n  \"rows_accepted\": ", facts.accepted,
                      ",\n  \"rows_refused\": ", facts.refused, "\n}\n");
}

void PrintTable(const v1::GetComplianceReportResponse& report,
                const std::map<std::string, std::string>& statuses,
                const ImportFacts& facts) {
  std::printf("As of %s: %lld cases; %lld rows accepted, %lld refused\n\n",
              Instant(true, report.as_of()).c_str(),
              static_cast<long long>(report.item_count()),
              static_cast<long long>(facts.accepted),
              static_cast<long long>(facts.refused));
  std::printf("%-16s %8s %10s %8s %8s %8s %9s %14s\n", "milestone", "priority",
              "instances", "met", "late", "overdue", "on track", "actual (h)");
  for (const v1::ComplianceRow& row : report.rows()) {
    std::printf("%-16s %8d %10lld %8lld %8lld %8lld %9lld %14.1f\n",
                LastPart(row.milestone_type()).c_str(), row.priority(),
                static_cast<long long>(row.instance_count()),
                static_cast<long long>(row.met_count()),
                static_cast<long long>(row.late_count()),
                static_cast<long long>(row.overdue_count()),
                static_cast<long long>(row.on_track_count()),
                static_cast<double>(row.actual().seconds()) / 3600.0);
  }
  std::printf("\n%-24s %14s\n", "state", "open time (h)");
  for (const v1::StatusTime& time : report.status_times()) {
    const auto name = statuses.find(time.status());
    std::printf("%-24s %14.1f\n",
                (name == statuses.end() ? time.status() : name->second).c_str(),
                static_cast<double>(time.duration().seconds()) / 3600.0);
  }
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file
             ? absl::OkStatus()
             : absl::UnavailableError(absl::StrCat(path, " cannot be written"));
}

const char* Outcome(const v1::Milestone& milestone) {
  if (milestone.state() == v1::Milestone::COMPLETED) {
    return milestone.violated() ? "late" : "met";
  }
  return milestone.violated() ? "overdue" : "on track";
}

// Every clock of the imported process at `as_of`, a line each, in order of
// incident and milestone.
absl::Status WriteInstances(const Connection& connection, absl::Time as_of,
                            const std::string& path) {
  v1::CaseClient cases(connection, Patient());
  std::vector<std::pair<std::string, std::string>> lines;
  v1::ListMilestonesRequest request;
  request.set_page_size(kPageSize);
  request.mutable_as_of()->set_seconds(absl::ToUnixSeconds(as_of));
  for (const absl::StatusOr<v1::Milestone>& one :
       cases.ListMilestones(std::move(request))) {
    if (!one.ok()) return one.status();
    if (one->process_version().rfind(kImportProcess, 0) != 0) continue;
    const std::string milestone = LastPart(one->milestone_type());
    lines.emplace_back(
        absl::StrCat(one->external_id(), ",", milestone),
        absl::StrCat(
            one->external_id(), ",", milestone, ",",
            Instant(one->has_start_time(), one->start_time()), ",",
            Instant(one->has_target_time(), one->target_time()), ",",
            Instant(one->has_completion_time(), one->completion_time()), ",",
            Instant(one->has_violation_time(), one->violation_time()), ",",
            one->actual().seconds(), ",", Outcome(*one), "\n"));
  }
  std::sort(lines.begin(), lines.end());
  std::string text =
      "incident,milestone,start,target,completed,violated,actual_seconds,"
      "outcome\n";
  for (const auto& [key, line] : lines) text += line;
  return WriteFile(path, text);
}

}  // namespace

absl::Status StoreFacts(const Connection& connection,
                        const ImportFacts& facts) {
  v1::UpdateEntitlementProcessRequest request;
  v1::EntitlementProcess& process = *request.mutable_entitlement_process();
  process.set_name(kImportProcess);
  auto& annotations = *process.mutable_annotations();
  annotations[kLatest] = absl::StrCat(absl::ToUnixSeconds(facts.latest));
  annotations[kAccepted] = absl::StrCat(facts.accepted);
  annotations[kRefused] = absl::StrCat(facts.refused);
  request.mutable_update_mask()->add_paths("annotations");
  return v1::ProcessClient(connection, Patient())
      .UpdateEntitlementProcess(std::move(request))
      .status();
}

absl::StatusOr<ImportFacts> LoadFacts(const Connection& connection) {
  const absl::StatusOr<v1::EntitlementProcess> process =
      v1::ProcessClient(connection, Patient())
          .GetEntitlementProcess(kImportProcess);
  if (!process.ok()) return process.status();
  ImportFacts facts;
  int64_t latest = 0;
  const auto number = [&](const char* key, int64_t* value) {
    const auto found = process->annotations().find(key);
    return found != process->annotations().end() &&
           absl::SimpleAtoi(found->second, value);
  };
  if (!number(kLatest, &latest) || !number(kAccepted, &facts.accepted) ||
      !number(kRefused, &facts.refused)) {
    return absl::NotFoundError(
        "no import of incidents has ended on this server");
  }
  facts.latest = absl::FromUnixSeconds(latest);
  return facts;
}

absl::Status ReportIncidents(const Connection& connection,
                             const ImportFacts& facts, absl::Time as_of,
                             const std::string& figures,
                             const std::string& instances) {
  v1::GetComplianceReportRequest request;
  request.mutable_as_of()->set_seconds(absl::ToUnixSeconds(as_of));
  request.set_process(kImportProcess);
  const absl::StatusOr<v1::GetComplianceReportResponse> report =
      v1::ReportClient(connection, Patient())
          .GetComplianceReport(std::move(request));
  if (!report.ok()) return report.status();
  absl::StatusOr<std::map<std::string, std::string>> statuses =
      StatusNames(connection);
  if (!statuses.ok()) return statuses.status();
  PrintTable(*report, *statuses, facts);
  if (!figures.empty()) {
    absl::Status written =
        WriteFile(figures, FiguresJson(*report, *statuses, facts));
    if (!written.ok()) return written;
  }
  return instances.empty() ? absl::OkStatus()
                           : WriteInstances(connection, as_of, instances);
}

}  // namespace charter::tools
