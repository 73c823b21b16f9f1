#include "server/workers/holiday_renewal.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/services/calendar/edit_hours.h"
#include "server/services/shared/time_convert.h"
#include "storage/table/resource_tables.h"

namespace charter::workers {
namespace {

constexpr absl::Duration kEvery = absl::Hours(24);

bool HasRecurrence(const v1::BusinessHours& hours) {
  const auto& holidays = hours.definition().holidays();
  return std::any_of(
      holidays.begin(), holidays.end(),
      [](const v1::Holiday& it) { return !it.recurrence().empty(); });
}

absl::StatusOr<bool> IsDue(storage::Transaction& tx,
                           const v1::BusinessHours& hours, absl::Time now) {
  if (!HasRecurrence(hours)) return false;
  absl::StatusOr<v1::BusinessHoursVersion> newest =
      storage::BusinessHoursVersionTable().Get(
          tx, absl::StrCat(hours.name(), "/versions/", hours.version_count()));
  if (!newest.ok()) return newest.status();
  return services::ToTime(newest->effective_time()) +
             HolidayRenewal::kRenewAfter <=
         now;
}

// The name of a set that is due; empty: none is.
absl::StatusOr<std::string> FindDue(storage::Transaction& tx, absl::Time now) {
  storage::ListQuery query;
  query.page_size = storage::kMaxPageSize;
  do {
    absl::StatusOr<storage::ListPage<v1::BusinessHours>> page =
        storage::BusinessHoursTable().List(tx, query);
    if (!page.ok()) return page.status();
    for (const v1::BusinessHours& hours : page->rows) {
      const absl::StatusOr<bool> due = IsDue(tx, hours, now);
      if (!due.ok()) return due.status();
      if (*due) return hours.name();
    }
    query.after = std::move(page->next);
  } while (!query.after.empty());
  return std::string();
}

absl::Status Renew(services::Call& call, storage::Transaction& tx,
                   const std::string& name) {
  const services::Resource<v1::BusinessHours> resource =
      services::HoursResource();
  absl::StatusOr<v1::BusinessHours> hours =
      services::LockResource(tx, resource, name, "");
  if (!hours.ok()) return hours.status();
  // Somebody may have edited it meanwhile.
  const absl::StatusOr<bool> due = IsDue(tx, *hours, call.now());
  if (!due.ok()) return due.status();
  if (!*due) return absl::OkStatus();
  absl::Status status =
      services::AddHoursVersion(call, tx, call.now(), &*hours);
  if (status.ok()) status = resource.table.UpdateDerived(tx, *hours);
  if (!status.ok()) return status;
  call.Emit(services::ChangeEvent(resource, "updated", *hours));
  return absl::OkStatus();
}

}  // namespace

HolidayRenewal::HolidayRenewal(services::Services& services)
    : Worker(services, "holiday renewal", nullptr, absl::InfiniteDuration()),
      lease_(services, "holiday renewal") {}

absl::StatusOr<absl::Time> HolidayRenewal::Work(storage::Session& session,
                                                absl::Time now) {
  if (now < next_round_) return next_round_;
  const absl::StatusOr<bool> held = lease_.Hold(session, now);
  if (!held.ok()) return held.status();
  bool renewed = false;
  if (*held) {  // else it is somebody else's round
    services::Call call(services(), session, Info(now));
    absl::Status status =
        call.Apply([&](storage::Transaction& tx) -> absl::Status {
          const absl::StatusOr<std::string> due = FindDue(tx, now);
          if (!due.ok()) return due.status();
          renewed = !due->empty();
          return renewed ? Renew(call, tx, *due) : absl::OkStatus();
        });
    if (!status.ok()) return status;
  }
  if (renewed) return now;  // there may be more
  lease_.Rest(session, now);
  next_round_ = now + kEvery;
  return next_round_;
}

void HolidayRenewal::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers
