#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/items/item.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/history.h"
#include "storage/records/case_events.h"
#include "storage/records/generations.h"
#include "storage/records/ids.h"
#include "storage/sql/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// How far ahead of the server's clock an event may be and still count as now.
constexpr absl::Duration kClockSkew = absl::Seconds(5);

std::optional<absl::Time> DueOf(const storage::HiddenValues& hidden) {
  const std::optional<int64_t> due = storage::NextDueOf(hidden);
  if (!due.has_value()) return std::nullopt;
  return absl::FromUnixMicros(*due);
}

}  // namespace

absl::StatusOr<std::vector<Item>> LoadItems(storage::Transaction& tx,
                                            absl::Span<const std::string> names,
                                            storage::Lock lock) {
  std::vector<std::string> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::CaseTable().BatchGet(ahead, sorted, lock);
    (void)storage::LoadManyCaseEvents(ahead, sorted);
    (void)storage::LoadManyTransitions(ahead, sorted);
    (void)storage::MilestoneTable().FindIn(ahead, "case_name", sorted);
  });
  std::vector<storage::HiddenValues> hidden;
  absl::StatusOr<std::vector<v1::Case>> rows =
      storage::CaseTable().BatchGet(tx, names, lock, &hidden);
  if (!rows.ok()) return rows.status();
  std::vector<Item> items;
  if (rows->empty()) return items;
  std::vector<std::string> found;
  for (const v1::Case& row : *rows) found.push_back(row.name());
  auto events = storage::LoadManyCaseEvents(tx, found);
  if (!events.ok()) return events.status();
  auto transitions = storage::LoadManyTransitions(tx, found);
  if (!transitions.ok()) return transitions.status();
  auto milestones = storage::MilestoneTable().FindIn(tx, "case_name", found);
  if (!milestones.ok()) return milestones.status();
  std::map<std::string, std::vector<v1::Milestone>> clocks;
  for (v1::Milestone& milestone : *milestones) {
    const std::string name = milestone.case_();
    clocks[name].push_back(std::move(milestone));
  }
  for (size_t i = 0; i < rows->size(); ++i) {
    Item& item = items.emplace_back();
    item.row = std::move((*rows)[i]);
    item.next_due = DueOf(hidden[i]);
    item.events = std::move((*events)[item.row.name()]);
    item.milestones = std::move(clocks[item.row.name()]);
    item.transitions = std::move((*transitions)[item.row.name()]);
  }
  return items;
}

absl::StatusOr<Item> LoadForWrite(storage::Transaction& tx,
                                  absl::string_view name,
                                  absl::string_view etag) {
  const std::string key(name);
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)LoadItems(ahead, {key}, storage::Lock::kForUpdate);
    (void)storage::ReadCatalogGeneration(ahead);
  });
  absl::StatusOr<std::vector<Item>> items =
      LoadItems(tx, {key}, storage::Lock::kForUpdate);
  if (!items.ok()) return items.status();
  if (items->empty()) return errors::NotFound(name);
  Item& item = items->front();
  if (item.row.has_delete_time()) return errors::Deleted(name);
  if (!storage::EtagMatches(etag, item.row.etag()))
    return errors::EtagMismatch(name);
  return std::move(item);
}

absl::StatusOr<Item> LoadForRead(storage::Transaction& tx,
                                 absl::string_view name) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::CaseTable().Get(ahead, name);
    (void)storage::LoadCaseEvents(ahead, name);
  });
  Item item;
  absl::StatusOr<v1::Case> row = storage::CaseTable().Get(tx, name);
  if (!row.ok()) {
    return absl::IsNotFound(row.status()) ? errors::NotFound(name)
                                          : row.status();
  }
  item.row = *std::move(row);
  absl::StatusOr<std::vector<v1::CaseEvent>> events =
      storage::LoadCaseEvents(tx, name);
  if (!events.ok()) return events.status();
  item.events = *std::move(events);
  return item;
}

std::string PartOf(absl::string_view field, absl::string_view part) {
  return absl::StrCat(field, field.empty() ? "" : ".", part);
}

absl::Status PlaceEvent(Call& call, const Item& item, int added_before,
                        absl::string_view field, v1::CaseEvent* event) {
  if (item.events.size() + added_before >= sla::kMaxEvents) {
    return errors::HistoryFull(item.row.name(),
                               static_cast<int>(sla::kMaxEvents));
  }
  const absl::Time now = call.now();
  absl::Time recorded = now;
  absl::Time last = absl::InfinitePast();
  for (const v1::CaseEvent& earlier : item.events) {
    recorded = std::max(recorded, ToTime(earlier.record_time()));
    last = std::max(last, ToTime(earlier.occur_time()));
  }
  if (!event->has_occur_time()) {
    *event->mutable_occur_time() = ToProto(std::max(now, last));
  } else {
    const absl::Time occurred = ToTime(event->occur_time());
    if (item.row.has_create_time() &&
        occurred < ToTime(item.row.create_time())) {
      return errors::EventTimeInvalid(PartOf(field, "occur_time"),
                                      "is before the item was opened");
    }
    if (occurred > now + kClockSkew) {
      return errors::EventTimeInvalid(
          PartOf(field, "occur_time"),
          "is more than 5 s ahead of the server; record what has happened");
    }
    if (occurred > recorded) *event->mutable_occur_time() = ToProto(recorded);
  }
  *event->mutable_record_time() = ToProto(recorded);
  event->set_actor(call.principal().name);
  event->clear_name();
  if (event->key().empty()) event->set_key(call.services().ids->Make(now));
  return absl::OkStatus();
}

}  // namespace charter::services
