#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/reports/reports.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/history.h"
#include "storage/records/case_events.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using Request = v1::GetComplianceReportRequest;

// Items evaluated in one transaction.
constexpr int kPage = 500;

// The parts of a row's key, in order; a dimension that was not asked for is
// empty.
struct Key {
  std::string milestone_type;
  std::string process;
  int priority = 0;
  std::string account;
  std::string owner;
  std::string month;
  auto operator<=>(const Key&) const = default;
};

struct Counts {
  int64_t instances = 0;
  int64_t met = 0;
  int64_t late = 0;
  int64_t overdue = 0;
  int64_t on_track = 0;
  int64_t cancelled = 0;
  int64_t violated_met_last = 0;
  sla::Duration actual;
};

class Report {
 public:
  Report(const Request& request, absl::Time as_of)
      : request_(request), as_of_(sla::Instant::From(as_of)) {
    for (int dimension : request.dimensions()) dimensions_.insert(dimension);
    if (dimensions_.empty())
      dimensions_ = {Request::MILESTONE_TYPE, Request::PRIORITY};
  }

  void Add(const Item& item, const sla::Evaluation& evaluation,
           const Catalog& catalog) {
    ++items_;
    for (const sla::Milestone& milestone : evaluation.milestones) {
      AddMilestone(item.row, milestone);
    }
    AddStatusTimes(item, catalog);
  }

  v1::GetComplianceReportResponse Finish() {
    v1::GetComplianceReportResponse response;
    for (const auto& [key, counts] : rows_) {
      v1::ComplianceRow& row = *response.add_rows();
      row.set_milestone_type(key.milestone_type);
      row.set_process(key.process);
      row.set_priority(key.priority);
      row.set_account(key.account);
      row.set_owner(key.owner);
      row.set_month(key.month);
      row.set_instance_count(counts.instances);
      row.set_met_count(counts.met);
      row.set_late_count(counts.late);
      row.set_overdue_count(counts.overdue);
      row.set_on_track_count(counts.on_track);
      row.set_cancelled_count(counts.cancelled);
      row.set_violated_met_last_target_count(counts.violated_met_last);
      *row.mutable_actual() = ToProto(counts.actual);
    }
    for (const auto& [status, time] : status_times_) {
      v1::StatusTime& told = *response.add_status_times();
      told.set_status(status);
      *told.mutable_duration() = ToProto(time);
    }
    *response.mutable_as_of() = ToProto(as_of_);
    response.set_item_count(items_);
    return response;
  }

 private:
  bool Asked(Request::Dimension dimension) const {
    return dimensions_.contains(dimension);
  }

  void AddMilestone(const v1::Case& row, const sla::Milestone& milestone) {
    const std::string process =
        milestone.process.substr(0, milestone.process.rfind("/versions/"));
    if (!request_.process().empty() && process != request_.process()) return;
    if (request_.has_start_time() &&
        milestone.start_time < ToInstant(request_.start_time())) {
      return;
    }
    if (request_.has_end_time() &&
        milestone.start_time >= ToInstant(request_.end_time()))
      return;
    Key key;
    if (Asked(Request::MILESTONE_TYPE))
      key.milestone_type = milestone.milestone_type;
    if (Asked(Request::PROCESS)) key.process = process;
    if (Asked(Request::PRIORITY)) key.priority = row.priority();
    if (Asked(Request::ACCOUNT)) key.account = row.account();
    if (Asked(Request::OWNER)) key.owner = row.owner();
    if (Asked(Request::MONTH)) {
      key.month = absl::FormatTime("%Y-%m", milestone.start_time.ToAbsl(),
                                   absl::UTCTimeZone());
    }
    Counts& counts = rows_[key];
    ++counts.instances;
    const bool completed = milestone.state == sla::MilestoneState::kCompleted;
    ++(completed ? (milestone.violated ? counts.late : counts.met)
                 : (milestone.violated ? counts.overdue : counts.on_track));
    if (milestone.state == sla::MilestoneState::kCancelled) ++counts.cancelled;
    if (milestone.violated && milestone.met_last_target)
      ++counts.violated_met_last;
    counts.actual += milestone.actual;
  }

  // Open time in each status that is not closed, by the hours that count for
  // the item's process (F3): they are those of its clocks, else its own.
  void AddStatusTimes(const Item& item, const Catalog& catalog) {
    const sla::History history = ToHistory(item.row, item.events, catalog);
    const sla::BusinessHours* hours = HoursOf(item.row, catalog);
    if (hours == nullptr) return;  // the default set is unusable
    std::string status;
    bool closed = true;
    sla::Instant since;
    const auto end_stretch = [&](sla::Instant at) {
      if (!closed && at > since)
        status_times_[status] += hours->Between(since, at);
      since = at;
    };
    for (int index : sla::OrderOfEvents(history.events)) {
      const sla::Event& event = history.events[index];
      if (event.occur_time > as_of_) break;
      for (const sla::FieldChange& change : event.changes) {
        if (change.slot == sla::ItemSlot::kStatus) {
          end_stretch(event.occur_time);
          const auto* text = std::get_if<std::string>(&change.value);
          status = text == nullptr ? "" : *text;
        } else if (change.slot == sla::ItemSlot::kStatusCategory) {
          end_stretch(event.occur_time);
          const auto* category = std::get_if<std::string>(&change.value);
          closed = category == nullptr || *category == "RESOLVED" ||
                   *category == "CLOSED";
        }
      }
      if (event.kind == sla::EventKind::kDeleted) {
        end_stretch(event.occur_time);
        closed = true;
      }
    }
    end_stretch(as_of_);
  }

  static const sla::BusinessHours* HoursOf(const v1::Case& row,
                                           const Catalog& catalog) {
    const auto version = catalog.processes.find(row.process_version());
    if (version != catalog.processes.end() && !version->second->hours.empty()) {
      if (auto hours = catalog.FindHours(version->second->hours))
        return hours.get();
    }
    if (auto hours = catalog.FindHours(row.business_hours()))
      return hours.get();
    return catalog.calendars.standard.get();
  }

  const Request& request_;
  const sla::Instant as_of_;
  std::set<int> dimensions_;
  std::map<Key, Counts> rows_;
  std::map<std::string, sla::Duration> status_times_;
  int64_t items_ = 0;
};

// A page of items with their histories.
struct Page {
  std::shared_ptr<const Catalog> catalog;
  std::vector<Item> items;
  std::string next;  // empty at the end
};

absl::Status CheckRequest(const Request& request) {
  FieldViolations violations;
  for (int i = 0; i < request.dimensions_size(); ++i) {
    if (request.dimensions(i) != Request::DIMENSION_UNSPECIFIED) continue;
    violations.Add(absl::StrCat("dimensions[", i, "]"), ErrorReason::REQUIRED,
                   "is not a dimension; leave the list empty to split by "
                   "MILESTONE_TYPE and PRIORITY");
  }
  if (request.has_start_time() && request.has_end_time() &&
      ToInstant(request.end_time()) < ToInstant(request.start_time())) {
    violations.Add("end_time", ErrorReason::OUT_OF_RANGE,
                   "is before start_time");
  }
  return violations.ToStatus();
}

// NOT_FOUND for one that never was or is gone: no clocks would mean no promise.
template <typename Message>
absl::Status CheckExists(storage::Transaction& tx,
                         const storage::Table<Message>& table,
                         const std::string& name, absl::string_view field) {
  if (name.empty()) return absl::OkStatus();
  const absl::Status status = table.Get(tx, name).status();
  return absl::IsNotFound(status) ? errors::NotFound(name, field) : status;
}

absl::StatusOr<Page> LoadPage(Call& call, storage::Transaction& tx,
                              const Request& request,
                              const std::string& after) {
  Page page;
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  page.catalog = *std::move(catalog);
  if (after.empty()) {
    absl::Status status =
        CheckExists(tx, storage::AccountTable(), request.account(), "account");
    if (!status.ok()) return status;
    status = CheckExists(tx, storage::EntitlementProcessTable(),
                         request.process(), "process");
    if (!status.ok()) return status;
  }
  storage::ListQuery query;
  query.page_size = kPage;
  query.after = after;
  if (!request.account().empty())
    query.restrict_to = {{"account", request.account()}};
  absl::StatusOr<storage::ListPage<v1::Case>> rows =
      storage::CaseTable().List(tx, query);
  if (!rows.ok()) return rows.status();
  page.next = rows->next;
  std::vector<std::string> names;
  for (const v1::Case& row : rows->rows) names.push_back(row.name());
  if (names.empty()) return page;
  auto histories = storage::LoadManyCaseEvents(tx, names);
  if (!histories.ok()) return histories.status();
  for (v1::Case& row : rows->rows) {
    Item& item = page.items.emplace_back();
    item.events = std::move((*histories)[row.name()]);
    item.row = std::move(row);
  }
  return page;
}

}  // namespace

absl::StatusOr<v1::GetComplianceReportResponse> GetComplianceReport(
    Call& call, const Request& request) {
  const absl::Time as_of =
      request.has_as_of() ? ToTime(request.as_of()) : call.now();
  absl::Status status = CheckRequest(request);
  if (!status.ok()) return status;
  Report report(request, as_of);
  absl::StatusOr<Page> page = Page();
  do {
    if (absl::Status alive = call.Alive(); !alive.ok()) return alive;
    const std::string after = page->next;
    status = call.Read([&](storage::Transaction& tx) {
      page = LoadPage(call, tx, request, after);
      return page.status();
    });
    if (!status.ok()) return status;
    for (Item& item : page->items) {
      if (as_of < ToTime(item.row.create_time())) continue;
      absl::StatusOr<sla::Evaluation> evaluation =
          EvaluateItem(item, *page->catalog, as_of);
      if (errors::ReasonOf(evaluation.status()) == "DEFINITION_UNUSABLE")
        return evaluation.status();
      if (!evaluation.ok()) continue;  // listed by its evaluation_error
      FillRow(*evaluation, *page->catalog, &item.row);
      report.Add(item, *evaluation, *page->catalog);
    }
  } while (!page->next.empty());
  return report.Finish();
}

}  // namespace charter::services
