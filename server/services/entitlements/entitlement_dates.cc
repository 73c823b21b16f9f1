#include "server/services/entitlements/entitlement_dates.h"

#include <memory>
#include <optional>

#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/write.h"
#include "server/services/shared/wakeups.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using contracts::DateChange;
using contracts::Status;
using sla::Instant;
using storage::HiddenValues;

constexpr sla::Duration kInstantBefore = sla::Duration::Micros(1);

// Its own dates alone: on the feed it says what it is by itself.
void Tell(Call& call, const DateChange& change, v1::Entitlement entitlement) {
  entitlement.set_status(ToStatus(change.status));
  call.Emit(DateEvent(Entitlements(), change, entitlement));
}

Status OwnStatus(const v1::Entitlement& entitlement, const Catalog& catalog,
                 Instant at) {
  return contracts::StatusAt(StateOf(entitlement),
                             WindowOf(entitlement, catalog), at);
}

absl::Status MoveWakeup(Call& call, storage::Transaction& tx,
                        const Catalog& catalog,
                        const v1::Entitlement& entitlement,
                        HiddenValues* hidden) {
  std::optional<Instant> next;
  if (!entitlement.has_delete_time()) {
    next = contracts::NextChange(StateOf(entitlement),
                                 WindowOf(entitlement, catalog),
                                 Instant::From(call.now()));
  }
  return SetWakeup(call, tx, entitlement.name(), next, &hidden->front());
}

}  // namespace

void CatchUp(Call& call, const Catalog& catalog, const HiddenValues& hidden,
             const v1::Entitlement& entitlement) {
  const int64_t* due = hidden[0].integer();
  const Instant now = Instant::From(call.now());
  if (due == nullptr || *due > now.micros()) return;
  for (const DateChange& change : contracts::ChangesBetween(
           StateOf(entitlement), WindowOf(entitlement, catalog),
           Instant::FromMicros(*due) - kInstantBefore, now)) {
    Tell(call, change, entitlement);
  }
}

absl::Status FollowDates(Call& call, storage::Transaction& tx,
                         const Catalog& catalog, const v1::Entitlement* before,
                         const v1::Entitlement& after, HiddenValues* hidden) {
  if (before != nullptr) {
    const Instant now = Instant::From(call.now());
    const Status was = OwnStatus(*before, catalog, now);
    const Status is = OwnStatus(after, catalog, now);
    // What is resumed had started before.
    const bool starts = is == Status::kActive && was != Status::kSuspended;
    if (is != was && (starts || is == Status::kExpired))
      Tell(call, {now, is}, after);
  }
  return MoveWakeup(call, tx, catalog, after, hidden);
}

absl::StatusOr<std::vector<std::string>> FireEntitlements(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  return FireDueRows<v1::Entitlement>(
      call, tx, storage::EntitlementTable(), names, lock,
      [&](absl::Span<DueRow<v1::Entitlement>> rows) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        for (DueRow<v1::Entitlement>& one : rows) {
          CatchUp(call, **catalog, one.hidden, one.row);
          absl::Status status =
              MoveWakeup(call, tx, **catalog, one.row, &one.hidden);
          if (!status.ok()) return status;
        }
        return absl::OkStatus();
      });
}

}  // namespace charter::services
