#include "server/workers/wakeup_kinds.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/services/catalog/catalog.h"
#include "server/services/contracts/contract_dates.h"
#include "server/services/entitlements/entitlement_dates.h"
#include "server/services/items/item.h"
#include "server/services/ledger/ledger_wakeups.h"
#include "server/services/shared/names.h"
#include "storage/records/generations.h"
#include "storage/records/wakeups.h"
#include "storage/table/resource_tables.h"

namespace charter::workers {
namespace {

using services::Call;
using services::WakeupKind;

// Settles items whose locks are held.
absl::Status SettleLocked(Call& call, storage::Transaction& tx,
                          const std::vector<std::string>& names) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    (void)services::LoadItems(ahead, names, storage::Lock::kNone);
  });
  absl::StatusOr<std::shared_ptr<const services::Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::vector<services::Item>> items =
      services::LoadItems(tx, names, storage::Lock::kNone);
  if (!items.ok()) return items.status();
  std::vector<services::ItemChange> changes;
  changes.reserve(items->size());
  for (services::Item& item : *items) {
    absl::StatusOr<services::ItemChange> change =
        services::SettleItem(std::move(item), {}, **catalog, call.now());
    if (!change.ok()) return change.status();
    changes.push_back(*std::move(change));
  }
  return services::StoreItems(call, tx, absl::MakeSpan(changes));
}

absl::StatusOr<std::vector<std::string>> LockDue(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  std::vector<std::string> due;
  if (lock == storage::Lock::kForUpdateSkipLocked) {
    absl::StatusOr<std::vector<storage::DueWakeup>> locked =
        storage::LockDueCases(tx, names, call.now());
    if (!locked.ok()) return locked.status();
    for (storage::DueWakeup& item : *locked)
      due.push_back(std::move(item.subject));
    return due;
  }
  std::vector<storage::HiddenValues> hidden;
  absl::StatusOr<std::vector<v1::Case>> rows =
      storage::CaseTable().BatchGet(tx, names, lock, &hidden);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->size(); ++i) {
    const std::optional<int64_t> at = storage::NextDueOf(hidden[i]);
    if (at && *at <= absl::ToUnixMicros(call.now()))
      due.push_back((*rows)[i].name());
  }
  return due;
}

absl::StatusOr<std::vector<std::string>> FireCases(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  absl::StatusOr<std::vector<std::string>> due = LockDue(call, tx, names, lock);
  if (!due.ok() || due->empty()) return due;
  if (absl::Status status = SettleLocked(call, tx, *due); !status.ok())
    return status;
  return due;
}

absl::Status ParkCase(Call& call, storage::Transaction& tx,
                      const std::string& name) {
  return services::ParkItem(
      call, tx, name,
      "its clocks can be neither computed nor stored; the server's log has "
      "the cause, and Recalculate tries again");
}

constexpr WakeupKind kKinds[] = {
    {"cases", &FireCases, &ParkCase},
    {"serviceContracts", &services::FireServiceContracts},
    {"contractLineItems", &services::FireContractLineItems},
    {"entitlements", &services::FireEntitlements},
    {services::kLedgerWakeups, &services::FireLedgers},
};

}  // namespace

const WakeupKind* FindWakeupKind(absl::string_view subject) {
  for (const WakeupKind& kind : kKinds)
    if (services::IdsOf(subject, kind.collection).has_value()) return &kind;
  return nullptr;
}

}  // namespace charter::workers
