#include "server/services/entitlements/follow_assets.h"

#include <map>
#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "server/services/entitlements/entitlement_dates.h"
#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/write.h"
#include "server/services/ledger/book.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/wakeups.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using Request = v1::TransferAssetRequest;

struct Held {
  v1::Entitlement row;
  storage::HiddenValues hidden;
};

// Those of `account` for `assets` that are neither cancelled nor over, locked.
absl::StatusOr<std::vector<Held>> LockHeld(
    Call& call, storage::Transaction& tx, const Catalog& catalog,
    const std::vector<std::string>& assets, const std::string& account) {
  absl::StatusOr<std::vector<v1::Entitlement>> found =
      storage::EntitlementTable().FindIn(tx, "asset", assets);
  if (!found.ok()) return found.status();
  std::vector<std::string> names;
  for (const v1::Entitlement& row : *found) {
    if (!row.has_delete_time() && row.account() == account)
      names.push_back(row.name());
  }
  std::vector<Held> held;
  if (names.empty()) return held;
  absl::StatusOr<std::map<std::string, Book>> books =
      OpenDueBooks(call, tx, names, storage::Lock::kForUpdate);
  if (!books.ok()) return books.status();
  for (auto& [name, book] : *books) {
    if (absl::Status status = CloseBook(call, tx, &book); !status.ok())
      return status;
  }
  std::vector<storage::HiddenValues> hidden;
  absl::StatusOr<std::vector<v1::Entitlement>> rows =
      storage::EntitlementTable().BatchGet(tx, names, storage::Lock::kForUpdate,
                                           &hidden);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->size(); ++i) {
    v1::Entitlement& row = (*rows)[i];
    const contracts::Status by_itself = contracts::StatusAt(
        StateOf(row), WindowOf(row, catalog), sla::Instant::From(call.now()));
    if (row.has_delete_time() || !absl::c_linear_search(assets, row.asset()) ||
        by_itself == contracts::Status::kCancelled ||
        by_itself == contracts::Status::kExpired) {
      continue;
    }
    held.push_back({std::move(row), std::move(hidden[i])});
  }
  return held;
}

absl::Status Move(Call& call, storage::Transaction& tx, const Catalog& catalog,
                  const std::string& account, Held* held) {
  v1::Entitlement before = held->row;
  v1::Entitlement& after = held->row;
  CatchUp(call, catalog, held->hidden, before);
  after.set_account(account);
  after.clear_contacts();
  *after.mutable_update_time() = ToProto(call.now());
  absl::Status status = SetStatus(tx, catalog, call.now(), {&before, &after});
  if (!status.ok()) return status;
  call.Emit(ChangeEvent(Entitlements(), "transferred_out", before));
  status = FollowDates(call, tx, catalog, &before, after, &held->hidden);
  if (status.ok())
    status = storage::EntitlementTable().Update(tx, &after, &held->hidden);
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey)
    return Duplicate(Entitlements(), after, status);
  if (!status.ok()) return status;
  call.Emit(ChangeEvent(Entitlements(), "transferred_in", after));
  call.Audit(after.name(), &before, &after);
  return absl::OkStatus();
}

}  // namespace

absl::Status FollowAssets(Call& call, storage::Transaction& tx,
                          const std::vector<std::string>& assets,
                          const std::string& from, const std::string& account,
                          Request::Coverage coverage) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::vector<Held>> held =
      LockHeld(call, tx, **catalog, assets, from);
  if (!held.ok()) return held.status();
  for (const Held& one : *held) {
    const bool of_contract = !one.row.service_contract().empty() ||
                             !one.row.contract_line_item().empty();
    if (coverage == Request::CANCEL) break;
    if (coverage != Request::MOVE || of_contract)
      return errors::ResourceInUse(one.row.asset(), one.row.name());
  }
  for (Held& one : *held) {
    absl::Status status =
        coverage == Request::MOVE
            ? Move(call, tx, **catalog, account, &one)
            : ChangeLocked(call, tx, **catalog, contracts::Verb::kCancel,
                           "cancelled", &one.row, &one.hidden);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::services
