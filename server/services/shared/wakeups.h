// What changes by itself at an instant, with nobody calling (C10): one wake-up
// per subject (storage/records/wakeups.h), whatever it is.
//
// A resource takes part like this. Its table has `next_due_us` as its first
// hidden column. Whoever writes a row calls SetWakeup with the next instant at
// which it changes by itself, and stores the cell with the row. What happens
// then is a function like the `fire` of WakeupKind, which FireDueRows makes up
// from what the resource does with rows that are due, and which is listed in
// server/workers/wakeup_kinds.cc.
//
// A verdict follows from the times of what happened and not from when a worker
// ran (T4): who writes a row first does what is due by now, as the worker would
// have done, and who fires it tells of every change through now at its own
// instant (contracts::ChangesBetween).
#ifndef CHARTER_SERVER_SERVICES_SHARED_WAKEUPS_H_
#define CHARTER_SERVER_SERVICES_SHARED_WAKEUPS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/contracts/status.h"
#include "server/services/shared/call.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/time.h"
#include "storage/table/table.h"

namespace charter::services {

// One kind of subject.
struct WakeupKind {
  // Its names: "serviceContracts", "entitlements/*/holds" (names.h).
  absl::string_view collection;
  // Locks those of `names` (at most storage::kMaxLocked, all of this kind) that
  // are due by call.now(), does what is due, moves their wake-ups, and returns
  // their names. kForUpdateSkipLocked leaves out what somebody else has locked.
  absl::StatusOr<std::vector<std::string>> (*fire)(
      Call& call, storage::Transaction& tx,
      const std::vector<std::string>& names, storage::Lock lock);
  // Called in a transaction of its own when a subject could not be fired
  // several times running, to put it aside; null: it is tried again and again.
  absl::Status (*park)(Call& call, storage::Transaction& tx,
                       const std::string& name) = nullptr;
};

// Moves the wake-up of a subject whose row is new or locked; absent: it has
// none. `due`: the row's `next_due_us`, NULL for a new one, which is set and is
// to be stored with the row.
absl::Status SetWakeup(Call& call, storage::Transaction& tx,
                       const std::string& subject,
                       std::optional<sla::Instant> next, storage::Value* due);

// The hidden columns of a row that waited for nothing since it was deleted, as
// they were if it had waited for its dates: with them, what fell due meanwhile
// is told when it is brought back.
storage::HiddenValues DueSince(absl::Time deleted, contracts::State state,
                               const contracts::Window& window,
                               storage::HiddenValues hidden);

// A row with its hidden columns, of which the first is `next_due_us`.
template <typename Message>
struct DueRow {
  Message row;
  storage::HiddenValues hidden;
  // Since when it is due.
  sla::Instant due() const {
    return sla::Instant::FromMicros(*hidden[0].integer());
  }
};

// The `fire` of a resource: locks the rows that are due and not deleted, and
// stores them after `turn`, which does to them what is due through call.now()
// and sets their wake-ups. `turn` may write only what UpdateDerived does.
template <typename Message>
absl::StatusOr<std::vector<std::string>> FireDueRows(
    Call& call, storage::Transaction& tx, const storage::Table<Message>& table,
    const std::vector<std::string>& names, storage::Lock lock,
    absl::FunctionRef<absl::Status(absl::Span<DueRow<Message>> rows)> turn) {
  std::vector<storage::HiddenValues> hidden;
  absl::StatusOr<std::vector<Message>> rows =
      table.BatchGet(tx, names, lock, &hidden);
  if (!rows.ok()) return rows.status();
  std::vector<DueRow<Message>> due;
  for (size_t i = 0; i < rows->size(); ++i) {
    const int64_t* at = hidden[i][0].integer();
    if (at == nullptr || *at > absl::ToUnixMicros(call.now())) continue;
    due.push_back({std::move((*rows)[i]), std::move(hidden[i])});
  }
  std::vector<std::string> fired;
  if (due.empty()) return fired;
  if (absl::Status status = turn(absl::MakeSpan(due)); !status.ok())
    return status;
  for (const DueRow<Message>& one : due) {
    absl::Status status = table.UpdateDerived(tx, one.row, &one.hidden);
    if (!status.ok()) return status;
    fired.push_back(one.row.name());
  }
  return fired;
}

// The event of a change by date, at its instant: "service_contract.started",
// "service_contract.expired". `message`: as it is from then on.
template <typename Message>
v1::Event DateEvent(const Resource<Message>& resource,
                    const contracts::DateChange& change,
                    const Message& message) {
  v1::Event event = ChangeEvent(
      resource,
      change.status == contracts::Status::kActive ? "started" : "expired",
      message);
  *event.mutable_occur_time() = ToProto(change.at);
  return event;
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_WAKEUPS_H_
