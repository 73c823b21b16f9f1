#include "server/workers/purge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/services/ledger/ledger_wakeups.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tokens.h"
#include "storage/records/actions.h"
#include "storage/records/audit_log.h"
#include "storage/records/case_events.h"
#include "storage/records/feed.h"
#include "storage/records/generations.h"
#include "storage/records/ledger.h"
#include "storage/records/operations.h"
#include "storage/records/request_log.h"
#include "storage/records/transitions.h"
#include "storage/records/wakeups.h"
#include "storage/table/resource_tables.h"

namespace charter::workers {
namespace {

// Rows of one transaction.
constexpr int kMost = 500;
// Items have histories.
constexpr int kMostItems = 10;

bool IsDue(const google::protobuf::Timestamp& purge_time, absl::Time now) {
  return services::ToTime(purge_time) <= now;
}

// Removes what belongs to a resource.
template <typename Message>
using PurgeParts = absl::Status (*)(storage::Transaction& tx,
                                    const Message& row);

// Deleted resources that are a row of their own.
template <typename Message>
absl::StatusOr<int64_t> PurgeRows(storage::Transaction& tx,
                                  const storage::Table<Message>& table,
                                  absl::Time now, int most,
                                  PurgeParts<Message> parts = nullptr) {
  absl::StatusOr<std::vector<std::string>> names =
      table.DueForPurge(tx, now, most);
  if (!names.ok()) return names.status();
  if (names->empty()) return 0;
  // Looked at again under the lock: it may have been restored meanwhile.
  absl::StatusOr<std::vector<Message>> rows =
      table.BatchGet(tx, *names, storage::Lock::kForUpdate);
  if (!rows.ok()) return rows.status();
  for (const Message& row : *rows) {
    if (!row.has_purge_time() || !IsDue(row.purge_time(), now)) continue;
    absl::Status status = parts == nullptr ? absl::OkStatus() : parts(tx, row);
    if (!status.ok()) return status;
    status = table.Delete(tx, row.name());
    if (!status.ok()) return status;
  }
  return static_cast<int64_t>(names->size());
}

absl::Status PurgeUnits(storage::Transaction& tx,
                        const v1::Entitlement& entitlement) {
  absl::Status status = services::PurgeLedgerWakeup(tx, entitlement);
  return status.ok() ? storage::PurgeLedger(tx, entitlement.name()) : status;
}

absl::Status PurgeItem(storage::Transaction& tx, const v1::Case& item,
                       std::optional<int64_t> due) {
  const std::string& name = item.name();
  if (due.has_value()) {
    absl::Status status = storage::MoveWakeups(
        tx, {{name, absl::FromUnixMicros(*due), std::nullopt}});
    if (!status.ok()) return status;
  }
  for (auto* purge : {&storage::PurgeCaseEvents, &storage::PurgeTransitions}) {
    absl::Status status = purge(tx, name);
    if (!status.ok()) return status;
  }
  absl::Status status = storage::SetCaseHours(tx, name, {});
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<v1::Milestone>> clocks =
      storage::MilestoneTable().Find(tx, {{"case_name", name}});
  if (!clocks.ok()) return clocks.status();
  status = storage::MilestoneTable().Reconcile(tx, *clocks, {});
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<v1::Task>> tasks =
      storage::TaskTable().Find(tx, {{"case_name", name}});
  if (!tasks.ok()) return tasks.status();
  for (const v1::Task& task : *tasks) {
    status = storage::TaskTable().Delete(tx, task.name());
    if (!status.ok()) return status;
  }
  return storage::CaseTable().Delete(tx, name);
}

absl::StatusOr<int64_t> PurgeItems(storage::Transaction& tx, absl::Time now,
                                   int most) {
  const int limit = std::min(most, kMostItems);
  absl::StatusOr<std::vector<std::string>> names =
      storage::CaseTable().DueForPurge(tx, now, limit);
  if (!names.ok()) return names.status();
  if (names->empty()) return 0;
  std::vector<storage::HiddenValues> hidden;
  absl::StatusOr<std::vector<v1::Case>> rows = storage::CaseTable().BatchGet(
      tx, *names, storage::Lock::kForUpdate, &hidden);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->size(); ++i) {
    const v1::Case& row = (*rows)[i];
    if (!row.has_purge_time() || !IsDue(row.purge_time(), now)) continue;
    absl::Status status = PurgeItem(tx, row, storage::NextDueOf(hidden[i]));
    if (!status.ok()) return status;
  }
  // As many as were asked for: there may be more.
  return static_cast<int>(names->size()) == limit ? most : 0;
}

}  // namespace

Purge::Purge(services::Services& services, const PurgeOptions& options)
    : Worker(services, "purge", nullptr, options.every),
      options_(options),
      steps_(MakeSteps()),
      lease_(services, "purge"),
      step_(steps_.size()) {}

std::vector<Purge::Step> Purge::MakeSteps() const {
  using storage::Transaction;
  const PurgeOptions options = options_;
  return {
      [](Transaction& tx, absl::Time now, int most) {
        return storage::PurgeRequests(tx, now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return storage::PurgeOperations(tx, now, most);
      },
      [options](Transaction& tx, absl::Time now, int most) {
        return storage::PurgeFeed(tx, now - options.feed, most);
      },
      [options](Transaction& tx, absl::Time now, int most) {
        return storage::PurgeAudit(tx, now - options.audit, most);
      },
      [options](Transaction& tx, absl::Time now, int most) {
        return storage::PurgeActions(tx, now - options.actions, most);
      },
      &PurgeItems,
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::EntitlementTable(), now, most,
                         &PurgeUnits);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::ContractLineItemTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::ServiceContractTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::ContractTemplateTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::EntitlementTemplateTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::EntitlementVerdictTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::ContactTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::AssetTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::PriceBookEntryTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::ProductTable(), now, most);
      },
      [](Transaction& tx, absl::Time now, int most) {
        return PurgeRows(tx, storage::AccountTable(), now, most);
      },
  };
}

absl::StatusOr<absl::Time> Purge::Work(storage::Session& session,
                                       absl::Time now) {
  if (step_ == steps_.size()) {
    if (now < next_round_) return next_round_;
    // The keys are each server's own business.
    absl::Status status = services().tokens->Load(session, now);
    if (!status.ok()) return status;
    next_round_ = now + options_.every;
    step_ = 0;
  }
  const absl::StatusOr<bool> held = lease_.Hold(session, now);
  if (!held.ok()) return held.status();
  if (!*held) {
    step_ = steps_.size();  // somebody else's round
    return next_round_;
  }
  services::Call call(services(), session, Info(now));
  // Those that find nothing, and the first that finds something.
  size_t at = step_;
  int64_t removed = 0;
  absl::Status status =
      call.Apply([&](storage::Transaction& tx) -> absl::Status {
        removed = 0;
        for (at = step_; at < steps_.size(); ++at) {
          const absl::StatusOr<int64_t> done = steps_[at](tx, now, kMost);
          if (!done.ok()) return done.status();
          removed = *done;
          if (removed > 0) break;
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  step_ = removed == 0 || removed == kMost ? at : at + 1;
  if (step_ < steps_.size()) return now;
  lease_.Rest(session, now);
  return next_round_;
}

void Purge::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers
